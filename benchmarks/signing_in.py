"""Accounts: how long it takes to find out who asks with a session, and what one password costs."""

from __future__ import annotations

import time

from benchmarks.figures import Figure, Goal, median, slow
from benchmarks.material import Bench
from labeling.services.accounts import SignIn
from labeling.services.accounts.hashing import digest, hash_password, is_password, new_secret
from labeling.store.accounts.database import AccountStore

#: Accounts, sessions of each, requests that ask for one, and passwords that are checked.
_PEOPLE, _EACH, _ASKED, _CHECKED = 1000, 5, 20_000, 5


def measure(bench: Bench) -> list[Figure]:
    """Return the time of looking up a session among thousands, and of checking a password."""
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
    return [
        Figure(f"who asks, of {len(secrets):,} sessions", median(found) * 1000, "µs", Goal("most", 100), slow(found)),
        Figure("checking a password", median(checked), "ms", note="19 MiB, two passes"),
    ]
