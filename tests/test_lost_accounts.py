"""A project remembers that it has accounts: it isn't open to everyone when their file is gone. What is logged stays bounded."""

from __future__ import annotations

from pathlib import Path

import forked
import pytest
from running import Server
from signed_in import PASSWORD, Desk

from labeling.audit import Event
from labeling.schema import Schema
from labeling.services.accounts import SignIn
from labeling.store.accounts import audit, wrong_passwords
from labeling.store.project import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(tmp_path: Path, news: Schema) -> Desk:
    """A project with accounts; nothing serves it."""
    return Desk(Store.create(tmp_path / "project.db", news))


def lose(desk: Desk) -> None:
    """Take the accounts file away, with what belongs to it."""
    desk.accounts.close()
    for file in desk.store.path.parent.glob("accounts.db*"):
        file.rename(file.with_name(f"lost-{file.name}"))


def test_without_its_accounts_a_project_is_not_served_and_gives_no_tokens(desk: Desk) -> None:
    lose(desk)
    with pytest.raises(RuntimeError, match=r"has accounts, but their file accounts\.db is not next to it"):
        desk.server.start()
    done = forked.run("token", "--project", desk.store.path, "--as", "Lea")
    assert done.returncode == 1
    assert b"saywhen accounts disable" in done.stderr
    assert forked.run("export", "--project", desk.store.path, "--to", desk.store.path.parent / "out").returncode == 0


def test_a_copy_of_the_project_elsewhere_is_not_open_either(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    copy = tmp_path / "elsewhere" / "project.db"
    assert forked.run("backup", "--project", desk.store.path, copy).returncode == 0
    (tmp_path / "elsewhere" / "accounts.db").unlink(missing_ok=True)
    with pytest.raises(RuntimeError, match="has accounts, but their file"):
        Server(copy).start()


def test_accounts_that_are_put_back_work_again(desk: Desk) -> None:
    lose(desk)
    for file in desk.store.path.parent.glob("lost-*"):
        file.rename(file.with_name(file.name.removeprefix("lost-")))
    desk.server.start()
    try:
        link = desk.links["Lea"]
        assert desk.visitor().post(f"/sign-in/link/{link}", data={"password": PASSWORD}).status_code == 303
    finally:
        desk.server.stop()


def test_a_project_that_was_served_with_accounts_before_it_could_remember_does_so_from_then_on(desk: Desk) -> None:
    with desk.store.writing() as project:
        project.team.set_accounts(False)
    desk.server.start()
    desk.server.stop()
    with desk.store.reading() as project:
        assert project.team.has_accounts()


def test_accounts_are_disabled_only_on_purpose(desk: Desk) -> None:
    refused = forked.run("accounts", "disable", "--project", desk.store.path)
    assert refused.returncode == 1
    assert b"move it to another folder first" in refused.stderr
    lose(desk)
    done = forked.run("accounts", "disable", "--project", desk.store.path)
    assert done.returncode == 0
    assert b"can use any name" in done.stderr
    desk.server.start()
    desk.server.stop()


def test_a_project_without_accounts_is_served_as_before(tmp_path: Path, news: Schema) -> None:
    server = Server(Store.create(tmp_path / "project.db", news).path)
    server.start()
    server.stop()


def test_only_the_newest_sign_ins_stay_in_the_log_and_all_changes_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "KEPT", 20)
    changes = [line for line in desk.managing.log(1000) if line[2] != Event.SIGNED_IN.value]
    with desk.accounts.writing() as unit:
        unit.people.add_identity(1, "https://id.example", "1")
    door = SignIn(desk.accounts, desk.store.id)
    for _ in range(60):
        assert door.with_identity("https://id.example", "1", address="", agent="")
    log = desk.managing.log(1000)
    assert [line for line in log if line[2] != Event.SIGNED_IN.value] == changes
    assert sum(line[2] == Event.SIGNED_IN.value for line in log) == 20


def test_an_account_remembers_only_the_last_addresses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_passwords, "KNOWN_ADDRESSES", 3)
    for account in (1, 2):
        with desk.accounts.writing() as unit:
            for number in range(10):
                unit.wrong_passwords.forget(account, "x@example.org", f"192.0.2.{number}", float(number))
    with desk.accounts.reading() as unit:
        for account in (1, 2):
            assert unit.wrong_passwords.addresses(account) == ["192.0.2.9", "192.0.2.8", "192.0.2.7"]
