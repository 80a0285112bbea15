"""The invented sample corpus: two stories, each reported by four outlets, with a careful annotation.

`articles.jsonl` is what an importer finds (one publication date is missing, one is wrong); `gold.jsonl` holds the same
articles in the export format, annotated by “gold” under the label set `news`, the two dates put right. Every place,
person and outlet is made up. The same people, events and utterances have the same registry entries in all articles of
a story, so that contradictions and translations can be followed from outlet to outlet.

Where the label set leaves a choice, the annotation follows these rules: datelines, bylines and everything below an article's end
are not annotated; a date that takes its year from the publication date is counted from it; “since X” runs from X to
the publication date with the modifier SINCE; a quotation over several paragraphs is one fragment; a date in a nested
quote is claimed in the innermost one.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def articles_path() -> Path:
    """Return the path of the eight articles as an import file, one JSON object a line."""
    return _path("articles.jsonl")


def gold_path() -> Path:
    """Return the path of the annotated articles, one line of the format `saywhen/1` each."""
    return _path("gold.jsonl")


def _path(name: str) -> Path:
    return Path(str(files(__name__) / name))
