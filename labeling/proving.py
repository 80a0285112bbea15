"""Proving a dataset: its files against its manifest, and against what the project makes today; and putting texts back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from labeling import __version__
from labeling.article import Article
from labeling.building import MANIFEST, MANIFEST_FORMAT, Tick, build_into, listed, read_lines
from labeling.dataset.plan import Plan
from labeling.dataset.splits import NAME
from labeling.dataset.standoff import STANDOFF_FORMAT, with_text
from labeling.errors import DatasetError
from labeling.formats import Fault, read_articles
from labeling.schema import stored
from labeling.store import Store

#: How many articles that differ are named.
_NAMED = 20


class Finding(NamedTuple):
    """Something about a dataset that does not hold: the file and what is wrong with it."""

    file: str
    what: str


def _silent(what: str, done: int, total: int) -> None:
    pass


def manifest(folder: Path) -> dict[str, Any]:
    """Return a dataset's manifest; raises DatasetError if there is none that can be read."""
    try:
        found = orjson.loads((folder / MANIFEST).read_bytes())
        if found["format"] != MANIFEST_FORMAT:
            raise DatasetError(f"{folder / MANIFEST} has the format “{found['format']}”, not “{MANIFEST_FORMAT}”")
        files = {each["path"] for each in found["files"]}
        found["plan"], found["project"], found["splits"]  # what everything below relies on
    except OSError as fault:
        raise DatasetError(f"{folder} is no dataset: {MANIFEST} cannot be read ({fault.strerror})") from None
    except (orjson.JSONDecodeError, KeyError, TypeError) as fault:
        raise DatasetError(f"{folder / MANIFEST} is no manifest ({fault}); get the dataset anew") from None
    if bad := [split for split in found["splits"] if not NAME.fullmatch(split)]:
        raise DatasetError(f"{folder / MANIFEST} names a split that is no name: {bad[0]!r}")
    if bad := [path for path in files if not _inside(path)]:
        raise DatasetError(f"{folder / MANIFEST} names a file outside of the dataset: {bad[0]}")
    return dict(found)


def faults_of_files(folder: Path) -> list[Finding]:
    """Hold a dataset's files against its manifest: missing, changed, or too many."""
    expected = {each["path"]: each for each in manifest(folder)["files"]}
    there = {each["path"]: each for each in listed(folder)}
    found = [Finding(path, "is missing") for path in expected if path not in there]
    found += [Finding(path, "is not in the manifest") for path in there if path not in expected]
    found += [
        Finding(path, "is not what was written: its checksum differs")
        for path, each in there.items()
        if path in expected and each["sha256"] != expected[path]["sha256"]
    ]
    return sorted(found)


def faults_of_project(folder: Path, store: Store, *, tick: Tick = _silent) -> list[Finding]:
    """Build the dataset anew from the project, in a folder that is thrown away, and tell where the bytes differ.

    Where an article's line differs, the article is named. Raises DatasetError as building does.
    """
    about = manifest(folder)
    with tempfile.TemporaryDirectory(prefix="saywhen-") as place:
        anew = Path(place)
        build_into(store, anew, Plan.of_json(about["plan"]), keep=False, tick=tick)
        expected = {each["path"]: each["sha256"] for each in about["files"]}
        made = {each["path"]: each["sha256"] for each in listed(anew)}
        found = [
            Finding(path, "the project makes no such file" if path not in made else _difference(folder, anew, path))
            for path in sorted(expected)
            if made.get(path) != expected[path]
        ]
        found += [Finding(path, "the project makes this file too") for path in sorted(made.keys() - expected.keys())]
    if found and about["program"]["version"] != __version__:
        found.insert(
            0, Finding(MANIFEST, f"was written by SayWhen {about['program']['version']}, and this is {__version__}")
        )
    return found


def _difference(folder: Path, anew: Path, path: str) -> str:
    """Say in which articles two files of lines differ."""
    if not path.startswith("data/"):
        return "the project makes other bytes"
    before, after = ({_id(line): line for line in read_lines(place / path)} for place in (folder, anew))
    ids = sorted(id for id in before.keys() | after.keys() if before.get(id) != after.get(id))
    told = ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else "")
    return f"the project has other work on {told}" if ids else "the project has its lines in another order"


def _id(line: dict[str, Any]) -> str:
    if "record" in line:
        return f"{line['article']['id']}.{line['annotator']}.{line['record']['id']}"
    return f"{line['id']}.{line['annotator']}" if "annotator" in line else str(line["id"])


def hydrate(folder: Path, texts: Iterable[Path], target: Path) -> Iterator[Fault]:
    """Put the texts of articles back into a dataset that was written without them, and write its lines to a new folder.

    `texts` are files and folders of articles as an import takes them; an article is known by its hash. Yields the faults
    of reading them. Raises DatasetError, and leaves nothing, if a text is not there.
    """
    about = manifest(folder)
    schema = stored((folder / "schema.yaml").read_text(encoding="utf-8"), file=str(folder / "schema.yaml"))
    wanted: dict[str, str] = {}
    for split in about["splits"]:
        for line in read_lines(folder / "data" / f"{split}.jsonl"):
            if line["format"] != STANDOFF_FORMAT:
                raise DatasetError(f"{folder} has its texts already; there is nothing to put back")
            wanted[line["id"]] = ""
    for row in read_articles(texts):
        if isinstance(row, Fault):
            yield row
        elif isinstance(row, Article) and row.id in wanted:
            wanted[row.id] = row.text
    if lacking := [id for id, text in wanted.items() if not text]:
        raise DatasetError(
            f"{len(lacking):,} of {len(wanted):,} texts are not there: {', '.join(lacking[:_NAMED])}; "
            "an article is known by the hash of its text, so that not one character may differ"
        )
    if target.exists():
        raise DatasetError(f"{target} is there already; name a folder that is not")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.", ignore_cleanup_errors=True) as draft:
        for split in about["splits"]:
            with (Path(draft) / f"{split}.jsonl").open("wb") as file:
                for line in read_lines(folder / "data" / f"{split}.jsonl"):
                    whole = with_text(line, wanted[line["id"]], schema)
                    file.write(orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE))
        Path(draft).rename(target)


def _inside(path: str) -> bool:
    parts = Path(path).parts
    return bool(parts) and not Path(path).is_absolute() and ".." not in parts
