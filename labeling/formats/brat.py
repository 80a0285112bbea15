"""brat's standoff: a folder with a .txt and an .ann for each article, and the configuration that brat needs beside them.

Offsets are code points. brat takes no line break within a mark, and its readers no tab, so that a mark which runs over
such is written as a fragment for each stretch between them; it is read as one again. What an attribute of brat cannot say, text, dates and registry entries,
stands as JSON in a note. «Nobody has looked at it» is a .txt without .ann.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, assert_never

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.dataset.line_losses import OF_ARTICLE, OF_WORK, one_annotation
from labeling.errors import ArticleError
from labeling.formats.files import files_in, is_file, whole_text
from labeling.formats.gathering import LooseLink, LooseSpan, gathered_by_line
from labeling.formats.marked import Format, Line, Losses, Marked, made_id
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault
from labeling.formats.tasks import doubt
from labeling.schema import Schema

#: Whose work it is: a file does not say.
ANNOTATOR = "brat"

_NOTE = "AnnotatorNotes"
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_LINE = re.compile(r"[^\n\t]+")
# A reader of lines may part at any of these, and brat's own does.
_BREAK = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FLAGGED = re.compile(r"\[([a-z][a-z0-9_]*)?\] ?(.*)", re.DOTALL)
_LEFT = {*OF_ARTICLE, *OF_WORK, "ids"} - {"comments"}


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a folder: two files an article, named by its id, with annotation.conf and visual.conf of the label set."""
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
            losses.add("spans of nothing but line breaks and tabs are lost", place)
            continue
        if _joined(text, parts) != [tuple(each) for each in span["fragments"]]:
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
                entry = names.get(registries.get(name, ""), {}).get(value) if isinstance(value, str) else None
                if entry:
                    if _BREAK.search(entry):
                        losses.add("line breaks and tabs in entry names become spaces", f"{line['id']} {value}")
                    references.append(f"Reference {id} {registries[name]}:{value}\t{_one_line(entry)}")
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
        flagged = comment["flag"] or _FLAGGED.match(words) or words.startswith("{")
        notes.append((numbers[comment["span"]], f"[{comment['flag'] or ''}] {words}" if flagged else words))
    yield from (f"#{number}\t{_NOTE} {id}\t{note}" for number, (id, note) in enumerate(notes, 1))


def _one_line(words: str) -> str:
    return _BREAK.sub(" ", words)


