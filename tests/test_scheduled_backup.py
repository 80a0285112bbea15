"""Backups on a schedule: made, checked and rotated by the server; what is wrong with them is on the Overview page."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import op
from hypothesis import given
from hypothesis import strategies as st

from labeling.commands.main import main
from labeling.errors import StoreError
from labeling.services import scheduled_backup
from labeling.services.backup import back_up
from labeling.services.jobs import Job, Jobs
from labeling.services.projects import ProjectFolder
from labeling.services.scheduled_backup import Keep, Schedule, backup_status, backups_of, is_due, outdated
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.copies import contents
from labeling.store.project import Store
from labeling.web import backups, location

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    folder = tmp_path / "safe"
    folder.mkdir()
    return Schedule(folder, 6 * HOUR, Keep(2, 1, 0))


def made(store: Store, schedule: Schedule) -> Job:
    job = Jobs(store).start("backup", "Backup", "the server", lambda job: scheduled_backup.make(store, schedule, job))
    assert job.wait(30)
    return job


def empty(schedule: Schedule, store: Store, *times: datetime) -> None:
    for at in times:
        (schedule.folder / f"{store.path.stem}-{at:%Y%m%dT%H%M%SZ}.db").touch()


def test_the_newest_of_the_last_hours_days_and_weeks_are_kept() -> None:
    hourly = [NOON - at * HOUR for at in range(24 * 60)]
    kept = sorted(set(hourly) - set(outdated(hourly, Keep(3, 3, 3))), reverse=True)
    assert kept == [
        NOON, NOON - HOUR, NOON - 2 * HOUR,
        datetime(2026, 11, 17, 23, tzinfo=UTC), datetime(2026, 11, 16, 23, tzinfo=UTC),
        datetime(2026, 11, 15, 23, tzinfo=UTC), datetime(2026, 11, 8, 23, tzinfo=UTC),
    ]  # fmt: skip


@given(
    st.sets(st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC)), max_size=40),
    st.builds(Keep, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)),
)
def test_rotation_keeps_the_newest_and_no_more_than_asked_and_deletes_nothing_the_second_time(
    times: set[datetime], keep: Keep
) -> None:
    kept = times - set(outdated(times, keep))
    assert len(kept) <= max(1, sum(keep))
    assert not times or max(times) in kept
    assert outdated(kept, keep) == []


@pytest.mark.parametrize("wrong", ["", "6", "h", "0h", "6 hours", "1.5h", "-1h"])
def test_an_interval_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(StoreError, match="is not an interval; write it as 30m, 6h, 1d or 1w"):
        scheduled_backup.read_interval(wrong)
    with pytest.raises(StoreError, match="isn't valid; write it as 24h"):
        scheduled_backup.read_keep(wrong)


def test_intervals_and_what_to_keep_are_read() -> None:
    assert scheduled_backup.read_interval("6h") == 6 * HOUR
    assert scheduled_backup.read_keep("24h, 7d,4w") == Keep(24, 7, 4)
    assert scheduled_backup.read_keep("7d") == Keep(0, 7, 0)
    with pytest.raises(StoreError, match="24h,7d,4w"):
        scheduled_backup.read_keep("7d,3d")


def test_a_backup_is_made_with_the_accounts_and_earlier_ones_go_with_all_their_files(
    store: Store, schedule: Schedule
) -> None:
    AccountStore.open(accounts_path(store.path), create=True).close()
    store.append("ana", str(store.next("ana", None)), "client-0", 0, [op(1, "skip")])
    old = [datetime(2020, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    empty(schedule, store, *old)
    for path in backups_of(schedule.folder, store.path).values():
        path.with_name(f"{path.name}.accounts").touch()
        path.with_name(f".{path.name}.key").touch()
    (schedule.folder / "other-20200101T000000Z.db").touch()
    (schedule.folder / f".{store.path.stem}-20200101T000000Z.db.1f3a9c07").touch()
    job = made(store, schedule)
    assert job.state == "done", job.report
    there = backups_of(schedule.folder, store.path)
    # Two hours are kept, of whatever day: the new one and the newest of those before.
    assert sorted(there)[:-1] == [old[2]]
    path = there[max(there)]
    assert contents(path).edits == 1
    assert job.report == [f"{path.name} has 2 articles and 1 edit and was verified. 2 earlier backups were deleted."]
    names = {each.name for each in schedule.folder.iterdir()}
    assert f"{path.name}.accounts" in names
    assert "other-20200101T000000Z.db" in names
    assert not [name for name in names if "20200101" in name and not name.startswith("other")]


def test_a_backup_is_due_after_the_interval_and_when_the_clock_was_set_back(store: Store, schedule: Schedule) -> None:
    assert is_due(schedule, store.path, NOON)
    empty(schedule, store, NOON)
    assert [is_due(schedule, store.path, NOON + hours * HOUR) for hours in (0, 5, 6)] == [False, False, True]
    assert is_due(schedule, store.path, NOON - timedelta(days=2))


def test_a_backup_that_fails_deletes_nothing_and_is_reported_until_the_next_succeeds(
    store: Store, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(schedule, store, NOON - 30 * HOUR, NOON - 31 * HOUR, NOON - 32 * HOUR)

    def full(*_: object, **__: object) -> None:
        raise StoreError("can't copy it (database or disk is full); check the free space")

    with monkeypatch.context() as patch:
        patch.setattr(scheduled_backup, "back_up", full)
        assert made(store, schedule).state == "failed"
    found = backup_status(store, schedule, NOON)
    assert (found.newest, found.kept) == (NOON - 30 * HOUR, 3)
    assert found.problems[0].endswith("failed: can't copy it (database or disk is full); check the free space")
    assert made(store, schedule).state == "done"
    assert backup_status(store, schedule, datetime.now(UTC)).problems == []
    assert (
        backup_status(store, schedule, datetime.now(UTC) + timedelta(days=1))
        .problems[0]
        .startswith("No backup has been made since")
    )


def test_a_disk_that_gets_full_is_reported_also_without_a_schedule(
    store: Store, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 123_000_000))
    for each in (None, schedule):
        [words] = backup_status(store, each, NOON).problems
        assert words.endswith("has only 123 MB left. When it is full, nothing can be saved any more.")


def test_the_server_backs_up_each_project_that_is_due_and_waits_before_it_tries_again(
    store: Store, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "jobs_of", lambda path: jobs)
    jobs, runner = Jobs(store), backups.Backups(schedule, lambda: [store])
    runner.run_once(clock=100.0)
    assert len(backups_of(schedule.folder, store.path)) == 1
    runner.run_once(clock=101.0)
    assert len(jobs.ended(9)) == 1
    # One that can't be made is tried again after some minutes, not at once.
    shutil.rmtree(schedule.folder)
    for clock in (200.0, 201.0, 1000.0, 1001.0, 1700.0):
        runner.run_once(clock=clock)
    assert [each.state for each in jobs.ended(9)] == ["failed", "failed", "done"]


def test_a_folder_that_is_missing_or_has_the_projects_is_refused(store: Store, schedule: Schedule) -> None:
    with pytest.raises(StoreError, match="doesn't exist; create it first"):
        scheduled_backup.require_usable(schedule.folder / "missing", store.path)
    with pytest.raises(StoreError, match="contains the projects themselves"):
        scheduled_backup.require_usable(store.path.parent, store.path)
    by_hand, _ = back_up(store, None)  # named as a schedule names its own, which it deletes
    with pytest.raises(StoreError, match="a schedule would delete those backups"):
        scheduled_backup.require_usable(by_hand.parent, store.path)
    scheduled_backup.require_usable(schedule.folder, store.path)


def test_each_project_in_a_folder_is_backed_up_unless_it_is_archived(
    tmp_path: Path, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ProjectFolder(tmp_path, Store.open)
    for name in ("bridge", "climate"):
        folder.create(name, "news")
    folder.archive("climate", archived=True, by="lea")
    monkeypatch.setattr(backups, "jobs_of", lambda path: Jobs(Store.open(path)))
    backups.Backups(schedule, folder.in_use).run_once(clock=1.0)
    assert [path.name[:7] for path in schedule.folder.glob("*.db")] == ["bridge-"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--backup-to", "missing"], "for backups doesn't exist; create it first"),
        (["--backup-to", "."], "contains the projects themselves; choose another folder"),
        (["--backup-to", "safe", "--backup-every", "6"], "“6” is not an interval"),
        (["--backup-to", "safe", "--keep", "forever"], "“forever” isn't valid; write it as"),
    ],
)
def test_a_server_with_a_schedule_that_cannot_work_does_not_start(
    tmp_path: Path, schedule: Schedule, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in (location.PROJECT_VARIABLE, location.PUBLIC_URL_VARIABLE):
        monkeypatch.setenv(variable, "")  # which the command changes
    done = CliRunner().invoke(main, ["serve", *options])
    assert done.exit_code == 1
    assert words in done.output
