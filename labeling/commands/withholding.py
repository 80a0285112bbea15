"""The commands `saywhen suggestions …`: withholding suggestions, planting wrong ones, and measuring their effect."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from labeling.commands.actions import GuardedGroup
from labeling.commands.assign import Share, print_table
from labeling.commands.console import by_option, with_project


@click.group(cls=GuardedGroup)
def suggestions() -> None:
    """Withhold suggestions from a share of the articles, and measure their effect."""


@suggestions.command()
@click.argument("share", type=Share(), required=False)
@with_project
@by_option()
def withhold(share: float | None, project: Path, by: str) -> None:
    """Withhold suggestions from a SHARE of the articles (such as 20, in percent), to compare work with and without them.

    A secret draw chooses the articles of each annotator. Articles in progress stay as they are. Without SHARE, show the
    current one. 0 ends it; 100 turns suggestions off for everyone.
    """
    from labeling.web.server import open_store

    store = open_store()
    if share is not None:
        with store.writing() as unit:
            unit.suggestions.withhold(share, by)
    with store.reading() as unit:
        settings = unit.suggestions.withholding()
    if settings and settings[-1].share:
        click.echo(f"Suggestions are withheld from {settings[-1].share:.0%} of each annotator's articles.")
    else:
        click.echo("Suggestions are shown in all articles.")


@suggestions.command()
@click.argument("share", type=Share(), required=False)
@with_project
@by_option()
def plant(share: float | None, project: Path, by: str) -> None:
    """Plant a wrong suggestion in a SHARE of the articles (such as 10, in percent), to measure how many people accept.

    It looks like any other suggestion. A secret draw chooses the articles of each annotator. What is marked from it is removed
    when the article is submitted, and the report says how many were accepted. Without SHARE, show the current one. 0 ends it.
    """
    from labeling.web.server import open_store

    store = open_store()
    if share is not None:
        with store.writing() as unit:
            unit.suggestions.plant(share)
    with store.reading() as unit:
        now = unit.suggestions.planting()
    if now:
        click.echo(f"One wrong suggestion is planted in {now:.0%} of each annotator's articles.")
    else:
        click.echo("No wrong suggestions are planted.")


@suggestions.command("report")
@with_project
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object, for programs.")
def show_report(project: Path, as_json: bool) -> None:
    """Compare work with and without suggestions (agreement, spans, time, actions), and report which are accepted.

    docs/suggestions.md explains the figures.
    """
    from labeling.services.suggestions.reporting import report
    from labeling.services.suggestions.reporting_text import report_tables
    from labeling.web.server import open_store

    found = report(open_store())
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for title, rows, note in report_tables(found):
        click.echo(f"{title}: {note}" if note else title)
        if rows:
            print_table([*rows[0]], [[*row.values()] for row in rows])
        click.echo()


@suggestions.command()
@with_project
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object, for programs.")
def curve(project: Path, as_json: bool) -> None:
    """Show how accurate suggestions are after training on more and more of the project's work, and whether more labels help.

    Needs the extra “learn”.
    """
    from labeling.services.suggestions.curve import learning_curve, verdict
    from labeling.web.server import open_store

    found = learning_curve(open_store(), tick=lambda said: click.echo(said, err=True))
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    rows = []
    for point in found["points"]:
        both = point["both"]
        value = f"{both['value']:.3f} [{both['low']:.3f}, {both['high']:.3f}]" if both and both["value"] else "–"
        rows.append([f"{point['articles']:,}", value])
    if rows:
        print_table(["articles", "quotes with speakers, F1"], rows)
    click.echo(verdict(found))
