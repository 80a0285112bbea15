"""The candidates of articles as the label page gets them, cached for as long as the process runs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from labeling.language import RULES, for_article, propose
from labeling.language.model import CLOSED_CLASSES

#: So many articles' candidates are cached; those of an article of 3 kB take some 10 kB.
_CACHED = 512
_NO_LEXICON: dict[str, list[str]] = {name: [] for name in CLOSED_CLASSES}


@lru_cache(maxsize=_CACHED)
def candidates_json(text: str, language: str | None) -> bytes:
    """Return the candidates of an article with this text and language (BCP 47, if known), as JSON.

    `version` is that of the rules, `language` the article's own or the one that was recognized, `rules` the language
    whose rules were used: null where its language has none yet.
    """
    found = for_article(text, language)
    return orjson.dumps(
        {
            "version": RULES,
            "language": found.tag,
            "rules": found.rules.tag if found.rules else None,
            "lexicon": found.rules.lexicon() if found.rules else _NO_LEXICON,
            **propose(text, found.rules).as_json(),
        }
    )


def with_candidates(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return what the label page needs of an article, with the article's candidates (see docs/languages.md).

    They are computed at first sight.
    """
    article = bundle["article"]
    if article is None:
        return bundle
    return {**bundle, "candidates": orjson.Fragment(candidates_json(article["text"], article["language"]))}
