"""spaCy's DocBin: one doc per article, its spans in the span categorizer's group “sc” and in one per label.

A span of several fragments is several spans of one id. What a span cannot carry stands in `doc.user_data["saywhen"]`.
"""

from __future__ import annotations

import importlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from labeling import extras
from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.dataset.line_losses import one_annotation
from labeling.dataset.lines import FORMAT as LINE_FORMAT
from labeling.errors import ArticleError, MissingExtraError
from labeling.formats import spacy_pairs
from labeling.formats.assembly import LooseLink, LooseSpan, assembled, keep_comments
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault
from labeling.formats.tasks import tool_in
from labeling.language.tokens import words
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids

#: The group that spaCy's span categorizer reads unless it is given another.
ALL = "sc"
#: Where in `doc.user_data` the rest stands.
KEY = "saywhen"
#: Whose work that of a doc is that does not say it.
ANNOTATOR = "spacy"

_MOVED = (
    "spans that don't begin and end at a spaCy token are widened to whole tokens (the exact position is in "
    f"doc.user_data[“{KEY}”])"
)
_OF_ARTICLE = ("title", "outlet", "url", "language", "published")


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a doc for each line; raises MissingExtraError if spaCy isn't installed.

    The tokens are those of spaCy's blank pipeline for the article's language, which training sees; where spaCy has
    none, or the article has no language, they are ours. The whole file is held in memory: spaCy knows no other way.
    """
    packed = _spacy("tokens").DocBin(attrs=["ORTH"], store_user_data=True)
    vocab = _spacy("vocab").Vocab()
    for line in lines:
        packed.add(_doc(vocab, line, schema, losses))
    packed.to_disk(target)


def _spacy(module: str) -> Any:
    """Return a module of spaCy, which is loaded only when it is needed; raises MissingExtraError without it."""
    extras.require("spacy", "the format spacy")
    return importlib.import_module(f"spacy.{module}")


@cache
def _tokenizer(language: str) -> Any:
    """Return spaCy's tokenizer for a language, None where it has none or asks for further packages."""
    try:
        pipeline = _spacy("util").get_lang_class(language)()
    except (ImportError, ValueError):
        return None
    return pipeline.tokenizer


def _doc(vocab: Any, line: Line, schema: Schema, losses: Losses) -> Any:
    text = line["text"]
    pieces = _words(text, line["language"])
    doc = _spacy("tokens").Doc(vocab, words=[word for word, _ in pieces], spaces=[space for _, space in pieces])
    annotation = one_annotation(line, losses, ("judgments",))
    rest = {
        "format": LINE_FORMAT,
        **{name: line[name] for name in _OF_ARTICLE},
        **({"window": line["window"]} if "window" in line else {}),
        "entries": line["entries"],
        "annotation": None,
    }
    groups: dict[str, list[Any]] = {ALL: [], **{label: [] for label in schema.labels}}
    if annotation:
        span_of = _spacy("tokens").Span
        starts = [token.idx for token in doc]
        about: dict[str, dict[str, Any]] = {}
        for span in annotation["spans"]:
            id = span["id"]
            about[id] = {name: span[name] for name in ("attributes", "waived", "provenance") if span.get(name)}
            stretches = sorted({_covering(doc, starts, start, end) for start, end in span["fragments"]})
            written = [[doc[first].idx, doc[last - 1].idx + len(doc[last - 1])] for first, last in stretches]
            if written != [list(fragment) for fragment in span["fragments"]]:
                losses.add(_MOVED, f"{line['id']}, span {id}")
                about[id] |= {"written": written, "exact": span["fragments"]}
            entry = _entry(span, schema)
            for first, last in stretches:
                made = span_of(doc, first, last, label=span["label"], kb_id=entry, span_id=id)
                groups[ALL].append(made)
                groups.setdefault(span["label"], []).append(made)
        kept = ("annotator", "revision", "status", "skip_reason", "published", "relations", "comments")
        rest["annotation"] = {**{name: annotation[name] for name in kept if name in annotation}, "spans": about}
    for name, spans in groups.items():
        doc.spans[name] = spans
    doc.user_data[KEY] = rest
    return doc


def _words(text: str, language: str | None) -> list[tuple[str, bool]]:
    """Return the tokens of a text, and whether a space follows each; the text follows from them."""
    tokenizer = _tokenizer(language.partition("-")[0].lower()) if language else None
    return [(token.text, bool(token.whitespace_)) for token in tokenizer(text)] if tokenizer else words(text)


def _covering(doc: Any, starts: list[int], start: int, end: int) -> tuple[int, int]:
    """Return the tokens that a stretch of characters touches, half-open; the space behind a token only if alone."""
    first = bisect_right(starts, start) - 1
    last = bisect_left(starts, end)
    if first + 1 < last and start >= starts[first] + len(doc[first]):
        first += 1
    return first, last


