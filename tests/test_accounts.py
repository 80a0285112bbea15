"""Accounts: what passwords are accepted, who waits, and what sessions, links and tokens open, and for how long."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.accounts import lifetimes, passwords, scopes, slow_down
from labeling.accounts.scopes import Scope
from labeling.accounts.slow_down import Failures
from labeling.accounts.values import Account, email_of
from labeling.errors import AccessError, NotAllowedError, NotFoundError, StoreError, TooManyAttemptsError
from labeling.permissions import Action, Role
from labeling.services.accounts import Administration, SignIn
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.project import Store

GOOD = "correct horse battery"
WHERE = {"address": "10.0.0.1", "agent": "Firefox"}
DAY = 86_400.0


# --- passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "Password1234", "password!2026", "qwertyuiop12", "123456789012", "210987654321", "aaaaaaaaaaaa",
        "abcabcabcabc", "abcdefghijklm", "letmein-letmein", "Summer2026!!!", "adminadmin123", "welcomewelcome", "iloveyou2026",
        "ana.silva2026", "ana@example.org", "-- 2026-11-30 --", "p@ssw0rdp@ssw0rd", "asdfghjklzxcv",
    ],
)  # fmt: skip
def test_the_commonest_passwords_are_refused(password: str) -> None:
    assert "easy to guess" in (passwords.fault(password, ["Ana Silva", "ana@example.org"]) or "")


@pytest.mark.parametrize(
    "password",
    [GOOD, "tulip river lantern", "qwertyuiop tulip", "ÄÖÜ und noch was", "chocolate dragon sunshine", "7f3k9x2m5q8w"],
)
def test_nothing_but_length_is_asked_of_other_passwords(password: str) -> None:
    assert passwords.fault(password, ["Ana Silva", "ana@example.org"]) is None


def test_a_password_has_at_least_twelve_characters() -> None:
    assert passwords.fault("xk8-vq2-pz") == "a password must have at least 12 characters; this one has 10"
    assert "at most 1,000" in (passwords.fault("tulip river " * 100) or "")


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_three_wrong_passwords_cost_nothing_and_then_each_doubles_the_wait() -> None:
    failures, waits = Failures(), []
    for _ in range(14):
        failures = slow_down.after(failures, 100.0)
        waits.append(slow_down.wait(failures, Failures(), Failures(), known=True, now=100.0))
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_a_stranger_who_guesses_never_makes_a_person_wait_where_they_have_signed_in_before() -> None:
    guessed = Failures(10_000, 100.0)
    assert slow_down.wait(Failures(), guessed, guessed, known=True, now=100.0) == 0
    assert slow_down.wait(Failures(), guessed, guessed, known=False, now=100.0) == 5.0


@settings(max_examples=tries(100))
@given(times=st.integers(0, 10**6), age=st.floats(-10, 2 * slow_down.FORGOTTEN), known=st.booleans())
def test_no_one_ever_waits_longer_than_five_minutes_after_the_last_wrong_password(
    times: int, age: float, known: bool
) -> None:
    each = Failures(times, 1000.0)
    wait = slow_down.wait(each, each, each, known=known, now=1000.0 + age)
    assert 0 <= wait <= slow_down.LONGEST
    if age >= slow_down.LONGEST:
        assert wait == 0


def test_wrong_passwords_are_forgotten_after_an_hour() -> None:
    assert slow_down.after(Failures(9, 0.0), slow_down.FORGOTTEN + 1).times == 1


# --- lifetimes and scopes ---------------------------------------------------------------------------------------------


def test_a_session_is_over_when_it_was_idle_or_old() -> None:
    idle, life = lifetimes.SESSION_IDLE, lifetimes.SESSION_LIFE
    assert not lifetimes.session_is_over(0.0, 0.0, idle - 1)
    assert lifetimes.session_is_over(0.0, 0.0, idle)
    assert not lifetimes.session_is_over(0.0, life - 2, life - 1)
    assert lifetimes.session_is_over(0.0, life - 1, life)


def test_the_scopes_allow_what_is_written_out_here_and_nothing_that_only_people_do() -> None:
    allowed = {scope.value: {action.name for action in Action if scopes.allows({scope}, action)} for scope in Scope}
    assert allowed == {
        "read": {
            "READ_OWN_WORK", "READ_LABEL_SET", "READ_REGISTRIES", "READ_DATES", "READ_TEAM", "READ_AGREEMENT",
            "READ_STATISTICS", "READ_SPLITS", "READ_STORIES",
        },
        "import": {"IMPORT_ARTICLES", "IMPORT_WORK"},
        "annotate": {"CHANGE_OWN_WORK", "READ_OWN_WORK", "READ_LABEL_SET", "READ_REGISTRIES", "READ_DATES"},
        "export": {"EXPORT", "DOWNLOAD_EXPORT"},
    }  # fmt: skip
    with pytest.raises(AccessError, match="the scopes are: read, import, annotate, export"):
        scopes.scopes_of(["everything"])
    with pytest.raises(AccessError, match="at least one scope"):
        scopes.scopes_of([])


@pytest.mark.parametrize("written", ["", "ana", "ana@", "@example.org", "a b@example.org", "ana@example.org, x@y.z"])
def test_what_is_no_e_mail_address_is_refused(written: str) -> None:
    with pytest.raises(AccessError, match="is not an e-mail address"):
        email_of(written)


# --- signing in -------------------------------------------------------------------------------------------------------


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(store: Store) -> AccountStore:
    """A fresh accounts file beside the project."""
    return AccountStore.open(accounts_path(store.path), create=True)


@pytest.fixture
def managing(accounts: AccountStore, store: Store, clock: Clock) -> Administration:
    """What the command line does."""
    return Administration(accounts, store, clock=clock)


@pytest.fixture
def door(accounts: AccountStore, store: Store, clock: Clock) -> SignIn:
    """Signing in to the project's server."""
    return SignIn(accounts, store.id, clock)


