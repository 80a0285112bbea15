"""The command `saywhen fetch`: articles from the web."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from labeling.commands.console import PATH, by_option, with_project


@click.command("fetch")
@click.argument("addresses", nargs=-1)
@with_project
@click.option(
    "--list",
    "lists",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Also fetch the addresses in this file, one per line.",
)
@click.option(
    "--limit",
    default=1_000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Maximum number of addresses to fetch.",
)
@click.option(
    "--pause",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Seconds to wait between pages of the same host.",
)
@click.option(
    "--seconds",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0.1),
    help="Maximum number of seconds for a page.",
)
@click.option(
    "--allow-private",
    is_flag=True,
    help="Also fetch from private addresses, such as those of this machine and its network.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen, but save nothing.")
@by_option()
def fetch_articles(
    addresses: tuple[str, ...],
    project: Path,
    lists: tuple[Path, ...],
    limit: int,
    pause: float,
    seconds: float,
    allow_private: bool,
    dry_run: bool,
    by: str,
) -> None:
    """Fetch pages from the web and import their articles. An ADDRESS is a page, an RSS or Atom feed, or a sitemap.

    Pages are fetched one at a time, with a pause between two of a host, and only if robots.txt allows it. An article whose
    text the project has is a duplicate. If another text is found at an article's address, it is imported as a new version,
    and what differs is printed. Exits with 1 if an address wasn't imported.
    """
    from labeling.errors import FetchError
    from labeling.formats.feeds import addresses_in_list
    from labeling.services.fetching import Limits, fetch
    from labeling.services.fetching.fetch import version_pieces
    from labeling.web.server import open_store

    wanted = [*addresses]
    for file in lists:
        try:
            wanted += addresses_in_list(file.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as fault:
            raise FetchError(f"can't read {file} ({fault}); check the path") from None
    if not wanted:
        raise click.UsageError("name the addresses to fetch, or a file with --list")
    store, live = open_store(), sys.stderr.isatty()

    def tick(done: int, total: int, address: str) -> None:
        if live:
            click.echo(f"\r\033[K{done:,} of {total:,}: {address[:80]} …", nl=False, err=True)

    limits = Limits(seconds=seconds, pause=pause, allow_private=allow_private)
    report = fetch(store, wanted, by=by, limits=limits, most=limit, dry_run=dry_run, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    for missed in report.tally.faults:
        click.echo(f"not imported: {missed}", err=True)
    for title, source in report.tally.known:
        click.echo(f"duplicate: {source}: {' '.join(title.split())}", err=True)
    for version in report.versions:
        click.echo(f"new version: {version.address}: {version.earlier} → {version.new}")
        for sign, pieces in zip("-+", version_pieces(store, version) if not dry_run else ((), ()), strict=True):
            for piece in pieces:
                if piece.differs:
                    click.echo(f"  {sign} {' '.join(piece.text.split())}")
    click.echo(f"{'Preview: ' if dry_run else ''}{report.tally}")
    if report.tally.faults:
        raise SystemExit(1)
