"""Proving a dataset: its files against its manifest, and against what the project makes today; and putting texts back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ValidationError

from labeling import __version__
from labeling.annotation.article import Article
from labeling.dataset.plan import Plan
from labeling.dataset.splits import NAME
from labeling.dataset.standoff import STANDOFF_FORMAT, with_text
from labeling.errors import DatasetError
from labeling.formats import Fault, read_articles
from labeling.schema import Schema, stored
from labeling.services.dataset_build import MANIFEST, MANIFEST_FORMAT, build_into, listed, read_lines
from labeling.services.splits import Tick, silent
from labeling.store.contract import Store

#: How many articles that differ are named.
_NAMED = 20


class Finding(NamedTuple):
    """Something about a dataset that does not hold: the file and what is wrong with it."""

    file: str
    what: str


class _Program(BaseModel):
    name: str
    version: str


class _File(BaseModel):
    path: str
    bytes: int
    sha256: str


class _Manifest(BaseModel):
    """The parts of a manifest that this module relies on; the rest is for readers."""

    program: _Program
    plan: dict[str, Any]
    project: dict[str, Any]
    splits: dict[str, int]
    files: list[_File]


def manifest(folder: Path) -> dict[str, Any]:
    """Return a dataset's manifest; raises DatasetError if there is none that can be read."""
    path = folder / MANIFEST
    try:
        found = orjson.loads(path.read_bytes())
        if isinstance(found, dict) and found.get("format") != MANIFEST_FORMAT:
            raise DatasetError(f"{path} has the format “{found.get('format')}”, not “{MANIFEST_FORMAT}”")
        read = _Manifest.model_validate(found)
    except OSError as fault:
        raise DatasetError(f"{folder} is not a dataset: can't read {MANIFEST} ({fault.strerror})") from None
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise DatasetError(f"{path} is not a valid manifest ({place}: {first['msg']}); get the dataset again") from None
    except orjson.JSONDecodeError as fault:
        raise DatasetError(f"{path} is not a valid manifest ({fault}); get the dataset again") from None
    if bad := [split for split in read.splits if not NAME.fullmatch(split)]:
        raise DatasetError(f"{path} has a split with an invalid name: {bad[0]!r}")
    if bad := [file.path for file in read.files if not _inside(file.path)]:
        raise DatasetError(f"{path} lists a file outside the dataset: {bad[0]}")
    return dict(found)


def faults_of_files(folder: Path) -> list[Finding]:
    """Yield the differences between a dataset's files and its manifest: missing, changed or additional files."""
    expected = {each["path"]: each for each in manifest(folder)["files"]}
    there = {each["path"]: each for each in listed(folder)}
    found = [Finding(path, "is missing") for path in expected if path not in there]
    found += [Finding(path, "is not in the manifest") for path in there if path not in expected]
    found += [
        Finding(path, "was changed after the export: its checksum differs")
        for path, each in there.items()
        if path in expected and each["sha256"] != expected[path]["sha256"]
    ]
    return sorted(found)


def faults_of_votes(folder: Path) -> list[Finding]:
    """Return what a dataset's lines call gold by majority although at most half of those who were asked have exactly it.

    That is each span with its label and ends, each of its values, and each link, by the votes that the lines themselves give.
    """
    found = []
    for split in manifest(folder)["splits"]:
        path = f"data/{split}.jsonl"
        if not (folder / path).exists():
            continue
        with (folder / path).open("rb") as file:
            for number, raw in enumerate(file, 1):
                if b'"rule":"majority"' in raw:
                    try:
                        line = orjson.loads(raw)
                    except orjson.JSONDecodeError as fault:
                        found.append(Finding(f"{path}:{number}", f"is not JSON ({fault})"))
                        continue
                    found += [Finding(f"{path}:{number}", what) for what in _minorities(line)]
    return found


def _minorities(values: Any) -> Iterator[str]:
    """Yield what at most half have of all that is gold by majority in plain values."""
    if isinstance(values, list):
        for each in values:
            yield from _minorities(each)
    elif isinstance(values, dict):
        behind = values.get("provenance")
        if isinstance(behind, dict) and behind.get("rule") == "majority":
            asked, support = len(behind["asked"]), behind.get("support") or {}
            votes = {
                "": len(behind["votes"]),
                **{f".{name}": has for name, has in (support.get("values") or {}).items()},
            }
            for name, has in votes.items():
                if 2 * has <= asked:
                    yield f"{values.get('id', '')}{name} has {has} of {asked} votes, which is no majority"
        for key, each in values.items():
            if key != "provenance":
                yield from _minorities(each)