@pytest.fixture
def lea(managing: Administration, door: SignIn) -> Account:
    """A lead who has set a password."""
    account, secret = managing.add("Lea", "lea@example.org", leads=True)
    door.with_link(secret, GOOD, **WHERE)
    return account


def test_an_invitation_works_once_and_opens_a_session(managing: Administration, door: SignIn, store: Store) -> None:
    account, secret = managing.add("Lea", "Lea@Example.org ", leads=True)
    found, kind = door.account_of_link(secret)
    assert (found.email, kind.value) == ("lea@example.org", "invitation")
    asks = door.of_session(door.with_link(secret, GOOD, **WHERE))
    assert asks is not None
    assert (asks.account, asks.annotator, asks.administrator) == (account.id, "Lea", False)
    with store.reading() as project:
        assert Role.LEAD in project.team.person("Lea").roles
    with pytest.raises(AccessError, match="has been used or has expired"):
        door.with_link(secret, GOOD, **WHERE)


def test_of_two_who_use_one_link_at_the_same_time_one_is_refused(managing: Administration, door: SignIn) -> None:
    _, secret = managing.add("Lea", "lea@example.org")
    outcomes: list[object] = []

    def use() -> None:
        try:
            outcomes.append(bool(door.with_link(secret, GOOD, **WHERE)))
        except AccessError as fault:
            outcomes.append(type(fault))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [AccessError, AccessError, AccessError, True]


def test_a_link_expires_and_a_new_one_replaces_it(managing: Administration, door: SignIn, clock: Clock) -> None:
    account, first = managing.add("Lea", "lea@example.org")
    second, kind = managing.link(account.id)
    assert kind.value == "invitation"
    with pytest.raises(AccessError, match="has been used or has expired"):
        door.account_of_link(first)
    clock.now += lifetimes.INVITATION_LIFE
    with pytest.raises(AccessError, match="has been used or has expired"):
        door.with_link(second, GOOD, **WHERE)


def test_a_refused_password_leaves_the_link_usable(managing: Administration, door: SignIn) -> None:
    _, secret = managing.add("Lea", "lea@example.org")
    with pytest.raises(AccessError, match="at least 12 characters"):
        door.with_link(secret, "short", **WHERE)
    assert door.of_session(door.with_link(secret, GOOD, **WHERE))


def test_a_reset_ends_every_session(managing: Administration, door: SignIn, lea: Account) -> None:
    session = door.with_password("LEA@example.org", GOOD, **WHERE)
    secret, kind = managing.link(lea.id)
    assert kind.value == "reset"
    assert door.of_session(session)
    door.with_link(secret, "another good phrase", **WHERE)
    assert door.of_session(session) is None
    with pytest.raises(AccessError, match="is wrong"):
        door.with_password("lea@example.org", GOOD, **WHERE)


