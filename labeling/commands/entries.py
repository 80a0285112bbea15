"""The commands `saywhen entries …`: registry entries listed, renamed, merged, split, imported and exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from labeling.commands.actions import GuardedGroup
from labeling.commands.console import PATH, by_option, with_project
from labeling.quantities import many

_by = by_option(parameter="who")
_json = click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object, for programs.")
_registry = click.argument("registry")


def _print_json(values: dict[str, Any]) -> None:
    click.echo(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode())


@click.group(cls=GuardedGroup)
def entries() -> None:
    """Edit the registries: people, events and utterances. REGISTRY is a registry's key in the label set."""


@entries.command("list")
@with_project
@_registry
@click.argument("words", nargs=-1)
@click.option("--by-use", is_flag=True, help="List the most used entries first.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--offset", default=0, type=click.IntRange(0), help="Number of entries to skip.")
@_json
def list_entries(
    project: Path, registry: str, words: tuple[str, ...], by_use: bool, limit: int, offset: int, as_json: bool
) -> None:
    """List the entries that have all of the WORDS in a name or alias.

    Prints one line per entry: id, number of articles, name, aliases and Wikidata identifier.
    """
    from labeling.services import entries as service
    from labeling.web.server import open_store

    total, rows = service.page(open_store(), registry, " ".join(words), by_use=by_use, limit=limit, offset=offset)
    if as_json:
        _print_json({"total": total, "entries": [row.values() for row in rows]})
        return
    for row in rows:
        entry = row.entry
        parts = (entry.id, many(row.articles, "article"), entry.name, "|".join(entry.aliases), entry.wikidata or "")
        click.echo("\t".join(parts))
    click.echo(f"{total:,} found", err=True)


@entries.command("show")
@with_project
@_registry
@click.argument("entry")
@_json
def show_entry(project: Path, registry: str, entry: str, as_json: bool) -> None:
    """Show an ENTRY and its mentions."""
    from labeling.services import entries as service
    from labeling.web.server import open_store

    store = open_store()
    row = service.entry(store, registry, entry)
    _, places = service.mentions(store, registry, entry, limit=-1)
    if as_json:
        _print_json({**row.values(), "places": [each._asdict() for each in places]})
        return
    click.echo("\t".join((row.entry.id, row.entry.name, "|".join(row.entry.aliases), row.entry.wikidata or "")))
    for each in places:
        where = f"{each.article}:{each.start}-{each.end}"
        click.echo("\t".join((where, each.outlet or "", each.title or "", " ".join(each.text.split()))))


@entries.command("rename")
@with_project
@_registry
@click.argument("entry")
@click.argument("name")
@_by
def rename_entry(project: Path, registry: str, entry: str, name: str, who: str) -> None:
    """Rename an ENTRY. Its former name becomes an alias."""
    from labeling.services import entries as service
    from labeling.web.server import open_store

    click.echo(f"renamed {entry} to “{name}” (change {service.rename(open_store(), registry, entry, name, who)})")


@entries.command("alias")
@with_project
@_registry
@click.argument("entry")
@click.argument("alias")
@click.option("--remove", is_flag=True, help="Remove the alias instead of adding it.")
@_by
def alias_entry(project: Path, registry: str, entry: str, alias: str, remove: bool, who: str) -> None:
    """Add an ALIAS, which people can also search for, to an ENTRY."""
    from labeling.services import entries as service
    from labeling.web.server import open_store

    change = (service.remove_alias if remove else service.add_alias)(open_store(), registry, entry, alias, who)
    click.echo(f"“{alias}” was {'removed from' if remove else 'added to'} {entry} (change {change})")


@entries.command("identify")
@with_project
@_registry
@click.argument("entry")
@click.argument("wikidata", default="")
@_by
def identify_entry(project: Path, registry: str, entry: str, wikidata: str, who: str) -> None:
    """Set the Wikidata identifier of an ENTRY (Q42, or the item's address), or remove it if none is given."""
    from labeling.services import entries as service
    from labeling.web.server import open_store

    change = service.identify(open_store(), registry, entry, wikidata, who)
    click.echo(f"{entry} {f'is {wikidata}' if wikidata else 'has no identifier'} (change {change})")


@entries.command("candidates")
@with_project
@_registry
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@_json
def list_candidates(project: Path, registry: str, limit: int, as_json: bool) -> None:
    """List pairs of entries that may be the same, the most likely first, each with the reason."""
    from labeling.services import entry_lists as service
    from labeling.web.server import open_store

    found = service.merge_candidates(open_store(), registry)
    if as_json:
        _print_json({"total": len(found), "candidates": [service.candidate_values(each) for each in found[:limit]]})
        return
    for each in found[:limit]:
        names = f"“{each.one.name}” and “{each.two.name}”"
        click.echo("\t".join((f"{each.score:.2f}", each.one.id, each.two.id, f"{names}: {each.why}")))
    click.echo(f"{len(found):,} found", err=True)


