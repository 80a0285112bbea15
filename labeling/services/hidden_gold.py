"""Hidden gold from a file: lines of an export become articles, and the work in them what annotators are held against."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pydantic

from labeling.annotation import ops
from labeling.annotation import state as annotation
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation
from labeling.dataset import FORMAT
from labeling.errors import ArticleError, AssignmentError, OpError
from labeling.formats.reading import Source, row_article
from labeling.schema import Schema
from labeling.store.contract import Store
from labeling.store.team import GOLD


def take_in_gold(store: Store, path: Path, by: str, *, dry_run: bool = False) -> tuple[list[Article], int]:
    """Take a file of our export format in as hidden gold; return its articles, and how many of them were gold before.

    A line holds one annotator's work. All lines are read and checked before anything is written, and what a killed run
    has left undone the next one does. Raises AssignmentError naming the line and what to do, or while nobody leads.
    """
    with store.reading() as project:
        project.team.require_lead()
    found = [*_lines(store.schema, path)]
    with store.reading() as project:
        before = project.team.hidden()
    new = [(article, message) for article, message in found if article.id not in before]
    if not dry_run and new:
        with store.writing() as project:
            project.team.newcomer(GOLD)
        for _ in store.add_articles(article for article, _ in new):
            pass
        for article, message in new:
            client = f"gold-{sha256(' '.join([article.id, *map(ops.to_json, message)]).encode()).hexdigest()[:32]}"
            for refusal in store.append(GOLD, article.id, client, 0, message).refused:
                raise AssignmentError(f"{path.name}: gold of “{article.title or article.id}”: {refusal['reason']}")
        ids = [article.id for article, _ in new]
        with store.writing() as project:
            project.hidden_gold.hide(ids, GOLD, by)
    return [article for article, _ in found], len(found) - len(new)


def _lines(schema: Schema, path: Path) -> Iterator[tuple[Article, list[ops.Op]]]:
    """Yield each line's article with the ops that make the work in it, tried out on an empty annotation."""
    try:
        stream = open(path, "rb")  # noqa: SIM115 (closed below; only the opening is guarded here)
    except OSError as fault:
        raise AssignmentError(f"can't read {path} ({fault.strerror}); check the path") from None
    with stream:
        source = Source(path.name, path.name, stream)
        found = 0
        while line := source.readline():
            if not line.strip():
                continue
            found += 1
            try:
                yield _line(schema, orjson.loads(line), source)
            except (AssignmentError, ArticleError, OpError) as fault:
                raise AssignmentError(f"{path.name}:{source.line}: {fault}; nothing was imported") from None
            except pydantic.ValidationError as fault:
                first = fault.errors()[0]
                place = ".".join(map(str, first["loc"]))
                raise AssignmentError(
                    f"{path.name}:{source.line}: {place}: {first['msg']}; nothing was imported"
                ) from None
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as fault:
                raise AssignmentError(
                    f"{path.name}:{source.line}: is not a line of an export ({fault}); create one with: saywhen export"
                ) from None
        if not found:
            raise AssignmentError(f"{path.name} is empty; export gold with: saywhen export")


def _line(schema: Schema, line: dict[str, Any], source: Source) -> tuple[Article, list[ops.Op]]:
    if line["format"] != FORMAT:
        raise AssignmentError(f"“{line['format']}” is not the format {FORMAT}; export one article per line")
    if len(line["annotations"]) != 1:
        raise AssignmentError(
            f"the line has the work of {len(line['annotations'])} annotators, but gold needs one; keep one of them"
        )
    article = row_article(line, source, source.line)
    names: dict[tuple[str, str], str] = {}
    message: list[ops.Op] = []
    state = Annotation()
    for number, step in enumerate(_steps(line["annotations"][0], line["entries"], article.text), 1):
        op = ops.load({"number": number, **step})
        touched = annotation.apply(state, op, article.text, schema, lambda registry, id: names.get((registry, id)))
        names.update({(registry, id): name for registry, id, name in touched.entries})
        message.append(op)
    return article, message


def _steps(work: dict[str, Any], entries: dict[str, dict[str, str]], text: str) -> Iterator[dict[str, Any]]:
    """Yield the ops that make an exported annotation again, handed in."""
    for registry, names in entries.items():
        for id, name in names.items():
            yield {"kind": "register", "registry": registry, "id": id, "name": name}
    for span in work["spans"]:
        parts = [{"start": start, "end": end, "quote": text[start:end]} for start, end in span["fragments"]]
        yield {"kind": "add", **{key: span[key] for key in ("id", "label", "attributes")}, "fragments": parts}
        for name, reason in span.get("waived", {}).items():
            yield {"kind": "waive", "id": span["id"], "name": name, "reason": reason}
    for link in work["relations"]:
        yield {"kind": "relate", **link}
    if work["published"]:
        yield {"kind": "publish", **work["published"]}
    yield {"kind": "submit"}