def test_a_new_password_ends_the_other_sessions_only(door: SignIn, lea: Account) -> None:
    here, there = (door.with_password("lea@example.org", GOOD, **WHERE) for _ in range(2))
    asks = door.of_session(here)
    assert asks
    with pytest.raises(AccessError, match="the old password is wrong"):
        door.change_password(asks, "not the old one", "another good phrase", address="10.0.0.1")
    assert door.change_password(asks, GOOD, "another good phrase", address="10.0.0.1") == 2  # the link's too
    assert door.of_session(here)
    assert door.of_session(there) is None


@pytest.mark.parametrize(("email", "password"), [("lea@example.org", "wrong"), ("no.one@example.org", GOOD)])
def test_a_wrong_e_mail_and_a_wrong_password_are_answered_alike(
    door: SignIn, lea: Account, email: str, password: str
) -> None:
    with pytest.raises(AccessError, match="the e-mail or the password is wrong"):
        door.with_password(email, password, **WHERE)


@pytest.mark.parametrize("email", ["lea@example.org", "no.one@example.org"])
def test_guessing_is_slowed_down_whether_or_not_there_is_such_an_account(
    door: SignIn, lea: Account, clock: Clock, email: str
) -> None:
    def guess() -> float:
        try:
            door.with_password(email, "wrong", address="6.6.6.6", agent="")
        except TooManyAttemptsError as fault:
            return fault.seconds
        except AccessError:
            pass
        return 0.0

    assert [guess() for _ in range(4)] == [0, 0, 0, 1.0]
    clock.now += 1.0
    assert [guess(), guess()] == [0, 2.0]
    # Lea, at the desk where she has signed in before, doesn't wait.
    assert door.with_password("lea@example.org", GOOD, **WHERE)


def test_many_guesses_at_once_are_no_way_around_waiting(door: SignIn, lea: Account) -> None:
    found: list[str] = []

    def guess() -> None:
        try:
            door.with_password("lea@example.org", "wrong", address="6.6.6.6", agent="")
        except AccessError as fault:
            found.append(type(fault).__name__)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["AccessError"] * 3 + ["TooManyAttemptsError"] * 9


def test_a_session_ends_by_itself_and_lasts_while_someone_works(door: SignIn, lea: Account, clock: Clock) -> None:
    session = door.with_password("lea@example.org", GOOD, **WHERE)
    end = clock.now + lifetimes.SESSION_LIFE
    while clock.now + lifetimes.SESSION_IDLE / 2 < end:
        assert door.of_session(session)
        clock.now += lifetimes.SESSION_IDLE / 2
    clock.now = end
    assert door.of_session(session) is None


def test_asking_without_using_lets_a_session_go_idle(door: SignIn, lea: Account, clock: Clock) -> None:
    session = door.with_password("lea@example.org", GOOD, **WHERE)
    clock.now += lifetimes.SESSION_IDLE - 1
    assert door.of_session(session, used=False)
    clock.now += 1
    assert door.of_session(session) is None


def test_signing_out_ends_the_session_for_every_process(
    door: SignIn, lea: Account, accounts: AccountStore, store: Store, clock: Clock
) -> None:
    session = door.with_password("lea@example.org", GOOD, **WHERE)
    other = SignIn(AccountStore.open(accounts.path), store.id, clock)
    asks = other.of_session(session)
    assert asks
    other.sign_out(asks)
    assert door.of_session(session) is None


def test_someone_sees_and_ends_their_own_sessions_and_no_one_elses(
    managing: Administration, door: SignIn, lea: Account
) -> None:
    _, secret = managing.add("Ben", "ben@example.org")
    bens = door.of_session(door.with_link(secret, GOOD, **WHERE))
    assert bens
    here = door.with_password("lea@example.org", GOOD, address="10.0.0.2", agent="Chromium")
    asks = door.of_session(here)
    assert asks
    listed = managing.sessions(lea.id)
    assert [(each.address, each.agent) for each in listed] == [("10.0.0.2", "Chromium"), ("10.0.0.1", "Firefox")]
    managing.end_session(lea.id, bens.session)
    assert len(managing.sessions(bens.account)) == 1
    assert managing.end_other_sessions(asks) == 1
    assert [each.id for each in managing.sessions(lea.id)] == [asks.session]


