"""Which languages dates are read in, by BCP 47 primary subtag. A new one is its module and its line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from labeling.dates import german, tense
from labeling.dates.tense import Direction


def _as_it_is(words: str) -> str:
    return words


@dataclass(frozen=True, slots=True)
class DateLanguage:
    """How dates of a language are read: `in_english` rewrites one in the words that the rules know.

    `direction` says which way a date points, given its sentence up to there.
    """

    name: str
    in_english: Callable[[str], str]
    direction: Callable[[str], Direction]


DATE_LANGUAGES = {
    "en": DateLanguage("English", _as_it_is, tense.direction),
    "de": DateLanguage("German", german.in_english, german.direction),
}


def date_language(tag: str) -> DateLanguage:
    """Return how dates of an article with a BCP 47 tag are read; as English ones where its language isn't known yet."""
    return DATE_LANGUAGES.get(tag.lower().partition("-")[0], DATE_LANGUAGES["en"])
