"""A run over shards on datatrove's executors, one task a shard.

What is made of a shard gets its name only when it is complete, so that a run that was killed leaves no half a file, and the
next run does that shard again as a whole.
"""

from __future__ import annotations

import importlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, ClassVar, Literal, Protocol, TypeAlias

import orjson

from labeling import extras
from labeling.annotation.article import Article
from labeling.errors import BulkError
from labeling.formats.reading import Fault
from labeling.quantities import many
from labeling.services.bulk.shards import Shard, file_system, read_shard, shards_at
from labeling.services.bulk.supervision import Pulse, supervise

Engine: TypeAlias = Literal["local", "slurm", "ray"]
#: How many of something there are, such as “articles”, by name.
Counts: TypeAlias = Counter[str]

#: The folder beside the files of a run that says what is done.
PROGRESS = "_progress"
#: How the name of an incomplete file ends.
_DRAFT = re.compile(r"\.[0-9a-f]{12}\.part\Z")


class ShardWork(Protocol):
    """What a run makes of each shard; can be sent to other processes."""

    #: What it makes, for messages, such as “predictions”.
    makes: ClassVar[str]
    #: The suffix of the files that it makes.
    suffix: ClassVar[str]

    def about(self) -> dict[str, tuple[str, str]]:
        """Return what two runs must have in common to share a folder: by name its value, and how to call another one."""
        ...

    def write(self, shard: str, rows: Iterator[tuple[int, Article]], file: IO[bytes], counts: Counts) -> None:
        """Write what is made of a shard's articles, given with the number of their row (from 0), and count it.

        `shard` is the path of the shard below the address.
        """
        ...


@dataclass
class ShardTask:
    """Does the shard whose number is the task's rank; a step of datatrove's pipelines.

    `pulse` is where it shows that it is working, if it runs on this machine.
    """

    address: str
    to: str
    shards: tuple[Shard, ...]
    work: ShardWork
    pulse: Pulse | None = None

    def __repr__(self) -> str:
        return f"{self.work.makes} for {len(self.shards)} shards"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.pulse:
            _silence()

    def __call__(self, data: object, rank: int, world_size: int) -> Iterator[object]:
        """Write the file of a shard, under another name until it is complete; return no documents."""
        shard = self.shards[rank]
        system, root = file_system(self.to)
        target = f"{root}/{shard.output(self.work.makes, self.work.suffix)}"
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        # A worker may outlive a run that was killed: no two write to the same file.
        draft = f"{target}.{secrets.token_hex(6)}.part"
        counts: Counts = Counter()
        with system.open(draft, "wb") as file:
            self.work.write(shard.path, self._articles(shard, counts), file, counts)
        with system.open(f"{root}/{PROGRESS}/counts/{rank:05d}.json", "wb") as file:
            file.write(orjson.dumps(counts))
        system.mv(draft, target)
        return iter(())

    def _articles(self, shard: Shard, counts: Counts) -> Iterator[tuple[int, Article]]:
        for number, row in enumerate(read_shard(self.address, shard)):
            if isinstance(row, Fault):
                counts["unreadable"] += 1
                continue
            yield number, row
            if self.pulse:
                self.pulse.beat()


def run_shards(
    address: str,
    to: str,
    work: ShardWork,
    *,
    engine: Engine = "local",
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
    warn: Callable[[str], None] = lambda reason: None,
) -> Counts | None:
    """Write a file for each shard that has yet to be done; return the counts of all shards.

    With Slurm, jobs are submitted and nothing is returned. `settings` are arguments of Slurm's executor. If a worker is
    killed or stops working, `warn` is called and the remaining shards are started again. Raises MissingExtraError without
    datatrove; BulkError if a shard fails, workers are killed again and again, or `to` holds the files of another run;
    StoreError for what can't be read or written.
    """
    extras.require("bulk", "work in bulk")
    shards = tuple(shards_at(address))
    _require_same(to, shards, work)
    with TemporaryDirectory() as folder:
        pulse = Pulse(Path(folder) / "pulse") if engine == "local" else None
        task = ShardTask(address, to, shards, work, pulse)
        executor = _executor(task, engine, workers, f"{to.rstrip('/')}/{PROGRESS}", settings or {})
        if engine == "slurm":
            executor.run()
            return None
        supervise(executor, lambda: len(done_at(to)), len(shards), pulse=pulse, tick=tick, warn=warn)
    if len(done := done_at(to)) < len(shards):
        first = next(shard.path for number, shard in enumerate(shards) if number not in done)
        raise BulkError(
            f"{many(len(shards) - len(done), 'shard')} failed (the first is {first}); see the logs in {to}/{PROGRESS}/logs"
        )
    remove_drafts(to)
    return _counts(to, len(shards))


