"""Accounts: how long it takes to find out who asks with a session, what one password costs, and a first sign-in."""

from __future__ import annotations

import time

from benchmarks.figures import Figure, Goal, median, slow
from benchmarks.material import Bench
from labeling.services.accounts import SignIn
from labeling.services.accounts.hashing import digest, hash_password, is_password, new_secret
from labeling.store.accounts.database import AccountStore
from labeling.store.project import Store

#: Accounts, sessions of each, requests that ask for one, passwords that are checked, and people new to a project.
_PEOPLE, _EACH, _ASKED, _CHECKED, _NEW = 1000, 5, 20_000, 5, 50


def measure(bench: Bench) -> list[Figure]:
    """Return the time of looking up a session among thousands, of checking a password, and of a first sign-in."""
    store = AccountStore.open(bench.place("accounts") / "accounts.db", create=True)
    secrets, now = [new_secret() for _ in range(_PEOPLE * _EACH)], time.time()
    with store.writing() as unit:
        for number in range(_PEOPLE):
            account = unit.people.add(f"Person {number}", f"{number}@example.org", administrator=False, now=now)
            unit.memberships.add(account.id, "project", account.name)
            for secret in secrets[number * _EACH : (number + 1) * _EACH]:
                unit.sessions.begin(digest(secret), account.id, address="10.0.0.1", agent="Firefox", now=now)
    door = SignIn(store, "project")
    found = []
    for number in range(_ASKED):
        start = time.perf_counter()
        asks = door.of_session(secrets[number * 7 % len(secrets)])
        found.append(time.perf_counter() - start)
        assert asks and asks.annotator
    hashed, checked = hash_password("a password to check"), []
    for _ in range(_CHECKED):
        start = time.perf_counter()
        assert is_password("a password to check", hashed)
        checked.append(time.perf_counter() - start)
    first = _first(Store.open(bench.project("first")))
    return [
        Figure(f"first sign-in, of {bench.articles:,} articles", median(first), "ms", Goal("most", 200), slow(first)),
        Figure(f"who asks, of {len(secrets):,} sessions", median(found) * 1000, "µs", Goal("most", 100), slow(found)),
        Figure("checking a password", median(checked), "ms", note="19 MiB, two passes"),
    ]


def _first(project: Store) -> list[float]:
    """Return the times, in seconds, in which people new to a project sign in and get their first article."""
    found = []
    for number in range(_NEW):
        start = time.perf_counter()
        name = project.sign_in(f"New {number}")
        project.bundle(name, project.next(name, None))
        found.append(time.perf_counter() - start)
    return found
