"""The command line: everything that the pages can do, through the same functions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import orjson

from labeling import __version__, schema
from labeling.commands.accounts import accounts
from labeling.commands.actions import GuardedGroup
from labeling.commands.article import article_
from labeling.commands.assign import assign
from labeling.commands.audit import audit
from labeling.commands.backup import backup, restore
from labeling.commands.bulk import bulk
from labeling.commands.console import LABEL_SET, PATH, with_project
from labeling.commands.dataset import export, hydrate
from labeling.commands.entries import entries
from labeling.commands.fetching import fetch_articles
from labeling.commands.importing import import_
from labeling.commands.label_set import label_set
from labeling.commands.ops import save, show_ops
from labeling.commands.remove import remove
from labeling.commands.review import review
from labeling.commands.serve import serve
from labeling.commands.splits import splits
from labeling.commands.stats import datasette_metadata, stats
from labeling.commands.stories import stories
from labeling.commands.suggestions import evaluate, learn, suggest
from labeling.commands.withholding import suggestions
from labeling.errors import AccessError, SayWhenError
from labeling.quantities import many
from labeling.store.contract import MAX_LIMIT
from labeling.web.location import DEFAULT_PROJECT


class _ErrorsInOneLine(GuardedGroup):
    """Shows what SayWhen refuses, and what the database engine can't do, as one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SayWhenError as fault:
            raise click.ClickException(str(fault)) from None


@click.group(cls=_ErrorsInOneLine, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="saywhen")
def main() -> None:
    """Label who said what, and when: quotes, speakers and claimed dates in articles."""
    # Projects, keys, exports and backups are their owner's alone, unless they choose otherwise afterwards.
    os.umask(0o077)


@main.command()
@click.argument("path", type=PATH, default=DEFAULT_PROJECT)
@click.option(
    "--schema",
    "label_set",
    type=LABEL_SET,
    default=schema.DEFAULT,
    metavar="NAME|PATH",
    show_default=True,
    help=f"A label set that comes with SayWhen ({', '.join(schema.packaged())}), or the path of a YAML file.",
)
@click.option("--sample", is_flag=True, help="Include the sample corpus: eight invented articles.")
def new(path: Path, label_set: Path, sample: bool) -> None:
    """Create a project file."""
    from labeling import sample as corpus
    from labeling.services.importing import import_files
    from labeling.store.project import Store

    store = Store.create(path, schema.load(label_set))
    if sample:
        for _ in import_files(store, [corpus.articles_path()]):
            pass
    click.echo(
        f"{path}: label set “{store.schema.name}” version {store.schema.version}, {many(store.count(), 'article')}"
    )


