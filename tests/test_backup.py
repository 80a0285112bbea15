"""Backups made while people work, and put back: whole, checked, with the key, and never over anything."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import invoke
from proxies import free_port
from running import Server
from writers import close, crowd, made, ops_in

from labeling.errors import AccessError, StoreError
from labeling.services.accounts import Administration, SignIn
from labeling.services.backup import back_up
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.project import Store
from labeling.store.project_file import key_path
from labeling.web.access import Access


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project for eight writers."""
    made(tmp_path / "project.db")
    return tmp_path / "project.db"


@pytest.fixture
def server(project: Path) -> Iterator[Server]:
    """A server of the project, not started yet."""
    server = Server(project)
    yield server
    server.kill()


@pytest.mark.slow
def test_a_backup_taken_while_eight_people_save_is_restored_after_a_kill_with_all_that_was_saved_before_it(
    server: Server, tmp_path: Path
) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(20)
        before = writers.acknowledged
        made_ = invoke("backup", tmp_path / "b.db", "--project", server.project)
        assert made_.exit_code == 0, made_.stderr
        assert re.search(
            r"b\.db: 8 articles, 8 people, \d+ edits; last edit \d{4}-\d\d-\d\d .* by writer\d", made_.stdout
        )
        writers.wait_for(20)
        server.kill()
    in_backup = set(ops_in(tmp_path / "b.db"))
    assert in_backup >= before
    done = invoke("restore", tmp_path / "b.db", "--project", server.project)
    assert done.exit_code == 0, done.stderr
    later = len(writers.acknowledged - in_backup)
    missing = re.search(r"Newer than the backup, and not in it: (\d+) edits by 8 people in 8 annotations", done.stdout)
    assert missing and int(missing[1]) >= later
    aside = next(tmp_path.glob("project.db.before-restore-*Z"))
    assert f"The previous project file is now {aside}." in done.stdout
    assert set(ops_in(aside)) >= writers.acknowledged
    assert set(ops_in(server.project)) == in_backup
    assert invoke("check", "--project", server.project).exit_code == 0
    server.start()
    person = writers.writers[0]
    last = max(number for client, number in in_backup if client == person.client)
    status, answer = person.save(last + 1)
    assert (status, answer["confirmed"]) == (200, last + 1)


@pytest.mark.slow
def test_a_project_is_not_restored_while_it_is_served(server: Server, tmp_path: Path) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(3)
        invoke("backup", tmp_path / "b.db", "--project", server.project)
        done = invoke("restore", tmp_path / "b.db", "--project", server.project)
        assert done.exit_code == 1
        assert "is in use; stop its server" in done.stderr
        writers.wait_for(3)
    assert not list(tmp_path.glob("*before-restore*"))
    assert writers.refusals == set()


def test_a_project_is_not_restored_under_the_server_of_a_file_that_was_replaced(server: Server, tmp_path: Path) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(3)
    invoke("backup", tmp_path / "b.db", "--project", server.project)
    invoke("backup", tmp_path / "c.db", "--project", server.project)
    (tmp_path / "b.db").rename(server.project)
    done = invoke("restore", tmp_path / "c.db", "--project", server.project)
    assert done.exit_code == 1
    assert "is in use; stop its server" in done.stderr


@pytest.mark.parametrize("existing", ["b.db", "b.db-wal", "b.db-shm", ".b.db.key"])
def test_a_backup_never_replaces_a_file(project: Path, tmp_path: Path, existing: str) -> None:
    Access(project, "id")
    (tmp_path / existing).write_text("mine")
    done = invoke("backup", tmp_path / "b.db", "--project", project)
    assert done.exit_code == 1
    assert f"{existing} already exists" in done.stderr
    assert (tmp_path / existing).read_text() == "mine"
    assert not list(tmp_path.glob(".b.db.*")) or existing == ".b.db.key"


def test_a_backup_without_a_name_goes_to_a_folder_beside_the_project(project: Path) -> None:
    done = invoke("backup", "--project", project)
    assert done.exit_code == 0, done.stderr
    (copy,) = (project.parent / "backups").glob("*.db")
    assert re.fullmatch(r"project-\d{8}T\d{6}Z\.db", copy.name)
    assert str(copy) in done.stdout


