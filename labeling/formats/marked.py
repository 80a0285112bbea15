"""What readers and writers of annotated formats share: an article with people's work on it, and what a format loses.

Between formats stands the article's line, `saywhen/1` (docs/data-format.md): writers take lines, and what a reader
yields has the line's shape of an annotation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from labeling.annotation.article import Article
from labeling.dataset.losses import Losses
from labeling.extras import Extra
from labeling.formats.reading import Fault
from labeling.schema import Schema

__all__ = ["Format", "Line", "Losses", "Marked", "Reader", "Writer", "empty_annotation", "made_id"]

#: An article's line as `dataset.article_line` builds it.
Line: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Marked:
    """An article that was read with work on it.

    `work` gives each annotator's annotation as plain values (`dataset.annotation_values`: offsets in code points of
    `article.text`, spans with ids), `entries` the names of registry entries that attributes refer to. `file` and
    `line` say where it stood.
    """

    article: Article
    work: dict[str, dict[str, Any]]
    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    file: str = ""
    line: int | None = None


#: Writes lines to a path (a file with the format's suffix, or a folder that does not exist yet) and counts what it loses.
Writer: TypeAlias = Callable[[Iterable[Line], Path, Schema, Losses], None]
#: Yields what a file or folder holds, an error for each thing that cannot be taken as it stands; never raises for bad input.
Reader: TypeAlias = Callable[[Path], Iterator[Marked | Article | Fault]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format with its writer and, where one makes sense, its reader."""

    name: str  # as the command takes it
    title: str  # as people call it
    suffix: str  # of the file; "" for a folder
    write: Writer
    read: Reader | None = None
    several: bool = (
        False  # can it hold several annotators' work on one article? If not, the builder writes one file each
    )
    extra: Extra | None = None  # the optional part that it needs (see `extras`)
    also: tuple[str, ...] = ()  # further suffixes of files that are read; of a folder, those of the files in it
    recognizes: Callable[[Path], bool] | None = None  # whether a .txt file holds it, in a folder without its suffixes


def empty_annotation() -> dict[str, Any]:
    """Return the plain values of an annotation that holds nothing and has been submitted."""
    return {
        "status": "submitted",
        "skip_reason": None,
        "published": None,
        "spans": [],
        "relations": [],
        "comments": [],
    }


def made_id(*parts: object) -> str:
    """Return an id for something that came without one: 16 hex digits derived from the parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
