"""W3C Web Annotation: a folder with a page of annotations (JSON-LD) and the text for each article.

Every span is an annotation that classifies, every link one that links two of them, every comment one that comments.
Positions count code points, as the standard says; the words with what stands around them are quoted beside. A span of
several fragments has a target for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from labeling.annotation.article import Article
from labeling.dataset.line_losses import all_annotations
from labeling.errors import ArticleError
from labeling.formats.files import files_in, whole_bytes
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.tasks import fields_of
from labeling.formats.webannotation_page import ABOUT, AROUND, REST, Object, Page
from labeling.schema import Schema

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a folder with one .jsonld and one .txt per article, named by its id."""
    target.mkdir()
    for line in lines:
        name = re.sub(r"[^\w.-]", "-", line["id"])
        (target / f"{name}.txt").write_bytes(line["text"].encode())
        annotations = all_annotations(line, losses, ("revision", "judgments", "provenance"))
        source = {"id": f"{name}.txt", "type": "Text", "format": "text/plain"}
        if line["language"]:
            source["language"] = line["language"]
        rest = {
            "article": fields_of(line),
            "entries": line["entries"],
            "annotations": [{key: each[key] for key in ABOUT} for each in annotations],
            "waivers": {
                each["annotator"]: {span["id"]: span["waived"] for span in each["spans"] if span.get("waived")}
                for each in annotations
            },
        }
        page = {
            "@context": [CONTEXT, {"saywhen": "urn:saywhen:"}],
            "id": f"{name}.jsonld",
            "type": "AnnotationPage",
            "items": [made for each in annotations for made in _annotations(line["text"], source, each)],
            REST: orjson.dumps(rest).decode(),
        }
        (target / f"{name}.jsonld").write_bytes(orjson.dumps(page, option=orjson.OPT_INDENT_2))


def _annotations(text: str, source: Object, annotation: Object) -> Iterator[Object]:
    """Yield the Web Annotations of an annotator's spans, links and comments."""
    creator = {"type": "Person", "name": annotation["annotator"]}

    def iri(id: str) -> str:
        return f"#{quote(annotation['annotator'], safe='')}/{id}"

    def made(id: str, motivation: str, body: list[Object], target: Any) -> Object:
        return {
            "id": iri(id), "type": "Annotation", "motivation": motivation, "creator": creator,
            "body": body, "target": target,
        }  # fmt: skip

    for span in annotation["spans"]:
        body = [_words("classifying", span["label"])]
        if span["attributes"]:
            values = orjson.dumps(span["attributes"]).decode()
            body.append({**_words("describing", values), "format": "application/json"})
        targets = [
            {"type": "SpecificResource", "source": source, "selector": _selectors(text, start, end)}
            for start, end in span["fragments"]
        ]
        yield made(span["id"], "classifying", body, targets if len(targets) > 1 else targets[0])
    for link in annotation["relations"]:
        end = {"type": "SpecificResource", "source": iri(link["to"]), "purpose": "linking"}
        yield made(link["id"], "linking", [_words("classifying", link["type"]), end], iri(link["from"]))
    for comment in annotation["comments"]:
        body = [_words("commenting", comment["text"])]
        if comment["flag"]:
            body.append(_words("tagging", comment["flag"]))
        yield made(comment["id"], "commenting", body, iri(comment["span"]) if comment["span"] else source)


def _words(purpose: str, value: str) -> Object:
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _selectors(text: str, start: int, end: int) -> list[Object]:
    return [
        {"type": "TextPositionSelector", "start": start, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - AROUND) : start],
            "suffix": text[end : end + AROUND],
        },
    ]


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of a file or a folder: pages, collections, graphs, arrays or single annotations.

    The text an annotation speaks of must be a file beside it, named as its source is or as the file itself; nothing is
    fetched.
    """
    found = False
    for file in files_in(path, (".jsonld", ".json")):
        found = True
        if isinstance(file, Fault):
            yield file
            continue
        try:
            raw = whole_bytes(file)
            try:
                values = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
            except orjson.JSONDecodeError as fault:
                yield Fault(
                    str(file), fault.lineno, f"invalid JSON at column {fault.colno} ({fault.msg}); export it again"
                )
                continue
            yield from Page(file, raw, values).articles()
        except ArticleError as fault:
            yield Fault(str(file), None, str(fault))
        except (TypeError, ValueError, AttributeError, KeyError) as fault:
            reason = f"it is not a valid Web Annotation ({type(fault).__name__}: {fault}); export it again"
            yield Fault(str(file), None, reason)
    if not found:
        yield Fault(str(path), None, "there is no .jsonld and no .json file; name the file or the folder that has it")


FORMAT = Format("webannotation", "W3C Web Annotation (JSON-LD)", "", write, read, several=True, also=(".jsonld",))
