"""Reading of WebAnno TSV 3, the text export of WebAnno and INCEpTION, with slots, relations and chains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from labeling.annotation.article import Article
from labeling.formats.assembly import LooseLink, LooseSpan, assembled_by_line
from labeling.formats.marked import Marked
from labeling.formats.offsets import SIZES, UTF_16, Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.tasks import Notes, article_of, doubt

#: How a file begins.
HEAD = "#FORMAT=WebAnno TSV 3"

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
_NAMED_ENTITY = f"{_DKPRO}ner.type.NamedEntity"
_ROW = re.compile(r"(\d+-\d+(?:\.\d+)?)\t(\d+)-(\d+)\t([^\t]*)(?:\t(.*))?", re.DOTALL)
_NUMBERED = re.compile(r"(.*?)(?<!\\)\[(\d+)\]", re.DOTALL)
_ADDRESS = re.compile(r"(\d+-\d+(?:\.\d+)?)(?:\[(\d+)(?:_(\d+))?\])?")
_CHAINED = re.compile(r"(.*)->(\d+)-(\d+)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LAYOUT = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}


class _Column(NamedTuple):
    """What a column holds: `holds` is feature, slot, target, base, chain or link."""

    layer: str
    holds: str
    name: str


class _Row(NamedTuple):
    """A token, or a part of one: its address, place in UTF-16 units, words, cells and line."""

    address: str
    start: int
    end: int
    words: str
    cells: list[str]
    line: int


@dataclass(slots=True)
class _Unit:
    """A span that is put together from rows."""

    layer: str
    rows: list[_Row] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


def read(file: Path, text: str, annotator: str) -> Iterator[Marked | Article | Fault]:
    """Yield the article and work of a file; raises ArticleError if its text isn't valid."""
    yield from _Document(file, annotator).read(text)


