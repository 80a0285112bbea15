"""The command `saywhen splits`: groups of articles, the split of each, and leaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from labeling.commands.console import by_option, with_project
from labeling.dataset.splits import BY, STRATA, Recipe, shares_of
from labeling.quantities import many

_WHY = {
    "bridge": "is tied to more than one split",
    "date": "has no date, or a later date than its split allows",
    "by hand": "was set aside by hand",
}


@click.command()
@with_project
@click.option(
    "--name", default="default", show_default=True, help="The name of the splits; a project can have several."
)
@click.option("--shares", metavar="SHARES", help="80/10/10 (train, dev, test), 80/20, or train=70,dev=15,test=15.")
@click.option("--seed", metavar="TEXT", help="A different seed gives different splits.  [default: 0]")
@click.option(
    "--together",
    "by",
    multiple=True,
    type=click.Choice(BY),
    help="Also keep articles with the same outlet or speaker together; repeatable. With date, train is before test.",
)
@click.option(
    "--even",
    "stratify",
    type=click.Choice(STRATA),
    help="Balance the shares within each outlet, language, year or set of labels.",
)
@click.option("--place", is_flag=True, help="Place new articles permanently.")
@click.option(
    "--set-aside",
    "aside",
    metavar="ARTICLE",
    multiple=True,
    help="Remove a placed article from the splits permanently.",
)
@by_option(parameter="who")
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(0, 100_000), help="How many groups to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object, for programs.")
def splits(
    project: Path,
    name: str,
    shares: str | None,
    seed: str | None,
    by: tuple[Any, ...],
    stratify: Any,
    place: bool,
    aside: tuple[str, ...],
    who: str,
    limit: int,
    as_json: bool,
) -> None:
    """Preview or create train, dev and test splits that keep articles with copied text or shared quotes together.

    Without --place nothing is saved. With it, every article of the project is placed, annotated or not (whereas saywhen
    export --dataset --splits places only the articles of the dataset). Placed articles never move. An article that would
    bridge two splits is set aside and reported. Exits with 1 if a tie crosses splits.
    """
    from labeling.services import splits as splitting
    from labeling.web.server import open_store

    store = open_store()
    live = sys.stderr.isatty()

    def tick(what: str, done: int, total: int) -> None:
        if live:
            click.echo(f"\r\033[K{done:,} of {total:,} {what} …", nl=False, err=True)

    if aside:
        splitting.set_aside(store, name, list(aside), who)
    recipe = None
    if shares or seed is not None or by or stratify:
        usual = splitting.USUAL
        recipe = Recipe(
            shares_of(shares) if shares else usual.shares, usual.seed if seed is None else seed, by, stratify
        )
    found = splitting.splits(store, name, recipe, place=place, by=who, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    values = splitting.as_values(store, name, found, None if as_json else limit)
    if as_json:
        click.echo(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode())
    else:
        for line in _lines(values):
            click.echo(line)
    if found.leaks:
        raise SystemExit(1)


def _lines(values: dict[str, Any]) -> Iterator[str]:
    for split, each in values["splits"].items():
        yield f"{split}\t{each['articles']:,}\t{each['share']:.1%}\t{each['annotated']:,} annotated"
    new, kept = values["new"], values["kept"]
    if new:
        yield f"{new:,} of {values['articles']:,} articles are new" + (
            " and have been placed" if kept else "; nothing is saved without --place"
        )
    grouped = values["grouped"]
    counts = ", ".join(f"{count:,} by {kind}" for kind, count in values["ties"].items())
    groups = many(grouped["groups"], "group")
    yield f"{grouped['articles']:,} articles belong together in {groups} ({counts or 'no ties'})"
    for group in values["groups"]:
        yield f"\ngroup of {group['size']:,} in {' and '.join(group['splits']) or 'no split'}"
        for article in group["articles"]:
            yield f"  {_named(article)}"
        for tie in group["ties"]:
            yield f"  because: {_tie(tie)}"
    for article in values["aside"]:
        yield f"\nset aside: {_named(article)}: {_WHY[article['why']]}"
        for split, other in article["neighbours"].items():
            yield f"  {split}: {_named(other)}: {_tie(other['tie'])}"
    for leak in values["leaks"]:
        yield f"\nLEAK: {_tie(leak['tie'])}"
        for split, articles in leak["articles"].items():
            yield f"  {split}: {', '.join(articles)}"
    if values["leaking"]:
        yield f"\n{values['leaking']:,} ties cross splits; remove one article of each tie with --set-aside"


def _named(article: dict[str, Any]) -> str:
    return " ".join(f"{article['id']} {article['title'] or ''} ({article['outlet'] or 'no outlet'})".split())


def _tie(tie: dict[str, Any]) -> str:
    score = f" {tie['score']:.0%}" if tie["score"] is not None else ""
    return f"{tie['kind']}{score}: {tie['words']}"
