"""Lists of registry entries as CSV and JSONL: read with the reason for each line that can't be, and written.

Columns and keys: `name`, and if you like `id`, `aliases` (in CSV separated by |), `wikidata`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from labeling.errors import RegistryError
from labeling.registries.changes import MOST_ALIASES, Entry, name_of, wikidata_of

#: Ids as ops have them.
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
COLUMNS = ("id", "name", "aliases", "wikidata")


class ListedEntry(NamedTuple):
    """An entry of a list, with its line; `id` is "" where the list gives none."""

    id: str
    name: str
    aliases: tuple[str, ...]
    wikidata: str | None
    line: int = 0


class ListFault(NamedTuple):
    """A line of a list that can't be read, and why."""

    line: int
    reason: str


def read_list(data: bytes, kind: str) -> Iterator[ListedEntry | ListFault]:
    """Yield the entries of a list, `kind` csv or jsonl, and an error for each line that can't be read.

    Raises RegistryError for a list that can't be read at all.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise RegistryError(f"the list isn't UTF-8 (byte {fault.start:,}); save it as UTF-8") from None
    rows = _rows_of_csv(text) if kind == "csv" else _rows_of_jsonl(text)
    for line, row in rows:
        try:
            yield _listed(row)._replace(line=line)
        except RegistryError as fault:
            yield ListFault(line, str(fault))


def _rows_of_csv(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if "name" not in (reader.fieldnames or ()):
        raise RegistryError("the list has no column “name”; its first line must name the columns")
    try:
        for row in reader:
            split = {**row, "aliases": [each for each in (row.get("aliases") or "").split("|") if each.strip()]}
            yield reader.line_num, split
    except csv.Error as fault:
        raise RegistryError(f"line {reader.line_num}: {fault}; check the quotation marks") from None


def _rows_of_jsonl(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, orjson.loads(line)
            except orjson.JSONDecodeError as fault:
                yield number, RegistryError(f"not JSON ({fault}); write one object per line")


def _listed(row: Any) -> ListedEntry:
    if isinstance(row, RegistryError):
        raise row
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise RegistryError("there is no “name”; each entry needs one")
    id, aliases, wikidata = row.get("id") or "", row.get("aliases") or [], row.get("wikidata") or ""
    if not isinstance(id, str) or (id and not _ID.fullmatch(id)):
        raise RegistryError(f"the id {id!r} has characters other than letters, digits and _.:-, or more than 64")
    if not isinstance(aliases, list) or not all(isinstance(each, str) for each in aliases):
        raise RegistryError("“aliases” must be a list of names")
    if len(aliases) > MOST_ALIASES:
        raise RegistryError(f"an entry has at most {MOST_ALIASES} aliases, not {len(aliases):,}")
    name = name_of(row["name"])
    kept = dict.fromkeys(name_of(each) for each in aliases if each.strip())
    return ListedEntry(id, name, tuple(each for each in kept if each != name), wikidata_of(str(wikidata)))


def write_list(entries: Iterable[Entry], kind: str) -> bytes:
    """Return entries as a list that `read_list` reads, `kind` csv or jsonl."""
    if kind == "jsonl":
        return b"".join(
            orjson.dumps(
                {"id": each.id, "name": each.name, "aliases": each.aliases, "wikidata": each.wikidata},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for each in entries
        )
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in entries:
        writer.writerow([each.id, each.name, "|".join(each.aliases), each.wikidata or ""])
    return written.getvalue().encode()
