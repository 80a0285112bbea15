"""The ranker in use: the one that ships, or what the project has learned."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import orjson

from labeling.store.contract import Store
from labeling.suggestions import ranker as rankers
from labeling.suggestions.ranker import Ranker

DEFAULT = Path(rankers.__file__).parent / "default.json"


@lru_cache(maxsize=1)
def default_ranker() -> Ranker:
    """Return the ranker that ships with SayWhen; its weights are in `labeling/suggestions/default.json`."""
    return rankers.of_json(orjson.loads(DEFAULT.read_bytes()))


class RankerInUse:
    """The ranker of a project, read again only if another one is used."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[int, Ranker] | None = None

    def __call__(self) -> Ranker:
        """Return the ranker: one that was learned for features that have changed since counts as none."""
        with self._store.reading() as project:
            version = project.suggestions.in_use()
            if version is None:
                return default_ranker()
            if self._known is None or self._known[0] != version:
                values = project.suggestions.ranker(version)
                assert values is not None
                try:
                    self._known = version, rankers.of_json(values)
                except ValueError:
                    self._known = version, default_ranker()
        return self._known[1]
