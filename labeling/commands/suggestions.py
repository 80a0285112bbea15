"""The commands for suggestions: computing them for a project, learning from its work, and measuring how right they are."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from labeling import schema
from labeling.commands.console import LABEL_SET, PATH, by_option, with_project
from labeling.errors import NotFoundError
from labeling.quantities import many


class OptionValue(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """NAME=VALUE."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the name and the value."""
        name, equals, given = str(value).partition("=")
        if not name or not equals:
            self.fail(f"“{value}” isn't of the form NAME=VALUE", param, ctx)
        return name, given


SUGGESTER = click.option(
    "--suggester",
    default="current",
    show_default=True,
    metavar="NAME",
    help="The suggester: the ranker in use (current), the default ranker (default), rules of thumb alone (rules), "
    "spacy:PIPELINE, llm:MODEL, file:PREDICTIONS.jsonl, or another installed suggester.",
)
OPTIONS = click.option(
    "--option", "options", type=OptionValue(), multiple=True, metavar="NAME=VALUE",
    help="An option for the suggester. Can be repeated (docs/suggesters.md).",
)  # fmt: skip


@click.command()
@with_project
@SUGGESTER
@OPTIONS
@click.option("--again", is_flag=True, help="Compute every article again, not only those without suggestions.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Process at most N articles.")
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Number of processes or, for a language model, of concurrent requests.",
)
def suggest(
    project: Path, suggester: str, options: tuple[tuple[str, str], ...], again: bool, limit: int | None, processes: int
) -> None:
    """Compute suggestions for every article and store them, with the suggester's name and version.

    If you stop it, the next run resumes. docs/suggestions.md explains suggestions.
    """
    from labeling.services.suggestions.running import run_source, source_named
    from labeling.web.server import open_store

    store = open_store()
    source = source_named(store, suggester, dict(options))
    live = sys.stderr.isatty()

    def tick(done: int, total: int) -> None:
        if live:
            cost = f" ({report})" if (report := source.report()) else ""
            click.echo(f"\r\033[K{done:,} of {total:,} articles …{cost}", nl=False, err=True)

    done = run_source(store, source, again=again, processes=processes, most=limit, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    with store.reading() as unit:
        left = len(unit.suggestions.missing(source.name, source.version, store.schema.version))
    before = store.count() - done.done - left
    click.echo(
        f"{done.name} {done.version}: {many(done.done, 'article')} processed, {before:,} already processed"
        + (f", {left:,} left" if left else "")
        + (f"; {done.report}" if done.report else "")
    )
    for reason, count in done.unanswered.most_common(5):
        click.echo(f"no answer for {many(count, 'article')}: {reason}", err=True)
    say_dropped(done.dropped)


def say_dropped(dropped: Mapping[str, int]) -> None:
    """Print how many suggestions were dropped, the most frequent reasons first."""
    for reason, count in sorted(dropped.items(), key=lambda each: -each[1])[:10]:
        click.echo(f"dropped {count:,}: {reason}", err=True)


@click.command()
@with_project
@click.option("--dry-run", is_flag=True, help="Train and test, but store nothing.")
@click.option("--list", "listing", is_flag=True, help="Only list the trained versions.")
@click.option("--use", metavar="VERSION", help="Only switch to a trained version, or to “default”.")
@click.option(
    "--every", type=click.IntRange(0, 100_000), metavar="N",
    help="Don't train now, but let a running server train after every N submitted articles; 0 for never.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, for programs.")
@by_option("Who starts the training; stored with its result.")
def learn(
    project: Path, dry_run: bool, listing: bool, use: str | None, every: int | None, as_json: bool, by: str
) -> None:
    """Train suggestions on the project's submitted work, and use the result if it is better.

    The result is tested by cross-validation, and used only if the whole 95 % interval of the improvement is above 0. Every
    version is stored. Needs the extra “learn”.
    """
    from labeling.services.suggestions import learning
    from labeling.services.suggestions.schedule import train_after_every
    from labeling.web.server import open_store

    store = open_store()
    if listing:
        with store.reading() as unit:
            for each in unit.suggestions.rankers():
                gained = each.report["gain"]
                click.echo(
                    f"{each.version}\t{'in use' if each.used else ''}\t{each.at}\t{each.report['articles']} articles\t"
                    f"{gained['both']:+.3f} [{gained['low']:+.3f}, {gained['high']:+.3f}]"
                )
        return
    if use is not None:
        with store.writing() as unit:
            known = use == "default" or use.isdigit()
            if not known or not unit.suggestions.use(None if use == "default" else int(use)):
                raise NotFoundError(f"there is no version “{use}”; list them with: saywhen learn --list")
        click.echo(f"version {use} is in use")
        return
    if every is not None:
        train_after_every(store, every, by)
        click.echo(
            f"the server trains after every {many(every, 'submitted article')}"
            if every
            else "automatic training is off"
        )
        return
    found = learning.learn(store, by=by, dry_run=dry_run, tick=lambda said: click.echo(said, err=True))
    if as_json:
        click.echo(
            orjson.dumps(
                {"version": found.version, "used": found.used, **found.report}, option=orjson.OPT_INDENT_2
            ).decode()
        )
        return
    for line in _lines(found.report["after"]):
        click.echo(line)
    gained = found.report["gain"]
    what = (
        "nothing is stored"
        if found.version is None
        else f"version {found.version} is {'now in use' if found.used else 'stored, but not used'}"
    )
    click.echo(
        f"quotes with speakers, F1: {gained['both']:+.3f} [{gained['low']:+.3f}, {gained['high']:+.3f}] "
        f"compared with {found.report['before']['suggester']} {found.report['before']['version']}; {what}"
    )


@click.command()
@click.argument("gold", type=PATH, required=False)
@with_project
@click.option(
    "--schema",
    "label_set",
    type=LABEL_SET,
    default=schema.DEFAULT,
    metavar="NAME|PATH",
    show_default=True,
    help="With GOLD: its label set.",
)
@click.option(
    "--predictions",
    type=PATH,
    metavar="FILE",
    help="With GOLD: evaluate the predictions in this export (JSONL) instead of suggestions.",
)
@click.option("--annotator", metavar="NAME", help="In a project: compare with this annotator's work.")
@click.option("--all", "everything", is_flag=True, help="In a project: also count work that was made with suggestions.")
@SUGGESTER
@OPTIONS
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object, for programs.")
def evaluate(
    gold: Path | None,
    project: Path,
    label_set: Path,
    predictions: Path | None,
    annotator: str | None,
    everything: bool,
    suggester: str,
    options: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Compare suggestions with the project's submitted work, or with the work in GOLD, a SayWhen export (JSONL).

    Prints the F1 of quotes and dates (exact, and with at least half of the text in common), the F1 of quotes with their
    speaker, and the shares of right speakers, entities and values: for all, by label and by type, with 95 % intervals.
    """
    from labeling.services.suggestions import evaluating
    from labeling.services.suggestions.running import outside_project, source_named
    from labeling.services.suggestions.sources import RankerSource
    from labeling.web.server import open_store

    if gold is None:
        if predictions is not None:
            raise click.UsageError("--predictions needs GOLD, a file with the same articles")
        store = open_store()
        source = source_named(store, suggester, dict(options))
        ranker = source.ranker if isinstance(source, RankerSource) else source
        found = evaluating.of_project(store, ranker, annotator, everything=everything)
    elif predictions is not None:
        found = evaluating.of_predictions(gold, predictions, schema.load(label_set))
    else:
        used = schema.load(label_set)
        source = outside_project(suggester, used, dict(options))
        found = evaluating.of_file(gold, source.ranker if isinstance(source, RankerSource) else source, used)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for line in _lines(found):
        click.echo(line)
    if found.get("unanswered"):
        click.echo(f"no answer for {found['unanswered']:,} articles, which count as having no suggestions", err=True)
    say_dropped(found.get("dropped", {}))


def _lines(found: dict[str, Any]) -> list[str]:
    """Return figures as a table, a line for each measure and group."""
    lines = [many(found["articles"], "article") + _without(found)]
    if found.get("held_back"):
        lines.append(
            f"{many(found['held_back'], 'article')} of these in the training data: each scored by a ranker trained without it"
        )
    for group, measures in found["groups"].items():
        lines.append(f"{group}: {measures['gold']:,} in gold, {measures['suggested']:,} suggested")
        for name, figure in measures.items():
            if isinstance(figure, dict) and figure["value"] is not None:
                interval = "" if figure["low"] is None else f" [{figure['low']:.3f}, {figure['high']:.3f}]"
                lines.append(f"  {name:<12} {figure['value']:.3f}{interval} of {figure['of']:,}")
    if found["first"]:
        lines.append(
            "precision of the first " + ", ".join(f"{most}: {value:.3f}" for most, value in found["first"].items())
        )
    return lines


def _without(found: dict[str, Any]) -> str:
    """Return how much of the gold was made without suggestions, and how that is known."""
    if "blind" not in found:
        return ""
    said = f", {found['blind']:,} without suggestions"
    if "withheld" not in found or not found["blind"]:
        return said
    judged = found["blind"] - found["withheld"]
    if not judged:
        return f"{said}, which were withheld"
    how = "no suggestion was accepted, corrected or rejected, although they may have been seen"
    return f"{said} ({found['withheld']:,} withheld; {judged:,} because {how})"
