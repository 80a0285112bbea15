"""The commands for analysis: statistics, and metadata for Datasette."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from labeling.commands.console import PATH, with_project


@click.command()
@with_project
@click.option("--gold", is_flag=True, help="Count gold instead of everyone's work.")
@click.option("--annotator", metavar="NAME", help="Count only this annotator's work.")
@click.option(
    "--all", "everything", is_flag=True, help="Include work in progress, and gold with unresolved disagreements."
)
@click.option("--json", "as_json", is_flag=True, help="Print every table in full as one JSON object, for programs.")
@click.option("--csv", "folder", type=PATH, help="Write every table in full to this folder, for spreadsheets.")
def stats(
    project: Path, gold: bool, annotator: str | None, everything: bool, as_json: bool, folder: Path | None
) -> None:
    """Show who is quoted how often, how and by whom, and which dates are claimed for which event.

    docs/analysis.md explains the tables.
    """
    from labeling.services import stats
    from labeling.services.review import GOLD
    from labeling.web.server import open_store

    if gold and annotator:
        raise click.UsageError("--gold and --annotator can't be combined; use one of them")
    store = open_store()
    live = sys.stderr.isatty()

    def tick(done: int) -> None:
        if live:
            click.echo(f"\r{done:,} articles read …", nl=False, err=True)

    found = stats.read(store, GOLD if gold else annotator, everything=everything, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    if folder is not None:
        for path in stats.write_csv(found, folder):
            click.echo(str(path))
    elif as_json:
        click.echo(orjson.dumps(stats.as_json(found), option=orjson.OPT_INDENT_2).decode())
    else:
        for line in stats.text(found):
            click.echo(line)


@click.command("datasette-metadata")
@with_project
def datasette_metadata(project: Path) -> None:
    """Print Datasette's metadata for the project's views and tables; see docs/analysis.md."""
    from labeling.store.datasette_metadata import metadata
    from labeling.web.server import open_store

    found = metadata(open_store().path.stem)  # opened, so that an older file has the views
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
