"""The commands `saywhen label-set …`: show the project's label set and migrate to a new version."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeling import schema
from labeling.annotation import label_set_changes
from labeling.commands.actions import GuardedGroup
from labeling.commands.console import LABEL_SET, with_project
from labeling.quantities import many

if TYPE_CHECKING:
    from labeling.store.values import Outcome

#: How the parts of the changes are reported, one thing and several.
_PARTS = {
    "labels": ("span of label", "spans of label"),
    "attributes": ("value of", "values of"),
    "choices": ("choice", "choices"),
    "relations": ("link", "links"),
    "flags": ("flag", "flags"),
    "defaults": ("default of", "defaults of"),
    "values": ("value that no longer fits:", "values that no longer fit:"),
    "same": ("span that became identical to another", "spans that became identical to others"),
}


@click.group("label-set", cls=GuardedGroup)
def label_set() -> None:
    """Show the project's label set, and change it while people work."""


@label_set.command()
@with_project
@click.option("--version", type=click.IntRange(1), help="An earlier version.  [default: the current one]")
def show(project: Path, version: int | None) -> None:
    """Print the label set as YAML."""
    from labeling.web.server import open_store

    with open_store().reading() as unit:
        found = unit.label_sets.get(version or unit.label_sets.newest())
    click.echo(found.source, nl=False)
    for words in found.aside:
        click.echo(f"has no effect: {words}", err=True)


@label_set.command()
@click.argument("path", type=LABEL_SET)
@with_project
def diff(path: Path, project: Path) -> None:
    """Show what a new version adds, renames and drops, and what prevents a migration."""
    from labeling.web.server import open_store

    old, new = open_store().schema, schema.load(path)
    faults = [*label_set_changes.faults(old, new, file=path.name)]
    for line in label_set_changes.described(old, new):
        click.echo(line)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)


@label_set.command()
@click.argument("path", type=LABEL_SET)
@with_project
@click.option("--dry-run", is_flag=True, help="Show what would happen, but save nothing.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask for confirmation.")
def migrate(path: Path, project: Path, dry_run: bool, yes: bool) -> None:
    """Migrate the project to a new version of the label set, with all work. If interrupted, nothing changes.

    The file maps old names to new ones under “changes”. Where annotators have to decide, a comment asks them and
    the article is reopened; all other articles stay submitted.
    """
    from labeling.web.server import open_store

    store, new = open_store(), schema.load(path)
    found = store.migrate(new, file=path.name, dry_run=True)
    _report(found)
    if dry_run or not (yes or click.confirm("Continue?", abort=True)):
        return
    live = sys.stderr.isatty()

    def tick(done: int) -> None:
        if live:
            click.echo(f"\r{done:,} of {found.annotations:,} …", nl=False, err=True)

    store.migrate(new, file=path.name, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(f"The label set is now version {new.version}.")


def _report(found: Outcome) -> None:
    click.echo(f"From version {found.since} to version {found.version}:")
    for (part, name), times in sorted(found.counts.items()):
        click.echo(f"  {times:,} {_PARTS[part][times != 1]} {name}")
    click.echo(
        f"{found.changed:,} of {found.annotations:,} annotations change; {many(found.questions, 'question')} for "
        f"annotators; {many(sum(found.by.values()), 'submitted article is', 'submitted articles are')} reopened"
        + (
            f": {', '.join(f'{name} {times:,}' for name, times in sorted(found.by.items()) if times)}."
            if +found.by
            else "."
        )
    )
