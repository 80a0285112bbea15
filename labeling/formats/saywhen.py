"""SayWhen's own JSONL, `saywhen/1`: one article per line with everyone's work (docs/data-format.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.dataset import span_text
from labeling.errors import ArticleError
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.reading import CHUNK, MAX_BYTES, Fault
from labeling.formats.recognizing import tool_of
from labeling.schema import Schema

_NAME = "saywhen/1"


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write lines as they are; nothing is lost."""
    with target.open("wb") as file:
        for line in lines:
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of an export with everyone's work on them."""
    try:
        with path.open("rb", CHUNK) as file:
            number = 0
            while raw := file.readline(MAX_BYTES + 1):
                number += 1
                try:
                    if len(raw) > MAX_BYTES:
                        while raw and not raw.endswith(b"\n"):
                            raw = file.readline(MAX_BYTES)
                        raise ArticleError(f"the line is longer than {MAX_BYTES:,} bytes; split it into articles")
                    if not raw.strip():
                        continue
                    line = orjson.loads(raw)
                    if (tool := tool_of(line)) and tool.kind != FORMAT.name:
                        yield Fault(str(path), number, f"{tool}; the rest of the file is not read as a SayWhen export")
                        return
                    yield taken(line, str(path), number)
                except orjson.JSONDecodeError as fault:
                    reason = f"invalid JSON at column {fault.colno} ({fault.msg}); export it again"
                    yield Fault(str(path), number, reason)
                except ArticleError as fault:
                    yield Fault(str(path), number, str(fault))
                except (KeyError, TypeError, ValueError, AttributeError) as fault:
                    reason = f"the line is not valid {_NAME} ({type(fault).__name__}: {fault}); export it again"
                    yield Fault(str(path), number, reason)
    except OSError as fault:
        yield Fault(str(path), None, f"can't read it ({fault.strerror}); check the name and your permissions")


def taken(line: Any, file: str, number: int) -> Marked:
    """Return the article and work in a line, after checking it.

    Raises ArticleError where it contradicts itself, and what Python raises for missing fields and wrong types.
    """
    if line["format"] != _NAME:
        raise ArticleError(f"the line has the format “{line['format']}”, not “{_NAME}”; import it as that format")
    published = line["published"] or {"value": None, "basis": None}
    made = article.make(
        line["text"],
        title=line["title"],
        outlet=line["outlet"],
        url=line["url"],
        language=line["language"],
        published=published["value"],
        published_basis=published["basis"],
        source=file,
    )
    if made.text != line["text"]:
        raise ArticleError("the text is not normalized (line endings, white space at its end); export it again")
    work: dict[str, dict[str, Any]] = {}
    size = len(made.text)
    for annotation in line["annotations"]:
        spans = []
        if annotation["annotator"] in work:
            raise ArticleError(f"the work of {annotation['annotator']} occurs twice; keep one of them")
        ids: set[str] = set()
        for span in annotation["spans"]:
            if span["id"] in ids:
                raise ArticleError(f"two spans of {annotation['annotator']} have the id {span['id']}; export it again")
            ids.add(span["id"])
        for link in annotation["relations"]:
            for end in (link["from"], link["to"]):
                if end not in ids:
                    raise ArticleError(f"relation {link['id']} leads to span {end}, which is missing; export it again")
        for span in annotation["spans"]:
            fragments = span["fragments"]
            for start, end in fragments:
                if not 0 <= start < end <= size:
                    raise ArticleError(f"span {span['id']} has the fragment {start}–{end}, outside the text")
            words = span_text(made.text, fragments)
            if words != span["text"]:
                raise ArticleError(f"span {span['id']} has the text “{span['text']}”, but the article has “{words}”")
            kept = {"id": span["id"], "label": span["label"], "fragments": fragments, "attributes": span["attributes"]}
            if span.get("waived"):
                kept["waivers"] = span["waived"]
            spans.append(kept)
        work[annotation["annotator"]] = {
            **{name: annotation[name] for name in ("status", "skip_reason", "published", "relations", "comments")},
            "spans": spans,
            **({"judgments": annotation["judgments"]} if annotation.get("judgments") else {}),
        }
    return Marked(made, work, line["entries"], file, number)


FORMAT = Format("jsonl", "SayWhen JSONL", ".jsonl", write, read, several=True)
