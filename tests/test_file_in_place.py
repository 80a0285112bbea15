"""A project file that is replaced, moved or overwritten while it is served: nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import invoke
from running import Server
from writers import Crowd, close, crowd, made, ops_in, run

from labeling.errors import MovedError, StoreError
from labeling.services.export import write_export
from labeling.store.project import Store

pytestmark = pytest.mark.slow

MOVED = "has been replaced or moved; restart the server"
OVERWRITTEN = "The project file has been overwritten or truncated; stop the server and restore a backup with: saywhen"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of its own, which can be renamed, with a project for eight writers."""
    folder = tmp_path / "desk"
    folder.mkdir()
    made(folder / "project.db")
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """A server of the project; its log lies outside of the folder."""
    server = Server(folder / "project.db")
    server.log = folder.parent / "server.log"
    yield server
    server.kill()


@pytest.fixture
def store(folder: Path) -> Store:
    """The project, open in this process, with a backup that lacks what it does next."""
    store = Store.open(folder / "project.db")
    copied(store.path, folder / "b.db")
    return store


def copied(path: Path, target: Path) -> Path:
    """Copy a project in use as `sqlite3 project.db ".backup b.db"` does."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def journal(path: Path) -> bytes:
    """Return the salt of a project's `-wal`, which is another each time that SQLite begins it again."""
    with open(path.with_name(f"{path.name}-wal"), "rb") as file:
        return file.read(24)[16:]


def wait_for_a_new_journal(writers: Crowd) -> None:
    """Wait until the `-wal` has been started again and everyone has saved to it."""
    before = journal(writers.server.project)
    deadline = time.monotonic() + 120
    while journal(writers.server.project) == before:
        assert time.monotonic() < deadline, "the journal was not begun anew"
        writers.wait_for(1)
    writers.wait_for(2)


def replaced(path: Path) -> None:
    path.with_name("b.db").rename(path)


