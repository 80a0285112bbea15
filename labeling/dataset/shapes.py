"""Shapes of a dataset besides the article's line: one line per sentence or paragraph, and lines of tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from labeling.dataset.line_losses import OF_ARTICLE, OF_WORK, all_annotations
from labeling.dataset.lines import record_lines, records
from labeling.dataset.losses import Losses
from labeling.language import tokens
from labeling.language.tokens import Stretch
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids

TOKENS_FORMAT = "saywhen-tokens/1"
Unit = Literal["sentence", "paragraph"]

_NOT_OF_TOKENS = {*OF_ARTICLE, *OF_WORK, "ids", "relations", "attributes"} - {"language", "annotator"}
_NOT_OF_RECORDS = ("revision", "skip_reason", "comments", "judgments", "waived", "provenance")


def windows(line: dict[str, Any], schema: Schema, losses: Losses, unit: Unit = "sentence") -> Iterator[dict[str, Any]]:
    """Cut an article's line into a line for each sentence or paragraph, with offsets that count in that window's text.

    A window's id is “article#n”, from 1; `window` says where it stood: {"article", "number", "unit", "start", "end"},
    half-open code points of the article's text. Everyone's annotation is on each window, so that one without spans
    still means that someone looked. What does not lie within one window is omitted and named in `losses`.
    """
    cut = {"sentence": tokens.sentences, "paragraph": tokens.paragraphs}[unit](line["text"])
    starts, ends = [start for start, _ in cut], [end for _, end in cut]
    held: list[list[dict[str, Any]]] = [[] for _ in cut]
    for annotation in line["annotations"]:
        where: dict[str, int] = {}
        shared: list[list[Any]] = [[] for _ in cut]
        for span in annotation["spans"]:
            first, last = span["fragments"][0][0], span["fragments"][-1][1]
            number = bisect_right(starts, first) - 1
            if number < 0 or last > ends[number]:
                losses.add(f"spans that cross the end of a {unit} are lost", f"{line['id']} {span['id']}")
                continue
            where[span["id"]] = number
            moved = [[start - starts[number], end - starts[number]] for start, end in span["fragments"]]
            shared[number].append({**span, "fragments": moved})
        relations: list[list[Any]] = [[] for _ in cut]
        for link in annotation["relations"]:
            number = where.get(link["from"], -1)
            if number < 0 or where.get(link["to"]) != number:
                losses.add(f"links between different {unit}s are lost", f"{line['id']} {link['id']}")
            else:
                relations[number].append(link)
        comments: list[list[Any]] = [[] for _ in cut]
        for comment in annotation["comments"]:
            number = where.get(comment["span"] or "", -1)
            if number < 0:
                losses.add(
                    f"comments on something that is not within one {unit} are lost", f"{line['id']} {comment['id']}"
                )
            else:
                comments[number].append(comment)
        if judged := annotation.get("judgments"):
            losses.add("outcomes of suggestions are lost", line["id"], len(judged))
        for number, (start, end) in enumerate(cut):
            values = {
                **{name: value for name, value in annotation.items() if name != "judgments"},
                "spans": shared[number],
                "relations": relations[number],
                "comments": comments[number],
            }
            values["records"] = records(values, line["text"][start:end], schema)
            held[number].append(values)
    for number, (start, end) in enumerate(cut):
        yield {
            **line,
            "id": f"{line['id']}#{number + 1}",
            "text": line["text"][start:end],
            "window": {"article": line["id"], "number": number + 1, "unit": unit, "start": start, "end": end},
            "annotations": held[number],
            "entries": _used(held[number], line["entries"], schema),
        }


def token_lines(
    line: dict[str, Any], schema: Schema, losses: Losses, order: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Turn an article's line into a line of tokens for each annotator.

    `tags` is one layer of BIO, `layers` one for each label of the set. `starts` and `ends` are code points of the
    article's text, `sentences` half-open ranges of tokens. A tag is had by one span only: of spans that share a token
    in `tags` the one whose label comes first in `order` stays, without an order the longer one (the outermost of
    nested ones); in a layer the longer one. Each omitted is named in `losses`, and so is every edge within a token
    and every span in several fragments, of which each becomes a B of its own; and so is all that a tag cannot say:
    attributes, links, comments, what is known of the article but its language.
    """
    text = line["text"]
    if not line["annotations"]:
        losses.add("articles that no one has opened are lost", line["id"])
        return
    held = tokens.tokens(text)
    starts = [start for start, _ in held]
    cut = [[bisect_left(starts, start), bisect_left(starts, end)] for start, end in tokens.sentences(text, held)]
    for annotation in all_annotations(line, losses, _NOT_OF_TOKENS):
        spans = annotation["spans"]
        _count_moved_edges(line, held, spans, losses)
        flat, left = bio(held, spans, order)
        for span in left:
            losses.add(
                "in the one layer of tags, spans that share a token with a span "
                + ("before them in the order of labels or longer than them" if order else "longer than them")
                + " are lost",
                f"{line['id']} {span['id']}",
            )
        layers = {}
        for label in schema.labels:
            layers[label], left = bio(held, [span for span in spans if span["label"] == label])
            for span in left:
                losses.add(
                    "in the layers of tags, spans that share a token with a longer span of their label are lost",
                    f"{line['id']} {span['id']}",
                )
        yield {
            "format": TOKENS_FORMAT,
            "selection": line["selection"],
            "id": line["id"],
            "annotator": annotation["annotator"],
            "language": line["language"],
            "tokens": [text[start:end] for start, end in held],
            "starts": starts,
            "ends": [end for _, end in held],
            "sentences": cut,
            "tags": flat,
            "layers": layers,
        }


