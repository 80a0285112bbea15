"""Scheduled backups: when the next one is due, which earlier ones are kept, and whether there are problems."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from labeling.errors import StoreError
from labeling.quantities import many
from labeling.services.backup import FOLDER, back_up
from labeling.services.jobs import Job
from labeling.store.accounts.copies import accounts_copy
from labeling.store.contract import Store
from labeling.store.project import Store as ProjectStore
from labeling.store.project_file import key_path

#: The kind of these jobs, and who starts them.
KIND, BY = "backup", "the server"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_PERIOD = re.compile(r"([1-9]\d{0,3})([mhdw])", re.ASCII)
_MOMENT = "%Y%m%dT%H%M%SZ"
#: Free space is low below this many bytes, and below this many times the size of the project.
_LOW, _LOW_TIMES = 500_000_000, 2
#: For how long a backup may be overdue before that is reported, in intervals.
_OVERDUE = 2


class Keep(NamedTuple):
    """How many backups are kept: the newest one of each of the last hours, days and weeks that have one."""

    hours: int = 24
    days: int = 7
    weeks: int = 4


class Schedule(NamedTuple):
    """Where backups go, how often one is made, and which are kept."""

    folder: Path
    every: timedelta
    keep: Keep


class BackupStatus(NamedTuple):
    """The time of the newest backup (UTC), how many are kept, and what is wrong, in sentences."""

    newest: datetime | None
    kept: int
    problems: list[str]


def read_interval(written: str) -> timedelta:
    """Return the interval that is written as 30m, 6h, 1d or 1w; raises StoreError."""
    found = _PERIOD.fullmatch(written.strip())
    if not found:
        raise StoreError(f"“{written}” is not an interval; write it as 30m, 6h, 1d or 1w")
    return int(found[1]) * _UNITS[found[2]]


def read_keep(written: str) -> Keep:
    """Return how many backups are kept, written as 24h,7d,4w: of hours, of days and of weeks; raises StoreError."""
    found = {}
    for part in written.split(","):
        match = _PERIOD.fullmatch(part.strip())
        if not match or match[2] == "m" or match[2] in found:
            raise StoreError(
                f"“{written}” isn't valid; write it as 24h,7d,4w, which keeps the newest backup for each of the last 24 "
                "hours, 7 days and 4 weeks that have one"
            )
        found[match[2]] = int(match[1])
    return Keep(found.get("h", 0), found.get("d", 0), found.get("w", 0))


def require_usable(folder: Path, project: Path) -> None:
    """Raise StoreError unless backups of a project can go to a folder; it isn't the one of the projects or of `saywhen backup`."""
    if not folder.is_dir():
        raise StoreError(f"the folder {folder} for backups doesn't exist; create it first")
    if folder.samefile(project.absolute().parent):
        raise StoreError(
            f"{folder} contains the projects themselves; choose another folder for backups, preferably on another disk"
        )
    by_hand = project.absolute().parent / FOLDER
    if by_hand.is_dir() and folder.samefile(by_hand):
        raise StoreError(
            f"{folder} is where “saywhen backup” writes, and a schedule would delete those backups; choose another folder"
        )


def outdated(times: Collection[datetime], keep: Keep) -> list[datetime]:
    """Return the times of backups that aren't kept, the oldest first; the newest backup always is."""
    newest_first = sorted(times, reverse=True)
    kept = set(newest_first[:1])
    for most, period in ((keep.hours, "%Y-%m-%d %H"), (keep.days, "%Y-%m-%d"), (keep.weeks, "%G-%V")):
        newest: dict[str, datetime] = {}
        for at in newest_first:
            newest.setdefault(at.strftime(period), at)
        kept |= set([*newest.values()][:most])
    return [at for at in reversed(newest_first) if at not in kept]


def backups_of(folder: Path, project: Path) -> dict[datetime, Path]:
    """Return the backups of a project in a folder that a schedule made, by their time (UTC)."""
    found = {}
    for path in folder.glob("*.db"):
        stem, _, moment = path.stem.rpartition("-")
        if stem == project.stem and re.fullmatch(r"\d{8}T\d{6}Z", moment, re.ASCII):
            found[datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)] = path
    return found


def is_due(schedule: Schedule, project: Path, now: datetime) -> bool:
    """Return whether a backup of a project is due; those from the future, because the clock was set back, don't count."""
    newest = max((at for at in backups_of(schedule.folder, project) if at <= now), default=None)
    return newest is None or now - newest >= schedule.every


def make(store: Store, schedule: Schedule, job: Job) -> list[str]:
    """Make a backup, as the work of a job, and delete the ones that are no longer kept; raises StoreError.

    The copy is checked, as `backup.back_up` does, before it gets its name, and nothing is deleted unless it was made.
    """
    assert isinstance(store, ProjectStore)
    # What a backup that was cut off has left: no other one is made here at the same time.
    for leftover in schedule.folder.glob(f".{store.path.stem}-*Z.db.????????*"):
        leftover.unlink(missing_ok=True)
    now = datetime.now(UTC)
    path, held = back_up(store, schedule.folder / f"{store.path.stem}-{now.strftime(_MOMENT)}.db", tick=job.tick)
    there = backups_of(schedule.folder, store.path)
    # Those of the future, by a clock that was wrong, are left alone.
    gone = outdated([at for at in there if at <= now], schedule.keep)
    for at in gone:
        for file in _files(there[at]):
            file.unlink(missing_ok=True)
    removed = f" {many(len(gone), 'earlier backup was', 'earlier backups were')} deleted." if gone else ""
    return [
        f"{path.name} has {many(held.articles, 'article')} and {many(held.edits, 'edit')} and was verified.{removed}"
    ]


def _files(backup: Path) -> Iterator[Path]:
    """Yield the files of a backup, the project itself last, so that no part of it stays without it."""
    yield from (key_path(backup), accounts_copy(backup), backup)


def backup_status(store: Store, schedule: Schedule | None, now: datetime) -> BackupStatus:
    """Return the status of a project's backups; without a schedule, only whether its disk has enough space."""
    problems = [words for folder in _folders(store, schedule) if (words := _low(folder, store.path))]
    if schedule is None:
        return BackupStatus(None, 0, problems)
    with store.reading() as project:
        last = next((each for each in project.jobs.all(100) if each.kind == KIND and each.state != "running"), None)
    try:
        there = backups_of(schedule.folder, store.path) if schedule.folder.is_dir() else {}
    except OSError:
        there = {}
    newest = max((at for at in there if at <= now), default=None)
    if last and last.state in ("failed", "interrupted"):
        why = " ".join(last.report) or "the server was stopped"
        problems.insert(0, f"The last backup, at {last.at[:16].replace('T', ' ')} UTC, failed: {why}")
    elif newest and now - newest > _OVERDUE * schedule.every:
        problems.insert(0, f"No backup has been made since {newest:%Y-%m-%d %H:%M} UTC.")
    return BackupStatus(newest, len(there), problems)


def _folders(store: Store, schedule: Schedule | None) -> list[Path]:
    """Return the folders whose disks are needed, one for each disk."""
    folders = [store.path.absolute().parent, *([schedule.folder] if schedule else [])]
    return [*{path.stat().st_dev: path for path in reversed(folders) if path.is_dir()}.values()]


def _low(folder: Path, project: Path) -> str | None:
    free = shutil.disk_usage(folder).free
    if free >= max(_LOW, _LOW_TIMES * project.stat().st_size):
        return None
    return f"The disk of {folder} has only {free / 1_000_000:,.0f} MB left. When it is full, nothing can be saved any more."
