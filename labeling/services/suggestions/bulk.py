"""Suggestions for millions of articles in shards, outside a project, on datatrove's executors.

Each shard is a task. Its predictions get their name only when they are complete, so that a run that was killed leaves no
half a file, and the next run does that shard again as a whole.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple, TypeAlias

import orjson

from labeling import extras
from labeling.annotation.article import Article
from labeling.errors import SuggestionError
from labeling.quantities import many
from labeling.schema import Schema
from labeling.services.suggestions.bulk_shards import Shard, file_system, read_shard, shards_at
from labeling.services.suggestions.sources import SuggestionSource
from labeling.services.suggestions.supervision import Pulse, supervise
from labeling.suggestions.predictions import line_of

Engine: TypeAlias = Literal["local", "slurm", "ray"]

#: The folder beside the predictions that says what is done.
PROGRESS = "_progress"
#: A plan looks at so many articles of so many shards, for so many seconds at most.
_SAMPLE, _SHARDS, _SECONDS = 40, 3, 4.0
#: After so many articles in a row without an answer, a shard fails.
_UNANSWERED = 5
#: How the name of an incomplete file of predictions ends.
_DRAFT = re.compile(r"\.jsonl\.[0-9a-f]{12}\.part\Z")
#: What differs between two runs, in words.
_OTHER = {
    "suggester": "another suggester",
    "version": "another version of it",
    "label_set": "another label set",
    "shards": "other shards",
}


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
class ShardTask:
    """Does the shard whose number is the task's rank; a step of datatrove's pipelines.

    `pulse` is where it shows that it is working, if it runs on this machine.
    """

    address: str
    to: str
    shards: tuple[Shard, ...]
    source: SuggestionSource
    pulse: Pulse | None = None

    def __repr__(self) -> str:
        return f"suggestions of {self.source.name} {self.source.version} for {len(self.shards)} shards"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.pulse:
            _silence()

    def __call__(self, data: object, rank: int, world_size: int) -> Iterator[object]:
        """Write the predictions for a shard, under another name until they are complete; return no documents."""
        shard = self.shards[rank]
        system, root = file_system(self.to)
        target = f"{root}/{shard.output}"
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        # A worker may outlive a run that was killed: no two write to the same file.
        draft = f"{target}.{secrets.token_hex(6)}.part"
        counts: Counter[str] = Counter()
        dropped: Counter[str] = Counter()
        with system.open(draft, "wb") as file:
            for line in self._lines(shard, counts, dropped):
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        with system.open(f"{root}/{PROGRESS}/counts/{rank:05d}.json", "wb") as file:
            file.write(orjson.dumps({**counts, "dropped": dropped}))
        system.mv(draft, target)
        return iter(())

    def _lines(self, shard: Shard, counts: Counter[str], dropped: Counter[str]) -> Iterator[dict[str, Any]]:
        in_a_row = 0
        for row in read_shard(self.address, shard):
            if not isinstance(row, Article):
                counts["unreadable"] += 1
                continue
            made = self.source.of(row)
            if self.pulse:
                self.pulse.beat()
            dropped.update(made.dropped)
            in_a_row = in_a_row + 1 if made.unanswered else 0
            if in_a_row >= _UNANSWERED:
                raise SuggestionError(
                    f"suggester {self.source.name} gave no usable answer for {in_a_row} articles in a row "
                    f"({made.unanswered}); shard {shard.path} will be processed again by the next run"
                )
            if made.unanswered:
                counts["unanswered"] += 1
                continue
            counts["articles"] += 1
            yield line_of(row.id, self.source.name, self.source.version, made.body)


def plan(address: str, to: str, source: SuggestionSource, workers: int) -> BulkPlan:
    """Return the remaining work with an estimate from a sample of the articles; nothing is written.

    Raises StoreError for an address without shards or articles.
    """
    shards = shards_at(address)
    done = _done(to)
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

    With Slurm, jobs are submitted and nothing is returned. `settings` are arguments of Slurm's executor. If a worker is
    killed or stops working, `warn` is called and the remaining shards are started again. Raises MissingExtraError without
    datatrove; SuggestionError if a shard fails, workers are killed again and again, or `to` holds the predictions of
    something else; StoreError for what can't be read or written.
    """
    extras.require("bulk", "suggesting in bulk")
    shards = tuple(shards_at(address))
    _require_same(to, shards, source, label_set)
    with TemporaryDirectory() as folder:
        pulse = Pulse(Path(folder) / "pulse") if engine == "local" else None
        task = ShardTask(address, to, shards, source, pulse)
        executor = _executor(task, engine, workers, f"{to.rstrip('/')}/{PROGRESS}", settings or {})
        if engine == "slurm":
            executor.run()
            return None
        supervise(executor, lambda: len(_done(to)), len(shards), pulse=pulse, tick=tick, warn=warn)
    if len(done := _done(to)) < len(shards):
        first = next(shard.path for number, shard in enumerate(shards) if number not in done)
        raise SuggestionError(
            f"{many(len(shards) - len(done), 'shard')} failed (the first is {first}); see the logs in {to}/{PROGRESS}/logs"
        )
    _remove_drafts(to)
    return _counts(to, len(shards))


