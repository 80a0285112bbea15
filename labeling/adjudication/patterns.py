"""Patterns: disagreements of the same kind, so that one decision can be offered for all of them, and a guideline improved.

A pattern's sides are what can be decided about it: the spans in or out, this label or that. The same side is looked for
in every disagreement of the pattern.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from labeling.adjudication.collation import Mark, Place, values
from labeling.adjudication.content import Content
from labeling.adjudication.disagreements import Disagreement
from labeling.agreement.units import shared, size
from labeling.annotation.fragments import Fragments

_QUOTATION = re.compile(r"[\"“”„‟«»「」『』《》〝〞〟＂'‘’‹›\s]+")
_PUNCTUATION = re.compile(r"[^\w]+")
_THAT = re.compile(r"(?i:that|dass|que|che)\W*")
_PREPOSITION = re.compile(
    r"(?i:on|in|at|by|since|from|until|till|before|after|during|for|of|to|the|this|last|next|early|late)"
)


class Pattern(NamedTuple):
    """A kind of disagreement: a key, and a title in words."""

    key: str
    title: str


def pattern(found: Disagreement, text: str) -> Pattern:
    """Return the pattern of a disagreement in an article's text."""
    label = " / ".join(sorted({mark.label for mark in _marks(found)}))
    kind = found.kinds[0]
    if kind == "boundary":
        what = _edges(found, text)
        return Pattern(f"boundary {label} {what}", f"{_shown(label)}: {what} in or out")
    if kind == "label":
        return Pattern(f"label {label}", f"{_shown(label)}: which label")
    if kind in ("value", "attribute"):
        names = " ".join(_differing(found))
        return Pattern(f"{kind} {label} {names}", f"{_shown(label)}: {_shown(names)}")
    if kind == "relation":
        types = " ".join(sorted({tie.type for tie in found.ties}))
        return Pattern(f"relation {types}", f"{_shown(types)}: which link")
    if kind == "split":
        return Pattern(f"split {label}", f"{_shown(label)}: one or several")
    heads = sorted(
        {mark.label for number in found.mentions for mark in found.collation.mentions[number].marks.values()}
    )
    what = "quote" if "quote" in heads and len(heads) > 1 else label
    return Pattern(f"missing {what}", f"{_shown(what)}: present or missing")


def side(found: Disagreement, content: Content, text: str) -> str | None:
    """Return the side of the disagreement's pattern that a content takes; None if it takes none that recurs elsewhere."""
    kind = found.kinds[0]
    if len(found.kinds) > 1 or len(found.mentions) > 1:
        return None
    if len(content.marks) != 1:
        return None
    (mark,) = content.marks
    if kind == "boundary":
        given = {each.fragments for each in _marks(found)}
        if len(given) != 2 or mark.fragments not in given or shared(*given) != min(map(size, given)):
            return None  # only where one lies in the other can it be included or excluded
        return "in" if size(mark.fragments) == max(map(size, given)) else "out"
    if kind == "label":
        return mark.label
    if kind == "attribute":
        held = dict(values(mark.label, mark.attributes, found.schema))
        return " ".join(f"{name}={held.get(name, '')}" for name in _differing(found))
    return None


def _marks(found: Disagreement) -> list[Mark]:
    return [mark for number in found.mentions for mark in found.collation.mentions[number].marks.values()]


def _differing(found: Disagreement) -> list[str]:
    given = [dict(values(mark.label, mark.attributes, found.schema)) for mark in _marks(found)]
    return sorted({name for each in given for name in each if len({other.get(name) for other in given}) > 1})


def _edges(found: Disagreement, text: str) -> str:
    """Return the difference between the ends: quotation marks, punctuation, words before or after."""
    given = sorted({mark.fragments for mark in _marks(found)}, key=size)
    if any(len(each) != len(given[0]) for each in given):
        return "fragments"
    said = []
    starts, ends = {each[0][0] for each in given}, {each[-1][1] for each in given}
    for where, points in (("before", starts), ("after", ends)):
        if len(points) > 1:
            words = text[min(points) : max(points)]
            if _QUOTATION.fullmatch(words):
                said.append("quotation marks")
            elif _PUNCTUATION.fullmatch(words):
                said.append("punctuation")
            elif where == "before" and _THAT.fullmatch(words.strip()):
                said.append("“that”")
            elif where == "before" and all(map(_PREPOSITION.fullmatch, words.split())):
                said.append("preposition or article")
            elif where == "before" and _is_name(text, given):
                said.append("title or words before the name")
            else:
                said.append(f"words {where}")
    return " and ".join(dict.fromkeys(said)) or "inner ends"


def _is_name(text: str, given: list[Fragments]) -> bool:
    """Return whether the shortest version begins with a capital letter; the words before it are then usually a title."""
    shortest = given[0]
    return text[shortest[0][0]].isupper()


def _shown(words: str) -> str:
    return words.replace("_", " ")


def words_of(place: Place, text: str) -> str:
    """Return the words at a place, its fragments joined by an ellipsis."""
    return " … ".join(text[start:end] for start, end in place[1])