def test_nothing_secret_is_in_the_file(
    managing: Administration, door: SignIn, lea: Account, accounts: AccountStore
) -> None:
    session = door.with_password("lea@example.org", GOOD, **WHERE)
    link, _ = managing.link(lea.id)
    token = managing.add_token(lea.id, "nightly", ["read"])
    stored = "\n".join(sqlite3.connect(accounts.path).iterdump())
    assert "lea@example.org" in stored
    assert [secret for secret in (session, link, token, GOOD) if secret in stored] == []


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_name_in_the_project_is_claimed_and_nothing_in_the_log_is_renamed(
    managing: Administration, door: SignIn, store: Store
) -> None:
    assert managing.unclaimed() == ["ana"]
    with pytest.raises(AccessError, match="let them claim it"):
        managing.add("ana", "ana@example.org")
    _, secret = managing.add("Ana Silva", "ana@example.org", claim="ana", annotates=True)
    asks = door.of_session(door.with_link(secret, GOOD, **WHERE))
    assert asks
    assert (asks.name, asks.annotator) == ("Ana Silva", "ana")
    assert managing.unclaimed() == []
    assert store.annotators() == ["ana"]
    with pytest.raises(AccessError, match="already belongs to the project"):
        managing.add("Mallory", "mallory@example.org", claim="ana")
    with pytest.raises(AccessError, match="no name “zoé” to claim"):
        managing.add("Zoé", "zoe@example.org", claim="zoé")
    with pytest.raises(AccessError, match="reserved for hidden gold"):
        managing.add("hidden gold", "gold@example.org")


def test_a_deactivated_person_is_out_at_once_and_their_work_stays(
    managing: Administration, door: SignIn, lea: Account, store: Store
) -> None:
    session, token = door.with_password("lea@example.org", GOOD, **WHERE), managing.add_token(lea.id, "n", ["read"])
    link, _ = managing.link(lea.id)
    managing.deactivate(lea.id)
    assert door.of_session(session) is None
    assert door.of_token(token) is None
    with pytest.raises(AccessError, match="has been used or has expired"):
        door.account_of_link(link)
    with pytest.raises(AccessError, match="the e-mail or the password is wrong"):
        door.with_password("lea@example.org", GOOD, **WHERE)
    assert "Lea" in store.annotators()
    managing.activate(lea.id)
    assert door.with_password("lea@example.org", GOOD, **WHERE)
    assert door.of_token(token) is None


def test_a_lead_manages_the_people_of_their_project_but_no_administrator_and_no_one_of_two_projects(
    managing: Administration, door: SignIn, lea: Account, accounts: AccountStore, store: Store, clock: Clock
) -> None:
    asks = door.of_session(door.with_password("lea@example.org", GOOD, **WHERE))
    lead = Administration(accounts, store, asks, clock)
    ben, _ = lead.add("Ben", "ben@example.org", annotates=True)
    assert lead.link(ben.id)
    boss, _ = managing.add("Bo", "bo@example.org", administrator=True)
    far, _ = managing.add("Fay", "fay@example.org")
    with accounts.writing() as unit:
        unit.memberships.add(far.id, "another project", "Fay")
    changes: list[Callable[[int], Any]] = [lead.link, lead.deactivate, lead.activate]
    for change in changes:
        for person in (boss, far):
            with pytest.raises(NotAllowedError, match="only administrators"):
                change(person.id)
    with pytest.raises(NotAllowedError, match="only administrators"):
        lead.add("Mo", "mo@example.org", administrator=True)
    with pytest.raises(NotAllowedError, match="your own account"):
        lead.deactivate(lea.id)
    with pytest.raises(NotFoundError, match="no account with the id 99"):
        lead.deactivate(99)


def test_the_audit_log_says_who_did_what(
    managing: Administration, door: SignIn, lea: Account, accounts: AccountStore, store: Store, clock: Clock
) -> None:
    asks = door.of_session(door.with_password("lea@example.org", GOOD, **WHERE))
    lead = Administration(accounts, store, asks, clock)
    ben, _ = lead.add("Ben", "ben@example.org")
    lead.deactivate(ben.id)
    with accounts.reading() as unit:
        log = [(entry.by, entry.what, entry.about) for entry in unit.audit.newest()]
    assert log == [
        (lea.id, "deactivated", ben.id),
        (lea.id, "added to the project", ben.id),
        (lea.id, "signed in", lea.id),
        (lea.id, "signed in", lea.id),
        (lea.id, "set a password by a link", lea.id),
        (None, "added to the project", lea.id),
    ]


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_opens_its_project_until_it_expires_or_is_revoked(
    managing: Administration, door: SignIn, lea: Account, accounts: AccountStore, clock: Clock
) -> None:
    token, other = (managing.add_token(lea.id, name, ["read", "export"], 30 * DAY) for name in ("nightly", "weekly"))
    script = door.of_token(token)
    assert script
    assert (script.annotator, script.scopes) == ("Lea", {Scope.READ, Scope.EXPORT})
    assert SignIn(accounts, "another project", clock).of_token(token) is None
    listed = managing.tokens(lea.id)
    assert [(each.name, each.used) for each in listed] == [("weekly", None), ("nightly", clock.now)]
    managing.revoke_token(lea.id, listed[1].id)
    assert door.of_token(token) is None
    assert door.of_token(other)
    clock.now += 30 * DAY
    assert door.of_token(other) is None