def _executor(task: ShardTask, engine: Engine, workers: int, progress: str, settings: Mapping[str, str]) -> Any:
    name = {"local": "LocalPipelineExecutor", "slurm": "SlurmPipelineExecutor", "ray": "RayPipelineExecutor"}[engine]
    made = getattr(importlib.import_module(f"datatrove.executor.{engine}"), name)
    given: dict[str, Any] = {"pipeline": [task], "tasks": len(task.shards), "logging_dir": progress}
    if engine == "slurm":
        if missing := [each for each in ("time", "partition") if each not in settings]:
            raise SuggestionError(f"Slurm needs the {' and the '.join(missing)}, as in --slurm time=10:00:00")
        return made(
            **given, workers=workers, **{key: int(each) if each.isdigit() else each for key, each in settings.items()}
        )
    if engine == "ray":
        try:
            importlib.import_module("ray")
        except ImportError:
            raise SuggestionError("Ray isn't installed; install it with: pip install ray") from None
        return made(**given, workers=workers)
    _silence()
    return made(**given, workers=min(workers, len(task.shards)))


def _silence() -> None:
    """Keep datatrove from printing a page for each shard; errors are raised all the same."""
    importlib.import_module("loguru").logger.disable("datatrove")


def _require_same(to: str, shards: tuple[Shard, ...], source: SuggestionSource, label_set: Schema) -> None:
    """Record which run a folder's predictions are from; raises SuggestionError if it contains anything else.

    datatrove knows a shard by its number only, and would take another run's shards for done. Predictions have the names of
    their shards: written to the folder of the shards, they would replace the articles.
    """
    system, root = file_system(to)
    about = {
        "suggester": source.name,
        "version": source.version,
        "label_set": hashlib.sha256(f"{label_set.name} {label_set.version} {label_set.source}".encode()).hexdigest(),
        "shards": [[*each] for each in shards],
    }
    path = f"{root}/{PROGRESS}/about.json"
    if system.exists(path):
        known = orjson.loads(system.cat_file(path))
        if other := [_OTHER[name] for name in about if known.get(name) != about[name]]:
            raise SuggestionError(
                f"{to} has the predictions of another run, with {' and '.join(other)}; write to another folder"
            )
        return
    outputs = {f"{root}/{shard.output}" for shard in shards}
    if there := sorted(outputs.intersection(system.find(root))):
        raise SuggestionError(f"{there[0]} exists and would be overwritten; write to an empty folder")
    system.makedirs(f"{root}/{PROGRESS}/counts", exist_ok=True)
    with system.open(path, "wb") as file:
        file.write(orjson.dumps(about))


def _done(to: str) -> set[int]:
    """Return the numbers of the shards that are complete."""
    system, root = file_system(to)
    folder = f"{root}/{PROGRESS}/completions"
    if not system.exists(folder):
        return set()
    system.invalidate_cache()
    names = (str(path).rpartition("/")[2] for path in system.ls(folder, detail=False))
    return {int(name) for name in names if name.isdigit()}


def _counts(to: str, shards: int) -> BulkCounts:
    system, root = file_system(to)
    total: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for number in range(shards):
        found = orjson.loads(system.cat_file(f"{root}/{PROGRESS}/counts/{number:05d}.json"))
        dropped.update(found.pop("dropped"))
        total.update(found)
    return BulkCounts(total["articles"], total["unreadable"], total["unanswered"], dropped)


def _remove_drafts(to: str) -> None:
    system, root = file_system(to)
    for path in system.find(root):
        if _DRAFT.search(path):
            system.rm_file(path)
