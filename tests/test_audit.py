"""The audit log: each event of the table is recorded by its real action, with who and from where, and is never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from command_line import invoke
from conftest import add, op
from fastapi.testclient import TestClient

from labeling import audit, extras, schema
from labeling.accounts.providers import Provider
from labeling.adjudication import steps as acts
from labeling.annotation import article
from labeling.assignment import AssignmentPolicy, Member
from labeling.audit import EVENTS, AuditLine, Event, EventKind
from labeling.dataset.plan import Plan
from labeling.errors import AccessError, NotAllowedError, StoreError
from labeling.services.accounts import Administration, ProviderSignIn, SignIn
from labeling.services.audit_trail import chosen, jsonl, trail
from labeling.services.dataset_build import build
from labeling.services.dataset_verify import faults_of_project, manifest
from labeling.services.export import write_export
from labeling.services.importing import Tally, import_uploads, undo_import
from labeling.services.removal import Remover, allow_again
from labeling.services.review import Reviewing
from labeling.store.accounts.copies import end_access
from labeling.store.accounts.database import AccountStore
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.api import build_api

PASSWORD, NEW = "correct horse battery", "tulip river lantern"
WHERE = {"address": "192.0.2.7", "agent": "test"}
TEXT = "“We will go,” said Ana. “On Friday.”"
OTHER = "This is another text."


class Desk:
    """A project with accounts on a server, and the real action of each event."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.create(folder / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
        made, other = article.make(TEXT, title="One"), article.make(OTHER, title="Two")
        list(self.store.add_articles([made, other]))
        self.article = made.id
        self.accounts = AccountStore.open(folder / "accounts.db", create=True)
        self.managing = Administration(self.accounts, self.store)
        self.door = SignIn(self.accounts, self.store.id)
        self.lea, secret = self.managing.add("Lea", "lea@example.org", leads=True, annotates=True)
        self.door.with_link(secret, PASSWORD, **WHERE)
        self.ben, self.link = self.managing.add("Ben", "ben@example.org", annotates=True)
        for id, text, words in ((made.id, TEXT, "We will go"), (other.id, OTHER, "another text")):
            ops = [add(1, "q1", "quote", words, text=text), op(2, "submit")]
            self.store.append("Lea", id, f"client-{id}", 0, ops)
        self.provider = Provider("newsroom", "Newsroom", "https://id.example/", "client", "secret", admit=True)

    def sign_in(self, password: str = PASSWORD) -> Any:
        return self.door.of_session(self.door.with_password("lea@example.org", password, **WHERE))

    def provided(self, subject: str, email: str) -> None:
        claims = {"iss": "https://id.example", "sub": subject, "email": email, "email_verified": True, "name": subject}
        ProviderSignIn(self.accounts, self.store).sign_in(self.provider, claims, **WHERE)

    def refused_roles(self) -> None:
        table = {"project": {"others": frozenset({"annotator"})}}
        claims = {
            "iss": "https://id.example",
            "sub": "lea",
            "email": "lea@example.org",
            "email_verified": True,
            "name": "Lea",
        }
        door = ProviderSignIn(self.accounts, None, project_named={"project": self.store}.get)
        with pytest.raises(NotAllowedError, match="hidden gold needs a lead"):
            door.sign_in(replace(self.provider, projects=table), {**claims, "groups": ["others"]}, **WHERE)

    def wrong(self) -> None:
        with suppress(AccessError):
            self.sign_in("not this one at all")

    def end_session(self) -> None:
        self.managing.end_session(self.lea.id, self.sign_in().session)

    def imported(self) -> None:
        upload = ("three.txt", BytesIO(b"A third text."))
        assert Tally.of(import_uploads(self.store, [upload], kind="txt", by="Lea")).new

    def label_set(self) -> None:
        source = self.store.schema.source.replace("version: 1", "version: 2", 1)
        self.store.migrate(schema.parse(source))

    def policy(self) -> None:
        step = acts.load({"kind": "policy", "number": 1, "rule": "majority"})
        Reviewing(self.store).append("Lea", "client-policy", [step])

    def assigned(self) -> None:
        with self.store.writing() as unit:
            wanted = AssignmentPolicy(2)
            unit.assignments.carry_out(wanted, unit.assignments.propose(wanted), "Lea")

    def hidden(self) -> None:
        with self.store.writing() as unit:
            unit.hidden_gold.hide([self.article], "Lea", "Lea")

    def archived(self, archived: bool) -> None:
        with self.store.writing() as unit:
            unit.team.set_archived(archived, "Lea")

    def importers(self) -> None:
        with self.store.writing() as unit:
            unit.team.set_all_import(True, "Lea")

    def downloaded(self) -> None:
        exports, access = self.folder / "exports", Access(self.store.path, self.store.id)
        client = TestClient(
            build_api(lambda: self.store, lambda: self.store, lambda: access, exports), client=("192.0.2.7", 1)
        )
        name = next(path.name for path in exports.iterdir() if path.is_file())
        assert client.get(f"/exports/{name}", params={"ticket": access.ticket(name)}).status_code == 200

    def dataset(self) -> Path:
        return build(self.store, self.folder / "exports", Plan(source="all", allow=("missing",)), by="Lea").path

    def removed(self) -> None:
        Remover(self.store, self.folder / "exports").articles([self.article], reason="takedown", by="Lea")

    def actions(self) -> dict[Event, Callable[[], object]]:
        managing, ben = self.managing, self.ben.id
        return {
            Event.SIGNED_IN: self.sign_in,
            Event.WRONG_PASSWORD: self.wrong,
            Event.SIGNED_OUT: lambda: self.door.sign_out(self.sign_in(), address="192.0.2.7"),
            Event.ENDED_SESSION: self.end_session,
            Event.ENDED_OTHER_SESSIONS: lambda: managing.end_other_sessions(self.sign_in()),
            Event.ENDED_SESSIONS: lambda: managing.end_sessions(self.lea.id),
            Event.SET_PASSWORD: lambda: self.door.with_link(self.link, PASSWORD, **WHERE),
            Event.CHANGED_PASSWORD: lambda: self.door.change_password(
                self.sign_in(), PASSWORD, NEW, address="192.0.2.7"
            ),
            Event.ADDED: lambda: managing.add("Cleo", "cleo@example.org"),
            Event.TAKEN_OUT: lambda: managing.take_out(managing.by_email("cleo@example.org").id),
            Event.LINKED: lambda: self.provided("cleo", "cleo@example.org"),
            Event.ADMITTED: lambda: self.provided("Mo", "mo@example.org"),
            Event.MADE_LINK: lambda: managing.link(ben),
            Event.CHANGED_NAME: lambda: managing.rename(ben, "Benjamin"),
            Event.SET_ROLES: lambda: managing.set_roles(ben, annotates=True, reviews=True, leads=False),
            Event.MADE_ADMINISTRATOR: lambda: managing.set_administrator(ben, True),
            Event.NO_ADMINISTRATOR: lambda: managing.set_administrator(ben, False),
            Event.MADE_TOKEN: lambda: managing.add_token(ben, "nightly", ["read"]),
            Event.REVOKED_TOKEN: lambda: managing.revoke_token(ben, managing.tokens(ben)[0].id),
            Event.DEACTIVATED: lambda: managing.deactivate(ben),
            Event.ACTIVATED: lambda: managing.activate(ben),
            Event.RESTORED_ACCOUNTS: lambda: end_access(self.accounts.path, 0.0),
            Event.IMPORTED: self.imported,
            Event.UNDID_IMPORT: lambda: undo_import(self.store, 1, "Lea"),
            Event.CHANGED_IMPORTERS: self.importers,
            Event.EXPORTED: lambda: write_export(self.store, self.folder / "exports"),
            Event.BUILT_DATASET: self.dataset,
            Event.DOWNLOADED: self.downloaded,
            Event.CHANGED_LABEL_SET: self.label_set,
            Event.CHANGED_POLICY: self.policy,
            Event.HID_GOLD: self.hidden,
            Event.REFUSED_ROLES: self.refused_roles,
            Event.CHANGED_ASSIGNMENT_POLICY: self.assigned,
            Event.ASSIGNED: lambda: self.reassigned(),
            Event.ARCHIVED: lambda: self.archived(True),
            Event.UNARCHIVED: lambda: self.archived(False),
            Event.REMOVED: self.removed,
            Event.ALLOWED_AGAIN: lambda: allow_again(self.store, 1, "Lea"),
        }

    def reassigned(self) -> None:
        with self.store.writing() as unit:
            there = unit.articles.ids()[1]
            unit.assignments.give([], [(there, "Ben")], "Lea")


