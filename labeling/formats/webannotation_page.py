"""Reading of the Web Annotations about one source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.assembly import LooseLink, LooseSpan, assembled
from labeling.formats.files import is_file, whole_text
from labeling.formats.marked import Marked, empty_annotation, made_id
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.tasks import article_of, doubt, shown, whole

#: Whose work it is where an annotation has no creator.
ANNOTATOR = "webannotation"

#: How much is quoted before and after a stretch, in code points.
AROUND = 32

REST = "saywhen:rest"

ABOUT = ("annotator", "status", "skip_reason", "published")

_NAMING = ("classifying", "tagging")

Object = dict[str, Any]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _types_of(value: Object) -> list[Any]:
    return _listed(value.get("type", value.get("@type")))


def _id(value: Any) -> str | None:
    """Return the IRI of something that is named or given whole."""
    found = value.get("id", value.get("@id")) if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def _items(values: Any) -> list[Any]:
    """Return the annotations of a page, a collection with its first page, a graph, an array; or the one there is."""
    if isinstance(values, list):
        return [item for each in values for item in (_items(each) if isinstance(each, dict) else [each])]
    if isinstance(values, dict):
        for name in ("items", "@graph", "rows"):
            if name in values:
                return _listed(values[name])
        first = values.get("first")
        if isinstance(first, dict) and "first" not in first:
            return _items(first)
    return [values]


def _of_hypothesis(item: Any) -> Any:
    """Return an annotation as the standard has it, if it is one as Hypothesis gives it; else as it is.

    Its positions count in the page as the browser had it: where it quotes words, these decide the place.
    """
    if not (isinstance(item, dict) and isinstance(item.get("uri"), str) and isinstance(item.get("user"), str)):
        return item
    bodies = [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in _listed(item.get("tags"))]
    if item.get("text"):
        bodies.append({"type": "TextualBody", "purpose": "commenting", "value": item["text"]})
    targets: list[Any] = []
    for each in _listed(item.get("target")):
        selectors = (
            [one for one in _listed(each.get("selector")) if isinstance(one, dict)] if isinstance(each, dict) else []
        )
        quotes = [one for one in selectors if "TextQuoteSelector" in _types_of(one)]
        if selectors:
            targets.append({"source": each.get("source", item["uri"]), "selector": quotes or selectors})
    replied_to = _listed(item.get("references"))[-1:]
    user = item["user"].removeprefix("acct:").partition("@")[0]
    return {
        "type": "Annotation",
        "id": item.get("id"),
        "creator": {"name": user},
        "body": bodies,
        "target": replied_to or targets or item["uri"],
    }


class Page:
    """The annotations of a file, by the source that they are about."""

    def __init__(self, file: Path, raw: bytes, values: Any) -> None:
        self._file = file
        self._raw = raw
        self._rest = values.get(REST) if isinstance(values, dict) else None
        self._items = [_of_hypothesis(each) for each in _items(values)]
        self._messages: list[tuple[int | None, str]] = []
        pages = (values, values.get("first")) if isinstance(values, dict) else ()
        if any(isinstance(page, dict) and page.get("next") for page in pages):
            self._messages.append((None, "further pages of the collection are not in the file; import their files too"))
        self._owners: dict[str, tuple[str, str]] = {}  # IRI of an annotation → its source and creator
        self._spans: dict[tuple[str, str], list[LooseSpan]] = {}
        self._links: dict[tuple[str, str], list[LooseLink]] = {}
        self._comments: dict[tuple[str, str], list[Object]] = {}

    def articles(self) -> Iterator[Marked | Article | Fault]:
        """Yield the articles with their work, and messages."""
        kept = self._kept()
        texts: dict[str, str] = {}
        later = []
        for number, item in enumerate(self._items, 1):
            if not isinstance(item, dict) or "Annotation" not in _types_of(item):
                self._messages.append((None, f"item {number} is not an annotation and is not imported"))
            elif not self._span(item, number, texts):
                later.append((number, item))
        for number, item in later:
            self._connect(item, number)
        sources = list(dict.fromkeys([source for source, _ in self._spans] + [source for source, _ in self._comments]))
        if not sources and not self._messages:
            sources = [f"{self._file.stem}.txt"]
        for source in sources:
            try:
                text = self._text(source, texts)
                yield from self._article(source, text, kept)
            except ArticleError as fault:
                self._messages.append((None, str(fault)))
        yield from (Fault(str(self._file), line, reason) for line, reason in self._messages)

    def _article(self, source: str, text: str, kept: Object) -> Iterator[Marked | Article]:
        messages: list[str] = []
        made = article_of(text, kept["article"], self._file, 1, messages)
        work: dict[str, Object] = {}
        about = {each["annotator"]: each for each in kept["annotations"]}
        creators = [creator for of, creator in (*self._spans, *self._comments) if of == source]
        for creator in dict.fromkeys([*about, *creators]):
            spans = self._spans.get((source, creator), [])
            annotation, misplaced = assembled(text, spans, self._links.get((source, creator), []))
            messages += (*misplaced, *doubt(text, spans))
            annotation |= {key: value for key, value in about.get(creator, {}).items() if key in empty_annotation()}
            known = {span["id"] for span in annotation["spans"]}
            waivers = kept["waivers"].get(creator, {})
            for span in annotation["spans"]:
                if span["id"] in waivers:
                    span["waivers"] = waivers[span["id"]]
            for comment in self._comments.get((source, creator), []):
                if comment["span"] is not None and comment["span"] not in known:
                    reason = f"a comment on {comment['span']}, which is not an imported span of {creator}, becomes a"
                    messages.append(Remark(f"{reason} comment on the article"))
                    comment = {**comment, "span": None}
                annotation["comments"].append(comment)
            work[creator] = annotation
        self._messages += [(None, each) for each in messages]
        yield Marked(made, work, kept["entries"], str(self._file)) if work else made

    def _kept(self) -> Object:
        """Return what we wrote about the article and its annotations; nothing for another's file."""
        if isinstance(self._rest, str):
            try:
                kept: Object = orjson.loads(self._rest)
                if all(isinstance(kept[name], dict) for name in ("article", "entries", "waivers")) and all(
                    {"annotator", "status", "published"} <= set(each) for each in kept["annotations"]
                ):
                    return kept
                raise ValueError
            except (ValueError, KeyError, TypeError):
                self._messages.append((None, f"SayWhen's own data in “{REST}” is no longer valid and is not imported"))
        return {"article": {}, "entries": {}, "annotations": [], "waivers": {}}

    def _text(self, source: str, texts: dict[str, str]) -> str:
        """Return the text of a source, a file beside this one; raises ArticleError where it is not there."""
        if source not in texts:
            names = [f"{self._file.stem}.txt"]
            with suppress(ValueError):
                names.insert(0, self._file.with_name(Path(unquote(urlsplit(source).path)).name).name)
            near = next((each for each in map(self._file.with_name, names) if is_file(each)), None)
            if near is None or near.suffix.lower() not in ("", ".txt"):
                raise ArticleError(
                    f"the text of the source {shown(source)} is not next to the file, and nothing is downloaded; "
                    f"save it as {names[-1]}"
                )
            texts[source] = whole_text(near)
        return texts[source]

    def _report(self, item: Object, number: int, reason: str) -> None:
        """Say what cannot be taken of an annotation, with its line as far as its id shows."""
        id = _id(item)
        at = self._raw.find(orjson.dumps(id)) if id else -1
        line = self._raw.count(b"\n", 0, at) + 1 if at >= 0 else None
        self._messages.append((line, f"annotation {id or number}{reason}"))

    def _creator(self, item: Object) -> str:
        for each in _listed(item.get("creator")):
            name = each.get("name") or each.get("nickname") if isinstance(each, dict) else None
            if isinstance(name, str) or (name := _id(each)):
                return str(name)
        return ANNOTATOR

    def _span(self, item: Object, number: int, texts: dict[str, str]) -> bool:
        """Take an annotation of stretches of text; return whether it is one."""
        targets = [each for each in _listed(item.get("target")) if isinstance(each, dict) and "selector" in each]
        if not targets:
            return False
        sources = {_id(each.get("source")) if "source" in each else f"{self._file.stem}.txt" for each in targets}
        source = sources.pop()
        if sources or source is None:
            self._report(item, number, " is not imported: it has several sources, or none; give it one")
            return True
        given = []
        for each in targets:
            try:
                given.append(self._given(each, source, texts))
            except ArticleError as fault:
                self._report(item, number, f" is not imported: {fault}")
                return True
        label, attributes, comments = self._bodies(item, number)
        creator = self._creator(item)
        iri = _id(item)
        id = iri.rpartition("/")[2].lstrip("#") if iri else None
        if iri is not None:
            if iri in self._owners:
                self._report(item, number, " has the same id as another annotation; links go to the first")
            self._owners.setdefault(iri, (source, creator))
        self._spans.setdefault((source, creator), []).append(LooseSpan(id, label, given, attributes))
        for words in comments:
            made = {"id": made_id(number, words), "span": id, "flag": None, "text": words}
            self._comments.setdefault((source, creator), []).append(made)
        return True

    def _bodies(self, item: Object, number: int) -> tuple[str, Object, list[str]]:
        """Return the label, attributes and comments of an annotation's bodies."""
        names: list[str] = []
        attributes: Object = {}
        comments: list[str] = []
        for body in _listed(item.get("body")):
            value = body.get("value") if isinstance(body, dict) else None
            purpose = body.get("purpose") if isinstance(body, dict) else None
            if not isinstance(value, str):
                value = _id(body.get("source", body) if isinstance(body, dict) else body)
                if value:
                    attributes.setdefault(str(purpose or "identifying"), value)
                continue
            if purpose in _NAMING:
                names.append(value)
            elif purpose == "describing" and body.get("format") == "application/json":
                try:
                    attributes |= orjson.loads(value)
                except (ValueError, TypeError):
                    self._report(item, number, " is imported without its values: they are not a JSON object")
            elif value.strip():
                comments.append(value)
        if isinstance(item.get("bodyValue"), str):
            comments.append(item["bodyValue"])
        attributes |= dict.fromkeys(names[1:], True)
        return (
            (names or [str(each) for each in _listed(item.get("motivation"))] or ["annotation"])[0],
            attributes,
            comments,
        )

    def _given(self, target: Object, source: str, texts: dict[str, str]) -> Given:
        """Return the stretch that the selectors of a target select; raises ArticleError where none can be read."""
        selectors = [each for each in _listed(target["selector"]) if isinstance(each, dict)]
        position = next((each for each in selectors if "TextPositionSelector" in _types_of(each)), None)
        quoted = next((each for each in selectors if "TextQuoteSelector" in _types_of(each)), None)
        exact = quoted.get("exact") if quoted else None
        exact = exact if isinstance(exact, str) else None
        if position:
            start, end = whole(position.get("start")), whole(position.get("end"))
            if start is None or end is None:
                raise ArticleError("the start and end of its position are not whole numbers; correct it")
            return Given(start, end, exact)
        if quoted is None or not exact:
            kinds = ", ".join(str(kind) for each in selectors for kind in _types_of(each)) or "none"
            raise ArticleError(
                f"its selectors ({kinds}) are not supported; use a TextPositionSelector or a TextQuoteSelector"
            )
        text = self._text(source, texts)
        before, after = (" ".join(str(quoted.get(name) or "").split()) for name in ("prefix", "suffix"))
        found = r"\s+".join(map(re.escape, exact.split()))
        places = [match.span(1) for match in re.finditer(f"(?=({found}))", text)] if found else []
        near = [
            (start, end)
            for start, end in places
            if " ".join(text[max(0, start - 2 * AROUND - len(before)) : start].split()).endswith(before)
            and " ".join(text[end : end + 2 * AROUND + len(after)].split()).startswith(after)
        ]
        # Words that stand there once need nothing around them, which a page has otherwise than a text saved from it.
        places = near if near else places
        if len(places) != 1:
            raise ArticleError(f"its text “{exact[:60]}” occurs {len(places):,} times; add its position")
        return Given(*places[0], exact)

    def _connect(self, item: Object, number: int) -> None:
        """Take an annotation about others, or about a whole text: a link, or a comment."""
        targets = [_id(each) for each in _listed(item.get("target"))]
        ends = [
            _id(body.get("source", body))
            for body in _listed(item.get("body"))
            if isinstance(body, dict) and "value" not in body
        ]
        known = [each for each in (*targets, *ends) if each is not None]
        label, _, comments = self._bodies({**item, "motivation": None}, number)
        iri = _id(item)
        id = iri.rpartition("/")[2].lstrip("#") if iri else None
        first = self._owners.get(known[0]) if known else None
        if "linking" in _listed(item.get("motivation")) or (len(known) == 2 and not comments):
            if len(known) != 2 or first is None:
                self._report(item, number, " is not imported: it links something missing, or not two annotations")
                return
            source, target = (each.rpartition("/")[2].lstrip("#") for each in known)
            self._links.setdefault(first, []).append(LooseLink(id, label, source, target))
        elif comments and known:
            flag = label if label != "annotation" else None
            of, _ = first or (known[0], "")
            made = {"id": id or made_id(number), "flag": flag, "text": comments[0]}
            made["span"] = known[0].rpartition("/")[2].lstrip("#") if first else None
            self._comments.setdefault((of, self._creator(item)), []).append(made)
        else:
            self._report(item, number, " is not imported: it has no selector and neither links nor comments")