def bio(
    held: Sequence[Stretch], spans: Iterable[dict[str, Any]], order: Sequence[str] | None = None
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return one tag per token (B- or I- with the label, or O), and the spans that no tag could hold, in reading order.

    A span takes every token that it shares a character with. First come the labels of `order`, then longer spans
    before shorter ones, earlier before later.
    """
    ranks = {label: rank for rank, label in enumerate(order or ())}
    starts, ends = [start for start, _ in held], [end for _, end in held]
    tags = ["O"] * len(held)
    left: list[dict[str, Any]] = []

    def rank(span: dict[str, Any]) -> tuple[int, int, int, str]:
        size = sum(end - start for start, end in span["fragments"])
        return ranks.get(span["label"], len(ranks)), -size, span["fragments"][0][0], span["id"]

    for span in sorted(spans, key=rank):
        runs = [_touched(starts, ends, start, end) for start, end in span["fragments"]]
        taken = {token for run in runs for token in run}
        # Two fragments may share a token, and a fragment of white space has none.
        if not taken or any(tags[token] != "O" for token in taken):
            left.append(span)
            continue
        for run in runs:
            for token in run:
                if token in taken:
                    tags[token] = f"{'B' if token == run[0] else 'I'}-{span['label']}"
                    taken.discard(token)
    left.sort(key=lambda span: (span["fragments"][0][0], -span["fragments"][-1][1], span["id"]))
    return tags, left


def _touched(starts: Sequence[int], ends: Sequence[int], start: int, end: int) -> range:
    return range(bisect_right(ends, start), bisect_left(starts, end))


def _count_moved_edges(
    line: dict[str, Any], held: Sequence[Stretch], spans: Sequence[dict[str, Any]], losses: Losses
) -> None:
    starts, ends = {start for start, _ in held}, {end for _, end in held}
    for span in spans:
        place = f"{line['id']} {span['id']}"
        if any(start not in starts or end not in ends for start, end in span["fragments"]):
            losses.add("spans that begin or end within a token or in white space are moved to whole tokens", place)
        if len(span["fragments"]) > 1:
            losses.add("fragments of a span become separate spans", place)


def record_lines_counting(line: dict[str, Any], schema: Schema, losses: Losses) -> Iterator[dict[str, Any]]:
    """Yield one line per record from an article's line, as `record_lines` does; everything outside records is counted in `losses`."""
    count_outside_records(line, schema, losses)
    for annotation in line["annotations"]:
        if annotation["records"]:
            losses.add("positions of the spans of records are lost", line["id"], len(in_records(annotation)))
        if annotation["published"] and line["published"]:
            losses.add("if an annotator corrected the publication date, only the correction is written", line["id"])
    yield from record_lines(line)


def count_outside_records(line: dict[str, Any], schema: Schema, losses: Losses) -> None:
    """Count the parts of an article's line that are in no record: its text, spans and links outside records, comments."""
    losses.add("texts of articles are lost", line["id"])
    if not any(annotation["records"] for annotation in line["annotations"]):
        losses.add("articles without records are lost", line["id"])
    for annotation in all_annotations(line, losses, _NOT_OF_RECORDS):
        held = in_records(annotation)
        for span in annotation["spans"]:
            if span["id"] not in held:
                losses.add("spans that are not part of a record are lost", f"{line['id']} {span['id']}")
        parts = {
            (frozenset((record["id"], span["id"])), schema.records[record["name"]].parts[part])
            for record in annotation["records"]
            for part, spans in record["parts"].items()
            for span in spans
        }
        for link in annotation["relations"]:
            if (frozenset((link["from"], link["to"])), link["type"]) not in parts:
                losses.add("links that are not part of a record are lost", f"{line['id']} {link['id']}")


def in_records(annotation: dict[str, Any]) -> set[str]:
    """Return the ids of the spans that records hold: heads and parts."""
    return {
        id
        for record in annotation["records"]
        for id in (record["id"], *(span["id"] for spans in record["parts"].values() for span in spans))
    }


def _used(
    annotations: Sequence[dict[str, Any]], entries: dict[str, dict[str, str]], schema: Schema
) -> dict[str, dict[str, str]]:
    """Return the registry entries that spans refer to."""
    used: dict[str, dict[str, str]] = {}
    for annotation in annotations:
        for span in annotation["spans"]:
            for name, registry in schema.registries_by_label[span["label"]]:
                for id in entry_ids(span["attributes"].get(name)):
                    used.setdefault(registry, {})[id] = entries.get(registry, {}).get(id, id)
    return used