@pytest.mark.slow
def test_each_event_of_the_table_is_recorded_by_its_real_action(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "installed", lambda name: False)  # a dataset without charts: they take long
    desk = Desk(tmp_path)
    actions = desk.actions()
    assert actions.keys() == set(Event)
    audit.asked_by("", "192.0.2.7")
    try:
        for event, act in actions.items():
            before = trail(desk.store, desk.accounts)
            act()
            fresh = [
                line for line in trail(desk.store, desk.accounts) if line not in before and line.event == event.value
            ]
            assert fresh, event
            assert {line.address for line in fresh} == {"192.0.2.7"}, event
            assert fresh[0].by or event is Event.WRONG_PASSWORD, event
    finally:
        audit.asked_by("", "")
    lines = trail(desk.store, desk.accounts)
    whole = b"".join(jsonl(lines)).decode()
    for secret in (PASSWORD, NEW, desk.link, "not this one", TEXT[1:11], "@example.org"):
        assert secret not in whole, secret
    assert {line.kind for line in lines} == set(EventKind)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    again = desk.dataset()
    assert "removed from the project for good: 1 article." in (again / "README.md").read_text(encoding="utf-8")
    assert faults_of_project(again, desk.store) == []
    assert "removed" not in manifest(desk.dataset())


def test_every_event_has_a_kind_and_every_kind_has_events() -> None:
    assert sorted(event.value for events in EVENTS.values() for event in events) == sorted(each.value for each in Event)
    assert EVENTS.keys() == set(EventKind)
    assert AuditLine("", "", "", "created a link (reset)", "", {}).kind is EventKind.ACCOUNTS
    assert AuditLine("", "", "", "of a later version", "", {}).kind is None


