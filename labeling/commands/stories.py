"""The commands `saywhen stories …`: propose, list, show, merge, split and name stories."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from labeling.commands.actions import GuardedGroup
from labeling.commands.console import by_option, with_project
from labeling.quantities import many

_by = by_option(parameter="who")
_json = click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object, for programs.")


@click.group(cls=GuardedGroup)
def stories() -> None:
    """Group articles about the same event into stories, and compare what they say."""


@stories.command("propose")
@with_project
@click.option("--save", is_flag=True, help="Save the proposed stories. Otherwise they are only shown.")
@_by
@_json
def propose(project: Path, save: bool, who: str, as_json: bool) -> None:
    """Propose stories from copied text, shared utterances, rare names and publication dates.

    An article that is in a story stays there; undo a saved proposal with saywhen stories undo.
    """
    from labeling.services import stories as service
    from labeling.web.server import open_store

    store = open_store()
    live = sys.stderr.isatty()

    def tick(what: str, done: int, total: int) -> None:
        if live:
            click.echo(f"\r\033[K{done:,} of {total:,} {what} …", nl=False, err=True)

    found = service.propose(store, tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    if save:
        service.save(store, found, who)
    if as_json:
        values = [{**each._asdict(), "links": [link._asdict() for link in each.links]} for each in found]
        click.echo(orjson.dumps({"saved": save, "stories": values}, option=orjson.OPT_INDENT_2).decode())
        return
    articles = sum(len(each.added) for each in found)
    click.echo(
        f"{many(len(found), 'story', 'stories')} with {many(articles, 'article')} "
        + ("have been saved" if save else "are proposed; nothing is saved without --save")
    )
    for each in found:
        click.echo(f"\n{f'joins story {each.story}' if each.story else 'new story'}: {' '.join(each.added)}")
        for link in each.links:
            click.echo(f"  {link.one} and {link.two}: {link.because} {link.score:.2f}: {link.shown}")


@stories.command("list")
@with_project
@_json
def list_stories(project: Path, as_json: bool) -> None:
    """List the stories, the largest first, with their articles in order of publication."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    found = service.all_stories(open_store())
    if as_json:
        click.echo(orjson.dumps({"stories": found}, option=orjson.OPT_INDENT_2).decode())
        return
    if not found:
        click.echo("There are no stories yet; propose some with saywhen stories propose --save.")
    for each in found:
        click.echo(f"{each['id']}\t{each['name']}\t{many(len(each['articles']), 'article')}")
        for article in each["articles"]:
            click.echo(
                f"  {article['id']}  {article['published'] or 'no date'}  {article['outlet'] or 'no outlet'}: {article['title']}"
            )


@stories.command("show")
@with_project
@click.argument("story")
@_json
def show(project: Path, story: str, as_json: bool) -> None:
    """Show a story: its utterances outlet by outlet, its events with their claims, and what is missing."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    called, found = service.story(open_store(), story)
    values = service.story_values(story, called, found)
    if as_json:
        click.echo(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode())
        return
    for line in _lines(values):
        click.echo(line)


@stories.command("merge")
@with_project
@click.argument("into")
@click.argument("others", nargs=-1, required=True)
@_by
def merge(project: Path, into: str, others: tuple[str, ...], who: str) -> None:
    """Add the articles of other stories to the story INTO."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    revision = service.merge(open_store(), into, others, who)
    click.echo(f"{' and '.join(others)} merged into {into} (change {revision})")


@stories.command("split")
@with_project
@click.argument("story")
@click.argument("articles", nargs=-1, required=True)
@_by
def split(project: Path, story: str, articles: tuple[str, ...], who: str) -> None:
    """Make a new story of some ARTICLES of a story."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    new = service.split(open_store(), story, articles, who)
    click.echo(f"{new} is a new story with {many(len(set(articles)), 'article')} of {story}")


@stories.command("name")
@with_project
@click.argument("story")
@click.argument("name")
@_by
def name_story(project: Path, story: str, name: str, who: str) -> None:
    """Name a story."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    service.name(open_store(), story, name, who)
    click.echo(f"{story} is called “{name}”")


@stories.command("undo")
@with_project
@click.argument("change", type=int, required=False)
@_by
def undo(project: Path, change: int | None, who: str) -> None:
    """Undo a CHANGE of the stories, by default the last one."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    undone = service.undo(open_store(), change, who)
    click.echo(f"change {undone.revision} ({undone.kind}, by {undone.by}) was undone")


@stories.command("export")
@with_project
@click.argument("folder", type=click.Path(path_type=Path))
def export_stories(project: Path, folder: Path) -> None:
    """Write stories, pairs of quotes and pairs of claimed dates to a new FOLDER as JSONL."""
    from labeling.services import stories as service
    from labeling.web.server import open_store

    for name, lines in service.export(open_store(), folder).items():
        click.echo(f"{folder / name}\t{many(lines, 'line')}")


@stories.command("clusters")
@with_project
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--annotator", metavar="NAME", help="Export this person's submitted work instead of gold.")
def export_clusters(project: Path, folder: Path, annotator: str | None) -> None:
    """Export registry entries as clusters of mentions to a new FOLDER, in CoNLL-2012 columns and as CorefUD.

    Use these files with coreference scorers, to compare gold with an annotator's work or a program's output.
    """
    from labeling.services import story_clusters as service
    from labeling.web.server import open_store

    written, losses = service.export_clusters(open_store(), folder, annotator)
    for name, mentions in written.items():
        click.echo(f"{folder / name}\t{many(mentions, 'mention')}")
    for loss in losses.as_values():
        click.echo(f"{loss['what']} ({loss['times']:,}): {', '.join(loss['places'])}", err=True)


def _lines(values: dict[str, Any]) -> Iterator[str]:
    yield f"{values['id']}\t{values['name']}"
    outlets = {each["article"]: each["outlet"] or each["title"] or each["article"] for each in values["articles"]}
    for each in values["articles"]:
        yield f"  {each['article']}  {each['published'] or 'no date'}  {outlets[each['article']]}: {each['title']}"
    for row in values["utterances"]:
        yield f"\n“{row['name']}”"
        for version in row["versions"]:
            who = " and ".join(version["speakers"]) or "no speaker"
            by = f", passed on by {' and '.join(version['relays'])}" if version["relays"] else ""
            yield f"  {outlets[version['article']]} ({version['type']}, {who}{by}): {' '.join(version['text'].split())}"
        if row["entry"] is None and row["offered"]:
            other = row["offered"][0]
            yield f"  perhaps ({other['score']:.0%}) in {outlets[other['article']]}: {' '.join(other['text'].split())}"
    for event in values["events"]:
        yield f"\n{event['name']}"
        for claim in event["claims"]:
            who = " and ".join(claim["claimants"]) or "the article"
            modality = f", {claim['modality']}" if claim["modality"] else ""
            yield f"  {outlets[claim['article']]} ({who}{modality}): {claim['words']} = {claim['value'] or 'no date'}"
        for each in event["comparisons"]:
            if each["verdict"] == "conflict":
                yield f"  CONFLICT: {each['sentence']}"
    if values["missing"]:
        yield "\nmissing:"
    for each in values["missing"]:
        yield f"  {each['what']}"
