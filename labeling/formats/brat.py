"""brat's standoff: a folder with a .txt and an .ann for each article, and the configuration that brat needs beside them.

Offsets are code points. brat takes no line break within an annotation, and its readers no tab, so that one which runs over
such is written as a fragment for each stretch between them; it is read as one again. What an attribute of brat cannot say, text, dates and registry entries,
stands as JSON in a note. An article that no one has opened is a .txt without .ann.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, assert_never

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.dataset.line_losses import OF_ARTICLE, OF_WORK, one_annotation
from labeling.errors import ArticleError
from labeling.formats.brat_marks import ANNOTATOR, FLAGGED, NOTE, Marks, joined
from labeling.formats.files import files_in, is_file, whole_text
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.reading import Fault
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_LINE = re.compile(r"[^\n\t]+")
# A reader of lines may part at any of these, and brat's own does.
_BREAK = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LEFT = {*OF_ARTICLE, *OF_WORK, "ids"} - {"comments"}


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a folder: a .txt and an .ann for each article, annotation.conf and visual.conf for the label set."""
    target.mkdir()
    (target / "annotation.conf").write_bytes(_configuration(schema).encode())
    (target / "visual.conf").write_bytes(_looks(schema).encode())
    for line in lines:
        name = re.sub(r"[^\w.-]", "-", line["id"])
        (target / f"{name}.txt").write_bytes(line["text"].encode())
        annotation = one_annotation(line, losses, _LEFT)
        if annotation:
            written = "".join(f"{each}\n" for each in _standoff(line, annotation, schema, losses))
            (target / f"{name}.ann").write_bytes(written.encode())


def _standoff(line: Line, annotation: dict[str, Any], schema: Schema, losses: Losses) -> Iterator[str]:
    """Yield the lines of an .ann file."""
    text, names = line["text"], line["entries"]
    numbers: dict[str, str] = {}
    attributes: list[str] = []
    references: list[str] = []
    notes: list[tuple[str, str]] = []
    for span in annotation["spans"]:
        place = f"{line['id']} {span['id']}"
        parts = [
            (start + part.start(), start + part.end())
            for start, end in span["fragments"]
            for part in _LINE.finditer(text[start:end])
        ]
        if not parts:
            losses.add("spans that contain only line breaks and tabs are lost", place)
            continue
        if joined(text, parts) != [tuple(each) for each in span["fragments"]]:
            losses.add(
                "line breaks and tabs at the ends of fragments are lost, and fragments separated by nothing else are "
                "joined",
                place,
            )
        id = numbers[span["id"]] = f"T{len(numbers) + 1}"
        where = ";".join(f"{start} {end}" for start, end in parts)
        yield f"{id}\t{span['label']} {where}\t{_one_line(' '.join(text[start:end] for start, end in parts))}"
        rest = {}
        registries = dict(schema.registries_by_label.get(span["label"], ()))
        known = schema.labels[span["label"]].attributes if span["label"] in schema.labels else {}
        for name, value in span["attributes"].items():
            control = known[name].kind.control if name in known else None
            if value is True:
                attributes.append(f"{name} {id}")
            elif control == "select" and _PLAIN.fullmatch(value):
                attributes.append(f"{name} {id} {value}")
            else:
                rest[name] = value
                for each in entry_ids(value) if name in registries else ():
                    if not (entry := names.get(registries[name], {}).get(each)):
                        continue
                    if _BREAK.search(entry):
                        losses.add("line breaks and tabs in entry names become spaces", f"{line['id']} {each}")
                    references.append(f"Reference {id} {registries[name]}:{each}\t{_one_line(entry)}")
        if rest:
            values = json.dumps(rest, ensure_ascii=False)
            notes.append((id, _BREAK.sub(lambda match: f"\\u{ord(match[0]):04x}", values)))
    links = (link for link in annotation["relations"] if link["from"] in numbers and link["to"] in numbers)
    for number, link in enumerate(links, 1):
        yield f"R{number}\t{link['type']} Arg1:{numbers[link['from']]} Arg2:{numbers[link['to']]}\t"
    yield from (f"A{number}\t{each}" for number, each in enumerate(attributes, 1))
    yield from (f"N{number}\t{each}" for number, each in enumerate(references, 1))
    for comment in annotation["comments"]:
        if comment["span"] not in numbers:
            losses.add("comments on the whole article are lost", f"{line['id']} {comment['id']}")
            continue
        words = _one_line(comment["text"])
        if words != comment["text"]:
            losses.add("line breaks and tabs in comments become spaces", f"{line['id']} {comment['id']}")
        flagged = comment["flag"] or FLAGGED.match(words) or words.startswith("{")
        notes.append((numbers[comment["span"]], f"[{comment['flag'] or ''}] {words}" if flagged else words))
    yield from (f"#{number}\t{NOTE} {id}\t{note}" for number, (id, note) in enumerate(notes, 1))