def test_the_log_of_a_project_is_append_only_and_the_command_prints_it_as_jsonl(store: Store) -> None:
    with store.writing() as unit:
        unit.team.set_members([Member("ana", leads=True)], "ana")
        unit.team.set_archived(True, "ana")
    for change in ("DELETE FROM audit", "UPDATE audit SET address = ''"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection().execute(change)
    folder = store.path.parent
    printed = [orjson.loads(line) for line in invoke("audit", "-p", store.path.name, folder=folder).output.splitlines()]
    assert [(line["by"], line["event"], line["about"]) for line in printed] == [
        ("ana", "set roles", "ana"),
        ("ana", "archived the project", ""),
    ]
    only = invoke("audit", "-p", store.path.name, "--kind", "archiving", "--who", "ana", folder=folder).output
    assert orjson.loads(only)["event"] == "archived the project"
    assert invoke("audit", "-p", store.path.name, "--from", "yesterday", folder=folder).exit_code == 1


def test_lines_are_chosen_by_person_kind_and_day() -> None:
    lines = [
        AuditLine("2026-11-29T23:59:59.999+00:00", "ana", "", "exported", "a.jsonl", {}),
        AuditLine("2026-11-30T00:00:00.000+00:00", "lea", "", "set roles", "ana", {}),
        AuditLine("2026-12-01T00:00:00.000+00:00", "ben", "", "exported", "b.jsonl", {}),
    ]
    assert chosen(lines) == lines
    assert chosen(lines, who="ana") == lines[:2]
    assert chosen(lines, kind=EventKind.EXPORTS) == [lines[0], lines[2]]
    assert chosen(lines, first="2026-11-30", last="2026-11-30") == lines[1:2]
    with pytest.raises(StoreError, match="write it as 2026-11-30"):
        chosen(lines, last="30.11.2026")


def test_leads_see_the_events_of_their_project_and_its_people_only(tmp_path: Path) -> None:
    accounts = AccountStore.open(tmp_path / "accounts.db", create=True)
    stores = [
        Store.create(tmp_path / f"{name}.db", schema.load(schema.SCHEMAS / "news.yaml")) for name in ("one", "two")
    ]
    for store, name in zip(stores, ("Ana", "Ben"), strict=True):
        account, _ = Administration(accounts, store).add(name, f"{name}@example.org")
        Administration(accounts, store).rename(account.id, f"{name} Silva")
    assert {line.about for line in trail(stores[0], accounts, everyone=False)} == {"Ana"}
    assert {line.about for line in trail(stores[0], accounts)} == {"Ana", "Ben"}
    assert [line.event for line in trail(stores[0], accounts) if line.about == "Ben"] == ["changed the name"]