def test_a_token_lasts_a_year_at_most_and_is_for_members_only(
    managing: Administration, lea: Account, accounts: AccountStore
) -> None:
    with pytest.raises(AccessError, match="from 1 to 366 days"):
        managing.add_token(lea.id, "for ever", ["read"], 367 * DAY)
    with accounts.writing() as unit:
        stranger = unit.people.add("Kim", "kim@example.org", administrator=False, now=0.0)
    with pytest.raises(AccessError, match="doesn't belong to the project"):
        managing.add_token(stranger.id, "n", ["read"])


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_its_owners_alone_and_refused_if_others_can_open_it(accounts: AccountStore) -> None:
    assert accounts.path.stat().st_mode & 0o777 == 0o600
    accounts.path.chmod(0o640)
    with pytest.raises(StoreError, match="others on this machine can open"):
        AccountStore.open(accounts.path)


def test_another_file_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (a)")
    other.close()
    path.chmod(0o600)
    with pytest.raises(StoreError, match="is not an accounts file"):
        AccountStore.open(path)
    with pytest.raises(StoreError, match="there is no accounts file"):
        AccountStore.open(tmp_path / "none.db")
    path.write_bytes(b"x" * 5000)
    with pytest.raises(StoreError, match="is not an SQLite file or is damaged"):
        AccountStore.open(path)


def test_a_newer_file_is_refused(accounts: AccountStore) -> None:
    sqlite3.connect(accounts.path).execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="made by a newer SayWhen"):
        AccountStore.open(accounts.path)


def test_a_unit_that_fails_saves_nothing(accounts: AccountStore) -> None:
    with pytest.raises(AccessError), accounts.writing() as unit:
        unit.people.add("Lea", "lea@example.org", administrator=False, now=0.0)
        unit.people.add("Leo", "lea@example.org", administrator=False, now=0.0)
    with accounts.reading() as unit:
        assert unit.people.all() == []


# --- managing people --------------------------------------------------------------------------------------------------


def test_the_roster_lists_people_with_roles_state_and_when_they_were_last_seen(
    managing: Administration, door: SignIn, lea: Account, clock: Clock
) -> None:
    _, link = managing.add("Ana Silva", "ana@example.org", annotates=True, reviews=True)
    ana, lea_there = managing.roster()
    assert (ana.account.name, ana.state, ana.presence.seen, ana.roles.reviews) == ("Ana Silva", "invited", None, True)
    assert (lea_there.state, lea_there.roles.leads) == ("active", True)
    clock.now += 100
    door.with_link(link, GOOD, **WHERE)
    ana = managing.roster()[0]
    assert (ana.state, ana.presence) == ("active", (1, clock.now))
    assert len(managing.sessions_of(ana.account.id)) == 1
    assert managing.end_sessions(ana.account.id) == 1
    assert managing.roster()[0].presence == (0, clock.now), "when they were last seen is known without a session"
    managing.deactivate(ana.account.id)
    assert managing.roster()[0].state == "deactivated"


def test_a_name_changes_and_the_log_and_the_work_keep_the_name_at_the_time(
    managing: Administration, store: Store, lea: Account
) -> None:
    ana, _ = managing.add("Ana Silva", "ana@example.org", annotates=True)
    managing.rename(ana.id, "Ana  Costa")
    managing.deactivate(ana.id)
    lines = [(what, about, detail) for _, _, what, about, detail in managing.log(3)]
    assert lines == [
        ("deactivated", "Ana Costa", ""),
        ("changed the name", "Ana Silva", "to Ana Costa"),
        ("added to the project", "Ana Silva", "as Ana Silva"),
    ]
    assert "Ana Silva" in store.annotators()
    assert "Ana Costa" not in store.annotators()
    with pytest.raises(AccessError, match="1 to 60 printable"):
        managing.rename(ana.id, " ")


