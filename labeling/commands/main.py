"""The command line: whatever a page can do to data, through the same functions."""

from __future__ import annotations

import secrets
import shlex
import sys
from pathlib import Path
from typing import IO, Any

import click
import orjson
import pydantic

from labeling import __version__, dates, schema
from labeling.annotation import ops
from labeling.commands.actions import Group
from labeling.commands.assign import assign
from labeling.commands.backup import backup, restore
from labeling.commands.console import LABEL_SET, PATH, with_project
from labeling.commands.dataset import export, hydrate
from labeling.commands.label_set import label_set
from labeling.commands.review import review
from labeling.commands.splits import splits
from labeling.commands.stats import datasette_metadata, stats
from labeling.errors import ArticleError, OpError, SayWhenError
from labeling.store.search import MAX_LIMIT
from labeling.web.server import DEFAULT_PROJECT, PORT


class _Refusing(Group):
    """Shows what SayWhen refuses, and what the database engine can't do, as one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SayWhenError as fault:
            raise click.ClickException(str(fault)) from None


@click.group(cls=_Refusing, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="saywhen")
def main() -> None:
    """Label who said what, and when: quotes, speakers and claimed dates in articles."""


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
@click.option("--sample", is_flag=True, help="Put the sample corpus in: eight invented articles.")
def new(path: Path, label_set: Path, sample: bool) -> None:
    """Make a project file."""
    from labeling import sample as corpus
    from labeling.services.importing import take_in
    from labeling.store.project import Store

    store = Store.create(path, schema.load(label_set))
    if sample:
        for _ in take_in(store, [corpus.articles_path()]):
            pass
    click.echo(f"{path}: label set “{store.schema.name}” version {store.schema.version}, {store.count()} articles")


@main.command()
@with_project
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on; loopback only.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
def serve(project: Path, host: str, port: int) -> None:
    """Serve the app; makes the project with the sample corpus if there is none."""
    from labeling.web import server

    server.serve(host, port)


@main.command("import")
@click.argument("paths", type=PATH, nargs=-1, required=True)
@with_project
@click.option(
    "--kind",
    metavar="KIND",
    help="Read every file as this kind: txt, jsonl, json, csv, html; or, with people's work, as an annotated format by its "
    "name in docs/formats.md: brat, parquet, spacy …",
)
@click.option("--with-work", is_flag=True, help="Of our own export, take in everybody's work too.")
@click.option("--annotator", metavar="NAME", help="Whose work it is where a file names nobody.")
@click.option(
    "--by-file", is_flag=True, help="Where a file names nobody, it is whose name the file has (ana.jsonl: ana)."
)
@click.option(
    "--by-folder", is_flag=True, help="Where a file names nobody, it is whose name its folder has (ana/a.ann: ana)."
)
@click.option("--as", "names", multiple=True, metavar="OLD=NEW", help="What an annotator of the files is called here.")
@click.option(
    "--map",
    "renames",
    multiple=True,
    metavar="OLD=NEW",
    help="What a label, relation or flag of the files is here, an attribute (label.name) or a choice (label.name.choice); "
    "OLD= leaves it out.",
)
@click.option("--anyway", is_flag=True, help="Take in the rest of the work where something is at fault.")
@click.option("--every-fault", "every", is_flag=True, help="Tell each of many faults alike.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and write nothing.")
@click.option(
    "--draft", type=PATH, metavar="FILE", help="Only write a label set (YAML) of what the files of --kind have."
)
def import_(
    paths: tuple[Path, ...],
    project: Path,
    kind: str | None,
    with_work: bool,
    annotator: str | None,
    by_file: bool,
    by_folder: bool,
    names: tuple[str, ...],
    renames: tuple[str, ...],
    anyway: bool,
    every: bool,
    dry_run: bool,
    draft: Path | None,
) -> None:
    """Import articles from files and folders (.txt .jsonl .csv .tsv .html), or with people's work from annotated formats.

    A bad row is told with file, line and reason, and the rest goes in; an article that is there already is named.
    Work is checked whole first: if anything is at fault, all is told and nothing goes in, unless you say --anyway.
    Of many faults alike in a file the first are told whole, and of the others the lines. Ends with 1 if anything was left out.
    """
    from labeling.formats import Fault
    from labeling.services.importing import RepeatedFaults, Tally, Terms, pairs, renamed, take_in
    from labeling.web.server import open_store

    if draft:
        _draft(paths, kind, draft)
        return
    tally = Tally()
    live = sys.stderr.isatty()

    def tick(done: int, total: int | None) -> None:
        if live:
            words = f"{done:,} of {total:,} articles written" if total else f"{done:,} articles read and checked"
            click.echo(f"\r{words} …", nl=False, err=True)

    terms = Terms(annotator, pairs("--as", names), renamed("--map", renames), anyway, by_file, by_folder)
    alike = RepeatedFaults()
    fates = take_in(open_store(), paths, kind=kind, with_work=with_work, terms=terms, dry_run=dry_run, tick=tick)
    for count, fate in enumerate(fates, 1):
        known = len(tally.known)
        tally.add(fate)
        if isinstance(fate, Fault):
            if every or alike.first(fate):
                click.echo(f"left out: {fate}", err=True)
        elif len(tally.known) > known:
            title, source = tally.known[-1]
            click.echo(f"there already: {source}: {' '.join(title.split())}", err=True)
        elif live and count % 500 == 0:
            click.echo(f"\r{tally} …", nl=False, err=True)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    for words in alike.others():
        click.echo(f"left out: {words}", err=True)
    for words in tally.told():
        click.echo(words)
    click.echo(f"{'Would import' if dry_run else 'Imported'}: {tally}")
    if tally.faults:
        raise SystemExit(1)


def _draft(paths: tuple[Path, ...], kind: str | None, target: Path) -> None:
    """Write a label set of what files have, and tell how to go on."""
    from labeling.services.importing import read_work
    from labeling.services.label_set_draft import drafted

    found = drafted(read_work(paths, kind))
    if found is None:
        raise ArticleError("nothing is marked in the files, or they cannot be read; see what --dry-run tells")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(found.source)
    except FileExistsError:
        raise ArticleError(f"{target} is there already; give another name") from None
    click.echo(f"{target}: labels: {found.labels}, relations: {found.relations}. Look it over and change it, then:")
    click.echo(f"  saywhen new PROJECT.db --schema {target}")
    words = ["saywhen", "import", "-p", "PROJECT.db", *(["--kind", kind] if kind else ["--with-work"])]
    words += [part for name in found.renames for part in ("--map", shlex.quote(name))]
    click.echo(f"  {' '.join(words)} {' '.join(shlex.quote(str(path)) for path in paths)}")
    for name in found.left:
        click.echo(f"no room for {name}; leave it out with --map, or drop another", err=True)


@main.command()
@with_project
@click.option("--all", "everything", is_flag=True, help="Count work that is not handed in yet, too.")
@click.option("--against", "reference", metavar="NAME", help="Hold the others against this annotator's work.")
@click.option("--gold", is_flag=True, help="Only each annotator against the reviewed gold; with --examples too.")
@click.option("--quick", is_flag=True, help="Leave out what takes long: γ and the models of annotators.")
@click.option("--examples", "figure", metavar="FIGURE", help="Show what lowers this figure, by its name in --json.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many examples.")
@click.option("--json", "as_json", is_flag=True, help="For programs: everything, as one JSON object.")
def agreement(
    project: Path,
    everything: bool,
    reference: str | None,
    gold: bool,
    quick: bool,
    figure: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Say how far annotators of the same articles agree.

    An annotator who has handed an article in counts there, also if nothing was marked; all others were not asked.
    What each figure means, and when it misleads, is in docs/agreement.md.
    """
    from labeling.agreement import text
    from labeling.services import agreement_cache
    from labeling.web.server import open_store

    store = open_store()
    live = sys.stderr.isatty()

    def tick(done: int, total: int) -> None:
        if live:
            click.echo(f"\r{done:,} of {total:,} articles counted …", nl=False, err=True)

    if gold and figure is None:
        held = agreement_cache.gold_figures(store)
        if as_json:
            click.echo(orjson.dumps(held, option=orjson.OPT_INDENT_2).decode())
        else:
            for line in text.gold(held):
                click.echo(line)
        return
    if figure is not None:
        shown = (
            agreement_cache.gold_examples(store, figure, limit=limit)
            if gold
            else agreement_cache.examples(store, figure, everything=everything, reference=reference, limit=limit)
        )
        if as_json:
            click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
            return
        click.echo(text.explained(figure))
        for line in text.examples(shown, store.schema):
            click.echo(line)
        return
    found = agreement_cache.figures(store, everything=everything, chance=not quick, reference=reference, tick=tick)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for line in text.lines(found, store.schema):
        click.echo(line)


