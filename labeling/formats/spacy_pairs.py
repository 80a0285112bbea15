"""spaCy's training data from before version 3, in JSON: a text and its entities per pair, as annotators in browsers export it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from labeling.errors import ArticleError
from labeling.formats.assembly import LooseSpan, assembled
from labeling.formats.files import whole_bytes
from labeling.formats.marked import Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.recognizing import is_pair
from labeling.formats.tasks import Notes, article_of, doubt, shown, whole

#: Whose work it is: a file does not say.
ANNOTATOR = "spacy"


def is_json(path: Path) -> bool:
    """Return whether a file begins as JSON does, which no DocBin does."""
    try:
        with path.open("rb") as stream:
            return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")
    except OSError:
        return False


def read(path: Path) -> Iterator[Marked | Fault]:
    """Yield the text and entities of each pair; an error's line is the number of the pair.

    The pairs are a list, or stand under “annotations” beside the labels under “classes”, with null for a text that was
    passed over.
    """
    notes = Notes()
    try:
        values = orjson.loads(whole_bytes(path).removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        reason = f"invalid JSON at column {fault.colno} ({fault.msg}); export it again"
        yield Fault(str(path), fault.lineno, reason)
        return
    except ArticleError as fault:
        yield Fault(str(path), None, str(fault))
        return
    for number, pair in enumerate(_pairs(values), 1):
        if pair is None:
            notes.add(Remark("texts that were passed over are null in the file, and not imported"), number)
        elif is_pair(pair):
            text, about = pair
            yield from _read(text, about, path, number, notes)
        else:
            yield Fault(str(path), number, f"it is {shown(pair)}, not a text with its entities; correct it")
    yield from notes.faults(path)


def _pairs(values: object) -> Iterator[Any]:
    """Yield the pairs of a file, and what stands where one should."""
    for each in values if isinstance(values, list) and not is_pair(values) else [values]:
        if isinstance(each, dict) and isinstance(each.get("annotations"), list):
            yield from each["annotations"]
        else:
            yield each


def _read(text: str, about: dict[str, Any], path: Path, number: int, notes: Notes) -> Iterator[Marked | Fault]:
    messages: list[str] = []
    try:
        made = article_of(text, {}, path, number, messages, "the pair")
    except ArticleError as fault:
        yield Fault(str(path), number, str(fault))
        return
    for name in sorted(about.keys() - {"entities"}):
        if about[name]:
            notes.add(f"“{name}” of texts is ignored: SayWhen imports their entities", number)
    given = about["entities"] if isinstance(about["entities"], list) else [about["entities"]]
    spans = []
    for at, each in enumerate(given):
        start, end, label = each if isinstance(each, list) and len(each) == 3 else (None, None, None)
        first, last = whole(start), whole(end)
        if first is None or last is None or not isinstance(label, str) or not label.strip():
            messages.append(f"entity {at} is not imported: it is {shown(each)}, not [start, end, label]; correct it")
        else:
            spans.append(LooseSpan(None, label, [Given(first, last)]))
    annotation, more = assembled(text, spans, [])
    if given and not spans:
        annotation["lost"] = True
    for reason in (*messages, *more, *doubt(text, spans)):
        yield Fault(str(path), number, reason)
    yield Marked(made, {ANNOTATOR: annotation}, {}, str(path), number)
