"""The commands `saywhen label-set …`: the project's label set, and its way to a new version."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeling import schema
from labeling.commands.actions import Group
from labeling.commands.console import LABEL_SET, with_project

if TYPE_CHECKING:
    from labeling.store.values import Outcome

#: How the parts of the changes are told, one thing and several.
_PARTS = {
    "labels": ("span of label", "spans of label"),
    "attributes": ("value of", "values of"),
    "choices": ("choice", "choices"),
    "relations": ("link", "links"),
    "flags": ("flag", "flags"),
    "defaults": ("default of", "defaults of"),
    "values": ("value that no longer fits:", "values that no longer fit:"),
    "same": ("span that became the same as another", "spans that became the same as others"),
}


@click.group("label-set", cls=Group)
def label_set() -> None:
    """Show the project's label set, and change it while people work."""


@label_set.command()
@with_project
@click.option("--version", type=click.IntRange(1), help="An earlier version.  [default: the one that holds]")
def show(project: Path, version: int | None) -> None:
    """Print the label set as YAML."""
    from labeling.web.server import open_store

    with open_store().reading() as unit:
        found = unit.label_sets.get(version or unit.label_sets.newest())
    click.echo(found.source, nl=False)
    for words in found.aside:
        click.echo(f"of no effect: {words}", err=True)


@label_set.command()
@click.argument("path", type=LABEL_SET)
@with_project
def diff(path: Path, project: Path) -> None:
    """Tell what a new version adds, renames and drops, and every reason why work could not be carried over."""
    from labeling.annotation import migration
    from labeling.web.server import open_store

    old, new = open_store().schema, schema.load(path)
    faults = [*migration.faults(old, new, file=path.name)]
    for line in migration.described(old, new):
        click.echo(line)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)


@label_set.command()
@click.argument("path", type=LABEL_SET)
@with_project
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def migrate(path: Path, project: Path, dry_run: bool, yes: bool) -> None:
    """Bring in a new version of the label set and carry all work over to it; all of it or, if stopped, none.

    The file says under «changes» what became of its old names. What only people can decide is asked in a comment,
    and comes back to them; what needs nobody stays handed in.
    """
    from labeling.web.server import open_store

    store, new = open_store(), schema.load(path)
    found = store.migrate(new, file=path.name, dry_run=True)
    _tell(found)
    if dry_run or not (yes or click.confirm("Go on?", abort=True)):
        return
    live = sys.stderr.isatty()

    def tick(done: int) -> None:
        if live:
            click.echo(f"\r{done:,} of {found.annotations:,} …", nl=False, err=True)

    store.migrate(new, file=path.name, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(f"The label set is now version {new.version}.")


def _tell(found: Outcome) -> None:
    click.echo(f"From version {found.since} to version {found.version}:")
    for (part, name), times in sorted(found.counts.items()):
        click.echo(f"  {times:,} {_PARTS[part][times != 1]} {name}")
    click.echo(
        f"{found.changed:,} of {found.annotations:,} annotations change; {found.questions:,} questions to people; "
        f"{sum(found.by.values()):,} that were handed in come back"
        + (
            f": {', '.join(f'{name} {times:,}' for name, times in sorted(found.by.items()) if times)}."
            if +found.by
            else "."
        )
    )