def moved_away(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def folder_renamed(path: Path) -> None:
    path.parent.rename(path.parent.with_name("archive"))


def wal_deleted(path: Path) -> None:
    path.with_name("project.db-wal").unlink()


KEPT_IN = {
    replaced: "desk/project.db.replaced-*",
    moved_away: "desk/elsewhere.db",
    folder_renamed: "archive/project.db",
    wal_deleted: "desk/project.db",
}


@pytest.mark.parametrize("happens", KEPT_IN)
def test_what_was_acknowledged_before_the_file_went_is_kept_and_nothing_is_acknowledged_after(
    server: Server, folder: Path, happens: Callable[[Path], None]
) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(10)
        copied(server.project, folder / "b.db")
        writers.wait_for(10)
        happens(server.project)
        writers.wait_for_refusals()
        before = writers.acknowledged
        writers.wait_for_refusals()
        assert writers.acknowledged == before
        assert {status for status, _ in writers.refusals} == {503}
        assert all(MOVED in message for _, message in writers.refusals)
    server.stop()
    (kept,) = folder.parent.glob(KEPT_IN[happens])
    found = ops_in(kept)
    assert set(found) >= before
    assert set(found.values()) == {1}
    assert invoke("check", "--project", kept).exit_code == 0


def test_a_backup_put_in_place_under_a_server_opens_whole_after_a_restart(server: Server, folder: Path) -> None:
    server.start()
    writers = crowd(server)
    with writers:
        writers.wait_for(5)
        copied(server.project, folder / "b.db")
        backed_up = set(ops_in(folder / "b.db"))
        writers.wait_for(40)
        replaced(server.project)
        while not any("What had been saved is in" in message for _, message in writers.refusals):
            writers.wait_for_refusals()
    server.stop()
    assert set(ops_in(server.project)) == backed_up
    server.start()
    checked = invoke("check", "--project", server.project)
    assert checked.exit_code == 0, checked.stderr
    status, answer = writers.writers[0].save(1)
    assert status == 200
    assert answer["confirmed"] >= 1


def test_a_file_moved_away_leaves_no_empty_one_in_its_place(server: Server, folder: Path) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(3)
        moved_away(server.project)
        writers.wait_for_refusals()
    server.stop()
    assert not server.project.exists()


def test_two_servers_of_one_file_both_notice_that_it_was_replaced(server: Server, folder: Path) -> None:
    other = Server(server.project)
    other.log = folder.parent / "other.log"
    server.start()
    other.start()
    first = crowd(server)
    second = crowd(other)
    first.writers, second.writers = first.writers[:4], second.writers[4:]
    try:
        with first, second:
            first.wait_for(5)
            second.wait_for(5)
            copied(server.project, folder / "b.db")
            first.wait_for(5)
            second.wait_for(5)
            replaced(server.project)
            first.wait_for_refusals()
            second.wait_for_refusals()
            assert all(MOVED in message for _, message in first.refusals | second.refusals)
        acknowledged = first.acknowledged | second.acknowledged
    finally:
        other.kill()
        server.stop()
    found = [ops_in(each) for each in folder.glob("project.db.replaced-*")]
    assert any(set(each) >= acknowledged and set(each.values()) == {1} for each in found)


def test_a_link_turned_to_another_file_is_noticed_and_the_first_file_keeps_everything(
    server: Server, folder: Path, tmp_path: Path
) -> None:
    real = (folder / "project.db").rename(tmp_path / "real.db")
    made(tmp_path / "other.db")
    server.project.symlink_to(real)
    server.start()
    with crowd(server) as writers:
        writers.wait_for(10)
        server.project.unlink()
        server.project.symlink_to(tmp_path / "other.db")
        writers.wait_for_refusals()
        assert all(status == 503 and MOVED in message for status, message in writers.refusals)
    server.stop()
    assert set(ops_in(real)) >= writers.acknowledged
    assert ops_in(tmp_path / "other.db") == {}


def truncated(path: Path) -> None:
    os.truncate(path, 0)


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def copied_over(path: Path) -> None:
    shutil.copyfile(path.with_name("b.db"), path)


def another_project_copied_over(path: Path) -> None:
    made(path.with_name("other.db"))
    shutil.copyfile(path.with_name("other.db"), path)


@pytest.mark.parametrize("happens", [truncated, cut_in_half, copied_over, another_project_copied_over])
def test_nothing_is_acknowledged_on_a_file_that_was_overwritten_and_a_restore_brings_the_backup_back(
    server: Server, folder: Path, happens: Callable[[Path], None]
) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(5)
        copied(server.project, folder / "b.db")
        backed_up = set(ops_in(folder / "b.db"))
        wait_for_a_new_journal(writers)
        happens(server.project)
        writers.wait_for_refusals(40)
        before = writers.acknowledged
        writers.wait_for_refusals()
        assert writers.acknowledged == before
        final = [each.refusals[-1] for each in writers.writers]
        assert all(status == 503 and OVERWRITTEN in message for status, message in final), final
    server.stop()
    if happens is copied_over:
        assert (folder / "b.db").read_bytes() == server.project.read_bytes()
    restored = invoke("restore", folder / "b.db", "--project", server.project)
    assert restored.exit_code == 0, restored.stderr
    assert set(ops_in(server.project)) == backed_up
    assert invoke("check", "--project", server.project).exit_code == 0


def vacuumed(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def dumped(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(target)) as copy:
        copy.executescript("".join(connection.iterdump()))
        for pragma in ("user_version", "application_id"):
            copy.execute(f"PRAGMA {pragma} = {connection.execute(f'PRAGMA {pragma}').fetchone()[0]}")


@pytest.mark.parametrize("copy", [vacuumed, dumped])
def test_a_copy_with_its_pages_in_other_places_is_noticed_at_once(
    server: Server, folder: Path, copy: Callable[[Path, Path], None]
) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(3)
        copy(server.project, folder / "b.db")
        writers.wait_for(3)
        copied_over(server.project)
        writers.wait_for_refusals(10)
        before = writers.acknowledged
        writers.wait_for_refusals()
        assert writers.acknowledged == before
        assert all(OVERWRITTEN in each.refusals[-1][1] for each in writers.writers)
    server.stop()
    refused = run("check", "--project", server.project)
    assert refused.returncode == 1
    assert "is not the file that project.db-wal belongs to" in refused.stderr
    restored = invoke("restore", folder / "b.db", "--project", server.project)
    assert restored.exit_code == 0, restored.stderr
    assert ops_in(server.project) == ops_in(folder / "b.db")


def test_a_project_that_is_vacuumed_under_its_server_is_saved_to_as_before(server: Server) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(3)
        with closing(sqlite3.connect(server.project, timeout=60)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(FULL)")
        writers.wait_for(10)
    assert writers.refusals == set()
    server.stop()
    assert set(ops_in(server.project)) >= writers.acknowledged


def test_a_backup_copied_over_a_killed_project_is_not_combined_with_the_journal_beside_it(
    server: Server, folder: Path
) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(5)
        copied(server.project, folder / "b.db")
        wait_for_a_new_journal(writers)
    server.kill()
    wal = server.project.with_name("project.db-wal").read_bytes()
    shutil.copyfile(folder / "b.db", server.project)
    for arguments in (["check"], ["serve", "--port", "1"], ["export"]):
        done = run(*arguments, "--project", server.project)
        assert done.returncode == 1
        assert "is not the file that project.db-wal belongs to" in done.stderr
        assert "saywhen restore FILE" in done.stderr
    assert server.project.read_bytes() == (folder / "b.db").read_bytes()
    assert server.project.with_name("project.db-wal").read_bytes() == wal


def test_a_killed_project_opens_with_its_own_journal(server: Server, folder: Path) -> None:
    server.start()
    with crowd(server) as writers:
        wait_for_a_new_journal(writers)
    server.kill()
    assert invoke("check", "--project", server.project).exit_code == 0
    assert set(ops_in(server.project)) >= writers.acknowledged


def test_a_command_beside_a_server_refuses_a_file_that_was_replaced_meanwhile(store: Store) -> None:
    store.sign_in("ana")
    replaced(store.path)
    with pytest.raises(MovedError, match=MOVED):
        store.sign_in("zoe")
    with pytest.raises(MovedError, match=MOVED):
        store.count()
    with pytest.raises(MovedError, match=MOVED):
        list(store.annotated())


def test_an_export_is_not_finished_from_a_file_that_was_replaced_meanwhile(store: Store, folder: Path) -> None:
    lines = store.annotated()
    next(lines)
    replaced(store.path)
    with pytest.raises(MovedError, match=MOVED):
        list(lines)
    with pytest.raises(MovedError, match=MOVED):
        write_export(store, folder / "exports")
    assert not list((folder / "exports").glob("*.jsonl"))


def test_what_had_been_saved_is_kept_though_the_connection_that_notices_is_closed(store: Store, folder: Path) -> None:
    store.sign_in("late")
    lines = store.annotated()
    next(lines)
    replaced(store.path)
    with pytest.raises(MovedError, match="What had been saved is"):
        list(lines)
    deadline = time.monotonic() + 10
    while not (kept := list(folder.glob("project.db.replaced-*"))):
        assert time.monotonic() < deadline, "nothing was kept"
        time.sleep(0.02)
    assert "late" in Store.open_read_only(kept[0]).annotators()


def test_a_file_moved_back_is_worked_on_again(store: Store) -> None:
    moved_away(store.path)
    with pytest.raises(MovedError):
        store.sign_in("ana")
    store.path.with_name("elsewhere.db").rename(store.path)
    store.sign_in("ana")
    assert "ana" in store.annotators()


def test_an_older_main_file_is_noticed_before_the_journal_starts_again(store: Store) -> None:
    store.sign_in("ana")
    connection = store.connection()
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    store.count()
    older = store.path.read_bytes()
    store.sign_in("zoe")
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    store.count()
    store.path.write_bytes(older)
    with pytest.raises(MovedError, match="overwritten or truncated"):
        store.sign_in("eve")


def test_opening_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no project at"):
        Store.open(tmp_path / "none.db")
    with pytest.raises(StoreError, match="there is no project at"):
        Store(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_large_import_beside_a_server_is_no_reason_to_refuse_saves(server: Server, folder: Path) -> None:
    server.start()
    (folder / "many.jsonl").write_text(
        "".join(f'{{"text": "Article {number}. {"words " * 400}"}}\n' for number in range(4_000))
    )
    with crowd(server) as writers:
        writers.wait_for(5)
        done = invoke("import", folder / "many.jsonl", "--project", server.project)
        assert done.exit_code == 0, done.stderr
        writers.wait_for(20)
    assert writers.refusals == set()
    close(Store.open(server.project))
