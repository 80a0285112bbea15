"""Reads corpora with attributions as gold: GUM's Wikinews articles (JSON lines), and PolNeAR's folders (text and brat files)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from labeling.suggestions.lessons import GoldDate, GoldQuote, GoldWork
from labeling.suggestions.overlap import shared

_MARK = re.compile(r"(T\d+)\t(\w+) ([\d; ]+)\t")
_RELATION = re.compile(r"E\d+\t(.*)")
_ROLES = {"content": 0, "cue": 1, "source": 2}


class GoldArticle(NamedTuple):
    """An article of a corpus with what people marked in it."""

    name: str
    text: str
    published: str | None
    gold: GoldWork


def read(path: Path) -> list[GoldArticle]:
    """Return the articles of a corpus: a file of JSON lines, or a folder with `text/` and `attributions/`."""
    return list(_polnear(path) if path.is_dir() else _gum(path))


def _gum(path: Path) -> Iterator[GoldArticle]:
    """GUM marks discourse units: the later sentences of long quotations may be missing, and which belong to one quote is unknown."""
    for line in path.read_bytes().splitlines():
        given: dict[str, Any] = orjson.loads(line)
        quotes = [
            GoldQuote(
                _pairs(each["content"]), _pairs(each["cue"]), _pairs(each["source"]),
                None if each["speaker_entity"] is None else str(each["speaker_entity"]),
            )
            for each in given["attributions"]
        ]  # fmt: skip
        known = [fragment for quote in quotes for fragment in quote.fragments]
        for marked in given["marked_quotations"]:
            stretch = (marked[0], marked[1])
            if not shared([stretch], known):
                quotes.append(GoldQuote((stretch,)))
        dates = tuple(GoldDate(each["start"], each["end"], each["value"]) for each in given["dates"])
        yield GoldArticle(
            given["doc"], given["text"], given["dct"], GoldWork(tuple(quotes), dates, joined=False, continued=False)
        )


def _pairs(fragments: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in fragments)


def _polnear(path: Path) -> Iterator[GoldArticle]:
    marks = {each.stem.rpartition("_")[0]: each for each in sorted((path / "attributions").iterdir(), reverse=True)}
    for text in sorted((path / "text").iterdir()):
        if text.stem in marks:
            quotes = tuple(_brat(marks[text.stem].read_text("utf-8")))
            yield GoldArticle(text.stem, text.read_bytes().decode(), None, GoldWork(quotes, dated=False))


def _brat(lines: str) -> Iterator[GoldQuote]:
    stretches: dict[str, list[tuple[int, int]]] = {}
    relations = []
    for line in lines.split("\n"):
        if mark := _MARK.match(line):
            stretches[mark[1]] = [
                (int(start), int(end)) for start, end in (each.split() for each in mark[3].split(";"))
            ]
        elif relation := _RELATION.match(line):
            relations.append(relation[1].split())
    for ends in relations:
        parts: list[list[tuple[int, int]]] = [[], [], []]
        for end in ends:
            role, _, id = end.partition(":")
            place = _ROLES.get(role.rstrip("0123456789").lower())
            if place is not None:
                parts[place] += stretches.get(id, [])
        if parts[0]:
            yield GoldQuote(*(tuple(sorted(part)) for part in parts))
