"""The draw of articles without suggestions, by which work with and without them can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from labeling.errors import SuggestionError


@dataclass(frozen=True, slots=True)
class Withholding:
    """From which share of the articles (0 to 1) suggestions are withheld, and from when on (ISO 8601)."""

    share: float
    at: str


class Arm(NamedTuple):
    """Whether someone works on an article without suggestions, and whether that was drawn or is the same for all articles."""

    withheld: bool
    drawn: bool


def require_share(share: float) -> None:
    """Raise SuggestionError unless a share is from 0 to 1."""
    if not 0 <= share <= 1:
        raise SuggestionError(f"{share:.0%} is not a share; write one from 0 % to 100 %")


def is_withheld(key: str, share: float, annotator: str, article: str) -> bool:
    """Return whether an annotator gets no suggestions for an article, by a draw that only someone with the key can foresee.

    Half of the share is drawn by article, for everyone; the rest by article and annotator. So an article with two annotators
    is done by both with suggestions, by both without, or by one of them without. A larger share holds all of a smaller one.
    """
    if fraction(key, article) < share / 2:
        return True
    return fraction(key, article, annotator) < (share / 2) / (1 - share / 2)


def arm_of(settings: Sequence[Withholding], key: str, annotator: str, article: str, began: str) -> Arm | None:
    """Return the arm of work by the settings, oldest first, at the time it began; None before the first setting."""
    now = next((each for each in reversed(settings) if each.at <= began), None)
    if now is None:
        return None
    return Arm(is_withheld(key, now.share, annotator, article), 0 < now.share < 1)


def fraction(key: str, *parts: str) -> float:
    """Return a hash of the parts from 0 to below 1."""
    digest = blake2b("\0".join(parts).encode(), key=bytes.fromhex(key), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