class _Document:
    """A file on its way to an article."""

    def __init__(self, file: Path, annotator: str) -> None:
        self._file, self._annotator = file, annotator
        self._columns: list[_Column] = []
        self._rows: list[_Row] = []
        self._messages: list[tuple[int | None, str]] = []
        self._notes = Notes()
        self._units: dict[tuple[str, str], _Unit] = {}  # by layer and number, or address and place in the cell
        self._numbered: dict[str, tuple[str, str]] = {}
        self._at: dict[tuple[str, str], list[tuple[str, str]]] = {}  # by layer and address
        self._links: list[LooseLink] = []
        self._chains: dict[tuple[str, str], dict[int, str]] = {}  # what leads on from each link of a chain

    def read(self, text: str) -> Iterator[Marked | Article | Fault]:
        raw = self._text(text)
        for row in self._rows:
            self._spans(row)
        for row in self._rows:
            self._relations(row)
        self._follow_chains()
        messages: list[str] = []
        made = article_of(raw, {}, self._file, 1, messages)
        self._messages += ((None, each) for each in messages)
        spans = [span for key, unit in self._units.items() if (span := self._span(key, unit))]
        annotation, misplaced = assembled_by_line(raw, spans, self._links, UTF_16)
        self._messages += misplaced
        self._messages += ((None, each) for each in doubt(raw, spans, UTF_16))
        for line, reason in self._messages:
            yield Fault(str(self._file), line, reason)
        yield from self._notes.faults(self._file)
        yield Marked(made, {self._annotator: annotation}, {}, str(self._file))

    # --- text -------------------------------------------------------------------------------------------------------

    def _text(self, text: str) -> str:
        """Return the article's text, put together from sentences at their offsets; keep the columns and rows."""
        parts: list[str] = []
        size, size_of = 0, SIZES[UTF_16]
        sentence: list[str] = []
        begins = True
        for number, line in enumerate(text.split("\n"), 1):
            line = line.removesuffix("\r")
            if line.startswith("#Text="):
                sentence.append(_plain(line.removeprefix("#Text=")))
                begins = True
            elif line.startswith("#T_"):
                self._columns += _columns(line)
            elif match := _ROW.fullmatch(line):
                address, start, end, words, rest = match[1], int(match[2]), int(match[3]), _plain(match[4]), match[5]
                cells = (rest or "").split("\t")
                row = _Row(address, start, end, words, cells + ["_"] * (len(self._columns) - len(cells)), number)
                self._rows.append(row)
                if begins and sentence:
                    whole = "\n".join(sentence)
                    lead = max(whole.find(words), 0)
                    gap = start - sum(map(size_of, whole[:lead])) - size
                    parts += [_gap(gap), whole]
                    size += max(gap, 0) + sum(map(size_of, whole))
                elif end > size:
                    parts += [_gap(start - size), words]
                    size = max(size, start) + sum(map(size_of, words))
                begins, sentence = False, []
            elif line.strip() and not line.startswith("#"):
                self._messages.append((number, f"“{line[:60]}” is not a row of WebAnno TSV and is not imported"))
        return "".join(parts)

    # --- spans ------------------------------------------------------------------------------------------------------

    def _spans(self, row: _Row) -> None:
        """Take what a row says of spans: their features, and the links of chains."""
        for column, cell in zip(self._columns, row.cells, strict=False):
            if cell in ("_", "") or column.holds in ("target", "base") or self._ignored(column, row):
                continue
            if column.holds == "relation":
                continue
            for at, item in enumerate(_split(cell, "|")):
                if column.holds == "chain":
                    continue  # its link, in the next column or the one before, says which span it is
                if column.holds == "link":
                    self._chain(column, row, at, item)
                    continue
                value, number = _numbered(item)
                key = (column.layer, number or f"{row.address}|{at}")
                self._take(key, row)
                if number:
                    self._numbered[number] = key
                if column.holds == "feature" and column.name and value != "*":
                    self._units[key].values.setdefault(column.name, _plain(value))

    def _take(self, key: tuple[str, str], row: _Row) -> None:
        unit = self._units.setdefault(key, _Unit(key[0]))
        if not unit.rows or unit.rows[-1] is not row:
            unit.rows.append(row)
            self._at.setdefault((key[0], row.address), []).append(key)

    def _chain(self, column: _Column, row: _Row, at: int, item: str) -> None:
        if not (match := _CHAINED.fullmatch(item)):
            self._messages.append((row.line, f"“{item}” is not a link of a chain and is not imported"))
            return
        key = (column.layer, f"{match[2]}->{match[3]}")
        self._take(key, row)
        self._chains.setdefault((column.layer, match[2]), {})[int(match[3])] = match[1]
        types = next(
            (
                cell
                for other, cell in zip(self._columns, row.cells, strict=False)
                if other.layer == column.layer and other.holds == "chain"
            ),
            "_",
        )
        kinds = _split(types, "|")
        kind = _numbered(kinds[at])[0] if at < len(kinds) else "*"
        if kind not in ("*", "_"):
            self._units[key].values.setdefault("referenceType", _plain(kind))

    def _ignored(self, column: _Column, row: _Row) -> bool:
        """Whether a layer is one that programs fill; a note says so."""
        made = column.layer.startswith(_DKPRO) and column.layer != _NAMED_ENTITY
        if made and column.holds not in ("chain", "link"):
            short = column.layer.rpartition(".")[2]
            self._notes.add(Remark(f"{short} of DKPro Core is ignored: it is usually made by a program"), row.line)
            return True
        return False

    def _span(self, key: tuple[str, str], unit: _Unit) -> LooseSpan | None:
        first, last = unit.rows[0], unit.rows[-1]
        attributes = dict(unit.values)
        label = unit.layer.rpartition(".")[2]
        if unit.layer == _NAMED_ENTITY:
            label = attributes.pop("value", label)
        if "->" in key[1]:
            label = label.removesuffix("Link")
        words = first.words if len(unit.rows) == 1 else None
        given = Given(first.start, last.end, words)
        return LooseSpan(_id(key), label, [given], dict(attributes), first.line)

    # --- links ------------------------------------------------------------------------------------------------------

    def _relations(self, row: _Row) -> None:
        """Take the slots and relations of a row."""
        for at, (column, cell) in enumerate(zip(self._columns, row.cells, strict=False)):
            if cell in ("_", "") or self._ignored(column, row):
                continue
            if column.holds == "target":
                self._slots(row, at, cell)
            elif column.holds == "base":
                self._related(row, at, cell)

    def _slots(self, row: _Row, at: int, cell: str) -> None:
        slot, wanted = self._columns[at - 1], self._columns[at].name
        hosts = _split(row.cells[at - 1], "|")
        for place, (host, targets) in enumerate(zip(hosts, _split(cell, "|"), strict=False)):
            roles, number = _numbered(host)
            key = (slot.layer, number or f"{row.address}|{place}")
            if key not in self._units:
                self._take(key, row)
            if self._units[key].rows[0] is not row:
                continue  # every row of a span repeats its slots
            for role, target in zip(_split(roles, ";"), _split(targets, ";"), strict=False):
                match = _ADDRESS.fullmatch(target)
                end = self._found(wanted, match[1], match[2]) if match else None
                kind = slot.name if role in ("*", "_", "") else _plain(role)
                self._link(kind, key, end, target, row, role=True)

    def _related(self, row: _Row, at: int, cell: str) -> None:
        column = self._columns[at]
        features = [
            (other.name, _split(row.cells[place], "|"))
            for place, other in enumerate(self._columns)
            if other.layer == column.layer and other.holds == "relation"
        ]
        for place, item in enumerate(_split(cell, "|")):
            if not (match := _ADDRESS.fullmatch(item)):
                self._messages.append((row.line, f"“{item}” is not the source of a relation and is not imported"))
                continue
            named = {
                name: _plain(each[place]) for name, each in features if place < len(each) and each[place] not in "*_"
            }
            kind = next(iter(named.values()), column.layer.rpartition(".")[2])
            for name in [*named][1:]:
                self._notes.add(
                    f"the feature “{name}” of relations is not imported: links have no attributes", row.line
                )
            source = self._found(column.name, match[1], match[2])
            target = self._found(column.name, row.address, match[3])
            self._link(kind, source, target, item, row)

    def _found(self, layer: str, address: str, number: str | None) -> tuple[str, str] | None:
        """Return the span of a layer at an address; of any layer where none is of that one."""
        if number and number != "0":
            return self._numbered.get(number)
        if there := self._at.get((layer, address)):
            return there[0]
        others = (keys for (_, place), keys in self._at.items() if place == address)
        return next((keys[0] for keys in others), None)

    def _link(
        self,
        kind: str,
        source: tuple[str, str] | None,
        target: tuple[str, str] | None,
        where: str,
        row: _Row,
        role: bool = False,
    ) -> None:
        if source is None or target is None:
            reason = (
                f"the link “{kind}” of {row.address} with {where} is not imported: there is no span at one of its ends"
            )
            self._messages.append((row.line, reason))
            return
        self._links.append(LooseLink(None, kind, _id(source), _id(target), row.line, role=role))

    def _follow_chains(self) -> None:
        """Link each span of a chain with the next one."""
        for (layer, chain), on in self._chains.items():
            order = sorted(on)
            for one, other in pairwise(order):
                kind = "coreference" if on[one] == "*" else _plain(on[one])
                ends = [_id((layer, f"{chain}->{each}")) for each in (one, other)]
                self._links.append(
                    LooseLink(None, kind, ends[0], ends[1], self._units[layer, f"{chain}->{one}"].rows[0].line)
                )


