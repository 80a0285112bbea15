"""One story: its outlets, its utterances with their versions, its events with their claims, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from labeling.annotation.article import shown_title
from labeling.dates import bounds, parse
from labeling.errors import DateError
from labeling.schema import Schema
from labeling.stories.alignment import Piece, aligned
from labeling.stories.claims import Comparison, Dated, EventClaim, compare_all
from labeling.stories.copies import Copy, copies
from labeling.stories.gathering import Quoted, claims_of, quotes_of
from labeling.stories.variants import OtherVersion, Ranking, is_one

#: How many other versions are offered for a quote.
OFFERED = 3


class Column(NamedTuple):
    """An article of a story: `published` is the EDTF value that holds, "" for none; `whose` the work that is shown."""

    article: str
    title: str
    outlet: str
    published: str
    whose: str


class Shown(NamedTuple):
    """A version of an utterance in an article, as pieces that say which words differ from the other versions."""

    quote: Quoted
    pieces: list[Piece]


class UtteranceRow(NamedTuple):
    """An utterance and its versions; `entry` is "" for a quote without one, which may have other versions to offer."""

    entry: str
    name: str
    versions: list[Shown]
    offered: list[OtherVersion]


class EventRow(NamedTuple):
    """An event with everyone's claims of its date, by time, and how each two of them relate, conflicts first."""

    entry: str
    name: str
    claims: list[EventClaim]
    comparisons: list[Comparison]

    @property
    def conflicts(self) -> list[Comparison]:
        """The comparisons in which at most one claim is true: one for each two dates, however many claim these."""
        found: dict[frozenset[Dated], Comparison] = {}
        for each in self.comparisons:
            if each.verdict == "conflict":
                dates = frozenset(self.claims[number].readings[0] for number in (each.one, each.two))
                found.setdefault(dates, each)
        return list(found.values())

    @property
    def disputed(self) -> set[int]:
        """The numbers of the claims that conflict with another one."""
        return {number for each in self.comparisons if each.verdict == "conflict" for number in (each.one, each.two)}


class Story(NamedTuple):
    """A story as a page shows it. `missing` are sentences on what is not there yet, each with an article to open or "".

    `copies` are the articles that have nearly the text of an earlier one; they have columns, too, which a page can fold.
    """

    columns: list[Column]
    utterances: list[UtteranceRow]
    events: list[EventRow]
    missing: list[tuple[str, str]]
    copies: Sequence[Copy] = ()


def story_of(lines: Sequence[Mapping[str, Any]], schema: Schema) -> Story:
    """Return the story of some articles' lines, each with one annotation at most."""
    columns = sorted((_column(line) for line in lines), key=_by_publication)
    order = {column.article: number for number, column in enumerate(columns)}
    quotes = sorted(
        (quote for line in lines for quote in quotes_of(line, schema)),
        key=lambda quote: (order[quote.version.article], quote.version.start),
    )
    utterances = _utterances(quotes)
    events = _events([claimed for line in lines for claimed in claims_of(line, schema)], order)
    texts = {line["id"]: line.get("text") or "" for line in lines}
    copied = copies({column.article: texts[column.article] for column in columns})
    return Story(columns, utterances, events, _missing(columns, utterances, events), copied)


def _column(line: Mapping[str, Any]) -> Column:
    work = line["annotations"][0] if line["annotations"] else {}
    published = work.get("published") or line.get("published") or {}
    return Column(
        line["id"],
        shown_title(line.get("title"), line.get("text") or ""),
        line.get("outlet") or "",
        str(published.get("value") or ""),
        work.get("annotator", ""),
    )


def _by_publication(column: Column) -> tuple[bool, str, str, str]:
    """Sort by the first day of the publication date, those without one last."""
    first = first_day(column.published)
    return first == "", first, column.outlet, column.article


def first_day(value: str) -> str:
    """Return the first day that an EDTF value can mean, or its last where it has no first; "" for neither."""
    try:
        first, last = bounds(parse(value)) if value else (None, None)
    except DateError:
        return ""
    day = first or last
    return day.isoformat() if day else ""


def _utterances(quotes: Sequence[Quoted]) -> list[UtteranceRow]:
    """Return the utterances, in the order in which they first stand: those with several outlets first, then other quotes."""
    ranking = Ranking([quote.version for quote in quotes])
    by_entry: dict[str, list[Quoted]] = {}
    for quote in quotes:
        entry = quote.version.utterance or f" {quote.version.article} {quote.version.id}"
        by_entry.setdefault(entry, []).append(quote)
    rows = []
    for held in by_entry.values():
        pieces = aligned([quote.version.text for quote in held])
        versions = [Shown(quote, each) for quote, each in zip(held, pieces, strict=True)]
        linked = held[0].version.utterance
        offered = [
            each for each in ranking.candidates(held[0].version) if each.version.utterance != linked or not linked
        ][:OFFERED]
        rows.append(UtteranceRow(linked, held[0].utterance or _short(held[0].version.text), versions, offered))
    return sorted(rows, key=lambda row: -len({each.quote.version.article for each in row.versions}))


def _events(claims: Iterable[Any], order: Mapping[str, int]) -> list[EventRow]:
    """Return the events with claims, those with conflicts and with most claims first."""
    by_event: dict[str, tuple[str, list[EventClaim]]] = {}
    for event, name, claim in claims:
        if event:
            by_event.setdefault(event, (name, []))[1].append(claim)
    rows = []
    for event, (name, held) in by_event.items():
        held.sort(key=lambda claim: (order[claim.article], claim.start))
        rows.append(EventRow(event, name, held, compare_all(held)))
    return sorted(rows, key=lambda row: (not row.conflicts, -len(row.claims), row.name))


def _missing(
    columns: Sequence[Column], utterances: Sequence[UtteranceRow], events: Sequence[EventRow]
) -> list[tuple[str, str]]:
    outlets = {column.article: column.outlet or column.title or column.article for column in columns}
    found = [
        (f"{outlets[each.article]} has no publication date.", each.article) for each in columns if not each.published
    ]
    found += [(f"{outlets[each.article]} isn't annotated yet.", each.article) for each in columns if not each.whose]
    for row in utterances:
        silent = [each.quote for each in row.versions if not each.quote.speakers]
        named = [each.quote for each in row.versions if each.quote.speakers]
        for quote in silent:
            where = outlets[quote.version.article]
            who = f", but {outlets[named[0].version.article]} attributes it to {named[0].speakers[0]}" if named else ""
            found.append((f"{where} names no speaker of “{_short(quote.version.text)}”{who}.", quote.version.article))
        if row.entry == "" and row.offered and is_one(row.versions[0].quote.version, *row.offered[0]):
            other = row.offered[0].version
            said = _short(row.versions[0].quote.version.text)
            found.append(
                (f"“{said}” is probably in {outlets[other.article]}, too, and has no utterance yet.", other.article)
            )
    for event in events:
        if not any(claim.value for claim in event.claims):
            found.append((f"No claim of “{event.name}” has a date.", event.claims[0].article))
    return found


def _short(text: str, most: int = 60) -> str:
    text = " ".join(text.split()).strip("\"“”'«»")
    return (
        text
        if len(text) <= most
        else text[: text.rfind(" ", 0, most) if " " in text[:most] else most].rstrip(",;") + " …"
    )
