"""Annotated files in another encoding, copied as UTF-8 before their reader sees them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from labeling.errors import ArticleError
from labeling.formats import Fault
from labeling.formats.encoding import first_wrong_byte
from labeling.formats.files import is_file
from labeling.formats.marked import Format

#: Formats whose files say themselves in which encoding they are, or that are no text.
_SELF_DESCRIBING = ("xmi", "timeml", "parquet", "spacy")


def recoded(found: Format, path: Path, encoding: str, folder: Path) -> Iterator[Path | Fault]:
    """Yield the place under `folder` to which a file or folder was copied as UTF-8, after the errors of files that can't be read.

    A file takes those beside it along that differ only in their ending. Raises ArticleError for a format that needs no encoding.
    """
    if found.name in _SELF_DESCRIBING:
        raise ArticleError(f"{found.title} files need no encoding; omit --encoding")
    path = path.absolute()
    inside = Path(f"{folder}{path}")
    files = sorted(path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.stem}.*"))
    for file in files if path.exists() else ():
        if not is_file(file):
            continue
        target = Path(f"{folder}{file}")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("rb") as stream:
                if wrong := first_wrong_byte(stream, encoding):
                    yield Fault(str(file), wrong.line, wrong.reason(encoding))
                    continue
            with (
                file.open(encoding=encoding, newline="") as source,
                target.open("w", encoding="utf-8", newline="") as copy,
            ):
                shutil.copyfileobj(source, copy)
        except (OSError, ArticleError) as error:
            yield Fault(str(file), None, str(error))
    inside.parent.mkdir(parents=True, exist_ok=True)
    yield inside
