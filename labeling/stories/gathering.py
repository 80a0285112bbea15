"""What is read of an article's line for a story: its quotes as versions of utterances, and its claims of events' dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from labeling.dataset.claims import EMPTY, MODALITY, entries_of, entry_of, speaker_parts, speakers_of
from labeling.schema import Schema
from labeling.stories.claims import EventClaim
from labeling.stories.events import EventMention, around, stems
from labeling.stories.publication import days_of, readings
from labeling.stories.variants import QuoteVersion

#: The registries of the label sets that come with SayWhen: utterances, and events.
UTTERANCES, EVENTS = "utterance", "event"
#: The relation that says which outlet passes a quote on, and the choice that says what a date counts from.
RELAY, ANCHOR = "relayed_by", "anchor"


class Quoted(NamedTuple):
    """A quote of an article: its version, its kind (direct, mixed or indirect), and who speaks and passes it on, by name."""

    version: QuoteVersion
    kind: str
    speakers: tuple[str, ...]
    relays: tuple[str, ...]
    utterance: str


class Claimed(NamedTuple):
    """A claim of an event's date, and the event's registry entry and name, "" for none."""

    event: str
    name: str
    claim: EventClaim


def quotes_of(line: Mapping[str, Any], schema: Schema) -> list[Quoted]:
    """Return the quotes of an article's line, of all annotations in it, in the order of the records."""
    return [quote for quote, _ in _quotes(line, schema)]


def versions_of(line: Mapping[str, Any], schema: Schema) -> list[QuoteVersion]:
    """Return the quotes of an article's line as versions of utterances."""
    return [quote.version for quote in quotes_of(line, schema)]


def claims_of(line: Mapping[str, Any], schema: Schema) -> list[Claimed]:
    """Return the claims of dates in an article's line, with those of whom it quotes; what claims nothing is omitted."""
    within: dict[str, list[str]] = {}
    for quote, dates in _quotes(line, schema):
        for date in dates:
            within.setdefault(date, []).extend(quote.speakers)
    dated = {label.key: label.date.key for label in schema.labels.values() if label.date}
    found = []
    for annotation in line["annotations"]:
        published = annotation.get("published") or line.get("published")
        days = days_of(published, line.get("published"))
        for span in annotation["spans"]:
            values = span["attributes"]
            if span["label"] not in dated or values.get(EMPTY):
                continue
            value = values.get(dated[span["label"]])
            registries = [each for each in schema.registries_by_label[span["label"]] if each[1] == EVENTS]
            entry, name = entry_of(values, registries, line["entries"])
            claim = EventClaim(
                line["id"], line.get("outlet") or "", span["id"], span["fragments"][0][0], span["text"],
                tuple(dict.fromkeys(within.get(span["id"], ()))), values.get(MODALITY, ""), values.get(ANCHOR, ""),
                str((published or {}).get("value") or ""), readings(value, days, language=line.get("language") or "en"),
            )  # fmt: skip
            found.append(Claimed(entry or "", name, claim))
    return found


def mentions_of(line: Mapping[str, Any], schema: Schema) -> list[EventMention]:
    """Return the dates that an article's line claims as mentions of events, also those that have no event yet."""
    said_in = {date: quote.version.utterance for quote, dates in _quotes(line, schema) for date in dates}
    ends = {span["id"]: span["fragments"][-1][1] for annotation in line["annotations"] for span in annotation["spans"]}
    return [
        EventMention(
            line["id"], claim.span, claim.start, ends[claim.span], stems(name) if name else frozenset(),
            around(line["text"], claim.start, ends[claim.span]), event, name if event else "", claim.value, said_in.get(claim.span, ""),
        )
        for event, name, claim in claims_of(line, schema)
    ]  # fmt: skip


def _quotes(line: Mapping[str, Any], schema: Schema) -> Iterator[tuple[Quoted, list[str]]]:
    """Yield each quote with the ids of the dates claimed in it."""
    parts = speaker_parts(schema)
    names = line["entries"]
    length = max(1, len(line["text"]))
    for annotation in line["annotations"]:
        spans = {span["id"]: span for span in annotation["spans"]}
        for record in annotation["records"]:
            if record["name"] not in parts or record["id"] not in spans:
                continue
            span, (part, known) = spans[record["id"]], parts[record["name"]]
            speakers = [who for each in record["parts"].get(part, ()) for who in speakers_of(each, known, names)]
            relayed = [key for key, relation in schema.records[record["name"]].parts.items() if relation == RELAY]
            relays = [
                who
                for key in relayed
                for each in record["parts"].get(key, ())
                for who in speakers_of(each, known, names)
            ]
            dates = _dates(record, schema, spans)
            utterance = [each for each in schema.registries_by_label[span["label"]] if each[1] == UTTERANCES]
            entry, name = next(iter(entries_of(span["attributes"], utterance, names)), (None, ""))
            start, end = span["fragments"][0][0], span["fragments"][-1][1]
            version = QuoteVersion(
                line["id"], span["id"], record["text"], frozenset(who.entry or f"“{who.name.casefold()}”" for who in speakers if who.entry or not who.unnamed),
                start / length, entry or "", start, end, tuple(value for _, value in dates if value),
            )  # fmt: skip
            yield (
                Quoted(
                    version,
                    record["type"],
                    _distinct(who.name for who in speakers),
                    _distinct(who.name for who in relays),
                    name,
                ),
                [id for id, _ in dates],
            )


def _dates(record: Mapping[str, Any], schema: Schema, spans: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the dates of a record, as (id, EDTF value or "")."""
    found = []
    for each in (each for held in record["parts"].values() for each in held):
        label = schema.labels[spans[each["id"]]["label"]]
        if label.date:
            found.append((each["id"], (each["attributes"].get(label.date.key) or {}).get("edtf") or ""))
    return found


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