def _executor(task: ShardTask, engine: Engine, workers: int, progress: str, settings: Mapping[str, str]) -> Any:
    name = {"local": "LocalPipelineExecutor", "slurm": "SlurmPipelineExecutor", "ray": "RayPipelineExecutor"}[engine]
    if engine == "ray":
        try:
            importlib.import_module("ray")
        except ImportError:
            raise BulkError("Ray isn't installed; install it with: pip install ray") from None
    made = getattr(importlib.import_module(f"datatrove.executor.{engine}"), name)
    given: dict[str, Any] = {"pipeline": [task], "tasks": len(task.shards), "logging_dir": progress}
    if engine == "slurm":
        if missing := [each for each in ("time", "partition") if each not in settings]:
            raise BulkError(f"Slurm needs the {' and the '.join(missing)}, as in --slurm time=10:00:00")
        return made(
            **given, workers=workers, **{key: int(each) if each.isdigit() else each for key, each in settings.items()}
        )
    if engine == "ray":
        return made(**given, workers=workers)
    _silence()
    return made(**given, workers=min(workers, len(task.shards)))


def _silence() -> None:
    """Keep datatrove from printing a page for each shard; errors are raised all the same."""
    importlib.import_module("loguru").logger.disable("datatrove")


def _require_same(to: str, shards: tuple[Shard, ...], work: ShardWork) -> None:
    """Record which run a folder's files are from; raises BulkError if it contains anything else.

    datatrove knows a shard by its number only, and would take another run's shards for done. Files have the names of
    their shards: written to the folder of the shards, they would replace the articles.
    """
    system, root = file_system(to)
    about: dict[str, Any] = {"makes": work.makes, **{name: value for name, (value, _) in work.about().items()}}
    about |= {"shards": [[*each] for each in shards]}
    path = f"{root}/{PROGRESS}/about.json"
    if system.exists(path):
        known = {"makes": "predictions", **orjson.loads(system.cat_file(path))}
        if known["makes"] != work.makes:
            raise BulkError(f"{to} has the {known['makes']} of another run; write to another folder")
        words = {name: other for name, (_, other) in work.about().items()} | {"shards": "other shards"}
        if other := [words[name] for name in words if known.get(name) != about[name]]:
            raise BulkError(
                f"{to} has the {work.makes} of another run, with {' and '.join(other)}; write to another folder"
            )
        return
    outputs = {f"{root}/{shard.output(work.makes, work.suffix)}" for shard in shards}
    if there := sorted(outputs.intersection(system.find(root))):
        raise BulkError(f"{there[0]} exists and would be overwritten; write to an empty folder")
    system.makedirs(f"{root}/{PROGRESS}/counts", exist_ok=True)
    with system.open(path, "wb") as file:
        file.write(orjson.dumps(about))


def done_at(to: str) -> set[int]:
    """Return the numbers of the shards that are complete."""
    system, root = file_system(to)
    folder = f"{root}/{PROGRESS}/completions"
    if not system.exists(folder):
        return set()
    system.invalidate_cache()
    names = (str(path).rpartition("/")[2] for path in system.ls(folder, detail=False))
    return {int(name) for name in names if name.isdigit()}


def _counts(to: str, shards: int) -> Counts:
    system, root = file_system(to)
    total: Counts = Counter()
    for number in range(shards):
        total.update(orjson.loads(system.cat_file(f"{root}/{PROGRESS}/counts/{number:05d}.json")))
    return total


def remove_drafts(to: str) -> None:
    """Remove the incomplete files that runs left when they were killed."""
    system, root = file_system(to)
    for path in system.find(root):
        if _DRAFT.search(path):
            system.rm_file(path)
