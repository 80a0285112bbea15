"""Finding and reading the files of annotated formats."""

from __future__ import annotations

import codecs
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath

from labeling.errors import ArticleError
from labeling.formats.reading import MAX_BYTES, Fault, rest_of

#: How much of an archive is unpacked.
_UNPACKED, _MEMBERS = 2_000_000_000, 50_000


def files_in(path: Path, suffixes: tuple[str, ...]) -> Iterator[Path | Fault]:
    """Yield the files with one of these suffixes, of a folder and all folders in it, sorted; or the path if it is a file.

    Hidden ones are passed over, and links out of the folder too; a folder that cannot be listed is an error.
    """
    if is_file(path):
        yield path
        return
    try:
        there = path.exists()
    except OSError as fault:
        yield Fault(str(path), None, f"can't open it ({fault.strerror}); check the name and your permissions")
        return
    if not there:
        yield Fault(str(path), None, "there is no such file or folder; check the name")
        return
    closed: list[OSError] = []
    root = path.resolve()
    for place, folders, files in os.walk(path, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(place, name)
            if (
                not name.startswith(".")
                and file.suffix.lower() in suffixes
                and file.resolve().is_relative_to(root)
                and file.is_file()
            ):
                yield file
    for error in closed:
        yield Fault(str(error.filename), None, f"can't open it ({error.strerror}); check your permissions")


def is_file(path: Path) -> bool:
    """Return whether a path is a file; False if its name isn't valid or it can't be accessed."""
    try:
        return path.is_file()
    except OSError:
        return False


def unpack(path: Path, folder: Path) -> None:
    """Unpack a ZIP archive into a new folder; raises ArticleError if it is broken, encrypted or too big."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = archive.infolist()
            if sum(each.file_size for each in files) > _UNPACKED or len(files) > _MEMBERS:
                raise ArticleError(f"it has more than {_MEMBERS:,} files or {_UNPACKED:,} bytes; unpack what you need")
            folder.mkdir()
            there: set[str] = set()
            for each in files:
                each.filename = each.filename.replace("\\", "/")  # as some programs of Windows write it
                if each.filename.startswith("__MACOSX/") or PurePath(each.filename).name == ".DS_Store":
                    continue
                place = archive.extract(each, folder)  # which lets nothing out of the folder
                if place in there and not each.is_dir():
                    raise ArticleError(f"it has two files named “{each.filename}”; unpack it by hand")
                there.add(place)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ArticleError(f"it is not a valid ZIP archive ({error}); copy it again") from None
    except (RuntimeError, NotImplementedError) as error:  # a password, or a way of packing that Python does not know
        raise ArticleError(f"can't unpack it ({error}); unpack it by hand") from None
    except (OSError, ValueError) as error:
        raise ArticleError(f"can't unpack it ({error}); check the name and the free space on the disk") from None


def whole_bytes(path: Path) -> bytes:
    """Return the bytes of a file; raises ArticleError if it can't be read or is longer than `MAX_BYTES`."""
    try:
        with path.open("rb") as file:
            raw = rest_of(file)
    except OSError as error:
        raise ArticleError(f"can't read it ({error.strerror}); check your permissions") from None
    if len(raw) > MAX_BYTES:
        raise ArticleError(f"the file is longer than {MAX_BYTES:,} bytes; split it into articles")
    return raw


def whole_text(path: Path) -> str:
    """Return the text of a file in UTF-8 or UTF-16, with its byte order mark; raises ArticleError."""
    raw = whole_bytes(path)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            reason = "the file is marked as UTF-16 but ends within a character; save it as UTF-8"
            raise ArticleError(reason) from None
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ArticleError(
            f"byte 0x{raw[error.start]:02X} at offset {error.start:,} of the file is not UTF-8; save the file as UTF-8"
        ) from None
