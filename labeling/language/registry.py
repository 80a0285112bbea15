"""Which languages have rules, and which of them an article is in."""

from __future__ import annotations

from typing import NamedTuple

from labeling.language.chinese import CHINESE
from labeling.language.detection import detect
from labeling.language.english import ENGLISH
from labeling.language.german import GERMAN
from labeling.language.japanese import JAPANESE
from labeling.language.model import Language

#: The languages with rules, by BCP 47 primary subtag. A new one is its module and its line here.
LANGUAGES: dict[str, Language] = {language.tag: language for language in (ENGLISH, GERMAN, CHINESE, JAPANESE)}

_UNDETERMINED = ("", "und", "mul", "zxx", "mis")


class ArticleLanguage(NamedTuple):
    """The language of an article: its BCP 47 tag, and its rules; `rules` is None where there are none yet."""

    tag: str
    rules: Language | None


def for_article(text: str, tag: str | None = None) -> ArticleLanguage:
    """Return the language of an article: by its tag, or without one by script and common words (see `detection`).

    >>> for_article("Der Minister sagte nichts, und das war nicht alles.").tag
    'de'
    >>> for_article("“We go.”", "en-GB").rules.name
    'English'
    """
    primary = (tag or "").lower().partition("-")[0]
    if primary in _UNDETERMINED:
        tag = detect(text)
        primary = tag.partition("-")[0]
    return ArticleLanguage(tag or primary, LANGUAGES.get(primary))
