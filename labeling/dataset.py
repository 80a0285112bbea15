"""From annotations to dataset lines: records built from spans and relations, quotation types from the marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from labeling.annotation import Annotation, Fragments, Span, waived
from labeling.article import Article, Published
from labeling.schema import RecordType, Schema

FORMAT = "saywhen/1"
RECORD_FORMAT = "saywhen-record/1"
#: Whose work an export holds: everybody's who opened an article, or only what has been handed in.
Selection = Literal["all", "submitted"]
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
_WORD = re.compile(r"[^\W_]")
_SINGLE_CLOSE = re.compile(r"(?<=\S)[’'›](?!\w)")
_PARAGRAPH = re.compile(r"\n\s*\Z")


def quotation_type(text: str, fragments: Fragments) -> QuotationType:
    """Say how much of a quote stands in double quotation marks: all of its words, some, or none.

    A mark that touches the quote's start from outside counts as its own. A mark that opens again at the start of a
    paragraph goes on with the same quotation; one that is never closed holds to the end of its fragment.
    """
    inside_words = outside_words = False
    for start, end in fragments:
        before = text[start - 1] if start else ""
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
            reopens = _PARAGRAPH.search(text, at, here) is not None
            at = here + 1
            if opened is None:
                opened = text[here] if text[here] in _CLOSES else None
            elif text[here] in _CLOSES[opened] and not reopens:
                opened = None
        if _WORD.search(text, at, end):
            inside_words, outside_words = inside_words or opened is not None, outside_words or opened is None
    if not inside_words:
        return "indirect"
    return "mixed" if outside_words else "direct"


def span_text(text: str, fragments: Fragments) -> str:
    """Return the words of a span, its fragments joined by an ellipsis."""
    if len(fragments) == 1:
        return text[fragments[0][0] : fragments[0][1]]
    return " … ".join(text[start:end] for start, end in fragments)


def records(annotation: Annotation, text: str, schema: Schema) -> list[dict[str, Any]]:
    """Build the records that the schema describes, in reading order of their heads.

    A record is {"name", "id" of its head span, "text", "type" for quotations, "attributes", "parts": {part: [span …]}}.
    """
    ordered = annotation.in_order()
    return _records(annotation, ordered, {span.id: span_text(text, span.fragments) for span in ordered}, text, schema)


def _records(
    annotation: Annotation, ordered: list[Span], texts: dict[str, str], text: str, schema: Schema
) -> list[dict[str, Any]]:
    # The other ends of links by (relation, one end).
    outgoing: dict[tuple[str, str], list[str]] = {}
    incoming: dict[tuple[str, str], list[str]] = {}
    for link in annotation.relations.values():
        outgoing.setdefault((link.type, link.source), []).append(link.target)
        incoming.setdefault((link.type, link.target), []).append(link.source)
    spans = annotation.spans
    kinds: dict[str, list[RecordType]] = {}
    for kind in schema.records.values():
        kinds.setdefault(kind.head, []).append(kind)
    built = []
    for head in ordered:
        for kind in kinds.get(head.label, ()):
            if kind.unless and (kind.unless, head.id) in (outgoing if kind.unless in kind.outward else incoming):
                continue
            parts: dict[str, list[dict[str, Any]]] = {}
            for name, relation in kind.parts.items():
                linked = (outgoing if relation in kind.outward else incoming).get((relation, head.id))
                if not linked:
                    parts[name] = []
                    continue
                if len(linked) > 1:
                    linked.sort(key=lambda id: (spans[id].start, id))
                parts[name] = [{"id": id, "text": texts[id], "attributes": spans[id].attributes} for id in linked]
            record: dict[str, Any] = {
                "name": kind.key,
                "id": head.id,
                "text": texts[head.id],
                "attributes": head.attributes,
            }
            if schema.labels[head.label].quotation:
                record["type"] = quotation_type(text, head.fragments)
            record["parts"] = parts
            built.append(record)
    return built


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
    """Return an annotation as plain values, spans in reading order, each with `waivers` where it has any."""
    return _annotation_values(annotation, annotation.in_order())


def _annotation_values(annotation: Annotation, ordered: list[Span]) -> dict[str, Any]:
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
            for span in ordered
        ],
        "relations": [
            {"id": link.id, "type": link.type, "from": link.source, "to": link.target}
            for link in annotation.relations.values()
        ],
        "comments": [
            {"id": comment.id, "span": comment.span, "flag": comment.flag, "text": comment.text}
            for comment in annotation.comments.values()
        ],
    }


def published_values(published: Published | None) -> dict[str, str | None] | None:
    """Return a publication date as plain values."""
    return {"value": published.value, "basis": published.basis} if published else None


def article_line(
    article: Article,
    held: Iterable[tuple[str, int, Annotation]],
    schema: Schema,
    registries: dict[str, dict[str, str]],
    selection: Selection = "all",
) -> dict[str, Any]:
    """Build the dataset line of an article: text, metadata, each annotator's work, the registry entries it uses.

    `held` gives (annotator, revision, annotation); `registries` all entries as {registry: {id: name}}. `selection`
    says in the line what was asked for; it selects nothing here.
    """
    text = article.text
    annotations = []
    used: dict[str, dict[str, str]] = {}
    for annotator, revision, annotation in held:
        ordered = annotation.in_order()
        texts = {span.id: span_text(text, span.fragments) for span in ordered}
        values = _annotation_values(annotation, ordered)
        reasons = waived(annotation, schema)
        for span in values["spans"]:
            span["text"] = texts[span["id"]]
            if span.pop("waivers", None) and span["id"] in reasons:
                span["waived"] = reasons[span["id"]]
        annotations.append(
            {
                "annotator": annotator,
                "revision": revision,
                **values,
                "records": _records(annotation, ordered, texts, text, schema),
            }
        )
        _collect(annotation.spans.values(), schema, registries, used)
    return {
        "format": FORMAT,
        "selection": selection,
        **article_values(article),
        "text": text,
        "schema": {"name": schema.name, "version": schema.version},
        "annotations": annotations,
        "entries": used,
    }


def record_lines(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Turn the dataset line of an article into one line a record, each complete in itself but for the article's text."""
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


def _collect(
    spans: Iterable[Span], schema: Schema, registries: dict[str, dict[str, str]], used: dict[str, dict[str, str]]
) -> None:
    for span in spans:
        if span.attributes:
            for attribute in schema.labels[span.label].attributes.values():
                if attribute.registry and (id := span.attributes.get(attribute.key)):
                    used.setdefault(attribute.registry, {})[id] = registries.get(attribute.registry, {}).get(id, id)


def _entries_of(record: dict[str, Any], entries: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    values: set[str] = set()
    for span in (record, *(part for parts in record["parts"].values() for part in parts)):
        values.update(value for value in span["attributes"].values() if isinstance(value, str))
    kept = {registry: {id: name for id, name in names.items() if id in values} for registry, names in entries.items()}
    return {registry: names for registry, names in kept.items() if names}