def faults_of_project(folder: Path, store: Store, *, tick: Tick = silent) -> list[Finding]:
    """Build the dataset again from the project, in a folder that is thrown away, and say where the bytes differ.

    Where an article's line differs, the article is named. Raises DatasetError as building does.
    """
    about = manifest(folder)
    with tempfile.TemporaryDirectory(prefix="saywhen-") as place:
        anew = Path(place)
        charts = any(each["path"].startswith("charts/") for each in about["files"])
        plan, removed = Plan.of_json(about["plan"]), about.get("removed")
        build_into(store, anew, plan, keep=False, tick=tick, charts=charts, removed=removed)
        again = manifest(anew)
        expected = {each["path"]: each["sha256"] for each in about["files"]}
        made = {each["path"]: each["sha256"] for each in listed(anew)}
        found = [
            Finding(
                path, "the project doesn't produce this file" if path not in made else _difference(folder, anew, path)
            )
            for path in sorted(expected)
            if made.get(path) != expected[path]
        ]
        found += [
            Finding(path, "the project also produces this file, which is not in the dataset")
            for path in sorted(made.keys() - expected.keys())
        ]
        found += [
            Finding(MANIFEST, f"has a different “{key}” from the one that the project produces")
            for key in sorted((about.keys() | again.keys()) - {"files"})
            if about.get(key) != again.get(key)
        ]
    if found and about["program"]["version"] != __version__:
        found.insert(
            0, Finding(MANIFEST, f"was written by SayWhen {about['program']['version']}; this is {__version__}")
        )
    return found


def _difference(folder: Path, anew: Path, path: str) -> str:
    """Return in which articles two files of lines differ."""
    if not path.startswith("data/"):
        return "the project produces different bytes"
    before, after = ({_id(line): line for line in read_lines(place / path)} for place in (folder, anew))
    ids = sorted(id for id in before.keys() | after.keys() if before.get(id) != after.get(id))
    names = ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else "")
    return f"the project has different work on {names}" if ids else "the project has its lines in a different order"


def _id(line: dict[str, Any]) -> str:
    if "record" in line:
        return f"{line['article']['id']}.{line['annotator']}.{line['record']['id']}"
    return f"{line['id']}.{line['annotator']}" if "annotator" in line else str(line["id"])


def hydrate(folder: Path, texts: Iterable[Path], target: Path) -> Iterator[Fault]:
    """Put the texts of articles back into a dataset that was written without them, and write its lines to a new folder.

    `texts` are files and folders of articles as an import takes them; an article is known by its hash. Yields the errors
    of reading them. Raises DatasetError, and leaves nothing, if a text is not there or the dataset cannot be believed.
    """
    splits = list(manifest(folder)["splits"])
    if target.exists():
        raise DatasetError(f"{target} already exists; choose a new folder")
    try:
        schema = stored((folder / "schema.yaml").read_text(encoding="utf-8"), file=str(folder / "schema.yaml"))
        wanted: dict[str, str] = {}
        for split in splits:
            for _, line in _standoff(folder, split):
                wanted[line["id"]] = ""
        for row in read_articles(texts):
            if isinstance(row, Fault):
                yield row
            elif isinstance(row, Article) and row.id in wanted:
                wanted[row.id] = row.text
        if absent := [id for id, text in wanted.items() if not text]:
            raise DatasetError(
                f"{len(absent):,} of {len(wanted):,} texts were not found: {', '.join(absent[:_NAMED])}. Articles "
                "are identified by a hash of their text, so it must be exactly the same"
            )
        prefix = f".{target.name}."
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix, ignore_cleanup_errors=True) as draft:
            for split in splits:
                with (Path(draft) / f"{split}.jsonl").open("wb") as file:
                    for number, line in _standoff(folder, split):
                        file.write(_filled(line, wanted[line["id"]], schema, f"data/{split}.jsonl:{number}"))
            Path(draft).rename(target)
    except OSError as fault:
        raise DatasetError(
            f"{fault.filename or folder}: {fault.strerror}; check the name, permissions and free space"
        ) from None
    except UnicodeDecodeError:
        raise DatasetError(f"{folder / 'schema.yaml'} is not UTF-8; get the dataset again") from None


def _standoff(folder: Path, split: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the lines without text of a split, with their numbers."""
    with (folder / "data" / f"{split}.jsonl").open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                line = orjson.loads(raw)
                held = line["format"], line["id"]
            except (orjson.JSONDecodeError, KeyError, TypeError):
                raise DatasetError(
                    f"data/{split}.jsonl:{number} is not a line of a dataset; get the dataset again"
                ) from None
            if held[0] != STANDOFF_FORMAT or not isinstance(held[1], str):
                raise DatasetError(
                    f"data/{split}.jsonl:{number} is not a line without text, so there is nothing to restore"
                )
            yield number, line


def _filled(line: dict[str, Any], text: str, schema: Schema, place: str) -> bytes:
    try:
        return orjson.dumps(with_text(line, text, schema), option=orjson.OPT_APPEND_NEWLINE)
    except DatasetError as fault:
        raise DatasetError(f"{place}: {fault}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        raise DatasetError(
            f"{place} was changed after the export ({type(fault).__name__}: {fault}); get the dataset again"
        ) from None


def _inside(path: str) -> bool:
    parts = Path(path).parts
    return bool(parts) and not Path(path).is_absolute() and ".." not in parts
