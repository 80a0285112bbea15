"""Hidden gold from a file: lines of an export become articles, and the work in them what annotators are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pydantic

from labeling.annotation import ops
from labeling.annotation.article import Article
from labeling.dataset import FORMAT
from labeling.errors import ArticleError, AssignmentError, OpError
from labeling.formats.conversion import Converter
from labeling.formats.reading import Source, row_article
from labeling.services.importing.checking import entries_of
from labeling.store.contract import Store
from labeling.store.team import GOLD


def import_gold(store: Store, path: Path, by: str, *, dry_run: bool = False) -> tuple[list[Article], int]:
    """Import a file of our export format as hidden gold; return its articles, and how many of them were gold before.

    A line holds one annotator's work. All lines are read and checked before anything is written, and what a killed run
    has left undone the next one does. Raises AssignmentError naming the line and what to do, or while no one leads.
    """
    with store.reading() as project:
        project.team.require_lead()
    found = [*_lines(store, path)]
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


def _lines(store: Store, path: Path) -> Iterator[tuple[Article, list[ops.Op]]]:
    """Yield each line's article with the ops that make the work in it, as an import would add them."""
    entries = entries_of(store)
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
                yield _line(
                    Converter(store.schema, {}, entries.resolved, entries.registered), orjson.loads(line), source
                )
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


def _line(converter: Converter, line: dict[str, Any], source: Source) -> tuple[Article, list[ops.Op]]:
    if line["format"] != FORMAT:
        raise AssignmentError(f"“{line['format']}” is not the format {FORMAT}; export one article per line")
    if len(line["annotations"]) != 1:
        raise AssignmentError(
            f"the line has the work of {len(line['annotations'])} annotators, but gold needs one; keep one of them"
        )
    work = line["annotations"][0]
    if work["status"] == "skipped":
        reason = f" (“{work['skip_reason']}”)" if work["skip_reason"] else ""
        raise AssignmentError(f"the article was skipped{reason}, so it has no gold; remove the line")
    if work["status"] != "submitted":
        raise AssignmentError(
            "the work on the article is not submitted; finish it (for gold, resolve its disagreements) and export with "
            "--submitted, or remove the line"
        )
    article = row_article(line, source, source.line)
    for span in work["spans"]:
        words = " … ".join(article.text[start:end] for start, end in span["fragments"])
        if words != span["text"]:
            raise ArticleError(
                f"fragment of span {span['id']}: its text is “{span['text']}”, but the article has “{words}”"
            )
    spans = [{**span, "waivers": span.get("waived", {})} for span in work["spans"]]
    converted = converter.convert(article.text, {**work, "spans": spans}, line["entries"])
    messages = [
        *converted.messages,
        *(
            f"the label set has no {kind} “{name}”; to map it, use: saywhen import --with-work --map"
            for kind, name in converter.unknown
        ),
    ]
    if messages:
        more = f" (and {len(messages) - 1} more on this line)" if len(messages) > 1 else ""
        raise AssignmentError(f"{messages[0]}{more}")
    return article, converted.loaded()
