"""Jobs: long tasks that run in the background, so that progress survives a reload and others can see it.

A job is a function in a thread of the server. It reports its progress, can be stopped wherever it does, and says in
sentences what it did. The project file has a record of each; one that the server's end cut off is recorded as interrupted
when the server starts again. What a job writes is complete or absent, or committed in parts that it names.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.audit import as_asked
from labeling.errors import SayWhenError
from labeling.store.contract import Store
from labeling.store.values import JobRecord, JobState

#: How many jobs of a project run at once; others wait.
_AT_ONCE = 3
#: How many finished jobs keep their results in memory.
_RESULTS = 20
#: What is recorded in place of the report of a job during which something was removed: the report may name it.
_NOT_KEPT = "Something was removed from the project while this job was running, so its report wasn't kept. If it failed, start it again."


class StoppedError(BaseException):
    """Raised in a job when it reports progress after someone has stopped it; not an Exception, so that it isn't handled as a failure."""


@dataclass
class Job:
    """A job of this server: its record, its progress and its result."""

    record: JobRecord
    #: What it is doing, and how many steps of how many are done; `of` is 0 where that isn't known.
    what: str = ""
    done: int = 0
    of: int = 0
    state: JobState = "running"
    report: list[str] = field(default_factory=list)
    #: What the job returned besides, and the error that ended it, for the page that started it.
    result: Any = None
    error: SayWhenError | None = None
    #: How many removals there were when the job started.
    removals: int = 0
    _stopping: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether the job is still running."""
        return not self._ended.is_set()

    @property
    def stopping(self) -> bool:
        """Whether someone has stopped the job; it ends when it next reports progress."""
        return self._stopping

    def tick(self, what: str, done: int = 0, of: int | None = 0) -> None:
        """Report progress; raises StoppedError once someone has stopped the job."""
        if self._stopping:
            raise StoppedError
        self.what, self.done, self.of = what, done, of or 0

    def stop(self) -> None:
        """Stop the job when it next reports progress."""
        self._stopping = True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the job has ended, at most for some seconds; return whether it has."""
        return self._ended.wait(seconds)


#: The work of a job: it reports progress to the job, sets its `result`, and returns sentences on what it did.
Work = Callable[[Job], Sequence[str]]


class Jobs:
    """The jobs of a project on this server; made once for each project when it is opened."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._live: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._room = threading.Semaphore(_AT_ONCE)
        with store.reading() as project:
            left = any(each.state == "running" for each in project.jobs.all(_RESULTS))
        if left:
            with store.writing() as project:
                project.jobs.interrupt()

    def start(self, kind: str, title: str, by: str, work: Work) -> Job:
        """Start a job and return it. `kind` is what pages know it by, `title` what people read."""
        with self._store.writing() as project:
            job = Job(project.jobs.begin(kind, title, by), removals=project.removals.count())
        with self._lock:
            self._live[job.record.id] = job
            for id in [id for id, each in self._live.items() if not each.running][:-_RESULTS]:
                del self._live[id]
        threading.Thread(target=as_asked(self._run), args=(job, work), name=f"job {job.record.id}", daemon=True).start()
        return job

    def get(self, id: int) -> Job | None:
        """Return a job that this server runs or has run, if it is still in memory."""
        return self._live.get(id)

    def newest(self, kind: str) -> Job | None:
        """Return the newest job of a kind that this server runs or has run."""
        with self._lock:
            return next((job for _, job in sorted(self._live.items(), reverse=True) if job.record.kind == kind), None)

    def running(self) -> list[Job]:
        """Return the running jobs, the oldest first."""
        with self._lock:
            return [job for _, job in sorted(self._live.items()) if job.running]

    def ended(self, most: int) -> list[JobRecord]:
        """Return the records of the latest jobs that have ended, the newest first."""
        going = {job.record.id for job in self.running()}
        with self._store.reading() as project:
            return [each for each in project.jobs.all(most + len(going)) if each.id not in going][:most]

    def _run(self, job: Job, work: Work) -> None:
        job.what = "waiting for other jobs"
        with self._room:
            job.what = "starting"
            try:
                job.tick("starting")
                job.report = [*work(job)]
                job.state = "done"
            except StoppedError:
                job.state = "stopped"
            except SayWhenError as fault:
                job.state, job.error, job.report = "failed", fault, [*job.report, f"{fault}"]
            except BaseException as fault:
                traceback.print_exc(file=sys.stderr)
                job.state, job.report = "failed", [*job.report, f"{type(fault).__name__}: {fault}"]
        try:
            with self._store.writing() as project:
                same = project.removals.count() == job.removals
                project.jobs.end(job.record.id, job.state, job.report if same else [_NOT_KEPT])
        except SayWhenError as fault:
            job.report.append(f"This couldn't be recorded: {fault}")
        finally:
            job._ended.set()
