"""The command for work on millions of articles, outside a project."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import click

from labeling import schema
from labeling.commands.actions import GuardedGroup
from labeling.commands.console import LABEL_SET, PATH
from labeling.commands.suggestions import OPTIONS, OptionValue, say_dropped
from labeling.quantities import many

_SUBMITTED = "The jobs were submitted. When they have ended, run the command again to process any remaining shards."


def engine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where a run is worked on."""
    for option in reversed(_ENGINE):
        command = option(command)
    return command


_ENGINE = (
    click.option(
        "--engine", type=click.Choice(["local", "slurm", "ray"]), default="local", show_default=True,
        help="Run in processes on this machine, or on a cluster.",
    ),
    click.option(
        "--workers", default=1, show_default=True, type=click.IntRange(1), help="Number of shards to process at once."
    ),
    click.option(
        "--slurm", "settings", type=OptionValue(), multiple=True, metavar="NAME=VALUE",
        help="A setting for Slurm, such as time=10:00:00, partition=cpu or mem_per_cpu_gb=4.",
    ),
)  # fmt: skip


@click.group(cls=GuardedGroup)
def bulk() -> None:
    """Process millions of articles in shards, on one machine or many (needs the extra “bulk”)."""


@bulk.command("suggest")
@click.argument("shards")
@click.option("--to", required=True, metavar="FOLDER", help="Folder or address to write the predictions to.")
@click.option(
    "--suggester",
    default="default",
    show_default=True,
    metavar="NAME",
    help="The suggester to use, as in “saywhen suggest --suggester”.",
)
@OPTIONS
@click.option(
    "-p", "--project", type=PATH, help="Use the label set, the registry and the ranker in use of this project."
)
@click.option(
    "--schema", "label_set", type=LABEL_SET, default=schema.DEFAULT, metavar="NAME|PATH", show_default=True,
    help="The label set to use without a project.",
)  # fmt: skip
@engine_options
@click.option("--plan", "only_plan", is_flag=True, help="Only print an estimate of the time and size.")
def bulk_suggest(
    shards: str,
    to: str,
    suggester: str,
    options: tuple[tuple[str, str], ...],
    project: Path | None,
    label_set: Path,
    engine: Literal["local", "slurm", "ray"],
    workers: int,
    settings: tuple[tuple[str, str], ...],
    only_plan: bool,
) -> None:
    """Write suggestions for all articles in SHARDS, a folder or fsspec address with *.jsonl or *.parquet files.

    It first estimates the time and size from a sample. If you stop it, or it is killed, the next run does what is left. A
    project reads the result with: saywhen suggest --suggester file:FOLDER
    """
    from labeling import extras
    from labeling.services.bulk.suggesting import plan, suggest_in_bulk
    from labeling.services.suggestions.running import outside_project, source_named
    from labeling.store.project import Store

    extras.require("bulk", "suggesting in bulk")
    if project:
        store = Store.open(project)
        used = store.schema
        source = source_named(store, suggester, dict(options))
        store.close()
    else:
        used = schema.load(label_set)
        source = outside_project(suggester, used, dict(options))
    estimate = plan(shards, to, source, workers)
    click.echo(
        f"{many(estimate.shards, 'shard')}, {estimate.left:,} remaining: about {many(estimate.articles, 'article')}, "
        f"{_duration(estimate.seconds)} with {many(workers, 'worker')}, {estimate.size / 1e6:,.1f} MB of predictions",
        err=True,
    )
    if only_plan:
        return

    found = suggest_in_bulk(
        shards, to, source, used, engine=engine, workers=workers, settings=dict(settings), tick=_tick, warn=_warn
    )
    _clear()
    if found is None:
        click.echo(_SUBMITTED)
        return
    click.echo(
        f"{source.name} {source.version}: {many(found.articles, 'article')} in {many(estimate.shards, 'shard')}"
        + (f", {many(found.unreadable, 'invalid row')}" if found.unreadable else "")
        + (f", {many(found.unanswered, 'article')} without an answer" if found.unanswered else "")
    )
    say_dropped(found.dropped)


@bulk.command("duplicates")
@click.argument("shards")
@click.option("--to", required=True, metavar="FOLDER", help="Folder or address to write the pairs to.")
@engine_options
def bulk_duplicates(
    shards: str,
    to: str,
    engine: Literal["local", "slurm", "ray"],
    workers: int,
    settings: tuple[tuple[str, str], ...],
) -> None:
    """List the pairs of articles in SHARDS that may be near-duplicates, in FOLDER/candidates.jsonl.

    SHARDS is a folder or fsspec address with *.jsonl or *.parquet files. The pairs are found by fingerprints of the texts;
    whether two texts really are alike isn't checked. If you stop it, or it is killed, the next run does what is left.
    """
    from labeling.services.bulk.duplicates import CANDIDATES, find_duplicates

    def joining() -> None:
        _clear()
        click.echo("comparing the fingerprints …", err=True)

    found = find_duplicates(
        shards, to, engine=engine, workers=workers, settings=dict(settings), tick=_tick, warn=_warn, joining=joining
    )
    if found is None:
        click.echo(_SUBMITTED)
        return
    click.echo(
        f"{many(found.pairs, 'pair')} of {many(found.articles, 'article')} in {to.rstrip('/')}/{CANDIDATES}"
        + (f", {many(found.unreadable, 'invalid row')}" if found.unreadable else "")
    )


def _tick(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{done:,} of {total:,} shards …", nl=False, err=True)


def _clear() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


def _warn(reason: str) -> None:
    _clear()
    click.echo(reason, err=True)


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}"
    return many(max(1, round(seconds)), "second")