@main.command()
@with_project
@click.option("--mend", is_flag=True, help="Write rows that differ anew from the log.")
def check(project: Path, mend: bool) -> None:
    """Replay the log of every annotation and hold it against the rows; ends with 1 if they differ."""
    from labeling.services.verify_project import verify
    from labeling.web.server import open_store

    count = left = 0
    for verdict in verify(open_store(), mend=mend):
        count += 1
        left += bool(verdict.difference and not verdict.mended)
        if verdict.difference:
            done = " (mended)" if verdict.mended else ""
            click.echo(f"{verdict.article} by {verdict.annotator}: {verdict.difference}{done}", err=True)
    click.echo(f"{count:,} annotations replayed, {left:,} differ")
    if left:
        raise SystemExit(1)


@main.command("schema")
@click.argument("path", type=LABEL_SET)
def check_schema(path: Path) -> None:
    """Check a label set and tell every fault with its line."""
    faults = list(schema.check(schema.read(path), file=path.name))
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)
    found = schema.load(path)
    click.echo(
        f"{path}: {len(found.labels)} labels, {len(found.relations)} relations, {len(found.records)} records: sound"
    )
    for line, labels in found.alike().items():
        click.echo(f"{path}: {', '.join(labels)} have the same line ({line}): without colour they look alike")


