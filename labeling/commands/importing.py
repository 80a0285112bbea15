"""The command that imports articles and people's work."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from labeling.commands.console import PATH, by_option, with_project
from labeling.errors import ArticleError

if TYPE_CHECKING:
    from labeling.formats import Fault
    from labeling.formats.publication_date import DateOrder


@click.command("import")
@click.argument("paths", type=PATH, nargs=-1)
@with_project
@click.option(
    "--kind",
    metavar="KIND",
    help="Read every file as this kind: txt, jsonl, json, csv, html; or, to import people's work, an annotated format "
    "from docs/formats.md: brat, parquet, spacy …",
)
@click.option("--with-work", is_flag=True, help="Also import everyone's work from a SayWhen export.")
@click.option("--annotator", metavar="NAME", help="The annotator, if a file names none.")
@click.option("--by-file", is_flag=True, help="If a file names no annotator, use the file's name (ana.jsonl: ana).")
@click.option("--by-folder", is_flag=True, help="If a file names no annotator, use the folder's name (ana/a.ann: ana).")
@click.option("--as", "names", multiple=True, metavar="OLD=NEW", help="Rename an annotator; repeatable.")
@click.option(
    "--map",
    "renames",
    multiple=True,
    metavar="OLD=NEW",
    help="Rename a label, relation or flag, an attribute (label.name) or a choice (label.name.choice); OLD= drops it. "
    "If a label and a relation have the same name: label:OLD=NEW, role:OLD=NEW. Repeatable.",
)
@click.option("--encoding", metavar="NAME", help="The files' encoding if it isn't UTF-8: cp1252, mac_roman, gb18030 …")
@click.option(
    "--date-order",
    "date_order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="The order of day, month and year in publication dates such as 03/04/2026.",
)
@click.option("--anyway", is_flag=True, help="Import everything else if something would be lost.")
@click.option("--every-fault", "every", is_flag=True, help="Report every error, even if many are similar.")
@click.option("--dry-run", is_flag=True, help="Show what would happen, but save nothing.")
@click.option("--draft", type=PATH, metavar="FILE", help="Only write a label set (YAML) made from the files of --kind.")
@click.option("--list", "listing", is_flag=True, help="Only list the imports, newest first.")
@click.option("--undo", type=int, metavar="ID", help="Only undo an import, given by its number in --list.")
@click.option("-y", "--yes", is_flag=True, help="With --undo, don't ask for confirmation.")
@by_option("Who makes or undoes the import; stored in the log.")
def import_(
    paths: tuple[Path, ...], project: Path, draft: Path | None, listing: bool, undo: int | None, yes: bool, **given: Any
) -> None:
    """Import articles from files and folders (.txt .jsonl .csv .tsv .html), or people's work from annotated formats.

    Rows that can't be read are reported with file, line and reason; the others are imported. Duplicates are listed.
    People's work is checked first: if something would be lost, nothing is imported unless you add --anyway. Of many similar
    errors in a file, the first are reported in full and the others as line numbers. A note
    reports something that was done without losing anything, and never stops an import. Exits with 0 if everything was
    imported, with 1 if anything was lost or not imported, and with 2 for options that are not valid.

    With --undo, you can undo an import as a whole, as long as no one has worked on the articles that it added.
    """
    if sum((bool(paths), listing, undo is not None)) != 1:
        raise click.UsageError("name the files or folders to import, or use --list or --undo alone")
    if listing:
        _list()
    elif undo is not None:
        _undo(undo, given["by"], dry_run=given["dry_run"], yes=yes)
    elif draft:
        _draft(
            paths,
            given["kind"],
            draft,
            by_file=given["by_file"],
            by_folder=given["by_folder"],
            encoding=given["encoding"],
        )
    else:
        _import(paths, **given)


def _import(
    paths: tuple[Path, ...],
    *,
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
    encoding: str | None,
    date_order: DateOrder | None,
    by: str,
) -> None:
    """Import files, and report each row's outcome as it comes about."""
    from labeling.formats import Fault, Hints
    from labeling.formats.encoding import canonical
    from labeling.formats.reading import Remark
    from labeling.services.importing import RepeatedFaults, Tally, Terms, format_of, import_files, pairs, renamed
    from labeling.web.server import open_store

    tally = Tally()
    live = sys.stderr.isatty()

    def tick(done: int, total: int | None) -> None:
        if live:
            words = f"{done:,} of {total:,} articles imported" if total else f"{done:,} articles read and checked"
            click.echo(f"\r{words} …", nl=False, err=True)

    try:
        terms = Terms(annotator, pairs("--as", names), renamed("--map", renames), anyway, by_file, by_folder)
        hints = Hints(encoding and canonical(encoding), date_order)
        lost = "lost" if format_of(kind, with_work=with_work) else "not imported"
    except ArticleError as fault:
        raise click.UsageError(str(fault)) from None
    alike = RepeatedFaults()
    outcomes = import_files(
        open_store(), paths, kind=kind, with_work=with_work, terms=terms, dry_run=dry_run, tick=tick, by=by, hints=hints
    )
    for count, outcome in enumerate(outcomes, 1):
        known = len(tally.known)
        tally.add(outcome)
        if isinstance(outcome, Fault):
            if every or alike.first(outcome):
                click.echo(f"{'note' if outcome.is_note else lost}: {outcome}", err=True)
        elif len(tally.known) > known:
            title, source = tally.known[-1]
            click.echo(f"duplicate: {source}: {' '.join(title.split())}", err=True)
        elif live and count % 500 == 0:
            click.echo(f"\r{tally} …", nl=False, err=True)
    if live:
        click.echo("\r\033[K", nl=False, err=True)
    for words in alike.others():
        click.echo(f"{'note' if isinstance(words, Remark) else lost}: {words}", err=True)
    for words in tally.sentences():
        click.echo(words)
    click.echo(f"{'Preview: ' if dry_run else ''}{tally}")
    if tally.faults:
        raise SystemExit(1)


