"""From annotations to dataset lines: records built from spans and relations, quotation types from quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from labeling.annotation.article import Article, Published
from labeling.annotation.fragments import Fragments
from labeling.annotation.judgments import judgment_values
from labeling.annotation.requirements import waived
from labeling.annotation.state import Annotation, annotation_of
from labeling.schema import Place, Schema
from labeling.schema.kinds import entry_ids

FORMAT = "saywhen/1"
RECORD_FORMAT = "saywhen-record/1"
#: How an annotation's part of a line is derived; raised with every change of it, so that none is kept of an older way.
DERIVATION = 2
#: Whose work an export holds: everyone's who opened an article, or only what has been submitted; or gold, all of it or
#: only where nothing is left to resolve.
Selection = Literal["all", "submitted", "gold", "gold-submitted"]
QuotationType = Literal["direct", "mixed", "indirect"]

# What closes a quotation that a mark opened: double marks of the scripts news is written in, and what typists make of
# them. Single marks are apostrophes far more often than not; they count only around a whole fragment.
_CLOSES = {
    "“": '”“‟"',
    "”": '”“"',
    "„": '“”‟"',
    "‟": '”"',
    '"': '"”“',
    "«": "»",
    "»": "«»",
    "「": "」",
    "『": "』",
    "《": "》",
    "〝": "〞〟",
    "＂": "＂",
}
_MARKS = re.compile("[" + "".join({*_CLOSES, *"".join(_CLOSES.values())}) + "]")
#: Typewriters' double quotation marks, which are read as one straight mark and a character that is no word.
_TYPED = re.compile("''|``")
#: What stands before a quote and may have opened it; of typewriters' marks, half.
_OPEN_BEFORE = frozenset([*_CLOSES, "'", "`"])
_WORD = re.compile(r"[^\W_]")
_SINGLE_CLOSE = re.compile(r"(?<=\S)[’'›](?!\w)")
_NOWHERE: tuple[dict[str, list[Place]], dict[str, list[Place]]] = ({}, {})
_NO_NAMES: dict[str, str] = {}
_PARAGRAPH = re.compile(r"\n\s*\Z")


def quotation_type(text: str, fragments: Fragments) -> QuotationType:
    """Return the type of a quote: direct if all of its words are in double quotation marks, mixed if some are, else indirect.

    One that touches the quote's start from outside counts as its own. One that opens again at the start of a
    paragraph goes on with the same quotation; one that is never closed holds to the end of its fragment.
    """
    if len(fragments) == 1:
        # Most quotes are one pair of marks around words; plain ASCII is found at once.
        start, end = fragments[0]
        closes = _CLOSES.get(text[start])
        if closes and text[end - 1] in closes and (not start or text[start - 1] not in _OPEN_BEFORE):
            inner = text[start + 1 : end - 1]
            if inner.isascii():
                plain = '"' not in inner and "''" not in inner and "``" not in inner
            else:
                plain = not _MARKS.search(inner) and not _TYPED.search(inner)
            if plain:
                return "direct" if _WORD.search(inner) else "indirect"
    inside_words = outside_words = False
    given = text
    for start, end in fragments:
        around = start - 2 if start > 2 else 0
        near = given[around:end]  # the whole text would be searched again for each quote
        typed = "''" in near or "``" in near
        text = given[:around] + _plainly(given[around:start]) + _plainly(given[start:end]) if typed else given
        before = text[start - 1] if start else ""
        closes = _CLOSES.get(text[start])
        if closes and text[end - 1] in closes and before not in _CLOSES:
            inner = text[start + 1 : end - 1]
            if '"' not in inner if inner.isascii() else not _MARKS.search(inner):
                inside_words = inside_words or _WORD.search(inner) is not None
                continue
        # A mark before the quote opens it only if it does not close what stands before that.
        outer = before in _CLOSES and not text[start].isspace() and not (start > 1 and text[start - 2].isalnum())
        opened: str | None = before if outer else None
        if text[start] in "‘'‹" and text[end - 1] in "’'›" and not _SINGLE_CLOSE.search(text, start + 1, end - 1):
            inside_words = inside_words or _WORD.search(text, start, end) is not None
            continue
        at = start
        for mark in _MARKS.finditer(text, start, end):
            here = mark.start()
            if _WORD.search(text, at, here):
                inside_words, outside_words = inside_words or opened is not None, outside_words or opened is None
            if opened is None:
                opened = text[here] if text[here] in _CLOSES else None
            elif text[here] in _CLOSES[opened] and not _PARAGRAPH.search(text, at, here):
                opened = None
            at = here + 1
        if _WORD.search(text, at, end):
            inside_words, outside_words = inside_words or opened is not None, outside_words or opened is None
    if not inside_words:
        return "indirect"
    return "mixed" if outside_words else "direct"


def _plainly(words: str) -> str:
    return _TYPED.sub('\0"', words)


def span_text(text: str, fragments: Fragments) -> str:
    """Return the words of a span, its fragments joined by an ellipsis."""
    if len(fragments) == 1:
        return text[fragments[0][0] : fragments[0][1]]
    return " … ".join(text[start:end] for start, end in fragments)


def records(annotation: dict[str, Any], text: str, schema: Schema) -> list[dict[str, Any]]:
    """Build the records that the schema describes from an annotation's plain values, in reading order of their heads.

    A record is {"name", "id" of its head span, "text", "type" for quotations, "attributes", "parts": {part: [span …]}}.
    """
    spans = {span["id"]: span for span in annotation["spans"]}
    texts = {id: span_text(text, span["fragments"]) for id, span in spans.items()}
    return _records(annotation, spans, texts, text, schema)


def _records(
    annotation: dict[str, Any],
    spans: dict[str, dict[str, Any]],
    texts: dict[str, str],
    text: str,
    schema: Schema,
) -> list[dict[str, Any]]:
    heads = schema.heads
    built: dict[tuple[str, str], dict[str, Any]] = {}
    for id, span in spans.items():
        if (head := heads.get(span["label"])) is not None:
            quotation, kinds = head
            for name, parts in kinds:
                record: dict[str, Any] = {"name": name, "id": id, "text": texts[id], "attributes": span["attributes"]}
                if quotation:
                    record["type"] = quotation_type(text, span["fragments"])
                held: dict[str, list[dict[str, Any]]] = {}
                record["parts"] = held
                for part in parts:
                    held[part] = []
                built[name, id] = record
    several: list[list[dict[str, Any]]] = []
    for link in annotation["relations"]:
        outgoing, incoming = schema.part_places.get(link["type"], _NOWHERE)
        source, target = link["from"], link["to"]
        # Every article's line is built here: written out for both ends, this takes two thirds of the time of a loop over them.
        if outgoing and (places := outgoing.get(spans[source]["label"])):
            _put(built, places, source, target, spans, texts, several)
        if incoming and (places := incoming.get(spans[target]["label"])):
            _put(built, places, target, source, spans, texts, several)
    for linked in several:
        linked.sort(key=lambda span: (spans[span["id"]]["fragments"][0][0], span["id"]))
    return list(built.values())


def _put(
    built: dict[tuple[str, str], dict[str, Any]],
    places: list[Place],
    id: str,
    other: str,
    spans: dict[str, dict[str, Any]],
    texts: dict[str, str],
    several: list[list[dict[str, Any]]],
) -> None:
    """Put what a span is linked to into its records; a part that has two by then joins `several`."""
    for name, part in places:
        if part is None:  # a record of this kind stands only without such a link
            built.pop((name, id), None)
        elif (record := built.get((name, id))) is not None:
            linked = record["parts"][part]
            linked.append({"id": other, "text": texts[other], "attributes": spans[other]["attributes"]})
            if len(linked) == 2:
                several.append(linked)


def article_values(article: Article) -> dict[str, Any]:
    """Return an article's metadata as plain values, in the order in which they are written."""
    return {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "language": article.language,
        "published": published_values(article.published),
    }


