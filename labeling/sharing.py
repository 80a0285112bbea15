"""An export by several processes: each builds the lines of its share of the articles, all from one state of the file.

A process is this module, run with the project's path; it is told to begin, says when it reads, and then writes an
article's place and length (16 bytes) and its lines. Python runs on one core; an export is worth more.
"""

from __future__ import annotations

import heapq
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import IO

from labeling.errors import StoreError
from labeling.lines import Shape, lines
from labeling.store import Store

_HEAD = struct.Struct("<QQ")
_READY, _BEGIN, _READING = b"r", b"b", b"s"
_MOST = 4


def shared_lines(store: Store, shape: Shape, *, submitted: bool) -> Iterator[tuple[int, bytes]]:
    """Yield what `lines.lines` does, made by a process a core; stopping early ends them all.

    Raises StoreError if one of them fails.
    """
    workers = max(2, min(_MOST, os.cpu_count() or 1))
    with ExitStack() as stack:
        shares = [stack.enter_context(_Share(store.path, shape, submitted, turn, workers)) for turn in range(workers)]
        for share in shares:
            share.expect(_READY)
        with store.still():
            for share in shares:
                share.begin()
            for share in shares:
                share.expect(_READING)
        yield from heapq.merge(*(share.lines() for share in shares), key=itemgetter(0))


class _Share:
    """A process at work on one share."""

    def __init__(self, path: Path, shape: Shape, submitted: bool, turn: int, of: int) -> None:
        about = [str(path), shape, "submitted" if submitted else "all", str(turn), str(of)]
        home = str(Path(__file__).parent.parent)
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", "labeling.sharing", *about],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=1 << 20,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([home, os.environ.get("PYTHONPATH", "")])},
        )

    def __enter__(self) -> _Share:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def expect(self, word: bytes) -> None:
        """Wait until the process says a word."""
        if self._out.read(1) != word:
            self._fail()

    def begin(self) -> None:
        """Tell the process to take its view of the file."""
        assert self._process.stdin
        self._process.stdin.write(_BEGIN)
        self._process.stdin.flush()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield what the process makes: the place in the queue, and the lines."""
        while head := self._out.read(_HEAD.size):
            position, length = _HEAD.unpack(head)
            written = self._out.read(length)
            if len(written) < length:
                self._fail()
            yield position, written
        if self._process.wait() != 0:
            self._fail()

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    def _fail(self) -> None:
        _, said = self._process.communicate()
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise StoreError(f"a process of the export failed ({last or self._process.returncode}); try again")


def main(path: str, shape: Shape, selection: str, turn: str, of: str) -> None:
    """Make one share, as told on standard input, and write it to standard output."""
    if not Path(path).is_file():  # SQLite would make it
        raise SystemExit(f"{path} is gone")
    store = Store(Path(path))
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)

    def say(word: bytes) -> None:
        out.write(word)
        out.flush()

    say(_READY)
    if sys.stdin.buffer.read(1) != _BEGIN:
        return
    made = lines(store, shape, submitted=selection == "submitted", turn=int(turn), of=int(of))
    first = next(made, None)  # with it the view of the file is taken
    say(_READING)
    for position, written in chain([first] if first else [], made):
        out.write(_HEAD.pack(position, len(written)))
        out.write(written)
    out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
