"""Copies of the accounts file: of one that is in use, checked, and readable by their owner alone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from labeling.audit import Event
from labeling.errors import StoreError
from labeling.store.accounts.database import AccountStore


def accounts_copy(backup: Path) -> Path:
    """Return the path of the accounts that belong to a backup of a project."""
    return backup.with_name(f"{backup.name}.accounts")


def copy_accounts(source: Path, target: Path) -> None:
    """Copy an accounts file, also one in use, to a file that doesn't exist yet; raises StoreError, leaving nothing."""
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as fault:
        raise StoreError(f"can't create {target} ({fault.strerror}); choose another name or folder") from None
    try:
        with closing(_opened(source, "ro")) as original, closing(_opened(target, "rw")) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{source} is damaged ({found}); restore an earlier backup of it")
    except sqlite3.Error as fault:
        target.unlink(missing_ok=True)
        raise StoreError(f"can't copy {source} ({fault}); check its permissions and free space") from None
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def end_access(path: Path, now: float) -> int:
    """End all sessions and links in an accounts file and return how many people are in it; raises StoreError for another file.

    What has ended since a copy was made must not open anything again.
    """
    store = AccountStore.open(path)
    try:
        with store.writing() as unit:
            people = unit.people.all()
            for account in people:
                unit.sessions.end_all(account.id)
                unit.links.drop(account.id)
            unit.audit.note(Event.RESTORED_ACCOUNTS, by=None, about=None, now=now)
    finally:
        store.close()
    return len(people)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