def test_roles_are_set_with_who_set_them_and_the_last_lead_stays(
    accounts: AccountStore, managing: Administration, door: SignIn, store: Store, lea: Account
) -> None:
    ana, _ = managing.add("Ana", "ana@example.org")
    asks = door.of_session(door.with_password("lea@example.org", GOOD, **WHERE))
    assert asks is not None
    hers = Administration(accounts, store, asks)
    hers.set_roles(ana.id, annotates=True, reviews=True, leads=False)
    assert store.connection().execute("SELECT annotates, reviews, by FROM member WHERE name = 'Ana'").fetchone() == (
        1, 1, asks.annotator,
    )  # fmt: skip
    with pytest.raises(NotAllowedError, match="a project needs a lead"):
        hers.set_roles(lea.id, annotates=True, reviews=False, leads=False)
    hers.set_roles(ana.id, annotates=False, reviews=False, leads=True)
    hers.set_roles(lea.id, annotates=True, reviews=False, leads=False)
    assert next((each.account.name, each.roles.leads) for each in hers.roster()) == ("Ana", True)


def test_only_administrators_make_administrators_and_none_ends_their_own(
    accounts: AccountStore, managing: Administration, door: SignIn, store: Store, lea: Account
) -> None:
    ana, _ = managing.add("Ana", "ana@example.org")
    asks = door.of_session(door.with_password("lea@example.org", GOOD, **WHERE))
    assert asks is not None
    hers = Administration(accounts, store, asks)
    with pytest.raises(NotAllowedError, match="only administrators"):
        hers.set_administrator(ana.id, True)
    managing.set_administrator(lea.id, True)
    asks = door.of_session(door.with_password("lea@example.org", GOOD, **WHERE))
    assert asks is not None
    hers = Administration(accounts, store, asks)
    hers.set_administrator(ana.id, True)
    assert hers.roster()[0].account.administrator
    hers.set_administrator(ana.id, False)
    with pytest.raises(NotAllowedError, match="remove yourself as an administrator"):
        hers.set_administrator(lea.id, False)


def test_an_accounts_file_of_the_first_version_is_upgraded_and_its_log_still_has_names(
    accounts: AccountStore, managing: Administration, lea: Account
) -> None:
    accounts.close()
    with sqlite3.connect(accounts.path) as file:
        file.execute("ALTER TABLE audit DROP COLUMN by_name")
        file.execute("ALTER TABLE audit DROP COLUMN about_name")
        file.execute("ALTER TABLE audit DROP COLUMN address")
        file.execute("ALTER TABLE audit DROP COLUMN project")
        file.execute("ALTER TABLE membership DROP COLUMN ended")
        file.execute("PRAGMA user_version = 1")
    file.close()
    store = AccountStore.open(accounts.path)
    with store.reading() as unit:
        assert {entry.about_name for entry in unit.audit.newest()} == {"Lea"}


def test_a_lead_gets_no_link_for_an_administrator_whom_they_add(
    managing: Administration, door: SignIn, lea: Account, accounts: AccountStore, store: Store, clock: Clock
) -> None:
    with accounts.writing() as unit:  # someone who signs in with a provider, and has no password
        unit.people.add("Bo", "bo@example.org", administrator=True, now=clock())
    asks = door.of_session(door.with_password("lea@example.org", GOOD, **WHERE))
    _, secret = Administration(accounts, store, asks, clock).add("Bo", "bo@example.org")
    assert secret == ""


@pytest.mark.parametrize(
    ("name", "annotator"),
    [("hidden gold", "hidden gold 2"), ("lea", "lea 2"), ("x" * 60, "x" * 60), ("y" * 60, "y" * 58 + " 2")],
)
def test_someone_who_joins_gets_a_name_that_the_project_accepts(
    managing: Administration, accounts: AccountStore, store: Store, clock: Clock, name: str, annotator: str
) -> None:
    for taken in ("lea", "y" * 60):
        store.sign_in(taken)
    with accounts.writing() as unit:
        account = unit.people.add(name, "new@example.org", administrator=False, now=clock())
    assert managing.join(account) == annotator
    assert annotator in store.annotators()