@main.command("date")
@click.argument("words")
@click.option("--against", metavar="DATE", help="The publication date, EDTF.")
def read_date(words: str, against: str | None) -> None:
    """Read a date in words or EDTF, best reading first."""
    for reading in dates.read(words, against):
        click.echo(f"{reading.edtf or '(no calendar value)'}\t{reading.explain}")


@main.command()
@click.argument("words", nargs=-1)
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="Whose queue.")
@click.option("--outlet", help="Only this outlet.")
@click.option("--status", type=click.Choice(["new", "open", "submitted", "skipped"]), help="Only this status.")
@click.option("--flag", metavar="KEY", help="Only with a comment that has this flag.")
@click.option("--from", "published_from", metavar="DATE", help="Only published from this day, month or year on.")
@click.option("--to", "published_to", metavar="DATE", help="Only published up to this day, month or year.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MAX_LIMIT))
@click.option("--offset", default=0, type=click.IntRange(0), help="How many to pass over.")
def find(words: tuple[str, ...], project: Path, annotator: str, **filters: Any) -> None:
    """Find articles in somebody's queue: all of the words, the last one perhaps begun only; best first.

    A line is id, status, publication date, outlet, title and a stretch of the text.
    """
    from labeling.web.server import open_store

    found = open_store().search(annotator, " ".join(words), **filters)
    for row in found["rows"]:
        parts = [row[key] or "" for key in ("id", "status", "published", "outlet", "title")]
        click.echo("\t".join(" ".join(part.split()) for part in [*parts, row["snippet"]["text"]]))
    click.echo(f"{found['total']:,} found", err=True)


@main.command("ops")
@click.argument("article")
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="Whose work.")
def show_ops(article: str, project: Path, annotator: str) -> None:
    """Print the log of somebody's work on an article, an op a line."""
    from labeling.web.server import open_store

    for op in open_store().log(annotator, article):
        click.echo(orjson.dumps(op).decode())


@main.command()
@click.argument("article")
@click.argument("file", type=click.File("rb"), default="-")
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="In whose name.")
def save(article: str, file: IO[bytes], project: Path, annotator: str) -> None:
    """Save ops, one a line, to somebody's work on an article; all of them or, if one cannot be read, none."""
    from labeling.web.server import open_store

    message = []
    for number, line in enumerate(file, 1):
        try:
            message.append(ops.load({**orjson.loads(line), "number": number}))
        except (orjson.JSONDecodeError, TypeError) as fault:
            raise OpError(f"line {number}: not a JSON object ({fault}); nothing was saved") from None
        except pydantic.ValidationError as fault:
            first = fault.errors()[0]
            raise OpError(
                f"line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}; nothing was saved"
            ) from None
    store = open_store()
    answer = store.append(store.sign_in(annotator), article, f"cli-{secrets.token_hex(12)}", 0, message)
    for refusal in answer.refused:
        click.echo(f"refused: line {refusal['number']}: {refusal['reason']}", err=True)
    click.echo(f"{len(message) - len(answer.refused)} saved, {len(answer.refused)} refused, revision {answer.revision}")
    if answer.refused:
        raise SystemExit(1)


@main.command()
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="In whose name.")
def token(project: Path, annotator: str) -> None:
    """Print a token for the HTTP API; it holds for an hour."""
    from labeling.web.server import open_access, open_store

    click.echo(open_access().token(open_store().sign_in(annotator))[0])


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


if __name__ == "__main__":
    main()
