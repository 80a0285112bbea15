"""Reading of a UIMA CAS in XMI: its types and annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, cast

from lxml import etree

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.assembly import LooseLink, LooseSpan, assembled_by_line
from labeling.formats.marked import Marked, empty_annotation
from labeling.formats.offsets import UTF_16, Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.tasks import Notes, article_of, doubt
from labeling.formats.xml import Omitted, parsed
from labeling.schema import numbers
from labeling.schema.kinds import DATE_PARTS

#: Whose work it is where a file does not say.
ANNOTATOR = "xmi"

SPAN = "webanno.custom.SayWhenSpan"

LINK = "webanno.custom.SayWhenLink"

ARTICLE = "webanno.custom.SayWhenArticle"

WORD = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"

SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"

META = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"

_NAMED = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"

DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."

#: What holds a text together and is no one's work.
_STRUCTURE = (f"{DKPRO}segmentation.", f"{DKPRO}metadata.", "uima.", "de.tudarmstadt.ukp.clarin.webanno.", "de.tudarmstadt.ukp.inception.")  # fmt: skip

_OURS = {"spanId", "spanLabel", "linkId", "linkType", "begin", "end", "sofa", "Governor", "Dependent"}

_ID = "{http://www.omg.org/XMI}id"

_ECORE = re.compile(r"\{http:///(.*)\.ecore\}(.*)")

#: A token as tools write it. Of a file's elements most are tokens, which are not looked at: they are removed before it is
#: parsed, where no other type system has given their prefix another meaning.
TOKEN = Omitted(
    re.compile(rb"<segmentation:Token [^<>]*/>"),
    b"xmlns:segmentation=",
    b'xmlns:segmentation="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore"',
)

#: Elements other than tokens and sentences.
_BESIDE_TOKENS = etree.XPath(
    "*[not(self::segmentation:Token or self::segmentation:Sentence)]",
    namespaces={"segmentation": "http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore"},
)

#: How the names of types of UIMA end whose features hold no value of their own.
_REFERENCES = ("Array", "List", "FS", "TOP")

#: What in a type system is a number.
_NUMERIC = {f"uima.cas.{name}" for name in ("Byte", "Short", "Integer", "Long", "Float", "Double")}

#: The ranges of features by type and feature.
Types: TypeAlias = dict[str, dict[str, str]]


class TypeSystems:
    """The type systems beside files; each folder is searched and each file read once."""

    def __init__(self) -> None:
        self._there: dict[Path, list[Path]] = {}
        self._read: dict[Path, Types | ArticleError] = {}

    def nearest(self, file: Path) -> Types | None:
        """Return the type system in a file's folder or in the one above, or None; raises ArticleError."""
        for folder in (file.parent, file.parent.parent):
            if folder not in self._there:
                named = (each for each in folder.glob("*.xml") if each.name.lower() == "typesystem.xml")
                self._there[folder] = sorted(named)
            for near in self._there[folder]:
                if near not in self._read:
                    try:
                        self._read[near] = _types_of(parsed(near))
                    except ArticleError as fault:
                        self._read[near] = ArticleError(f"{near.name}: {fault}")
                known = self._read[near]
                if isinstance(known, ArticleError):
                    raise known
                return known
        return None