@entries.command("merge")
@with_project
@_registry
@click.argument("into")
@click.argument("others", nargs=-1, required=True)
@_by
def merge_entries(project: Path, registry: str, into: str, others: tuple[str, ...], who: str) -> None:
    """Merge OTHERS into the entry INTO. Everything that refers to them then refers to INTO, and their names become its aliases."""
    from labeling.services import entry_merging as service
    from labeling.web.server import open_store

    change, values = service.merge_entries(open_store(), registry, into, others, who)
    click.echo(f"{' and '.join(others)} merged into {into}, {many(values, 'value')} changed (change {change})")


@entries.command("split")
@with_project
@_registry
@click.argument("entry")
@click.argument("name")
@click.argument("places", nargs=-1, required=True)
@_by
def split_entry(project: Path, registry: str, entry: str, name: str, places: tuple[str, ...], who: str) -> None:
    """Move some mentions of an ENTRY to a new entry called NAME.

    A PLACE is ARTICLE:START-END as “saywhen entries show” prints it, or an article's id for all mentions in that article.
    """
    from labeling.services import entries, entry_merging
    from labeling.web.server import open_store

    store = open_store()
    _, found = entries.mentions(store, registry, entry, limit=-1)
    chosen = {
        (each.article, each.start, each.end)
        for each in found
        if each.article in places or f"{each.article}:{each.start}-{each.end}" in places
    }
    new, values = entry_merging.split_entry(store, registry, entry, name, chosen, who)
    click.echo(f"created the entry {new}, {many(values, 'value')} changed")


@entries.command("apart")
@with_project
@_registry
@click.argument("one")
@click.argument("two")
@_by
def keep_entries_apart(project: Path, registry: str, one: str, two: str, who: str) -> None:
    """Mark two entries as different, so that merging them isn't proposed again."""
    from labeling.services import entries as service
    from labeling.web.server import open_store

    click.echo(
        f"marked {one} and {two} as different (change {service.keep_apart(open_store(), registry, one, two, who)})"
    )


@entries.command("import")
@with_project
@_registry
@click.argument("file", type=PATH)
@click.option("--dry-run", is_flag=True, help="Show what would happen, but save nothing.")
@_by
def import_entries(project: Path, registry: str, file: Path, dry_run: bool, who: str) -> None:
    """Import entries from a CSV or JSONL file with the column name and, optionally, id, aliases and wikidata.

    In CSV, aliases are separated by |. An entry that is there by its id, name or alias gets the aliases and the identifier.
    Exits with status 1 if a line can't be read.
    """
    from labeling.errors import RegistryError
    from labeling.services import entry_lists as service
    from labeling.web.server import open_store

    kind = service.kind_of(file.name)
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise RegistryError(f"can't read {file} ({fault.strerror}); check the path") from None
    found = service.import_list(open_store(), registry, data, kind, who, dry_run=dry_run)
    for line, reason in found.faults:
        click.echo(f"not imported: {file}:{line}: {reason}", err=True)
    click.echo(f"{'Preview: ' if dry_run else ''}{found}")
    if found.faults:
        raise SystemExit(1)


@entries.command("export")
@with_project
@_registry
@click.argument("file", type=PATH)
def export_entries(project: Path, registry: str, file: Path) -> None:
    """Export the entries of a registry to a new FILE: .csv or .jsonl."""
    from labeling.errors import RegistryError
    from labeling.services import entry_lists as service
    from labeling.web.server import open_store

    made = service.export_list(open_store(), registry, service.kind_of(file.name))
    try:
        with file.open("xb") as written:
            written.write(made)
    except OSError as fault:
        raise RegistryError(f"can't write {file} ({fault.strerror}); choose another name") from None
    click.echo(f"Exported to {file}")


@entries.command("history")
@with_project
@_registry
@_json
def show_history(project: Path, registry: str, as_json: bool) -> None:
    """List the changes to a registry: number, time, author, kind, entries, and whether it was undone."""
    from labeling.services import entry_merging as service
    from labeling.web.server import open_store

    found = [service.change_values(change, counts) for change, counts in service.changes_of(open_store(), registry)]
    if as_json:
        _print_json({"changes": found})
        return
    for each in found:
        about = " ".join(each["entries"][:10]) + (" …" if len(each["entries"]) > 10 else "")
        parts = (str(each["change"]), each["at"], each["by"], each["kind"], about, "undone" if each["undone"] else "")
        click.echo("\t".join(parts).rstrip())


@entries.command("undo")
@with_project
@click.argument("change", type=int, required=False)
@_by
def undo_entries(project: Path, change: int | None, who: str) -> None:
    """Undo a CHANGE to the registries, by default the last one."""
    from labeling.services import entry_merging as service
    from labeling.web.server import open_store

    undone = service.undo_change(open_store(), change, who)
    click.echo(f"change {undone.revision} ({undone.kind}, by {undone.by}) was undone")
