"""Suggestions for millions of articles in shards: a file of predictions for each."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, ClassVar, NamedTuple

import orjson

from labeling.annotation.article import Article
from labeling.errors import SuggestionError
from labeling.schema import Schema
from labeling.services.bulk.running import Counts, Engine, done_at, run_shards
from labeling.services.bulk.shards import read_shard, shards_at
from labeling.services.suggestions.sources import SuggestionSource
from labeling.suggestions.predictions import line_of

#: A plan looks at so many articles of so many shards, for so many seconds at most.
_SAMPLE, _SHARDS, _SECONDS = 40, 3, 4.0
#: After so many articles in a row without an answer, a shard fails.
_UNANSWERED = 5
#: What the counts of what was dropped begin with.
_DROPPED = "dropped: "


class BulkPlan(NamedTuple):
    """What a run will do, estimated from a sample: articles, seconds with all workers, and bytes written."""

    shards: int
    left: int
    articles: int
    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class BulkCounts:
    """The result of all shards: articles, invalid rows, articles without an answer, and what was dropped."""

    articles: int
    unreadable: int
    unanswered: int
    dropped: Counter[str]


@dataclass
class PredictionWork:
    """Makes the predictions of a suggester."""

    makes: ClassVar[str] = "predictions"
    suffix: ClassVar[str] = ".jsonl"
    source: SuggestionSource
    #: The SHA-256 of the label set.
    label_set: str

    def about(self) -> dict[str, tuple[str, str]]:
        """Return what predictions in one folder have in common."""
        return {
            "suggester": (self.source.name, "another suggester"),
            "version": (self.source.version, "another version of it"),
            "label_set": (self.label_set, "another label set"),
        }

    def write(self, shard: str, rows: Iterator[tuple[int, Article]], file: IO[bytes], counts: Counts) -> None:
        """Write a line for each article that has an answer."""
        in_a_row = 0
        for _, article in rows:
            made = self.source.of(article)
            counts.update({f"{_DROPPED}{reason}": count for reason, count in made.dropped.items()})
            in_a_row = in_a_row + 1 if made.unanswered else 0
            if in_a_row >= _UNANSWERED:
                raise SuggestionError(
                    f"suggester {self.source.name} gave no usable answer for {in_a_row} articles in a row "
                    f"({made.unanswered}); shard {shard} will be processed again by the next run"
                )
            if made.unanswered:
                counts["unanswered"] += 1
                continue
            counts["articles"] += 1
            line = line_of(article.id, self.source.name, self.source.version, made.body)
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def plan(address: str, to: str, source: SuggestionSource, workers: int) -> BulkPlan:
    """Return the remaining work with an estimate from a sample of the articles; nothing is written.

    Raises StoreError for an address without shards or articles.
    """
    shards = shards_at(address)
    done = done_at(to)
    left = [shard for number, shard in enumerate(shards) if number not in done]
    step = max(1, len(left) // _SHARDS)
    sampled = bytes_in = bytes_out = 0
    started = time.perf_counter()
    for shard in left[::step][:_SHARDS]:
        for row in islice(read_shard(address, shard), _SAMPLE):
            if isinstance(row, Article):
                made = source.of(row)
                line = line_of(row.id, source.name, source.version, made.body)
                sampled += 1
                bytes_in += len(row.text.encode())
                bytes_out += len(orjson.dumps(line)) + 1
            if sampled and time.perf_counter() - started > _SECONDS:
                break
    seconds = time.perf_counter() - started
    total = sum(shard.size for shard in left)
    if left and not sampled:
        raise SuggestionError(f"no article could be read from the first rows of {address}; check the column “text”")
    articles = round(total / max(1, bytes_in) * sampled)
    each = 1 / max(1, sampled)
    return BulkPlan(
        len(shards), len(left), articles, articles * seconds * each / max(1, min(workers, len(left))),
        round(articles * bytes_out * each),
    )  # fmt: skip


def suggest_in_bulk(
    address: str,
    to: str,
    source: SuggestionSource,
    label_set: Schema,
    *,
    engine: Engine = "local",
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
    warn: Callable[[str], None] = lambda reason: None,
) -> BulkCounts | None:
    """Write a file of predictions for each shard that has yet to be done; return the counts of all shards.

    It takes, returns and raises what `bulk.running.run_shards` does; and SuggestionError if a suggester fails.
    """
    used = hashlib.sha256(f"{label_set.name} {label_set.version} {label_set.source}".encode()).hexdigest()
    total = run_shards(
        address,
        to,
        PredictionWork(source, used),
        engine=engine,
        workers=workers,
        settings=settings,
        tick=tick,
        warn=warn,
    )
    if total is None:
        return None
    dropped = {key.removeprefix(_DROPPED): count for key, count in total.items() if key.startswith(_DROPPED)}
    return BulkCounts(total["articles"], total["unreadable"], total["unanswered"], Counter(dropped))
