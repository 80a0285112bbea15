"""Facts to count: the quotations and claimed dates in an article's line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from labeling.schema import Schema
from labeling.schema.kinds import entry_ids

#: The flag by which a label set marks an unnamed source, and the one that says a date's words claim nothing.
UNNAMED, EMPTY = "anonymous", "mention"
#: The choice by which a label set says whether what is dated is asserted, planned, hoped …
MODALITY = "modality"
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


class Where(NamedTuple):
    """The article and annotator of a fact; `month` of publication is "" if no date or only a year is known."""

    article: str
    title: str
    outlet: str
    month: str
    annotator: str


class Speaker(NamedTuple):
    """A speaker: a registry entry with its name or, without an entry, the words in the text."""

    entry: str | None
    name: str
    unnamed: bool


class Quotation(NamedTuple):
    """A quotation, whoever it is from: `kind` is direct, mixed or indirect."""

    where: Where
    span: str
    text: str
    kind: str
    speakers: tuple[Speaker, ...]


class DateClaim(NamedTuple):
    """A date that is claimed: an EDTF value ("" where it could not be resolved), of an event, by someone quoted or the article."""

    where: Where
    span: str
    text: str
    value: str
    entry: str | None
    event: str
    modality: str
    claimed_by: tuple[Speaker, ...]
    by: Literal["quote", "article"]


def facts(line: dict[str, Any], schema: Schema) -> Iterator[Quotation | DateClaim]:
    """Yield the quotations and the claimed dates of an article's line, of each annotator's work in it.

    The speakers of a quotation are those of the first part of its record that a registry knows. A date that is marked as
    claiming nothing is omitted.
    """
    parts = speaker_parts(schema)
    dated = {label.key: label.date and label.date.key for label in schema.labels.values()}
    names = line["entries"]
    for annotation in line["annotations"]:
        published = (annotation["published"] or line["published"] or {}).get("value") or ""
        where = Where(line["id"], line["title"] or "", line["outlet"] or "", _month(published), annotation["annotator"])
        within: dict[str, list[Speaker]] = {}
        for record in annotation["records"]:
            if record["name"] not in parts:
                continue
            part, known = parts[record["name"]]
            speakers = [who for each in record["parts"].get(part, ()) for who in speakers_of(each, known, names)]
            for each in (each for spans in record["parts"].values() for each in spans):
                within.setdefault(each["id"], []).extend(speakers)
            yield Quotation(where, record["id"], record["text"], record["type"], tuple(speakers))
        for span in annotation["spans"]:
            attribute = dated[span["label"]]
            if attribute is None or span["attributes"].get(EMPTY):
                continue
            entry, event = entry_of(span["attributes"], schema.registries_by_label[span["label"]], names)
            yield DateClaim(
                where,
                span["id"],
                span["text"],
                (span["attributes"].get(attribute) or {}).get("edtf", ""),
                entry,
                event,
                span["attributes"].get(MODALITY, ""),
                tuple(dict.fromkeys(within.get(span["id"], ()))),
                "quote" if span["id"] in within else "article",
            )


def speaker_parts(schema: Schema) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return by kind of record of quotations the part that says who speaks, with the registries that know them."""
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for kind in schema.records.values():
        if not schema.labels[kind.head].quotation:
            continue
        for part, relation in kind.parts.items():
            link = schema.relations[relation]
            ends = link.targets if relation in kind.outward else link.sources
            known = [each for label in ends for each in schema.registries_by_label[label]]
            if known:
                found[kind.key] = part, list(dict.fromkeys(known))
                break
    return found


def speakers_of(span: dict[str, Any], known: list[tuple[str, str]], names: dict[str, dict[str, str]]) -> list[Speaker]:
    """Return whom a span names, by the attributes that name registries' entries, as (attribute, registry)."""
    unnamed = bool(span["attributes"].get(UNNAMED))
    found = entries_of(span["attributes"], known, names) or [(None, span["text"])]
    return [Speaker(entry, name, unnamed) for entry, name in found]


def entries_of(
    values: dict[str, Any], known: list[tuple[str, str]], names: dict[str, dict[str, str]]
) -> list[tuple[str | None, str]]:
    """Return the entries of the first attribute that names any, each with its name."""
    for attribute, registry in known:
        if ids := entry_ids(values.get(attribute)):
            return [(entry, names.get(registry, {}).get(entry, entry)) for entry in ids]
    return []


def entry_of(
    values: dict[str, Any], known: list[tuple[str, str]], names: dict[str, dict[str, str]]
) -> tuple[str | None, str]:
    """Return the first entry that the values name, and its name; (None, "") for none."""
    return next(iter(entries_of(values, known, names)), (None, ""))


def _month(value: str) -> str:
    found = _MONTH.match(value)
    return found[0] if found else ""