def _joined(text: str, parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return fragments with those made one between which only line breaks stand."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and found[-1][1] < start and not text[found[-1][1] : start].strip("\n\t"):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _configuration(schema: Schema) -> str:
    """Return annotation.conf: what may be marked, linked and said about a mark."""
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
    """Return visual.conf: titles and colours."""
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
    """Yield the articles of a folder with their work, or of one .txt or .ann with what stands beside it."""
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
                lines += ((ann, number, line) for number, line in enumerate(re.split("\r\n|\n|\r", standoff), 1))
        except ArticleError as fault:
            yield Fault(str(ann), None, str(fault))
            lines = []
        if not lines:
            yield made
            continue
        marks = _Marks(raw, made.text)
        annotation = marks.annotation([line for _, _, line in lines])
        for at, reason in sorted(marks.told, key=lambda each: each[0] or 0):
            ann, number, _ = lines[at - 1 if at else 0]
            yield Fault(str(ann), number if at else None, reason)
        yield Marked(made, {ANNOTATOR: annotation}, marks.entries, str(parts[0]))


class _Marks:
    """What an .ann file says about its text, gathered line by line; `told` is what cannot be taken, with lines."""

    def __init__(self, raw: str, text: str) -> None:
        self.told: list[tuple[int | None, str]] = []
        self.entries: dict[str, dict[str, str]] = {}
        self._raw = raw
        self._text = text
        self._spans: dict[str, LooseSpan] = {}
        self._links: list[LooseLink] = []
        self._about: list[tuple[int, str, str, Any]] = []  # line, id of what it is about, name, value
        self._references: list[tuple[int, str, str, str, str]] = []  # line, id, registry, entry, name
        self._notes: list[tuple[int, str, str]] = []
        self._triggers: dict[str, str] = {}
        self._seen: set[str] = set()
        self._events: list[int] = []

    def annotation(self, lines: list[str]) -> dict[str, Any]:
        """Return the annotation's plain values."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    self._line(number, line)
                except ValueError as fault:
                    shown = line if len(line) <= 60 else f"{line[:59]}…"
                    self.told.append((number, f"“{shown}” is not imported: {fault}"))
        if self._events:
            what = (
                f"{len(self._events):,} event(s) become links from their triggers, named after their roles; events "
                "with the same trigger are merged"
            )
            self.told.append((self._events[0], what))
        for link in self._links:
            link.source, link.target = (self._triggers.get(end, end) for end in (link.source, link.target))
        comments = self._describe()
        annotation, told = gathered_by_line(self._raw, list(self._spans.values()), self._links)
        self.told += told
        self.told += ((None, each) for each in doubt(self._raw, self._spans.values()))
        for span in annotation["spans"]:
            span["fragments"] = [list(each) for each in _joined(self._text, map(tuple, span["fragments"]))]
        kept = {span["id"] for span in annotation["spans"]}
        for number, id, flag, words in comments:
            if id is not None and id not in kept:
                self.told.append(
                    (number, f"the note on {id} is about a missing span; it becomes a comment on the article")
                )
                id = None
            annotation["comments"].append({"id": made_id(number, words), "span": id, "flag": flag, "text": words})
        return annotation

    def _line(self, number: int, line: str) -> None:
        """Take one line; raises ValueError with the reason and the remedy."""
        id, tab, rest = line.partition("\t")
        if not tab:
            raise ValueError("there is no tab after the id; write the id, a tab and the rest")
        if id in self._seen and id != "*":
            raise ValueError(f"the id {id} is used twice, and only the first is imported; give each line its own")
        self._seen.add(id)
        data, _, tail = rest.partition("\t")
        take = {
            "T": self._mark, "R": self._relation, "A": self._attribute, "M": self._attribute, "E": self._event,
            "N": self._reference, "#": self._note, "*": self._same,
        }.get(id[:1])  # fmt: skip
        if not take:
            raise ValueError("this is not a brat line; remove it (ids begin with T, R, E, A, M, N, # or are *)")
        take(number, id, data.split(" "), tail)

    def _mark(self, number: int, id: str, data: list[str], tail: str) -> None:
        label, _, where = " ".join(data).partition(" ")
        try:
            borders = [tuple(map(int, part.split(" "))) for part in where.strip().split(";")]
            parts = [(start, end) for start, end in borders]
        except ValueError:
            raise ValueError(
                "an annotation needs a label, start and end, e.g. “T1⇥quote 0 5⇥words”; correct it"
            ) from None
        words = _words_of(parts, tail)
        given = [Given(start, end, each) for (start, end), each in zip(parts, words, strict=True)]
        self._spans[id] = LooseSpan(id, label, given, line=number)

    def _relation(self, number: int, id: str, data: list[str], tail: str) -> None:
        roles = [each.partition(":") for each in data[1:] if each]
        if {role for role, _, _ in roles} == {"Arg1", "Arg2"}:
            roles.sort()
        ends = [end for _, _, end in roles]
        if len(ends) != 2 or not all(ends):
            raise ValueError("a relation needs a type and two ends, e.g. “R1⇥said_by Arg1:T1 Arg2:T2”; correct it")
        self._links.append(LooseLink(id, data[0], ends[0], ends[1], number))

    def _event(self, number: int, id: str, data: list[str], tail: str) -> None:
        trigger = data[0].partition(":")[2]
        roles = [each.partition(":") for each in data[1:] if each]
        if not trigger or not all(end for _, _, end in roles):
            raise ValueError("an event needs a type, a trigger and roles, e.g. “E1⇥Say:T1 Who:T2”; correct it")
        self._triggers[id] = trigger
        self._links += [LooseLink(None, role, id, end, number) for role, _, end in roles]
        self._events.append(number)

    def _same(self, number: int, id: str, data: list[str], tail: str) -> None:
        ends = [each for each in data[1:] if each]
        if len(ends) < 2:
            raise ValueError("an equivalence needs two or more annotations, e.g. “*⇥Equiv T1 T2”; correct it")
        self._links += [LooseLink(None, data[0], one, other, number) for one, other in pairwise(ends)]

    def _attribute(self, number: int, id: str, data: list[str], tail: str) -> None:
        if len(data) < 2:
            raise ValueError("an attribute needs a name and an annotation, e.g. “A1⇥unnamed T1”; correct it")
        self._about.append((number, data[1], data[0], " ".join(data[2:]).strip() or True))

    def _reference(self, number: int, id: str, data: list[str], tail: str) -> None:
        registry, colon, entry = " ".join(data[2:]).partition(":")
        if not colon or not entry:
            raise ValueError(
                "a reference needs an annotation and an entry, e.g. “N1⇥Reference T1 source:p1⇥Zoé”; correct it"
            )
        self._references.append((number, data[1], registry, entry, tail or entry))

    def _note(self, number: int, id: str, data: list[str], tail: str) -> None:
        if len(data) < 2:
            raise ValueError("a note needs a kind and an annotation, e.g. “#1⇥AnnotatorNotes T1⇥words”; correct it")
        self._notes.append((number, data[1], tail))

    def _describe(self) -> list[tuple[int, str | None, str | None, str]]:
        """Put attributes on the marks; return what remains of the notes as comments: line, mark, flag, words."""
        comments: list[tuple[int, str | None, str | None, str]] = []
        for number, on, words in self._notes:
            id = self._triggers.get(on, on)
            values = _values(words)
            if values is not None and id in self._spans:
                self._about += [(number, id, name, value) for name, value in values.items()]
            elif words.strip():
                match = _FLAGGED.fullmatch(words)
                flag, text = (match[1], match[2]) if match else (None, words)
                comments.append((number, id, flag, text))
        for number, on, name, value in self._about:
            id = self._triggers.get(on, on)
            if id not in self._spans:
                self.told.append((number, f"the attribute {name} is not imported: there is no annotation {on}"))
            elif self._spans[id].attributes.setdefault(name, value) != value:
                self.told.append((number, f"{on} has the attribute {name} twice; only the first is imported"))
        for number, on, registry, entry, name in self._references:
            id = self._triggers.get(on, on)
            if id not in self._spans:
                self.told.append(
                    (number, f"the reference {registry}:{entry} is not imported: there is no annotation {on}")
                )
                continue
            self.entries.setdefault(registry, {})[entry] = name
            if entry not in self._spans[id].attributes.values():
                self._spans[id].attributes.setdefault(registry, entry)
        return comments


def _values(words: str) -> dict[str, Any] | None:
    """Return the attributes that a note of ours holds, None where it is another's."""
    if not words.startswith("{"):
        return None
    try:
        values = json.loads(words)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _words_of(parts: list[tuple[int, int]], words: str) -> list[str | None]:
    """Return the words of each fragment, of which a file has all together with a space between; None where it has none."""
    if not words.strip():
        return [None] * len(parts)
    if len(parts) == 1:
        return [words]
    for encoding, width in (("utf-32-le", 4), ("utf-16-le", 2), ("utf-8", 1)):
        raw = words.encode(encoding)
        if len(raw) // width == sum(end - start for start, end in parts) + len(parts) - 1:
            found: list[str | None] = []
            at = 0
            for start, end in parts:
                found.append(raw[at * width : (at + end - start) * width].decode(encoding, errors="replace"))
                at += end - start + 1
            return found
    # The sizes and the words do not agree: nothing will fit, and each fragment is told with all words.
    return [words] * len(parts)


FORMAT = Format("brat", "brat standoff", "", write, read)
