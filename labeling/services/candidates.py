"""The candidates of articles as the label page gets them, cached for as long as the process runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import orjson

from labeling.language import RULES, for_article, propose
from labeling.language.model import CLOSED_CLASSES
from labeling.store.contract import Store

#: So many articles' candidates are cached; those of an article of 3 kB take some 10 kB.
_CACHED = 512
#: Of each queue, the candidates of so many articles are computed before someone opens them.
_AHEAD = 8
_NO_LEXICON: dict[str, list[str]] = {name: [] for name in CLOSED_CLASSES}


class CandidatesCache:
    """The candidates of the articles that were asked for last, as JSON."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, str | None], bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str, language: str | None) -> bytes | None:
        """Return an article's candidates, None unless they are here."""
        with self._lock:
            found = self._made.get((text, language))
            if found is not None:
                self._made.move_to_end((text, language))
        return found

    def put(self, text: str, language: str | None, made: bytes) -> None:
        """Keep an article's candidates, in place of those that no one has asked for longest."""
        with self._lock:
            self._made[text, language] = made
            while len(self._made) > _CACHED:
                self._made.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._made.clear()


CACHE = CandidatesCache()


def candidates_json(text: str, language: str | None) -> bytes:
    """Return the candidates of an article with this text and language (BCP 47, if known), as JSON.

    `version` is that of the rules, `language` the article's own or the one that was recognized, `rules` the language
    whose rules were used: null where its language has none yet.
    """
    if (made := CACHE.get(text, language)) is not None:
        return made
    found = for_article(text, language)
    made = orjson.dumps(
        {
            "version": RULES,
            "language": found.tag,
            "rules": found.rules.tag if found.rules else None,
            "lexicon": found.rules.lexicon() if found.rules else _NO_LEXICON,
            **propose(text, found.rules).as_json(),
        }
    )
    CACHE.put(text, language, made)
    return made


def are_ready(bundle: dict[str, Any]) -> bool:
    """Return whether `with_candidates` has nothing to compute for an article."""
    article = bundle["article"]
    return article is None or CACHE.get(article["text"], article["language"]) is not None


def with_candidates(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return what the label page needs of an article, with the article's candidates (see docs/languages.md).

    They are computed at first sight, unless `Preparation` came first.
    """
    article = bundle["article"]
    if article is None:
        return bundle
    return {**bundle, "candidates": orjson.Fragment(candidates_json(article["text"], article["language"]))}


class Preparation:
    """Computes the candidates of the articles that come next in people's queues, so that they are there when one is opened."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: set[str] = set()

    def run(self, ready: Callable[[], bool]) -> int:
        """Compute what is missing and return how many articles that was; `ready` is asked before each, and False ends it."""
        found = 0
        for id in self._next():
            if not ready():
                break
            with self._store.reading() as project:
                article = project.articles.get(id)
            if article is not None:
                candidates_json(article.text, article.language)
                found += 1
            self._known.add(id)
        return found

    def _next(self) -> list[str]:
        """Return the articles at the head of each queue that are not known yet, the first of each queue first."""
        heads: list[list[str]] = []
        with self._store.reading() as project:
            for annotator in self._store.annotators():
                head: list[str] = []
                while len(head) < _AHEAD and (id := project.queue.next(annotator, head[-1] if head else None)):
                    if id in head:
                        break
                    head.append(id)
                heads.append(head)
        ids = dict.fromkeys(head[at] for at in range(_AHEAD) for head in heads if at < len(head))
        return [id for id in ids if id not in self._known][:_CACHED]
