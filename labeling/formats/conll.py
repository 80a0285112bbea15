"""CoNLL columns: one token per line, a blank line after each sentence, “-DOCSTART- -X- O O” before each article.

The columns are the token, its start and end (code points of the article's text), tags in BIO for each label by itself,
and last, where readers of CoNLL-2003 look, one layer of tags for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import accumulate, pairwise
from operator import add, sub
from pathlib import Path

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.dataset.line_losses import one_annotation
from labeling.dataset.shapes import token_lines
from labeling.errors import ArticleError
from labeling.formats import webanno_tsv
from labeling.formats.files import files_in
from labeling.formats.marked import Format, Line, Losses, Marked, empty_annotation, made_id
from labeling.formats.offsets import CODE_POINTS, SIZES
from labeling.formats.reading import Fault, Remark, Source
from labeling.formats.tasks import Notes
from labeling.language.tokens import Stretch
from labeling.schema import Schema

#: Whose work it is: a file does not say.
ANNOTATOR = "conll"
#: What stands before an article, to the letter: readers look for it.
START = "-DOCSTART- -X- O O"

#: What is left besides what lines of tokens leave, which these name.
_LEFT = ("language", "annotator")
#: The most white space that is believed between two tokens.
_GAP = 10_000
_TAG = re.compile(r"([BIESLU])-(.+)")
# Of a token, of several and of one between two, in CoNLL-U.
_NUMBER = re.compile(r"\d+([-.]\d+)?")
#: How much of a file is looked at to know its columns: bytes and lines.
_HEAD, _FIRST = 20_000, 100
#: What lines begin with that may be no token and its tags.
_NO_ROWS = (b"#", b"-DOCSTART-")
#: How much of a file is read at once, in bytes: as much as makes most sentences lie in it whole.
_BUFFER = 1 << 15
_SUFFIXES = (".conll", ".conll2003", ".bio", ".iob", ".iob2", ".bioes", ".tsv")


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write one file with all articles that someone has opened."""
    with target.open("wb") as file:
        for line in lines:
            annotation = one_annotation(line, losses, _LEFT)
            if annotation is None:
                losses.add("articles that no one has opened are lost: O means that someone looked", line["id"])
                continue
            (made,) = token_lines({**line, "annotations": [annotation]}, schema, losses)
            places = list(zip(made["starts"], made["ends"], strict=True))
            if _text(made["tokens"], _gaps(places), made["sentences"]) != line["text"]:
                losses.add(
                    "white space other than spaces, and line breaks between sentences, is written as its length",
                    line["id"],
                )
            layers = [*made["layers"].values(), made["tags"]]
            cut = sum(layer[first].startswith("I") for first, _ in made["sentences"] for layer in layers)
            if cut:
                losses.add("spans across several sentences are cut at sentence boundaries", line["id"], cut)
            written = [START, ""]
            for first, last in made["sentences"]:
                for at in range(first, last):
                    # What goes on from the sentence before begins again: readers take each sentence by itself.
                    tags = [f"B{layer[at][1:]}" if at == first and layer[at] != "O" else layer[at] for layer in layers]
                    written.append(f"{made['tokens'][at]} {places[at][0]} {places[at][1]} {' '.join(tags)}")
                written.append("")
            file.write(("\n".join(written) + "\n").encode())


def _gaps(places: Sequence[Stretch]) -> list[int]:
    """Return how much stands before each token, of white space."""
    starts, ends = zip(*places, strict=True) if places else ((), ())
    return [*map(sub, starts, (0, *ends))]


def _text(words: Sequence[str], gaps: Sequence[int], sentences: Iterable[Sequence[int]]) -> str:
    """Return tokens as a text: gaps are spaces, those between sentences line breaks if they are longer than one."""
    pieces = [" " * gap + word for word, gap in zip(words, gaps, strict=True)]
    for first, _ in sentences:
        if 0 < first < len(words) and gaps[first] > 1:
            pieces[first] = "\n" * gaps[first] + words[first]
    return "".join(pieces)


