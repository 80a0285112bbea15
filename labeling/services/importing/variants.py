"""Variants: articles of an import that have the name of another article and nearly its text, which is rarely meant."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePath
from typing import NamedTuple

from labeling.dataset.folded_words import words
from labeling.services.importing.tally import ImportedArticle, RowOutcome, Variant
from labeling.store.contract import Store
from labeling.store.values import Added

#: The share of their different words that two texts have in common at least if they are nearly the same.
_SHARE = 0.75
#: How many hashes of words stand for a text.
_SIZE = 128
#: How many articles of one name are compared with another one of that name, the newest ones.
_NEWEST = 8
#: How many sketches of articles in the project are kept for later comparisons, half a kilobyte each.
_KEPT = 4_096
_ROW = re.compile(r":\d+\Z")


class _Name(NamedTuple):
    """The name of an article: its title, or the file that has nothing else."""

    kind: str
    words: str


def with_variants(store: Store, outcomes: Iterable[RowOutcome], *, dry_run: bool) -> Iterator[RowOutcome]:
    """Yield the outcomes of an import, and after each new article one `Variant` if it has another's name and nearly its text."""
    with store.reading() as project:
        there = project.articles.names()
    known: dict[_Name, list[str]] = {}
    for id, title, source in there:
        _note(known, id, _names(title, source))
    # Of a preview nothing is in the project; of its texts, sketches are enough.
    sketches: dict[str, tuple[str, bytes]] = {}
    files: set[str] = set()
    for outcome in outcomes:
        yield outcome
        if not isinstance(outcome, Added | ImportedArticle) or not outcome.new:
            continue
        article, own = outcome.article, b""
        source = article.source
        if isinstance(outcome, ImportedArticle):  # an annotated file of several articles is the name of none
            source = "" if source in files else source
            files.add(article.source)
        names = [*_names(article.title, source)]
        for other in _others(known, article.id, names):
            own = own or _sketch(article.text)
            if other not in sketches:
                sketches[other] = _stored(store, other)
            place, sketch = sketches[other]
            if _alike(own, sketch):
                yield Variant(article.title or "", place, article.source)
                break
        _note(known, article.id, names)
        if dry_run or own:
            sketches[article.id] = article.source, own or _sketch(article.text)
        if not dry_run and len(sketches) > _KEPT:
            del sketches[next(iter(sketches))]


def _names(title: str | None, source: str) -> Iterator[_Name]:
    if title and title.strip():
        yield _Name("title", " ".join(title.split()).casefold())
    if source and not _ROW.search(source):
        yield _Name("file", PurePath(source).name.casefold())


def _note(known: dict[_Name, list[str]], id: str, names: Iterable[_Name]) -> None:
    for name in names:
        known.setdefault(name, []).append(id)


def _others(known: dict[_Name, list[str]], id: str, names: Iterable[_Name]) -> list[str]:
    found = [reversed(known[name][-_NEWEST:]) for name in names if name in known]
    return [other for other in dict.fromkeys(chain.from_iterable(found)) if other != id] if found else []


def _stored(store: Store, id: str) -> tuple[str, bytes]:
    found = store.article(id)
    return (found.source, _sketch(found.text)) if found else ("", b"")


def _sketch(text: str) -> bytes:
    """Return the least hashes of a text's different words, by which texts are compared (bottom-k MinHash)."""
    found = {*words(text)}
    hashes = {*map(zlib.crc32, "\n".join(found).encode().split(b"\n"))} if found else ()
    return array("I", sorted(hashes)[:_SIZE]).tobytes()


def _alike(one: bytes, two: bytes) -> bool:
    """Return whether two texts have nearly the same words, by their sketches."""
    ours, theirs = {*array("I", one)}, {*array("I", two)}
    shared, every = ours & theirs, ours | theirs
    if len(shared) < _SHARE * min(_SIZE, len(every)):
        return False
    least = sorted(every)[:_SIZE]
    return bool(least) and len(shared.intersection(least)) >= _SHARE * len(least)