def annotation_values(annotation: Annotation) -> dict[str, Any]:
    """Return an annotation as plain values, spans in reading order, each with `waivers` where it has any.

    `judgments` of suggestions are there only if there are any.
    """
    return {
        "status": annotation.status,
        "skip_reason": annotation.skip_reason,
        "published": published_values(annotation.published),
        "spans": [
            {
                "id": span.id,
                "label": span.label,
                "fragments": span.fragments,
                "attributes": span.attributes,
                **({"waivers": span.waivers} if span.waivers else {}),
            }
            for span in annotation.in_order()
        ],
        "relations": [
            {"id": link.id, "type": link.type, "from": link.source, "to": link.target}
            for link in annotation.relations.values()
        ],
        "comments": [
            {"id": comment.id, "span": comment.span, "flag": comment.flag, "text": comment.text}
            for comment in annotation.comments.values()
        ],
        **({"judgments": [*map(judgment_values, annotation.judgments.values())]} if annotation.judgments else {}),
    }


def published_values(published: Published | None) -> dict[str, str | None] | None:
    """Return a publication date as plain values."""
    return {"value": published.value, "basis": published.basis} if published else None


def annotation_part(values: dict[str, Any], text: str, schema: Schema) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return an annotation's part of its article's line, and the ids of the entries it uses, by registry.

    `values` (see `annotation_values`) become part of it: spans get their words, waivers become the reasons that count.
    """
    waiving: list[dict[str, Any]] = []
    registries = schema.registries_by_label
    used: dict[str, dict[str, None]] = {}
    spans: dict[str, dict[str, Any]] = {}
    texts: dict[str, str] = {}
    for span in values["spans"]:
        id, fragments = span["id"], span["fragments"]
        spans[id] = span
        if len(fragments) == 1:
            start, end = fragments[0]
            texts[id] = span["text"] = text[start:end]
        else:
            texts[id] = span["text"] = span_text(text, fragments)
        if "waivers" in span:
            waiving.append(span)
        if (attributes := span["attributes"]) and (named_by := registries[span["label"]]):
            for name, registry in named_by:
                if (value := attributes.get(name)) is not None:
                    named = used.setdefault(registry, {})
                    for entry in (value,) if type(value) is str else entry_ids(value):
                        named[entry] = None
    if waiving:
        reasons = waived(annotation_of(values), schema)
        for span in waiving:
            if span.pop("waivers") and span["id"] in reasons:
                span["waived"] = reasons[span["id"]]
    built = _records(values, spans, texts, text, schema)
    return {**values, "records": built}, {registry: [*ids] for registry, ids in used.items()}


def article_line(
    article: Article,
    held: Iterable[tuple[str, int, dict[str, Any]]],
    schema: Schema,
    registries: dict[str, dict[str, str]],
    selection: Selection = "all",
) -> dict[str, Any]:
    """Build the dataset line of an article: text, metadata, each annotator's work, the registry entries it uses.

    `held` gives (annotator, revision, plain values of the annotation), which become part of the line; `registries` all
    entries as {registry: {id: name}}. `selection` says in the line what was asked for; it selects nothing here.
    """
    annotations, used = [], []
    for annotator, revision, values in held:
        part, entries = annotation_part(values, article.text, schema)
        annotations.append({"annotator": annotator, "revision": revision, **part})
        used.append(entries)
    return joined_line(article, annotations, used, schema, registries, selection)


def joined_line(
    article: Article,
    annotations: list[Any],
    used: Iterable[dict[str, list[str]]],
    schema: Schema,
    registries: dict[str, dict[str, str]],
    selection: Selection,
) -> dict[str, Any]:
    """Join an article's line of annotations (or their JSON) that are built already, with the entries that each uses."""
    named: dict[str, dict[str, str]] = {}
    for entries in used:
        for registry, ids in entries.items():
            names = registries.get(registry, _NO_NAMES)
            kept = named.setdefault(registry, {})
            for id in ids:
                kept[id] = names.get(id, id)
    return {
        "format": FORMAT,
        "selection": selection,
        **article_values(article),
        "text": article.text,
        "schema": {"name": schema.name, "version": schema.version},
        "annotations": annotations,
        "entries": named,
    }


def record_lines(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one line per record from the line of an article; each is complete except for the article's text."""
    about = {key: line[key] for key in ("id", "title", "outlet", "url", "language", "published")}
    for annotation in line["annotations"]:
        for record in annotation["records"]:
            yield {
                "format": RECORD_FORMAT,
                "selection": line["selection"],
                "article": about,
                "schema": line["schema"],
                "annotator": annotation["annotator"],
                "status": annotation["status"],
                "published": annotation["published"] or line["published"],
                "record": record,
                "entries": _entries_of(record, line["entries"]),
            }


def _entries_of(record: dict[str, Any], entries: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    values: set[str] = set()
    for span in (record, *(part for parts in record["parts"].values() for part in parts)):
        for value in span["attributes"].values():
            values.update(entry_ids(value) if isinstance(value, str | list) else ())
    kept = {registry: {id: name for id, name in names.items() if id in values} for registry, names in entries.items()}
    return {registry: names for registry, names in kept.items() if names}
