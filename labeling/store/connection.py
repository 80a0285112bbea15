"""A connection to a project file, which knows the files that it has open."""

from __future__ import annotations

import os
import sqlite3
from typing import NamedTuple

#: Where the two salts stand in the header of a `-wal`; they change when it is started again.
_SALTS = (16, 8)


class FileId(NamedTuple):
    """The device and inode of a file: no two files of this machine share them."""

    device: int
    inode: int


class Connection(sqlite3.Connection):
    """A connection that knows which files it has opened."""

    opened: tuple[tuple[str, FileId], ...] = ()
    wal: int = -1
    #: Whether it stays open whoever closes it: it is the way to what was saved, or closing it would do harm.
    kept = False

    def salts(self) -> bytes:
        """Return the salts of the `-wal`, which are others after each checkpoint that emptied it."""
        return os.pread(self.wal, _SALTS[1], _SALTS[0])

    def close(self) -> None:
        """Close the connection, unless it is kept."""
        if not self.kept:
            super().close()