def test_sign_ins_hold_after_a_restore_on_another_machine(project: Path, tmp_path: Path) -> None:
    store = Store.open(project)
    token, _ = Access(project, store.id).token("ana")
    close(store)
    invoke("backup", tmp_path / "b.db", "--project", project)
    assert stat.S_IMODE(key_path(tmp_path / "b.db").stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = invoke("restore", tmp_path / "b.db", "--project", elsewhere / "desk.db")
    assert done.exit_code == 0, done.stderr
    assert "previous project file" not in done.stdout
    moved = elsewhere / "desk.db"
    assert Access(moved, Store.open(moved).id).annotator(token) == "ana"
    assert stat.S_IMODE(key_path(moved).stat().st_mode) == 0o600


@pytest.mark.parametrize("fault", ["torn", "text", "other", "newer", "missing", "itself"])
def test_what_is_no_sound_backup_is_refused_and_the_project_stays(project: Path, tmp_path: Path, fault: str) -> None:
    backup = tmp_path / "b.db"
    invoke("backup", backup, "--project", project)
    expected = {
        "torn": "is damaged", "text": "file is not a database.*use another backup", "other": "is not a SayWhen project",
        "newer": "newer SayWhen", "missing": "there is no backup at", "itself": "is the project itself",
    }[fault]  # fmt: skip
    if fault == "torn":
        backup.write_bytes(backup.read_bytes()[:-4096])
    elif fault == "text":
        backup.write_text("not a database " * 500)
    elif fault == "other":
        backup.unlink()
        with closing(sqlite3.connect(backup)) as connection:
            connection.execute("CREATE TABLE op (a)")
    elif fault == "newer":
        with closing(sqlite3.connect(backup)) as connection:
            connection.execute("PRAGMA user_version = 999")
    elif fault == "missing":
        backup.unlink()
    source = project if fault == "itself" else backup
    before = project.read_bytes()
    done = invoke("restore", source, "--project", project)
    assert done.exit_code == 1
    assert re.search(expected, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert project.read_bytes() == before
    assert not list(tmp_path.glob("*before-restore*"))
    assert not list(tmp_path.glob(".project.db.*[0-9a-f]"))


def test_a_damaged_project_is_kept_aside_and_the_backup_takes_its_place(project: Path, tmp_path: Path) -> None:
    invoke("backup", tmp_path / "b.db", "--project", project)
    project.write_bytes(b"\0" * 10_000)
    done = invoke("restore", tmp_path / "b.db", "--project", project)
    assert done.exit_code == 0, done.stderr
    assert "The previous project file can't be read" in done.stdout
    (aside,) = tmp_path.glob("project.db.before-restore-*Z")
    assert aside.read_bytes() == b"\0" * 10_000
    assert invoke("check", "--project", project).exit_code == 0


def test_a_backup_that_is_stopped_leaves_nothing(project: Path, tmp_path: Path) -> None:
    def stop(what: str, done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(Store.open(project), tmp_path / "b.db", tick=stop)
    assert [path.name for path in tmp_path.iterdir() if "b.db" in path.name] == []


def test_a_backup_is_one_state_of_the_project_however_many_write_meanwhile(project: Path, tmp_path: Path) -> None:
    store = Store.open(project)
    ended = threading.Event()
    pages = []

    def work() -> None:
        other = Store.open(project)
        number = 0
        while not ended.is_set():
            other.sign_in(f"person {number}")
            number += 1
        other.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for number in range(5):
            _, held = back_up(store, tmp_path / f"b{number}.db", tick=lambda what, done, of: pages.append(done))
            assert held.people >= 8
    finally:
        ended.set()
        thread.join()
    assert pages
    people = [Store.open(tmp_path / f"b{number}.db").annotators() for number in range(5)]
    assert people == sorted(people, key=len)


def test_a_served_project_that_is_missing_is_not_made_again(project: Path) -> None:
    Access(project, "id")
    project.unlink()
    done = invoke("serve", "--project", project, "--port", free_port())
    assert done.exit_code == 1
    assert "saywhen restore" in done.stderr
    assert not project.exists()


def test_a_backup_into_a_folder_that_is_not_there_is_refused(project: Path, tmp_path: Path) -> None:
    store = Store.open(project)
    with pytest.raises(StoreError, match="none doesn't exist; create it first"):
        back_up(store, tmp_path / "none" / "b.db")


def test_a_backup_is_not_made_over_a_folder(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("", ".", "..", tmp_path):
        done = invoke("backup", name, "--project", project)
        assert done.exit_code == 1
        assert "already exists; choose another name" in done.stderr


def test_a_restore_leaves_the_folder_of_the_backup_as_it_is(project: Path, tmp_path: Path) -> None:
    store_folder = tmp_path / "safe"
    store_folder.mkdir()
    invoke("backup", store_folder / "b.db", "--project", project)
    before = sorted(store_folder.iterdir())
    done = invoke("restore", store_folder / "b.db", "--project", project)
    assert done.exit_code == 0, done.stderr
    assert "The backup has every edit and article of the previous project file." in done.stdout
    assert sorted(store_folder.iterdir()) == before


def test_a_backup_beside_the_journal_of_another_file_is_refused(server: Server, tmp_path: Path) -> None:
    server.start()
    with crowd(server) as writers:
        writers.wait_for(3)
    server.kill()
    other = tmp_path / "other.db"
    made(other)
    (tmp_path / "project.db-wal").rename(tmp_path / "other.db-wal")
    done = invoke("restore", other, "--project", server.project)
    assert done.exit_code == 1
    assert "is not the file that other.db-wal belongs to" in done.stderr


def test_a_restore_says_that_the_file_before_was_another_project(project: Path, tmp_path: Path) -> None:
    made(tmp_path / "other.db")
    done = invoke("restore", tmp_path / "other.db", "--project", project)
    assert done.exit_code == 0, done.stderr
    assert "The previous project file was a different project." in done.stdout


def test_a_project_behind_a_link_gets_its_key_where_the_server_looks_for_it(project: Path, tmp_path: Path) -> None:
    token, _ = Access(project, Store.open(project).id).token("ana")
    invoke("backup", tmp_path / "b.db", "--project", project)
    disk = tmp_path / "disk"
    disk.mkdir()
    made(disk / "real.db")
    link = tmp_path / "link.db"
    link.symlink_to(disk / "real.db")
    done = invoke("restore", tmp_path / "b.db", "--project", link)
    assert done.exit_code == 0, done.stderr
    assert Access(link, Store.open(link).id).annotator(token) == "ana"
    assert not list(disk.glob(".*key"))


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_accounts_are_in_a_backup_and_restored_where_there_are_none(project: Path, tmp_path: Path) -> None:
    store = Store.open(project)
    accounts = AccountStore.open(accounts_path(project), create=True)
    managing, door = Administration(accounts, store), SignIn(accounts, store.id)
    _, secret = managing.add("Lea", "lea@example.org", leads=True)
    session = door.with_link(secret, "correct horse battery", address="", agent="")
    _, invitation = managing.add("Ana", "ana@example.org")
    assert invoke("backup", tmp_path / "b.db", "--project", project).exit_code == 0
    copy = tmp_path / "b.db.accounts"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    there = tmp_path / "there"
    there.mkdir()
    done = invoke("restore", tmp_path / "b.db", "--project", there / "project.db")
    assert done.exit_code == 0, done.stderr
    assert "Restored 2 accounts. Everyone has to sign in again." in done.stdout
    restored = accounts_path(there / "project.db")
    assert stat.S_IMODE(restored.stat().st_mode) == 0o600
    door = SignIn(AccountStore.open(restored), store.id)
    assert door.of_session(session) is None
    with pytest.raises(AccessError):
        door.account_of_link(invitation)
    asks = door.of_session(door.with_password("lea@example.org", "correct horse battery", address="", agent=""))
    assert asks is not None
    assert (asks.name, asks.annotator) == ("Lea", "Lea")


def test_accounts_of_a_server_are_replaced_only_on_request_and_kept_aside(project: Path, tmp_path: Path) -> None:
    store = Store.open(project)
    accounts = AccountStore.open(accounts_path(project), create=True)
    Administration(accounts, store).add("Lea", "lea@example.org", leads=True)
    store.close()
    assert invoke("backup", tmp_path / "b.db", "--project", project).exit_code == 0
    Administration(accounts, Store.open(project)).add("Ben", "ben@example.org")
    done = invoke("restore", tmp_path / "b.db", "--project", project)
    assert done.exit_code == 0, done.stderr
    assert "left as they are" in done.stdout
    with accounts.reading() as unit:
        assert [account.name for account in unit.people.all()] == ["Ben", "Lea"]
    accounts.close()
    done = invoke("restore", tmp_path / "b.db", "--project", project, "--accounts")
    assert done.exit_code == 0, done.stderr
    with AccountStore.open(accounts_path(project)).reading() as unit:
        assert [account.name for account in unit.people.all()] == ["Lea"]
    [aside] = tmp_path.glob("accounts.db.before-restore-*Z")
    with AccountStore.open(aside).reading() as unit:
        assert [account.name for account in unit.people.all()] == ["Ben", "Lea"]


def test_a_backup_never_replaces_accounts_of_another_backup(project: Path, tmp_path: Path) -> None:
    AccountStore.open(accounts_path(project), create=True)
    (tmp_path / "b.db.accounts").write_text("others")
    done = invoke("backup", tmp_path / "b.db", "--project", project)
    assert done.exit_code == 1
    assert "b.db.accounts already exists" in done.stderr
    assert (tmp_path / "b.db.accounts").read_text() == "others"
    assert not (tmp_path / "b.db").exists()


@pytest.mark.parametrize("was_there", [True, False])
def test_what_root_restores_belongs_to_the_user_of_the_server(project: Path, tmp_path: Path, was_there: bool) -> None:
    """Only root can give files away; for others, they stay their own."""
    user = 12_345 if os.geteuid() == 0 else os.geteuid()
    with closing(Store.open(project)) as store:
        accounts = AccountStore.open(accounts_path(project), create=True)
        Administration(accounts, store).add("Lea", "lea@example.org", leads=True)
        accounts.close()
        Access(project, store.id).token("Lea")
    copy = tmp_path / "monday.db"
    assert invoke("backup", copy, "--project", project).exit_code == 0
    folder = tmp_path / "server"
    folder.mkdir()
    os.chown(folder, user, -1)
    target = folder / "project.db"
    if was_there:
        made(target)
        os.chown(target, user, -1)
    done = invoke("restore", copy, "--project", target)
    assert done.exit_code == 0, done.stderr
    found = {path.name: path.stat().st_uid for path in folder.iterdir()}
    assert {"project.db", "accounts.db", ".project.db.key"} <= found.keys()
    assert {*found.values()} == {user}