def _columns(line: str) -> Iterator[_Column]:
    """Yield the columns that a line of the head declares."""
    kind, _, rest = line.partition("=")
    layer, *names = rest.strip().split("|")
    if kind == "#T_CH":
        for name in names:
            yield _Column(layer, "link" if name == "referenceRelation" else "chain", name)
        return
    at = 0
    while at < len(names):
        name = names[at]
        if name.startswith("ROLE_"):
            yield _Column(layer, "slot", name.partition(":")[2].rpartition("_")[0])
            yield _Column(layer, "target", names[at + 1] if at + 1 < len(names) else "")
            at += 1
        elif name.startswith("BT_"):
            yield _Column(layer, "base", name.removeprefix("BT_"))
        else:
            yield _Column(layer, "relation" if kind == "#T_RL" else "feature", name)
        at += 1
    if not names:
        yield _Column(layer, "feature", "")


def _id(key: tuple[str, str]) -> str:
    return re.sub(r"[^A-Za-z0-9_.:-]+", "_", f"{key[0].rpartition('.')[2]}.{key[1]}")[-64:]


def _split(cell: str, by: str) -> list[str]:
    """Return the parts of a cell between signs that are not escaped."""
    return re.split(rf"(?<!\\){re.escape(by)}", cell)


def _numbered(item: str) -> tuple[str, str]:
    """Return a value and the number that distinguishes its span from others at the same place, "" without one."""
    match = _NUMBERED.fullmatch(item)
    return (match[1], match[2]) if match else (item, "")


def _plain(value: str) -> str:
    """Return a value without its escapes."""
    return _ESCAPED.sub(lambda match: _LAYOUT.get(match[1], match[1]), value) if "\\" in value else value


def _gap(size: int) -> str:
    """Return the white space between two sentences or tokens."""
    return " " if size == 1 else "\n" * size