@main.command()
@with_project
@click.option("--all", "everything", is_flag=True, help="Include work in progress.")
@click.option("--against", "reference", metavar="NAME", help="Compare the others with this annotator's work.")
@click.option("--gold", is_flag=True, help="Only compare each annotator with reviewed gold; also with --examples.")
@click.option("--quick", is_flag=True, help="Skip the slow figures: γ and the annotator models.")
@click.option(
    "--examples", "figure", metavar="FIGURE", help="Show the examples behind a figure, given by its name in --json."
)
@click.option(
    "--clusters",
    is_flag=True,
    help="Also compare which spans have the same registry entry, across articles: pairwise F1, B³ and LEA; with "
    "--examples label.attribute, show its split entries.",
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many examples.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object, for programs.")
def agreement(
    project: Path,
    everything: bool,
    reference: str | None,
    gold: bool,
    quick: bool,
    figure: str | None,
    clusters: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Show how far annotators of the same articles agree.

    Submitted work counts, even without any spans; people who haven't submitted an article don't count for it.
    docs/agreement.md explains each figure.
    """
    from labeling.agreement import text
    from labeling.services import agreement_cache
    from labeling.services.cluster_agreement import cluster_examples, clusters_of
    from labeling.web.server import open_store

    store = open_store()
    live = sys.stderr.isatty()

    def tick(done: int, total: int) -> None:
        if live:
            click.echo(f"\r{done:,} of {total:,} articles compared …", nl=False, err=True)

    if gold and figure is None:
        held = agreement_cache.gold_figures(store)
        _say(held, text.gold(held), as_json=as_json)
        return
    if figure is not None and clusters:
        split = cluster_examples(store, figure, everything=everything, limit=limit)
        _say(split, text.split_entries(split), as_json=as_json)
        return
    if figure is not None:
        shown = (
            agreement_cache.gold_examples(store, figure, limit=limit)
            if gold
            else agreement_cache.examples(store, figure, everything=everything, reference=reference, limit=limit)
        )
        _say(shown, [text.explained(figure), *text.examples(shown, store.schema)], as_json=as_json)
        return
    found = agreement_cache.figures(store, everything=everything, chance=not quick, reference=reference, tick=tick)
    if clusters:
        found["clusters"] = clusters_of(store, everything=everything)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    lines = [*text.lines(found, store.schema), *text.clusters(found.get("clusters", []))]
    _say(found, lines, as_json=as_json)


def _say(values: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Print values as JSON, for programs, or as lines."""
    if as_json:
        click.echo(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode())
        return
    for line in lines:
        click.echo(line)


@main.command()
@with_project
@click.option("--mend", is_flag=True, help="Rebuild rows that differ from the log.")
def check(project: Path, mend: bool) -> None:
    """Replay the log of every annotation and compare it with the tables. Exits with 1 if they differ."""
    from labeling.services.verify_project import verify
    from labeling.web.server import open_store

    count = left = 0
    for verdict in verify(open_store(), mend=mend):
        count += 1
        left += bool(verdict.difference and not verdict.mended)
        if verdict.difference:
            done = " (mended)" if verdict.mended else ""
            click.echo(f"{verdict.article} by {verdict.annotator}: {verdict.difference}{done}", err=True)
    click.echo(f"{many(count, 'annotation')} replayed, {left:,} differ")
    if left:
        raise SystemExit(1)


@main.command("schema")
@click.argument("path", type=LABEL_SET)
def check_schema(path: Path) -> None:
    """Validate a label set and list every error with its line number."""
    faults = list(schema.check(schema.read(path), file=path.name))
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)
    found = schema.load(path)
    click.echo(
        f"{path}: {many(len(found.labels), 'label')}, {many(len(found.relations), 'relation')}, {many(len(found.records), 'record')}: valid"
    )
    for line, labels in found.alike().items():
        click.echo(f"{path}: {', '.join(labels)} have the same line ({line}), so they look alike without color")


@main.command("date")
@click.argument("words")
@click.option("--against", metavar="DATE", help="The publication date, in EDTF.")
@click.option("--before", default="", metavar="WORDS", help="The sentence up to the date; its verb can rank readings.")
def read_date(words: str, against: str | None, before: str) -> None:
    """Read a date in words or EDTF, and list its readings, best first."""
    from labeling import dates

    for reading in dates.read(words, against, before=before):
        click.echo(f"{reading.edtf or '(no calendar value)'}\t{reading.explain}")


@main.command()
@click.argument("words", nargs=-1)
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="The person whose queue to search.")
@click.option("--outlet", help="Only this outlet.")
@click.option("--status", type=click.Choice(["new", "open", "submitted", "skipped"]), help="Only this status.")
@click.option("--flag", metavar="KEY", help="Only with a comment that has this flag.")
@click.option("--from", "published_from", metavar="DATE", help="Only published on or after this day, month or year.")
@click.option("--to", "published_to", metavar="DATE", help="Only published on or before this day, month or year.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MAX_LIMIT))
@click.option("--offset", default=0, type=click.IntRange(0), help="How many to skip.")
def find(words: tuple[str, ...], project: Path, annotator: str, **filters: Any) -> None:
    """Find articles in a person's queue that have all of the words, best first. The last word may be incomplete.

    Prints one line per article: id, status, publication date, outlet, title and an excerpt.
    """
    from labeling.web.server import open_store

    found = open_store().search(annotator, " ".join(words), **filters)
    for row in found["rows"]:
        parts = [row[key] or "" for key in ("id", "status", "published", "outlet", "title")]
        click.echo("\t".join(" ".join(part.split()) for part in [*parts, row["snippet"]["text"]]))
    click.echo(f"{found['total']:,} found", err=True)


@main.command()
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="The person the token is for.")
def token(project: Path, annotator: str) -> None:
    """Print a token for the HTTP API. It is valid for an hour."""
    from labeling.web.server import open_access, open_accounts, open_store

    if open_accounts():
        raise AccessError("this project has accounts; use: saywhen accounts token EMAIL --name NAME --scope SCOPE")
    click.echo(open_access().token(open_store().sign_in(annotator))[0])


main.add_command(serve)
main.add_command(accounts)
main.add_command(import_)
main.add_command(fetch_articles)
main.add_command(article_)
main.add_command(show_ops)
main.add_command(save)
main.add_command(remove)
main.add_command(audit)
main.add_command(stats)
main.add_command(datasette_metadata)
main.add_command(export)
main.add_command(hydrate)
main.add_command(assign)
main.add_command(backup)
main.add_command(restore)
main.add_command(label_set)
main.add_command(review)
main.add_command(splits)
main.add_command(suggest)
main.add_command(learn)
main.add_command(evaluate)
main.add_command(bulk)
main.add_command(suggestions)
main.add_command(stories)
main.add_command(entries)


if __name__ == "__main__":
    main()
