"""UIMA CAS XMI: a folder with one .xmi per article and a TypeSystem.xml, as INCEpTION and dkpro-cassis read them.

One layer of spans and one of links, so that links between any two labels are an ordinary relation layer to INCEpTION.
Each fragment is an annotation; those of a span share `spanId`, and the first has its attributes and links. Offsets are
UTF-16 units. Tokens and sentences are DKPro's types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, assert_never
from xml.sax.saxutils import quoteattr

from labeling.annotation.article import Article
from labeling.dataset.line_losses import OF_WORK, one_annotation
from labeling.errors import ArticleError
from labeling.formats.files import files_in
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.tasks import fields_of
from labeling.formats.uima import ARTICLE, DKPRO, LINK, META, SENTENCE, SPAN, TOKEN, WORD, Cas, TypeSystems
from labeling.formats.xml import FORBIDDEN, clean, parsed
from labeling.language.tokens import sentences, tokens
from labeling.schema import Schema, numbers
from labeling.schema.kinds import NUMBER

_NAMESPACES = {
    "cas": "uima.cas",
    "custom": "webanno.custom",
    "segmentation": f"{DKPRO}segmentation.type",
    "metadata": f"{DKPRO}metadata.type",
}
#: The range of a feature by what it holds; an Integer of UIMA would have 32 bits.
_RANGES = {"string": "String", "strings": "String", "boolean": "Boolean", "integer": "Long", "number": "Double"}
_PREFIXES = {package: prefix for prefix, package in _NAMESPACES.items()}


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a folder with the label set as TypeSystem.xml, and one file per article, named by its id."""
    target.mkdir()
    (target / "TypeSystem.xml").write_bytes(_types(schema).encode())
    for line in lines:
        if FORBIDDEN.search(line["text"]):
            losses.add("articles with U+FFFE or U+FFFF, which XML can't hold, are lost", line["id"])
            continue
        annotation = one_annotation(line, losses, {"revision", "judgments", "provenance"} & set(OF_WORK))
        name = re.sub(r"[^\w.-]", "-", line["id"])
        (target / f"{name}.xmi").write_bytes(_document(line, annotation).encode())


def _types(schema: Schema) -> str:
    """Return the type system: flags and numbers typed, all else as strings, dates in their parts."""
    features = {"spanId": "String", "spanLabel": "String"}
    for label in schema.labels.values():
        for attribute in label.attributes.values():
            match attribute.kind.storage(attribute):
                case tuple(parts):
                    features |= dict.fromkeys((f"{attribute.key}_{part}" for part in parts), "String")
                case "string" | "strings" | "boolean" | "integer" | "number" as held:
                    features[attribute.key] = _RANGES[held]
                case other:
                    assert_never(other)
    described = [
        _type(SPAN, "uima.tcas.Annotation", {name: f"uima.cas.{kind}" for name, kind in features.items()}),
        _type(LINK, "uima.tcas.Annotation", {"linkId": "uima.cas.String", "linkType": "uima.cas.String", "Governor": SPAN, "Dependent": SPAN}),
        _type(ARTICLE, "uima.cas.AnnotationBase", {"rest": "uima.cas.String"}),
        _type(WORD, "uima.tcas.Annotation", {}),
        _type(SENTENCE, "uima.tcas.Annotation", {}),
        _type(META, "uima.tcas.DocumentAnnotation", dict.fromkeys(("documentTitle", "documentId", "documentUri"), "uima.cas.String")),
    ]  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">\n<types>\n'
        f"{''.join(described)}</types>\n</typeSystemDescription>\n"
    )


def _type(name: str, supertype: str, features: dict[str, str]) -> str:
    described = "".join(
        f"<featureDescription><name>{feature}</name><rangeTypeName>{kind}</rangeTypeName></featureDescription>\n"
        for feature, kind in features.items()
    )
    return (
        f"<typeDescription><name>{name}</name><supertypeName>{supertype}</supertypeName>\n"
        f"<features>\n{described}</features></typeDescription>\n"
    )


