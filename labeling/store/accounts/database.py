"""Making and opening the accounts file, and its units of work."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labeling.errors import EngineError, StoreBusyError, StoreError
from labeling.store.accounts.audit import Audit
from labeling.store.accounts.erasure import Erasure
from labeling.store.accounts.links import Links
from labeling.store.accounts.memberships import Memberships
from labeling.store.accounts.people import People
from labeling.store.accounts.sessions import Sessions
from labeling.store.accounts.tokens import Tokens
from labeling.store.accounts.wrong_passwords import WrongPasswords

#: Tells an accounts file from other SQLite files: “SWac”.
_APPLICATION_ID = 0x53576163
#: The versions of the file: each is the statements that upgrade the one before it. Appended, never edited.
_VERSIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE account (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            email TEXT UNIQUE,
            password TEXT,
            administrator INTEGER NOT NULL DEFAULT 0 CHECK (administrator IN (0, 1)),
            active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
            created REAL NOT NULL
        ) STRICT""",
        """CREATE TABLE identity (
            issuer TEXT NOT NULL,
            subject TEXT NOT NULL,
            account INTEGER NOT NULL REFERENCES account(id),
            PRIMARY KEY (issuer, subject)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE membership (
            account INTEGER NOT NULL REFERENCES account(id),
            project TEXT NOT NULL,
            annotator TEXT NOT NULL,
            PRIMARY KEY (account, project),
            UNIQUE (project, annotator)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE session (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash BLOB NOT NULL UNIQUE,
            account INTEGER NOT NULL REFERENCES account(id),
            created REAL NOT NULL,
            seen REAL NOT NULL,
            address TEXT NOT NULL,
            agent TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX session_of_account ON session (account)",
        """CREATE TABLE link (
            hash BLOB PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES account(id),
            kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset')),
            expires REAL NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE token (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash BLOB NOT NULL UNIQUE,
            account INTEGER NOT NULL REFERENCES account(id),
            project TEXT NOT NULL,
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            created REAL NOT NULL,
            expires REAL NOT NULL,
            used REAL
        ) STRICT""",
        "CREATE INDEX token_of_account ON token (account, project)",
        """CREATE TABLE wrong_password (
            email TEXT NOT NULL,
            address TEXT NOT NULL,
            count INTEGER NOT NULL,
            last REAL NOT NULL,
            PRIMARY KEY (email, address)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE known_address (
            account INTEGER NOT NULL REFERENCES account(id),
            address TEXT NOT NULL,
            last REAL NOT NULL,
            PRIMARY KEY (account, address)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at REAL NOT NULL,
            by INTEGER REFERENCES account(id),
            what TEXT NOT NULL,
            about INTEGER REFERENCES account(id),
            detail TEXT NOT NULL
        ) STRICT""",
    ),
    (
        # The log keeps the names that people had at the time.
        "ALTER TABLE audit ADD COLUMN by_name TEXT",
        "ALTER TABLE audit ADD COLUMN about_name TEXT",
    ),
    (
        # From where, and in which project; sign-ins had the address as their detail.
        "ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE audit ADD COLUMN project TEXT",
        "UPDATE audit SET address = detail, detail = '' WHERE what = 'signed in'",
    ),
    # Who left a project keeps their name there, so that no one else gets their work, and they find it when they come back.
    ("ALTER TABLE membership ADD COLUMN ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))",),
)


class AccountsUnit:
    """One unit of work on the accounts file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.people = People(connection)
        self.memberships = Memberships(connection)
        self.sessions = Sessions(connection)
        self.links = Links(connection)
        self.tokens = Tokens(connection)
        self.wrong_passwords = WrongPasswords(connection)
        self.audit = Audit(connection)
        self.erasure = Erasure(connection)


class AccountStore:
    """An open accounts file; several threads and processes can share it."""

    def __init__(self, path: Path, patience: float = 10.0) -> None:
        self.path = path
        self._patience = patience
        self._local = threading.local()

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> AccountStore:
        """Open an accounts file, and make it first if `create` is given and there is none; raises StoreError."""
        if create and not path.exists():
            try:
                # Made here, so that no one else can ever read it, whatever the umask.
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            except OSError as fault:
                raise StoreError(f"can't create {path} ({fault.strerror}); check the folder's permissions") from None
        if not path.is_file():
            raise StoreError(f"there is no accounts file at {path}; create one with: saywhen accounts add")
        require_private(path)
        store = cls(path)
        with _engine(path):
            _upgrade(store._connection(), path)
        return store

    @contextmanager
    def reading(self) -> Iterator[AccountsUnit]:
        """A unit that sees one state of the file."""
        connection = self._connection()
        with _engine(self.path):
            connection.execute("BEGIN")
            try:
                yield AccountsUnit(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[AccountsUnit]:
        """A unit whose changes are all saved when the block ends, or none."""
        connection = self._connection()
        with _engine(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield AccountsUnit(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def sessions(self) -> Sessions:
        """Return the sessions outside a unit, for the look-up at each request: one statement needs no transaction."""
        return self._unit().sessions

    def people(self) -> People:
        """Return the people outside a unit, likewise."""
        return self._unit().people

    def tokens(self) -> Tokens:
        """Return the tokens outside a unit, for the same reason."""
        return self._unit().tokens

    def sweep(self) -> bool:
        """Leave nothing of what was deleted in the file's `-wal`; return whether all reads had ended, so that it could be done."""
        with _engine(self.path):
            return not self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def close(self) -> None:
        """Close this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            del self._local.connection, self._local.unit

    def _unit(self) -> AccountsUnit:
        self._connection()
        unit: AccountsUnit = self._local.unit
        return unit

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with _engine(self.path):
                connection = sqlite3.connect(
                    f"{self.path.absolute().as_uri()}?mode=rw",
                    uri=True,
                    isolation_level=None,
                    check_same_thread=False,
                    timeout=self._patience,
                )
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                    connection.execute(f"PRAGMA {pragma}")
            self._local.connection, self._local.unit = connection, AccountsUnit(connection)
        return connection


def accounts_path(project: Path) -> Path:
    """Return where the accounts of a project's server are kept: one file in its folder, for all projects in there."""
    return project.with_name("accounts.db")


def require_private(path: Path) -> None:
    """Raise StoreError for a file that others than its owner can read or write."""
    if path.stat().st_mode & 0o077:
        raise StoreError(f"others on this machine can open {path}; change that with: chmod 600 {path}")


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is None
    if application != _APPLICATION_ID and not empty:
        raise StoreError(f"{path} is not an accounts file; move it away, or name another folder")
    if version > len(_VERSIONS):
        raise StoreError(
            f"{path} was made by a newer SayWhen (version {version} of the file); update SayWhen to open it"
        )
    if version == len(_VERSIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again inside: another process may have upgraded it meanwhile.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for statements in _VERSIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(_VERSIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


@contextmanager
def _engine(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as fault:
        if "locked" in str(fault) or "busy" in str(fault):
            raise StoreBusyError(f"{path} is busy; try again in a moment") from None
        raise EngineError(f"can't read or write {path} ({fault}); check its permissions and free space") from None
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as fault:
        raise EngineError(f"{path} is not an SQLite file or is damaged ({fault}); restore a backup") from None
