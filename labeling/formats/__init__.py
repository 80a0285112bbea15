"""Readers of articles, one module per file format: `read_articles` reads files and folders, `read_bytes` uploads."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePath
from typing import BinaryIO, TypeAlias

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.csv import read_csv
from labeling.formats.html import read_html
from labeling.formats.jsonl import read_json, read_jsonl
from labeling.formats.reading import NO_HINTS, Fault, Hints, Source, WithheldWork, opened
from labeling.formats.txt import read_txt

__all__ = ["KINDS", "NO_HINTS", "Fault", "Hints", "WithheldWork", "read_articles", "read_bytes"]

Reader: TypeAlias = Callable[[Source], Iterator[Article | Fault]]

#: The reader of each kind of file; a file's kind is its suffix without the dot.
KINDS: dict[str, Reader] = {
    "txt": read_txt,
    "jsonl": read_jsonl,
    "ndjson": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": read_csv,
    "html": read_html,
    "htm": read_html,
}

# What stands beside articles in a folder, such as the parts of a saved web page, and is passed over silently.
_PICTURES = {"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp", "tif", "tiff"}
_SOUNDS_AND_FONTS = {"mp3", "mp4", "m4a", "webm", "ogg", "wav", "woff", "woff2", "ttf", "otf", "eot"}
_PROGRAMS = {
    "css",
    "js",
    "mjs",
    "map",
    "py",
    "sh",
    "yaml",
    "yml",
    "toml",
    "ini",
    "lock",
    "bak",
    "tmp",
    "log",
    "db",
    "db-wal",
    "db-shm",
}
_BESIDE = _PICTURES | _SOUNDS_AND_FONTS | _PROGRAMS
_NOTES = {"readme", "license", "licence", "copying", "changelog", "makefile"}

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def read_articles(
    paths: Iterable[Path], *, kind: str | None = None, hints: Hints = NO_HINTS
) -> Iterator[Article | Fault | WithheldWork]:
    """Return the articles and the errors of files and folders, in the order given, one row at a time.

    After a file that brings people's work, a `WithheldWork` says whose.

    A folder is read with all folders in it, sorted by name. Passed over are hidden files, links that lead out of it
    or to folders, and what no article is kept in (pictures, style sheets, programs, a README, the “x_files” beside
    a saved “x.html”); any other file that cannot be read is an error. `kind`, one of `KINDS`, overrides the suffix
    of every file. Raises ArticleError for another kind.
    """
    reader = _reader(kind)
    return (row for path in paths for row in _read_path(path, reader, hints))


def read_bytes(
    name: str, data: bytes | BinaryIO, *, kind: str | None = None, hints: Hints = NO_HINTS
) -> Iterator[Article | Fault | WithheldWork]:
    """Return the articles and the errors of an upload: bytes, or a binary stream, read from its start.

    Raises ArticleError for a `kind` that is none of `KINDS`.
    """
    return _read_upload(name, data, _reader(kind), hints)


def _reader(kind: str | None) -> Reader | None:
    """Return the reader of a kind, if one is given; raises ArticleError for an unknown one."""
    if kind is None or kind in KINDS:
        return KINDS.get(kind or "")
    raise ArticleError(f"unknown kind “{kind}”; use one of {', '.join(KINDS)}")


def _read_upload(
    name: str, data: bytes | BinaryIO, reader: Reader | None, hints: Hints
) -> Iterator[Article | Fault | WithheldWork]:
    """Yield the rows of an upload."""
    stream = opened(data)
    try:
        yield from _read(name, name, stream, reader, hints)
    finally:
        # The stream is the caller's: a buffer laid over it must not close it.
        if stream is not data:
            stream.detach()


def _read_path(path: Path, reader: Reader | None, hints: Hints) -> Iterator[Article | Fault | WithheldWork]:
    """Yield the rows of a file or of all files in a folder."""
    try:
        folder = path.is_dir()
    except OSError as error:
        yield _unopened(path, error)
        return
    if not folder:
        yield from _read_file(path, path.name, reader, hints)
        return
    empty = True
    for found in _files(path):
        empty = False
        if isinstance(found, Fault):
            yield found
        elif found.exists() and not found.is_file():
            yield Fault(_shown(found), None, "this is a device or a pipe; name the file itself")
        else:
            yield from _read_file(found, found.relative_to(path).as_posix(), reader, hints)
    if empty:
        yield Fault(_shown(path), None, f"the folder has no articles (files ending in {_suffixes()})")


def _read_file(path: Path, name: str, reader: Reader | None, hints: Hints) -> Iterator[Article | Fault | WithheldWork]:
    """Yield the rows of one file, named `name` in its articles."""
    try:
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        yield _unopened(path, error)
        return
    with stream:
        yield from _read(str(path), name, stream, reader, hints)


def _read(
    file: str, name: str, stream: io.BufferedReader, reader: Reader | None, hints: Hints
) -> Iterator[Article | Fault | WithheldWork]:
    """Yield the rows of an open file."""
    file, name = _shown(file), _shown(name)
    reader = reader or KINDS.get(_suffix(file))
    if reader is None:
        ending = PurePath(file).suffix or "nothing"
        other = (
            f"import it with --kind {found}"
            if (found := _format(ending.lower()))
            else f"convert it to one of {_suffixes()}"
        )
        other = "unpack it, or name the tool it is from with --kind" if ending.lower() == ".zip" else other
        yield Fault(file, None, f"files ending in {ending} can't be imported; {other}")
        return
    try:
        source = Source(file, name, stream, hints)
        # Of a table in another encoding, half would be imported: the rows without letters beyond ASCII. JSON is always
        # UTF-8, and a page says what it is written in.
        if (reader in (read_csv, read_txt) or hints.encoding) and (fault := source.require_whole()):
            yield fault
            return
        for row in reader(source):
            yield row
            yield from source.notes
            source.notes.clear()
        if source.aside or source.tool:
            yield WithheldWork(file, source.aside, source.tool)
    except ArticleError as error:
        yield Fault(file, None, str(error))
    except OSError as error:
        yield Fault(file, None, f"the file can't be read to its end ({error.strerror}); copy it again")


def _files(folder: Path) -> Iterator[Path | Fault]:
    """Yield the files of a folder that may hold articles, sorted, and an error for each folder that cannot be listed."""
    root = os.path.realpath(folder)
    closed: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=closed.append):
        parts = {f"{PurePath(name).stem}_files" for name in files if _suffix(name) in ("html", "htm")}
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in parts)
        for name in sorted(files):
            file = Path(place, name)
            beside = _suffix(name) in _BESIDE or file.stem.lower() in _NOTES
            inside = not file.is_symlink() or PurePath(os.path.realpath(file)).is_relative_to(root)
            if inside and not beside and not name.startswith("."):
                yield file
    yield from (_unopened(error.filename, error) for error in closed)


def _unopened(path: Path | str, error: OSError | ValueError) -> Fault:
    """Return the error of a file or folder that cannot be opened."""
    why = error.strerror if isinstance(error, OSError) else error
    return Fault(_shown(path), None, f"can't open it ({why}); check the name and your permissions")


def _shown(path: Path | str) -> str:
    """Return a file name as text that can be shown and stored, whatever bytes it has."""
    return _UNPRINTABLE.sub("\ufffd", str(path))


def _suffix(name: str) -> str:
    """Return a file name's suffix in lower case, without the dot."""
    return PurePath(name).suffix.lower().removeprefix(".")


def _format(suffix: str) -> str | None:
    """Return the name of the annotated format whose files have a suffix, or None."""
    from labeling.formats.registry import FORMATS  # late: it stands on all formats, and Arrow takes a while to load

    return next((name for name, each in FORMATS.items() if each.read and suffix in (each.suffix, *each.also)), None)


def _suffixes() -> str:
    """Return the suffixes that are read, for a message."""
    return ", ".join(f".{kind}" for kind in KINDS)