class Cas:
    """A CAS in a file."""

    def __init__(self, file: Path, root: etree._Element, types: TypeSystems) -> None:
        self._file = file
        self._messages: list[tuple[int | None, str]] = []
        self._notes = Notes()
        self._elements: dict[str, tuple[str, etree._Element]] = {}
        self._sofas: list[etree._Element] = []
        for element in cast("list[etree._Element]", _BESIDE_TOKENS(root)):
            type = _type_of(element.tag)
            if not type:
                continue
            if type == "uima.cas.Sofa":
                self._sofas.append(element)
            elif (id := element.get(_ID)) is not None:
                if id in self._elements:
                    self._messages.append(
                        (_line(element), f"the xmi:id {id} is used twice; only the first is imported")
                    )
                self._elements.setdefault(id, (type, element))
        self._ranges = self._type_system(types)

    def _type_system(self, types: TypeSystems) -> Types | None:
        """Return the type system that stands nearest, None where there is none; `types` holds those read already."""
        try:
            return types.nearest(self._file)
        except ArticleError as fault:
            self._messages.append((None, str(fault)))
            return None

    def marked(self) -> Iterator[Marked | Article | Fault]:
        """Yield the article with its work, and messages; raises ArticleError if there is no text."""
        texts = [each for each in self._sofas if each.get("sofaString") is not None]
        if not texts:
            raise ArticleError("it has no text (no Sofa with a sofaString); export it again")
        sofa = next((each for each in texts if each.get("sofaID") == "_InitialView"), texts[0])
        for each in texts:
            if each is not sofa:
                self._messages.append(
                    (_line(each), f"the view “{each.get('sofaID')}” is ignored; import it as a file of its own")
                )
        raw, number = sofa.get("sofaString") or "", sofa.get(_ID)
        rest = self._rest()
        messages: list[str] = []
        made = article_of(raw, rest.get("article") or self._meta(), self._file, _line(sofa) or 1, messages)
        self._messages += [(None, each) for each in messages]
        spans, links = self._gather(number)
        annotation, misplaced = assembled_by_line(raw, spans, links, UTF_16)
        self._messages += misplaced
        if not rest:  # not written by us
            self._messages += ((None, each) for each in doubt(raw, spans, UTF_16))
        about = rest.get("annotation", {}) if rest else {}
        work = {}
        if about is not None:
            annotator = about.pop("annotator", ANNOTATOR)
            waivers = rest.get("waivers", {})
            for span in annotation["spans"]:
                if span["id"] in waivers:
                    span["waivers"] = waivers[span["id"]]
            kept = {span["id"] for span in annotation["spans"]}
            for comment in about.get("comments", ()):
                if comment["span"] is not None and comment["span"] not in kept:
                    reason = f"a comment becomes one on the article: its span {comment['span']} is missing"
                    self._messages.append((None, Remark(reason)))
                    comment["span"] = None
            annotation |= {name: value for name, value in about.items() if name in empty_annotation()}
            work[annotator] = annotation
        elif annotation["spans"]:
            work[ANNOTATOR] = annotation
        for line, reason in self._messages:
            yield Fault(str(self._file), line, reason)
        yield from self._notes.faults(self._file)
        yield Marked(made, work, rest.get("entries", {}), str(self._file)) if work else made

    def _rest(self) -> dict[str, Any]:
        """Return what we wrote about the article and the annotation; nothing for another's file."""
        for type, element in self._elements.values():
            if type == ARTICLE:
                try:
                    rest: dict[str, Any] = json.loads(element.get("rest") or "")
                    about = rest["annotation"]
                    sound = isinstance(rest["article"], dict) and isinstance(rest["entries"], dict)
                    if about is not None:
                        sound = sound and {"annotator", "status", "published", "comments"} <= set(about)
                        sound = sound and all({"id", "span", "flag", "text"} <= set(each) for each in about["comments"])
                    if sound:
                        return rest
                    raise ValueError
                except (ValueError, TypeError, KeyError, RecursionError):
                    self._messages.append(
                        (_line(element), "SayWhen's own data about the article is no longer valid and is not imported")
                    )
        return {}

    def _meta(self) -> dict[str, str]:
        """Return the article's fields in DKPro's metadata."""
        for type, element in self._elements.values():
            if type == META:
                fields = {
                    "title": element.get("documentTitle"),
                    "url": element.get("documentUri"),
                    "language": element.get("language"),
                }
                return {key: value for key, value in fields.items() if value and value != "x-unspecified"}
        return {}

    def _gather(self, sofa: str | None) -> tuple[list[LooseSpan], list[LooseLink]]:
        spans: dict[str, LooseSpan] = {}
        names: dict[str, str] = {}  # of elements → of the spans they are of
        links: list[LooseLink] = []
        foreign = False
        for id, (type, element) in self._elements.items():
            if element.get("begin") is None or element.get("sofa") != sofa or type == LINK:
                continue
            if type.startswith(_STRUCTURE):
                continue
            if element.get("Governor") is not None or element.get("Dependent") is not None:
                continue
            short = type.rpartition(".")[2]
            if type.startswith(DKPRO) and type != _NAMED:
                what = Remark(f"{short} of DKPro Core is ignored: it is usually made by a program")
                self._notes.add(what, _line(element) or 1)
                continue
            foreign = foreign or type != SPAN
            try:
                given = Given(int(element.get("begin", "")), int(element.get("end", "")))
            except ValueError:
                self._messages.append(
                    (_line(element), f"{short} {id} is not imported: its begin and end are not numbers; correct them")
                )
                continue
            if type == SPAN:
                own = element.get("spanId") or id
                label = element.get("spanLabel") or short
            else:
                own, label = id, (element.get("value") if type == _NAMED else None) or short
            names[id] = own
            if own in spans and spans[own].label == label:
                spans[own].fragments.append(given)
                spans[own].attributes |= self._attributes(type, element)
            else:
                spans[own] = LooseSpan(own, label, [given], self._attributes(type, element), _line(element))
            links += self._slots(type, element, own)
        for id, (type, element) in self._elements.items():
            source, target = element.get("Governor"), element.get("Dependent")
            if (source is None and target is None) or (type.startswith(DKPRO)) or element.get("sofa") != sofa:
                continue
            kind = element.get("linkType") or element.get("value") or type.rpartition(".")[2]
            links.append(LooseLink(element.get("linkId") or id, kind, source or "?", target or "?", _line(element)))
        for link in links:
            link.source, link.target = (names.get(end, end) for end in (link.source, link.target))
        if foreign and self._ranges is None:
            reason = (
                "TypeSystem.xml is missing: without it, references can't be distinguished from values; put it next "
                "to the file"
            )
            self._messages.append((None, Remark(reason)))
        return list(spans.values()), links

    def _attributes(self, type: str, element: etree._Element) -> dict[str, Any]:
        """Return the features of an annotation that hold a value of their own."""
        ranges = (self._ranges or {}).get(type, {})
        found: dict[str, Any] = {}
        for name, value in cast("list[tuple[str, str]]", element.items()):
            if name in _OURS or name == _ID:
                continue
            kind = ranges.get(name, "uima.cas.String")
            if not kind.startswith("uima.cas.") or kind.endswith(_REFERENCES):
                if kind != "uima.cas.FSArray":
                    what = f"{type.rpartition('.')[2]}.{name} refers to something else and is not imported"
                    self._notes.add(what, _line(element) or 1)
                continue
            if type == _NAMED and name == "value":
                continue
            if kind == "uima.cas.Boolean":
                if value == "true":
                    found[name] = True
                continue
            base, _, part = name.rpartition("_")
            if type == SPAN and part in DATE_PARTS and {f"{base}_edtf", f"{base}_timex3"} & {*map(str, element.attrib)}:
                found.setdefault(base, {})[part] = value
            elif value.strip():
                found[name] = _number(value) if type == SPAN and kind in _NUMERIC else value
        return found

    def _slots(self, type: str, element: etree._Element, own: str) -> Iterator[LooseLink]:
        """Yield a link for each filled slot of an annotation: to its target, by its role or the slot's name."""
        ranges = (self._ranges or {}).get(type, {})
        if "uima.cas.FSArray" not in ranges.values():
            return
        for name, value in element.attrib.items():
            if ranges.get(str(name)) != "uima.cas.FSArray":
                continue
            for id in str(value).split():
                _, slot = self._elements.get(id, ("", None))
                if slot is not None and slot.get("target") is not None:
                    role = slot.get("role") or str(name)
                    yield LooseLink(None, role, own, str(slot.get("target")), _line(element), role=True)


@lru_cache(maxsize=1000)
def _type_of(tag: str) -> str | None:
    """Return the type that an element of a CAS is named after, None where it is no element of one."""
    match = _ECORE.fullmatch(tag)
    return f"{match[1].replace('/', '.')}.{match[2]}" if match else None


def _number(written: str) -> int | float | str:
    """Return the number that a feature holds, also as Java writes it (1.0E7); as it is written where it is none of ours."""
    try:
        return numbers.parse(written) if "E" not in written.upper() else numbers.exact(float(written))
    except ValueError:
        return written


def _types_of(root: etree._Element) -> Types:
    """Return the ranges of the features of each type, with those of the types above it."""
    own: dict[str, tuple[str, dict[str, str]]] = {}
    for each in root.iter("{*}typeDescription"):
        features = {_below(one, "name"): _below(one, "rangeTypeName") for one in each.iter("{*}featureDescription")}
        own[_below(each, "name")] = (_below(each, "supertypeName"), features)
    types: Types = {}
    for type in own:
        above, types[type] = type, {}
        seen: set[str] = set()
        while above in own and above not in seen:
            seen.add(above)
            types[type] = own[above][1] | types[type]
            above = own[above][0]
    return types


def _below(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