def _one_line(words: str) -> str:
    return _BREAK.sub(" ", words)


def _configuration(schema: Schema) -> str:
    """Return annotation.conf: the types of spans, their attributes and relations."""
    flags: dict[str, list[str]] = {}
    choices: dict[str, tuple[list[str], list[str]]] = {}
    for label in schema.labels.values():
        for attribute in label.attributes.values():
            match attribute.kind.control:
                case "checkbox":
                    flags.setdefault(attribute.key, []).append(label.key)
                case "select":
                    labels, options = choices.setdefault(attribute.key, ([], []))
                    labels.append(label.key)
                    options += [each.key for each in attribute.options if each.key not in options]
                case "text" | "date" | "entry" | "number":
                    pass  # in a note, as JSON
                case other:
                    assert_never(other)
    return "\n".join(
        [
            f"# {schema.title} (version {schema.version}), written by SayWhen",
            "[entities]",
            *schema.labels,
            "",
            "[relations]",
            *(f"{each.key}\tArg1:{'|'.join(each.sources)}, Arg2:{'|'.join(each.targets)}" for each in schema.relations.values()),
            "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>",
            "",
            "[events]",
            "",
            "[attributes]",
            *(f"{name}\tArg:{'|'.join(labels)}" for name, labels in flags.items()),
            *(f"{name}\tArg:{'|'.join(labels)}, Value:{'|'.join(options)}" for name, (labels, options) in choices.items()),
            "",
        ]
    )  # fmt: skip


def _looks(schema: Schema) -> str:
    """Return visual.conf: titles and colors."""
    titles = {key: label.title for key, label in schema.labels.items()}
    titles |= {key: relation.title for key, relation in schema.relations.items()}
    return "\n".join(
        [
            "[labels]",
            *(f"{key} | {title.replace('|', '/')}" for key, title in titles.items()),
            "",
            "[drawing]",
            "SPAN_DEFAULT\tfgColor:black, bgColor:lightgreen, borderColor:darken",
            "ARC_DEFAULT\tcolor:black, arrowHead:triangle-5",
            *(f"{each.key}\tbgColor:{each.colour}, fgColor:white" for each in schema.labels.values()),
            "",
        ]
    )


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles and work in a folder, or in one .txt or .ann and the file of that name beside it."""
    if path.suffix in (".txt", ".ann") and is_file(path):
        stems = [path.with_suffix("")]
    else:
        found = list(files_in(path, (".txt", ".ann", ".a1", ".a2")))
        yield from (each for each in found if isinstance(each, Fault))
        files = [each for each in found if isinstance(each, Path)]
        stems = sorted({each.with_suffix("") for each in files})
        if not found:
            yield Fault(str(path), None, "there is no .txt and no .ann file; name the folder that has them")
    for stem in stems:
        text, ann, *parts = (stem.with_name(stem.name + suffix) for suffix in (".txt", ".ann", ".a1", ".a2"))
        parts = [each for each in parts if each.is_file()]
        if ann.is_file():
            yield from (
                Fault(str(each), None, f"it is ignored, since there is {ann.name}; remove one of them")
                for each in parts
            )
            parts = [ann]
        if not text.is_file():
            yield Fault(str(parts[0]), None, f"its text is missing; put {text.name} next to it")
            continue
        try:
            raw = whole_text(text)
            made = article.make(raw, source=str(text))
        except ArticleError as fault:
            yield Fault(str(text), None, str(fault))
            continue
        lines: list[tuple[Path, int, str]] = []
        try:
            for ann in parts:
                standoff = whole_text(ann).removeprefix("\ufeff")
                lines += (
                    (ann, number, line)
                    for number, line in enumerate(re.split("\r?\n|\r(?=[TREAMN#*][0-9]*\t)", standoff), 1)
                )
        except ArticleError as fault:
            yield Fault(str(ann), None, str(fault))
            lines = []
        if not lines:
            yield made
            continue
        marks = Marks(raw, made.text)
        annotation = marks.annotation([line for _, _, line in lines])
        for at, reason in sorted(marks.messages, key=lambda each: each[0] or 0):
            ann, number, _ = lines[at - 1 if at else 0]
            yield Fault(str(ann), number if at else None, reason)
        yield Marked(made, {ANNOTATOR: annotation}, marks.entries, str(parts[0]))


FORMAT = Format("brat", "brat standoff", "", write, read, also=(".ann",))
