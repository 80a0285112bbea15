"""Reading annotated files: single ones, folders and archives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats import KINDS, Fault
from labeling.formats.encoding import canonical
from labeling.formats.files import files_in, is_file, unpack
from labeling.formats.marked import Format, Marked
from labeling.formats.tasks import tool_in
from labeling.services.importing.recoding import recoded

#: What files of JSON end in.
_JSON = (".json", ".jsonl")


def formats_with_work() -> dict[str, str]:
    """Return the names of the annotated formats that are read, and what people call them."""
    from labeling.formats.registry import FORMATS  # late: Arrow takes a while to load

    return {name: each.title for name, each in sorted(FORMATS.items(), key=lambda found: found[1].title) if each.read}


def format_of(kind: str | None, *, with_work: bool = False) -> Format | None:
    """Return the annotated format that a kind names, None for plain articles; raises ArticleError for a kind that is none.

    SayWhen's own lines are a kind of articles and a format too, which it is to be is said by `with_work`.
    """
    from labeling.formats.registry import FORMATS  # late: Arrow takes a while to load

    kind = "jsonl" if kind is None and with_work else kind
    if kind is None or (kind in KINDS and not with_work):
        return None
    found = FORMATS.get(kind)
    if found is None or found.read is None:
        work = [name for name, each in FORMATS.items() if each.read and name not in KINDS]
        if kind in KINDS:
            raise ArticleError(f"{kind} files have no annotations; omit --with-work, or use {', '.join(work)}")
        raise ArticleError(f"unknown kind “{kind}”; use one of {', '.join([*KINDS, *work])}")
    return found


def read_work(
    paths: Iterable[Path], kind: str | None, encoding: str | None = None
) -> Iterator[Marked | Article | Fault]:
    """Yield what files and folders hold in an annotated format, our own if none is named; raises ArticleError."""
    found = format_of(kind, with_work=True)
    assert found
    return marked_rows(found, paths, encoding and canonical(encoding))


def marked_rows(
    found: Format, paths: Iterable[Path], encoding: str | None = None
) -> Iterator[Marked | Article | Fault]:
    """Yield what files, and the files in folders, hold in a format, in UTF-8 or another encoding."""
    assert found.read
    for path in paths:
        if path.suffix.lower() == ".zip" and is_file(path):
            yield from _unpacked(found, path, encoding)
        elif encoding:
            yield from _recoded(found, path, encoding)
        elif found.suffix and path.is_dir():
            empty, suffix = True, Path(f"x{found.suffix}").suffix
            for file in files_in(path, _JSON if suffix in _JSON else (suffix, *found.also)):
                # Tools export tasks with either ending; of the other one are those that seem to be the tool's.
                other = isinstance(file, Path) and suffix in _JSON and file.suffix.lower() != suffix
                if other and isinstance(file, Path) and not _is_of(file, found):
                    continue
                empty = False
                yield from (file,) if isinstance(file, Fault) else found.read(file)
            for file in _recognized(found, path) if empty else ():
                empty = False
                yield from found.read(file)
            if empty:
                yield Fault(str(path), None, f"the folder has no files ending in {suffix}; name the files themselves")
        else:
            yield from found.read(path)


def _recognized(found: Format, folder: Path) -> Iterator[Path]:
    """Yield the text files in a folder that seem to be in a format."""
    if found.recognizes:
        for file in files_in(folder, (".txt",)):
            if isinstance(file, Path) and found.recognizes(file):
                yield file


def _is_of(file: Path, found: Format) -> bool:
    # Our own work is a line each, in .jsonl; beside it stands a manifest in .json.
    return found.name not in KINDS and (tool := tool_in(file, found.name)) is not None and tool.kind == found.name


def _recoded(found: Format, path: Path, encoding: str) -> Iterator[Marked | Article | Fault]:
    """Yield what a file or folder in another encoding holds in a format."""
    with TemporaryDirectory() as name:
        for copy in recoded(found, path, encoding, Path(name)):
            if isinstance(copy, Fault):
                yield copy
            else:
                yield from (beneath(name, row) for row in marked_rows(found, [copy]))


def _unpacked(found: Format, path: Path, encoding: str | None) -> Iterator[Marked | Article | Fault]:
    """Yield what a ZIP archive holds in a format, as a folder of its name would."""
    with TemporaryDirectory() as name:
        folder = Path(name, path.name)
        try:
            unpack(path, folder)
        except ArticleError as fault:
            yield Fault(str(path), None, str(fault))
            return
        yield from (beneath(f"{name}/", row) for row in marked_rows(found, [folder], encoding))


def beneath(folder: str, row: Marked | Article | Fault) -> Marked | Article | Fault:
    """Return a row with the names of its files as they are in a folder."""
    if isinstance(row, Article):
        return replace(row, source=row.source.removeprefix(folder))
    if isinstance(row, Marked):
        inner = replace(row.article, source=row.article.source.removeprefix(folder))
        return replace(row, article=inner, file=row.file.removeprefix(folder))
    return row.of(row.file.removeprefix(folder).removesuffix("/"), folder)
