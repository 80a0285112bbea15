"""Lines without texts, for corpora that may not be redistributed: offsets and a hash, from which the text can be restored."""

from __future__ import annotations

import hashlib
from typing import Any

from labeling.dataset.lines import FORMAT, records, span_text
from labeling.errors import DatasetError
from labeling.schema import Schema

STANDOFF_FORMAT = "saywhen-standoff/1"


def without_text(line: dict[str, Any]) -> dict[str, Any]:
    """Return an article's line without the words of its text: none in spans, no records, which are built of them.

    `text_sha256` (of the text in UTF-8) and `text_length` (in code points) say what the offsets count in.
    """
    text = line["text"]
    stripped: dict[str, Any] = {}
    for key, value in line.items():
        if key == "format":
            stripped[key] = STANDOFF_FORMAT
        elif key == "text":
            stripped["text_sha256"] = hashlib.sha256(text.encode()).hexdigest()
            stripped["text_length"] = len(text)
        elif key == "annotations":
            stripped[key] = [
                {
                    **{name: kept for name, kept in annotation.items() if name not in ("spans", "records")},
                    "spans": [
                        {name: kept for name, kept in span.items() if name != "text"} for span in annotation["spans"]
                    ],
                }
                for annotation in value
            ]
        else:
            stripped[key] = value
    return stripped


def with_text(line: dict[str, Any], text: str, schema: Schema) -> dict[str, Any]:
    """Return a line with its article's text restored: the inverse of `without_text`, byte for byte. Raises DatasetError for another text."""
    if hashlib.sha256(text.encode()).hexdigest() != line["text_sha256"]:
        raise DatasetError(f"article {line['id']}: this is not the text that was annotated; its hash differs")
    whole: dict[str, Any] = {}
    for key, value in line.items():
        if key == "format":
            whole[key] = FORMAT
        elif key == "text_sha256":
            whole["text"] = text
        elif key == "annotations":
            whole[key] = [_with_words(annotation, text, schema) for annotation in value]
        elif key != "text_length":
            whole[key] = value
    return whole


def _with_words(annotation: dict[str, Any], text: str, schema: Schema) -> dict[str, Any]:
    spans = []
    for span in annotation["spans"]:
        for start, end in span["fragments"]:
            if not 0 <= start < end <= len(text):
                raise DatasetError(f"span {span['id']} has the fragment {start}-{end}, outside the text")
        # In the order in which a line has them: what is waived comes last.
        kept = {name: value for name, value in span.items() if name != "waived"}
        kept["text"] = span_text(text, span["fragments"])
        if "waived" in span:
            kept["waived"] = span["waived"]
        spans.append(kept)
    whole: dict[str, Any] = {}
    for key in ("annotator", "revision", "status", "skip_reason", "published"):
        whole[key] = annotation[key]
    whole |= {"spans": spans, "relations": annotation["relations"], "comments": annotation["comments"]}
    if "judgments" in annotation:
        whole["judgments"] = annotation["judgments"]
    return {**whole, "records": records(whole, text, schema)}