@dataclass(slots=True)
class _Document:
    """The rows of an article, each a token and its other columns, and their lines; and where sentences begin."""

    line: int
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    ended: bool = True
    broken: bool = False


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of a file or a folder, also by other tools (BIO, IOB, BIOES and BILOU tags)."""
    found = False
    for file in files_in(path, _SUFFIXES):
        found = True
        if isinstance(file, Fault):
            yield file
            continue
        try:
            with file.open("rb", 0) as raw, BufferedReader(raw, _BUFFER) as stream:
                source = Source(str(file), file.name, stream)  # type: ignore[arg-type]
                if stream.peek(64).startswith(webanno_tsv.HEAD.encode()):
                    yield from webanno_tsv.read(file, source.decode(source.read(), source.start), ANNOTATOR)
                    continue
                notes = Notes()
                for document in _documents(source):
                    yield from _article(source, document, notes) if isinstance(document, _Document) else [document]
                yield from notes.faults(file)
        except ArticleError as fault:
            yield Fault(str(file), None, str(fault))
        except OSError as error:
            yield Fault(str(file), None, f"can't read it ({error.strerror}); check your permissions")
    if not found:
        yield Fault(str(path), None, f"there is no file ending in {', '.join(_SUFFIXES)}; name the file itself")


def has_columns(path: Path) -> bool:
    """Return whether the first lines of a file, comments aside, are a token and its tags each, as no prose is."""
    try:
        with path.open("rb") as stream:
            lines = stream.read(_HEAD).decode("utf-8", "replace").removeprefix("\ufeff").splitlines()[:-1][:_FIRST]
    except OSError:
        return False
    rows = [line.split() for line in lines if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
    return bool(rows) and all(len(row) >= 2 and len(row) == len(rows[0]) and _is_tag(row[-1]) for row in rows)


def _documents(source: Source) -> Iterator[_Document | Fault]:
    """Yield the articles of a file; an error for each line that cannot be taken."""
    document = _Document(1)
    width = 0
    any_row = False
    while True:
        if width and document.ended and (rows := _plain_rows(ahead := source.paragraph(), width)):
            document.begins.append(len(document.rows))
            document.rows += rows
            document.lines += range(source.line + 1, source.line + 1 + len(rows))
            document.ended = False
            source.skip(ahead, len(rows))
        try:
            raw = source.readline()
            if not raw:
                break
            text = source.decode(raw, source.offset)
        except ArticleError as fault:
            document.broken = True
            yield source.fault(source.line, f"{fault}; its article is not imported")
            continue
        if "\ufeff" in text:
            text = text.replace("\ufeff", "")
        # A token may hold a space where tabs stand between the columns.
        tabs = "\t" in text and "\t" in text.strip()
        cells = [cell.strip() for cell in text.split("\t")] if tabs else text.split()
        if not any_row and (other := _other(text, cells)):
            yield source.fault(source.line, other)
            return
        if not document.ended and len(cells) == width and cells[0] and text[0] not in "-#":
            document.rows.append(cells)  # as most lines are
            document.lines.append(source.line)
        elif not text.strip():
            document.ended = True
        elif text.startswith(("-DOCSTART-", "#begin document", "#end document")):
            if document.rows or document.broken:
                yield document
            document = _Document(source.line)
        elif text.startswith(("# ", "#\t")) and (len(cells) != width or not _is_tag(cells[-1])):
            document.ended = True  # a comment, as several tools write before a sentence
        else:
            any_row = True
            width = width or len(cells)
            if len(cells) != width or width < 2 or not cells[0]:
                document.broken = True
                reason = (
                    f"the line has {len(cells)} columns, but the first one has {width}; give each line a token and "
                    "its tag"
                )
                yield source.fault(source.line, f"{reason}; its article is not imported")
                continue
            if document.ended:
                document.begins.append(len(document.rows))
                document.ended = False
            document.rows.append(cells)
            document.lines.append(source.line)
    if document.rows or document.broken:
        yield document
    elif not any_row:
        yield source.fault(None, "the file has no tokens; omit it")


def _plain_rows(raw: bytes, width: int) -> list[list[str]]:
    """Return the rows of a sentence whose lines are nothing but tokens with their tags, as most are; else none."""
    if b"\t" in raw or raw.startswith(_NO_ROWS) or any(b"\n" + sign in raw for sign in _NO_ROWS):
        return []
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return []
    rows = [line.split() for line in text.split("\n")[:-1]]
    return rows if "\ufeff" not in text and {*map(len, rows)} == {width} else []


def _other(text: str, cells: list[str]) -> str | None:
    """Return which other format a line before any token shows a file to be in, None where it shows none."""
    if text.startswith("# begin document"):
        return "it has columns of coreference, which are not supported; convert the file to BIO tags"
    if text.startswith(("#FORMAT=WebAnno TSV", "#T_SP=", "#T_RL=", " # webanno.")):
        return "this version of WebAnno TSV is not supported; export as WebAnno TSV 3"
    if len(cells) == 10 and _NUMBER.fullmatch(cells[0]):
        return "CoNLL-U has no spans; import a file of tokens and tags instead"
    if len(cells) >= 11 and cells[1].isdecimal() and cells[2].isdecimal() and not text.startswith("#"):
        return "CoNLL-2011 and 2012, with spans in brackets, are not supported; convert the file to BIO tags"
    return None


def _numbered(document: _Document) -> bool:
    """Return whether the first column counts the tokens of each sentence, as that of GermEval does."""
    if len(document.rows[0]) < 3 or document.rows[0][0] != "1":
        return False
    numbers = [
        at + 1 - first for first, last in pairwise([*document.begins, len(document.rows)]) for at in range(first, last)
    ]
    return [row[0] for row in document.rows] == [*map(str, numbers)]


def _article(source: Source, document: _Document, notes: Notes) -> Iterator[Marked | Fault]:
    """Yield an article with its spans and what is to be said about it."""
    if document.broken:
        return
    words, *columns = [*zip(*document.rows, strict=True)]
    if numbered := _numbered(document):
        words = columns.pop(0)
    count = len(words)
    bounds = [*document.begins, count]
    sentences = list(pairwise(bounds))
    first = document.lines[0]
    gaps = [0, *[1] * (count - 1)]
    held: list[Stretch] | None = None
    layers = columns[-1:]
    if len(columns) >= 3 and all(map(_are_offsets, columns[:2])):
        layers = columns[2:]
        places = list(zip(map(int, columns[0]), map(int, columns[1]), strict=True))
        unit = next((unit for unit in SIZES if _fit(words, places, unit)), None)
        if unit:
            gaps = _gaps(places)
            if unit == CODE_POINTS:
                held = places
            else:
                yield source.fault(first, Remark(f"the offsets count {unit}, not {CODE_POINTS}; they are converted"))
        else:
            bad = next((at for at, row in enumerate(zip(words, places, strict=True)) if not _fits(*row)), 0)
            yield source.fault(
                document.lines[bad],
                Remark(
                    f"the offsets {places[bad][0]}–{places[bad][1]} don't match “{words[bad]}” or the text before; the "
                    "article's offsets are ignored and its words joined with spaces"
                ),
            )
    else:
        notes.add(Remark("the article has no offsets: its words are joined with spaces"), first)
    if numbered and all(_is_tag(tag) for column in columns for tag in {*column}):
        layers = columns  # of nested marks, the outer ones first
    elif not any(map(_is_tag, {*layers[-1]})):
        # Other columns may come last, as those of Universal NER do: who annotated it, and when.
        tagged = [at for at, column in enumerate(columns) if all(map(_is_tag, {*column}))]
        if tagged:
            layers = [columns[tagged[-1]]]
            notes.add(
                Remark(f"the tags are in column {tagged[-1] + 2 + numbered}; the columns after it are not read"), first
            )
    unread = [
        at for at, column in enumerate(columns) if not any(column is layer for layer in layers) and _holds_tags(column)
    ]
    for at in unread:
        notes.add(f"column {at + 2 + numbered} has tags too, but only the last column is read", first)
    if not any(_is_tag(tag) for layer in layers for tag in layer):
        reason = f"none of its tags is O or begins with B-, I-, E-, S-, L- or U- (the first is “{layers[0][0]}”)"
        yield source.fault(first, f"the article is not imported: {reason}; convert the file to BIO tags")
        return
    text = _text(words, gaps, sentences)
    try:
        made = article.make(text, source=f"{source.name}:{document.line}")
    except ArticleError as fault:
        yield source.fault(first, fault)
        return
    if held is None:
        ends = accumulate(map(add, gaps, map(len, words)))
        held = [(end - len(word), end) for word, end in zip(words, ends, strict=True)]
    spans: set[tuple[int, int, str]] = set()
    for layer in layers:
        if {*layer} == {"O"}:
            continue
        found, loose = _spans(layer, sentences)
        spans |= {(held[start][0], held[end - 1][1], label) for start, end, label in found}
        for at, reason in loose:
            notes.add(reason, document.lines[at])
    annotation = empty_annotation()
    for start, end, label in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        id = made_id(start, end, label)
        annotation["spans"].append({"id": id, "label": label, "fragments": [[start, end]], "attributes": {}})
    yield Marked(made, {ANNOTATOR: annotation}, {}, source.file, document.line)


def _is_tag(cell: str) -> bool:
    return cell == "O" or _TAG.fullmatch(cell) is not None


def _holds_tags(column: Sequence[str]) -> bool:
    """Return whether a column is of tags, at least one of them no O."""
    tags = {*column} - {"O"}
    return bool(tags) and all(map(_TAG.fullmatch, tags))


def _are_offsets(column: Sequence[str]) -> bool:
    return all(column) and "".join(column).isdecimal() and max(map(len, column)) < 10


def _fits(word: str, place: Stretch) -> bool:
    return place[1] - place[0] == len(word)


def _fit(words: Sequence[str], places: Sequence[Stretch], unit: str) -> bool:
    size_of = SIZES[unit]
    if [end - start for start, end in places] != [*map(size_of, words)]:
        return False
    gaps = _gaps(places)
    return min(gaps) >= 0 and max(gaps) <= _GAP


def _spans(
    tags: Sequence[str], sentences: Iterable[tuple[int, int]]
) -> tuple[list[tuple[int, int, str]], list[tuple[int, str]]]:
    """Return spans as (first token, one past the last, label), and by token what is not as it should be."""
    found: list[tuple[int, int, str]] = []
    messages: list[tuple[int, str]] = []
    matches = {tag: _TAG.fullmatch(tag) for tag in {*tags}}
    for first, last in sentences:
        if tags[first:last].count("O") == last - first:  # as in most sentences
            continue
        begun: int | None = None
        label = ""
        continued = False
        for at in range(first, last):
            if begun is None and tags[at] == "O":
                continued = False
                continue
            match = matches[tags[at]]
            kind, name = (match[1], match[2]) if match else ("O", "")
            goes_on = kind in "IEL" and continued and name == label
            if begun is not None and not goes_on:
                found.append((begun, at, label))
                begun = None
            if not match:
                if tags[at] != "O":
                    messages.append(
                        (at, f"the tag “{tags[at]}” is none of O, B-, I-, E-, S-, L- and U-; it is read as O")
                    )
            elif begun is None:
                begun, label = at, name
                if kind in "IEL":
                    reason = f"“{tags[at]}” has no B- tag before it; it is read as the beginning of a span"
                    messages.append((at, Remark(reason)))
            continued = kind in "BI"
        if begun is not None:
            found.append((begun, last, label))
    return found, messages


FORMAT = Format("conll", "CoNLL columns (BIO)", ".conll", write, read, also=_SUFFIXES[1:], recognizes=has_columns)
