"""Fragments of a span: half-open stretches of an article, in code points."""

from __future__ import annotations

from labeling.annotation import ops
from labeling.errors import OpError

Fragments = tuple[tuple[int, int], ...]


def checked_fragments(fragments: list[ops.Fragment], text: str) -> Fragments:
    """Return an op's fragments; raises OpError unless they are sorted, apart from each other and quote the text."""
    if not fragments:
        raise OpError("a span needs at least one fragment")
    last = -1
    for part in fragments:
        start, end = part.start, part.end
        if end <= start:
            raise OpError(f"fragment [{start}, {end}) is empty or reversed; its end must come after its start")
        if end > len(text):
            raise OpError(f"fragment [{start}, {end}) ends beyond the text, which has {len(text)} characters")
        if start <= last:
            raise OpError(
                f"fragment [{start}, {end}) touches the previous one; sort the fragments and join those that touch"
            )
        if text[start:end] != part.quote:
            raise OpError(
                f"the text at [{start}, {end}) is “{_short(text[start:end])}”, not “{_short(part.quote)}”; "
                "offsets count Unicode code points"
            )
        last = end
    return tuple([(part.start, part.end) for part in fragments])


def clash(one: Fragments, two: Fragments, overlap: str) -> bool:
    """Return whether two spans overlap (overlap = none) or cross without nesting (overlap = nested)."""
    shared = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in two)
    if overlap == "none" or not shared:
        return shared > 0
    return shared not in (sum(b - a for a, b in one), sum(b - a for a, b in two))


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:39] + "…"
