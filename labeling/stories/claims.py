"""Claims of an event's date, and how two of them relate: they agree, one refines the other, or they conflict.

A relation is computed, never typed, so a corrected date or publication date changes it. Whether a relation is a
contradiction depends on the modalities: “planned for Thursday” and “took place on Friday” can both be true.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, NamedTuple, TypeAlias, get_args

from labeling.dates import Edtf, Relation, describe, parse, relation
from labeling.dates.edtf import Day
from labeling.dates.relations import is_exact, is_rough, meant, shared
from labeling.errors import DateError

#: agree: the same days. refine: one says more precisely what the other says. overlap: both can hold, and neither follows
#: from the other. conflict: at most one is true. differ: the days differ, but both can be true, since one says what was
#: planned and the other what happened, or one is only a possibility. open: there is no date, or an end isn't known.
Verdict: TypeAlias = Literal["agree", "refine", "overlap", "conflict", "differ", "open"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_Sort: TypeAlias = Literal["fact", "plan", "possibility", "denial"]
#: What the modalities of the label sets say about an event; without a modality, a claim is asserted.
_SORTS: dict[str, _Sort] = {
    "": "fact",
    "asserted": "fact",
    "planned": "plan",
    "scheduled": "plan",
    "expected": "plan",
    "likely": "plan",
    "possible": "possibility",
    "hoped": "possibility",
    "unlikely": "denial",
    "cancelled": "denial",
}
_SAYS = {"fact": "what happened", "plan": "what was planned", "possibility": "what was possible"}
_VERDICTS: dict[Relation, Verdict] = {
    "equal": "agree",
    "within": "refine",
    "contains": "refine",
    "alternative": "refine",
    "overlapping": "overlap",
    "disjoint": "conflict",
    "open": "open",
}


class Dated(NamedTuple):
    """A claim's date as read against one publication date: an EDTF value, "" for none, and its TIMEX3 modifier."""

    value: str
    mod: str | None = None


class EventClaim(NamedTuple):
    """One claim of when an event is: who says so where, in which words, and what the words mean.

    `claimants` is empty where the article itself claims it. `said` is when it was said (EDTF, "" if unknown), `anchor`
    what the words count from. `readings` are the dates under each day on which the article may have been published,
    the most likely first; there is always one. `start` is in code points.
    """

    article: str
    outlet: str
    span: str
    start: int
    words: str
    claimants: tuple[str, ...]
    modality: str
    anchor: str
    said: str
    readings: tuple[Dated, ...]

    @property
    def value(self) -> str:
        """The likeliest date, as EDTF; "" for none."""
        return self.readings[0].value

    @property
    def name(self) -> str:
        """Who claims it, and in which outlet."""
        who = " and ".join(self.claimants)
        outlet = self.outlet or "the article"
        return f"{who} ({outlet})" if who and who != outlet else outlet


class Comparison(NamedTuple):
    """Two claims of one event, by number, how they relate, and a sentence that explains it.

    `others` are the relations under the other readings of the publication dates, as far as they differ from `relation`.
    """

    one: int
    two: int
    relation: Relation
    verdict: Verdict
    others: tuple[Relation, ...]
    sentence: str


def compare(one: EventClaim, two: EventClaim, numbers: tuple[int, int] = (0, 1)) -> Comparison:
    """Return how two claims of one event relate."""
    found = _relation(one.readings[0], two.readings[0])
    if one.article == two.article:  # published on one day, whichever it was
        pairs = list(zip(one.readings, two.readings, strict=False))
    else:
        pairs = [(ours, theirs) for ours in one.readings for theirs in two.readings]
    others = tuple(dict.fromkeys(other for pair in pairs[1:] if (other := _relation(*pair)) != found))
    verdict = _verdict(one, two, found)
    return Comparison(*numbers, found, verdict, others, _sentence(one, two, found, verdict, others))


def compare_all(claims: Sequence[EventClaim]) -> list[Comparison]:
    """Return how each two claims of one event relate, conflicts first."""
    found = [compare(claims[one], claims[two], (one, two)) for one, two in combinations(range(len(claims)), 2)]
    return sorted(found, key=lambda each: (each.verdict != "conflict", each.one, each.two))


def _edtf(date: Dated) -> Edtf | None:
    if not date.value:
        return None
    try:
        return meant(parse(date.value), date.mod)
    except DateError:  # written by another program
        return None


def _relation(one: Dated, two: Dated) -> Relation:
    ours, theirs = _edtf(one), _edtf(two)
    return "open" if ours is None or theirs is None else relation(ours, theirs)


