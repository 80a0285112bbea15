"""The same words elsewhere: what someone has marked in one article is suggested wherever the words occur again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from labeling.annotation.state import Annotation, Span
from labeling.language.tokens import Stretch
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids
from labeling.suggestions.finding import found_back
from labeling.suggestions.proposals import LinkedSpan, ProposedRecord, as_suggestion

#: The name and the version under which these suggestions are shown and judged.
NAME, VERSION = "elsewhere", "1"
#: Fewer words may recur by chance.
FEWEST = 6
#: How likely it is that the same words are marked in the same way.
SCORE = 0.95
#: How close linked spans must be to the head, in code points.
_NEAR = 400
_KEY = 4
_WORD = re.compile(r"\w+")


class MarkedHead(NamedTuple):
    """The head of a record that someone has marked: its article, the id of its span, and the words from its start to its end."""

    article: str
    title: str | None
    span: str
    start: int
    words: str


class KnownWords:
    """Finds heads that someone has marked whose words occur in a text."""

    def __init__(self, heads: Iterable[MarkedHead]) -> None:
        self._by_key: dict[tuple[str, ...], list[tuple[tuple[str, ...], MarkedHead]]] = {}
        for head in heads:
            words = tuple(_WORD.findall(head.words.lower()))
            if len(words) >= FEWEST:
                self._by_key.setdefault(words[:_KEY], []).append((words, head))

    def find(self, article: str, text: str) -> Iterator[tuple[MarkedHead, Stretch]]:
        """Yield the heads of other articles whose words stand in the text, and where; each place once."""
        if not self._by_key:
            return
        found = [(match[0].lower(), match.start()) for match in _WORD.finditer(text)]
        words = tuple(word for word, _ in found)
        seen: set[Stretch] = set()
        for number in range(len(words) - FEWEST + 1):
            for wanted, head in self._by_key.get(words[number : number + _KEY], ()):
                if head.article == article or words[number : number + len(wanted)] != wanted:
                    continue
                place = found_back(text, head.words, near=found[number][1])
                if place and place not in seen and place[0] <= found[number][1] < place[1]:
                    seen.add(place)
                    yield head, place


def suggestion_of(
    head: MarkedHead,
    place: Stretch,
    text: str,
    other: Annotation,
    other_text: str,
    label_set: Schema,
    names: Mapping[str, str],
) -> dict[str, Any] | None:
    """Return the suggestion to mark words as in another article, whose annotation and text these are; None if it can't be.

    `names` are the names of the registries' entries by id.
    """
    span = other.spans.get(head.span)
    if span is None or span.label not in label_set.labels:
        return None
    same = text[slice(*place)] == head.words
    if len(span.fragments) > 1 and not same:
        return None  # its parts can't be told apart
    shift = place[0] - span.fragments[0][0]
    fragments = [(start + shift, end + shift) for start, end in span.fragments] if same else [place]
    linked: list[LinkedSpan] = []
    for link in other.relations.values():
        if link.source == span.id and (target := other.spans.get(link.target)):
            linked += _linked(link.type, target, text, other_text, place[0], shift, names)
    proposal = ProposedRecord(span.label, fragments, SCORE, linked, _values(span, names), ["the same words elsewhere"])
    ids = {name.casefold(): id for id, name in names.items()}
    place_values = {
        "article": head.article,
        "title": head.title,
        "start": head.start,
        "end": head.start + len(head.words),
    }
    return {**as_suggestion(proposal, label_set, ids, "the same words elsewhere"), "place": place_values}


def _linked(
    relation: str, target: Span, text: str, other_text: str, near: int, shift: int, names: Mapping[str, str]
) -> Iterator[LinkedSpan]:
    """Yield a linked span where the same words stand near the head."""
    start, end = target.fragments[0][0], target.fragments[-1][1]
    found = found_back(text, other_text[start:end], near=start + shift)
    if found is None or abs(found[0] - near) > _NEAR or len(target.fragments) > 1:
        return
    ids = (id for value in target.attributes.values() for id in _ids(value))
    yield LinkedSpan(relation, [found], next((names[id] for id in ids if id in names), None), target.label, SCORE)


def _values(span: Span, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a head that aren't entries of a registry."""
    return {name: value for name, value in span.attributes.items() if not any(id in names for id in _ids(value))}


def _ids(value: Any) -> list[str]:
    return [id for id in entry_ids(value) if isinstance(id, str)] if isinstance(value, str | list) else []