class _Elements:
    """Elements of a CAS, numbered as they come."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.number = 1  # that of the text

    def add(self, type: str, **values: object) -> int:
        """Add a feature structure of the text; return its number."""
        self.number += 1
        package, _, name = type.rpartition(".")
        features = "".join(
            f' {key}="{value}"' if isinstance(value, int) else f" {key}={quoteattr(clean(str(value)))}"
            for key, value in values.items()
            if value is not None
        )
        self.written.append(f'<{_PREFIXES[package]}:{name} xmi:id="{self.number}" sofa="1"{features}/>')
        return self.number


def _document(line: Line, annotation: dict[str, Any] | None) -> str:
    text = line["text"]
    units = list(accumulate((1 + (character > "\uffff") for character in text), initial=0))
    made = _Elements()
    made.add(
        META, begin=0, end=units[-1], language=line["language"] or "x-unspecified",
        documentTitle=line["title"], documentId=line["id"], documentUri=line["url"],
    )  # fmt: skip
    rest: dict[str, Any] = {"article": fields_of(line), "entries": line["entries"], "annotation": None}
    if annotation:
        kept = ("annotator", "status", "skip_reason", "published", "comments")
        rest["annotation"] = {name: annotation[name] for name in kept}
        rest["waivers"] = {span["id"]: span["waived"] for span in annotation["spans"] if span.get("waived")}
    made.add(ARTICLE, rest=json.dumps(rest))
    held = tokens(text)
    for start, end in sentences(text, held):
        made.add(SENTENCE, begin=units[start], end=units[end])
    for start, end in held:
        made.add(WORD, begin=units[start], end=units[end])
    first: dict[str, tuple[int, int, int]] = {}
    for span in annotation["spans"] if annotation else ():
        for number, (start, end) in enumerate(span["fragments"]):
            features = _features(span["attributes"]) if not number else {}
            id = made.add(
                SPAN, begin=units[start], end=units[end], spanId=span["id"], spanLabel=span["label"], **features
            )
            first.setdefault(span["id"], (id, units[start], units[end]))
    for link in annotation["relations"] if annotation else ():
        source, (target, begin, end) = first[link["from"]][0], first[link["to"]]
        made.add(
            LINK, begin=begin, end=end, linkId=link["id"], linkType=link["type"], Governor=source, Dependent=target
        )
    spaces = " ".join(
        f'xmlns:{prefix}="http:///{package.replace(".", "/")}.ecore"' for prefix, package in _NAMESPACES.items()
    )
    members = " ".join(map(str, range(2, made.number + 1)))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" {spaces} xmi:version="2.0">\n'
        '<cas:NULL xmi:id="0"/>\n' + "\n".join(made.written) + "\n"
        f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString={quoteattr(text)}/>\n'
        f'<cas:View sofa="1" members="{members}"/>\n</xmi:XMI>\n'
    )


def _features(attributes: dict[str, Any]) -> dict[str, str]:
    """Return attributes as features."""
    features: dict[str, str] = {}
    for name, value in attributes.items():
        if isinstance(value, dict):
            features |= {f"{name}_{part}": words for part, words in value.items()}
        elif isinstance(value, list):
            features[name] = " ".join(value)  # ids have no spaces
        elif NUMBER.recognizes(value):
            features[name] = numbers.decimal(value)
        else:
            features[name] = "true" if value is True else value
    return features


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of a file or a folder, each with the nearest type system in its folder or above.

    Of other tools, each annotation that is no token, sentence or other structure is a span of its type's name (a named
    entity of its value), relations and slots are links, and what has a string or a flag is an attribute.
    """
    found = False
    types = TypeSystems()
    for file in files_in(path, (".xmi",)):
        found = True
        if isinstance(file, Fault):
            yield file
            continue
        try:
            yield from Cas(file, parsed(file, omitted=TOKEN), types).marked()
        except ArticleError as fault:
            yield Fault(str(file), None, str(fault))
    if not found:
        yield Fault(str(path), None, "there is no .xmi file; unpack the tool's export and name the folder")


FORMAT = Format("xmi", "UIMA CAS XMI", "", write, read, also=(".xmi",))