def _verdict(one: EventClaim, two: EventClaim, found: Relation) -> Verdict:
    ours, theirs = _edtf(one.readings[0]), _edtf(two.readings[0])
    if found == "open" or ours is None or theirs is None:
        return "open"
    sorts = {_SORTS.get(one.modality, "fact"), _SORTS.get(two.modality, "fact")}
    if "denial" in sorts:
        if sorts == {"denial"}:
            return "differ" if found == "disjoint" else _VERDICTS[found]
        # That it was called off contradicts only that it took place.
        held = "fact" in sorts and "cancelled" in (one.modality, two.modality) and found != "disjoint"
        return "conflict" if held else "differ"
    if found == "overlapping" and is_exact(ours) and is_exact(theirs):
        found = "disjoint"  # each names a day that the other rules out
    if found == "disjoint" and (len(sorts) > 1 or "possibility" in sorts or is_rough(ours) or is_rough(theirs)):
        return "differ"
    if found == "overlapping" and len(sorts) > 1:
        return "differ"
    return _VERDICTS[found]


def _sentence(one: EventClaim, two: EventClaim, found: Relation, verdict: Verdict, others: Sequence[Relation]) -> str:
    says = f"{one.name} says {_dated(one)}; {two.name} says {_dated(two)}. {_why(one, two, found, verdict)}"
    if others:
        says += f" If the other publication date is right, {_reads(others)}."
    return says


def _dated(claim: EventClaim) -> str:
    date = _edtf(claim.readings[0])
    words = f"{describe(date)}" if date is not None else f"“{claim.words}”, which has no date"
    return f"{words} ({claim.modality})" if claim.modality not in ("", "asserted") else words


def _why(one: EventClaim, two: EventClaim, found: Relation, verdict: Verdict) -> str:
    ours, theirs = _edtf(one.readings[0]), _edtf(two.readings[0])
    if ours is None or theirs is None:
        return "Without a date, they can't be compared."
    match verdict:
        case "agree":
            return "They agree."
        case "open":
            return "An end isn't known, so it can't be said whether they agree."
        case "refine":
            return "One is more precise, and they don't contradict each other."
        case "overlap":
            return f"Both are true if it is {_common(ours, theirs)}."
        case "differ":
            return _no_contradiction(one, two, rough=is_rough(ours) or is_rough(theirs))
    if found == "disjoint":
        later = f" It was said on different days: {_day(one.said)} and {_day(two.said)}." if _apart(one, two) else ""
        return f"No day fits both.{later}"
    if "cancelled" in (one.modality, two.modality):
        return "One says that it took place, the other that it was canceled."
    return f"Only {_common(ours, theirs)} is in both."


def _no_contradiction(one: EventClaim, two: EventClaim, *, rough: bool) -> str:
    sorts = [_SORTS.get(each.modality, "fact") for each in (one, two)]
    if "denial" in sorts:
        return "They don't contradict each other: a date that is denied leaves the others possible."
    if sorts[0] != sorts[1]:
        return f"They don't contradict each other: one says {_SAYS[sorts[0]]}, the other {_SAYS[sorts[1]]}."
    if rough:
        return "One date is only approximate, so both can be true."
    return "They don't contradict each other: both name a possibility."


def _common(one: Edtf, two: Edtf) -> str:
    """Return the days that both values can mean, in words."""
    runs = [_run(first, last) for first, last in shared(one, two)]
    return " or ".join(runs) if runs else "later or earlier than they say"


def _run(first: Day, last: Day) -> str:
    start, end = (f"{year:04}-{month:02}-{day:02}" for year, month, day in (first, last))
    return describe(parse(start if start == end else f"{start}/{end}"))


def _apart(one: EventClaim, two: EventClaim) -> bool:
    """Return whether two claims are known to have been made on different days."""
    said = _edtf(Dated(one.said)), _edtf(Dated(two.said))
    return said[0] is not None and said[1] is not None and relation(said[0], said[1]) == "disjoint"


def _day(said: str) -> str:
    return describe(parse(said))


_READS: dict[Relation, str] = {
    "equal": "they agree",
    "within": "one is more precise than the other",
    "contains": "one is more precise than the other",
    "alternative": "one leaves open what the other says",
    "overlapping": "they overlap",
    "disjoint": "no day fits both",
    "open": "they can't be compared",
}


def _reads(others: Sequence[Relation]) -> str:
    return " or ".join(dict.fromkeys(_READS[each] for each in others))