def _entry(span: dict[str, Any], schema: Schema) -> str:
    """Return the registry entry that a span's first attribute of that kind names."""
    for name, _ in schema.registries_by_label.get(span["label"], ()):
        if ids := entry_ids(span["attributes"].get(name)):
            return " ".join(ids)
    return ""


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of a DocBin: the spans of all groups and the named entities of each doc.

    Of a doc without an annotator's name the work is by “spacy”. An error's line is the number of the doc. Training data
    from before version 3, in JSON, is read too, without spaCy.
    """
    if spacy_pairs.is_json(path) and (tool := tool_in(path, FORMAT.name)) and tool.kind == FORMAT.name:
        yield from spacy_pairs.read(path)
        return
    try:
        packed = _spacy("tokens").DocBin()
        # For each part of each doc it would look for further decoders in all installed packages, which takes most of the time.
        importlib.import_module("srsly.msgpack").msgpack_decoders.entry_points = False
        packed.from_disk(path)
        docs = packed.get_docs(_spacy("vocab").Vocab())
    except MissingExtraError as fault:
        yield Fault(str(path), None, str(fault))
        return
    except OSError as fault:
        yield Fault(str(path), None, f"can't read it ({fault.strerror}); check the name and your permissions")
        return
    except Exception as fault:  # whatever msgpack, numpy and spaCy make of bytes that are none of theirs
        yield _unsound(path, None, fault)
        return
    number = 0
    while True:
        number += 1
        try:
            doc = next(docs, None)
            if doc is None:
                return
            yield from _read(doc, path, number)
        except ArticleError as fault:
            yield Fault(str(path), number, str(fault))
        except Exception as fault:
            # A generator that has raised is at its end.
            yield _unsound(path, number, fault)
            if number < len(packed):
                yield Fault(str(path), None, f"the docs after number {number} are not read")
            return


def _read(doc: Any, path: Path, number: int) -> Iterator[Marked | Fault]:
    """Yield what one doc holds."""
    messages: list[str] = []
    rest = _plain(doc.user_data.get(KEY))
    ours = isinstance(rest, dict) and rest.get("format") == LINE_FORMAT
    about = rest if ours else {}
    made = article.make(
        doc.text,
        **{name: about.get(name) for name in ("title", "outlet", "url", "language")},
        **_published(about.get("published")),
        source=f"{path.name}:{number}",
    )
    if doc.cats:
        messages.append(f"the doc's categories ({', '.join(map(str, doc.cats))}) are ignored: SayWhen labels spans")
    values = about.get("annotation") if ours else {}
    if not ours and doc.cats and not doc.ents and not any(doc.spans.values()):
        work: dict[str, dict[str, Any]] = {}  # who said what a text is has not looked for spans
    elif values is None:
        work = {}
        if any(doc.spans.values()):
            messages.append("the doc's spans are not imported: it says that it has not been annotated")
    else:
        annotation, more = assembled(
            doc.text, _spans(doc, values), [_link(each) for each in values.get("relations", ())]
        )
        messages += more
        for name in ("status", "skip_reason", "published", "comments"):
            annotation[name] = values.get(name, annotation[name])
        keep_comments(annotation)
        for span in annotation["spans"]:
            kept = values.get("spans", {}).get(span["id"], {})
            if kept.get("waived"):
                span["waivers"] = kept["waived"]
        work = {values.get("annotator") or ANNOTATOR: annotation}
    for reason in messages:
        yield Fault(str(path), number, reason)
    yield Marked(made, work, about.get("entries", {}), str(path), number)


def _spans(doc: Any, values: dict[str, Any]) -> list[LooseSpan]:
    """Return the spans of all groups and the named entities, each once; those of one id and label are one span."""
    about = values.get("spans", {})
    found: dict[tuple[Any, ...], LooseSpan] = {}
    named = [span for group in doc.spans.values() for span in group]
    for span in [*named, *doc.ents]:
        id = span.id_ or None
        place = Given(span.start_char, span.end_char)
        # An entity may stand in a group too, with its id or without.
        key = (span.label_, id) if id else (span.label_, place)
        held = found.get(key)
        if held is None:
            attributes = about[id]["attributes"] if id in about and "attributes" in about[id] else {}
            if id not in about and span.kb_id_:
                attributes = {"kb_id": span.kb_id_}
            found[key] = LooseSpan(id, span.label_, [place], dict(attributes))
        elif place not in held.fragments:
            held.fragments.append(place)
    for span in found.values():
        kept = about.get(span.id, {})
        if "exact" in kept and [[given.start, given.end] for given in span.fragments] == kept["written"]:
            span.fragments = [Given(start, end) for start, end in kept["exact"]]
    return list(found.values())


def _link(values: dict[str, Any]) -> LooseLink:
    return LooseLink(values["id"], values["type"], values["from"], values["to"])


def _published(values: dict[str, Any] | None) -> dict[str, Any]:
    return {"published": values["value"], "published_basis": values["basis"]} if values else {}


def _plain(values: Any) -> Any:
    """Return user data with lists where msgpack made tuples of them, None where it is nothing that JSON knows."""
    try:
        return orjson.loads(orjson.dumps(values))
    except (TypeError, ValueError):
        return None


def _unsound(path: Path, number: int | None, fault: Exception) -> Fault:
    reason = str(fault).strip().split("\n")[0][:200] or type(fault).__name__
    remedy = "write or copy it again"
    if number is None and (tool := tool_in(path)):
        reason, remedy = "it is JSON", str(tool)
    return Fault(str(path), number, f"it is not a valid spaCy DocBin ({reason}); {remedy}")


FORMAT = Format("spacy", "spaCy DocBin", ".spacy", write, read, extra="spacy")