def _list() -> None:
    """Print the imports of the project."""
    from labeling.services.importing import imports
    from labeling.web.server import open_store

    found = imports(open_store())
    for each in found:
        click.echo(f"{each.id}: {each}")
    if not found:
        click.echo("No imports.")


def _undo(id: int, by: str, *, dry_run: bool, yes: bool) -> None:
    """Undo an import after asking."""
    from labeling.services.importing import require_undoable, undo_import, undone_in_words
    from labeling.web.server import open_store

    store = open_store()
    record = require_undoable(store, id)
    click.echo(f"{id}: {record}")
    if dry_run:
        click.echo("Preview: the import can be undone. Nothing was saved.")
        return
    if not yes and not click.confirm("Remove everything that this import added?"):
        click.echo("Nothing was changed.")
        return
    for words in undone_in_words(undo_import(store, id, by)):
        click.echo(words)


def _aside(rows: Iterable[object], faults: list[Fault]) -> Iterator[object]:
    """Yield rows, and set the errors among them aside."""
    from labeling.formats import Fault

    for row in rows:
        if isinstance(row, Fault):
            faults += [] if row.is_note else [row]
        else:
            yield row


def _draft(
    paths: tuple[Path, ...], kind: str | None, target: Path, *, by_file: bool, by_folder: bool, encoding: str | None
) -> None:
    """Write a label set made from files, and print the commands that use it."""
    from labeling.services.importing import read_work
    from labeling.services.label_set_draft import drafted

    unread: list[Fault] = []
    found = drafted(_aside(read_work(paths, kind, encoding), unread))
    if found is None and unread:
        more = f" ({len(unread) - 1:,} more like this with --dry-run)" if len(unread) > 1 else ""
        raise ArticleError(f"no label set was created: {unread[0]}{more}")
    if found is None:
        raise ArticleError("no label set was created: the files have no spans; use files that have spans")
    if not target.parent.is_dir():
        raise ArticleError(f"there is no folder {target.parent}; create it, or choose another place for the label set")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(found.source)
    except FileExistsError:
        raise ArticleError(f"{target} already exists; choose another name") from None
    click.echo(f"{target}: labels: {found.labels}, relations: {found.relations}. Check and edit it, then run:")
    click.echo(f"  saywhen new PROJECT.db --schema {target}")
    words = ["saywhen", "import", "-p", "PROJECT.db", *(["--kind", kind] if kind else ["--with-work"])]
    words += ["--encoding", encoding] if encoding else []
    words += ["--by-file"] * by_file + ["--by-folder"] * by_folder
    words += [part for name in found.renames for part in ("--map", shlex.quote(name))]
    click.echo(f"  {' '.join(words)} {' '.join(shlex.quote(str(path)) for path in paths)}")
    for name in found.left:
        click.echo(f"{name} doesn't fit into the label set; the command above drops it", err=True)
