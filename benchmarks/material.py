"""Invented articles with what a careful person would mark in them, the same at every run, and projects made of them."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import orjson

from benchmarks.machine import in_child
from labeling import schema
from labeling.annotation import ops
from labeling.services.importing import import_files
from labeling.store.project import Store
from labeling.web.access import Access

#: What one person spans in an ordinary article.
SPANS, RELATIONS = 20, 8


def _words(lines: str) -> list[str]:
    return re.split(r"[|\n]", lines)


_PEOPLE = _words("""Anna Brook|Tomas Vell|Ines Okoro|Jan Lindqvist|Mara Petkov|Samir Haddad|Lucy Penhale
Viktor Strand|Chiara Moretti|Noor Rahman|Piotr Zielny|Grace Tembo""")
_OFFICES = _words("the minister|a spokeswoman|the union leader|the mayor|a senior official|the company’s director")
_CUES = _words("said|insisted|told reporters|warned|promised|admitted")
_SUBJECTS = _words("""the council|the harbour company|the ministry|the rail operator|the city’s schools
the fishing fleet|the new bridge|the water board|the regional court|the hospital""")
_VERBS = _words("""will reopen|has delayed|is to finish|expects to sign|cannot pay for|wants to sell|must repair
plans to share|has withdrawn|may still refuse""")
_OBJECTS = _words("""the second tunnel|its winter timetable|the contract|a loan of forty million|the old market hall
its report on the flood|the northern terminal|a list of names|the agreement
three of its offices""")
_TAILS = _words("""after weeks of talks|in spite of the protests|without naming a price
for the first time in years|as neighbours had feared|if nobody objects
under pressure from the capital|with help from abroad""")
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One “quote, cue speaker date” of a story: ranges of code points, who speaks, and the date's value."""

    quote: tuple[int, int]
    cue: tuple[int, int]
    speaker: tuple[int, int]
    date: tuple[int, int]
    who: int
    day: str


@dataclass(frozen=True, slots=True)
class Story:
    """An invented article and the statements in it."""

    title: str
    text: str
    statements: list[Statement] = field(default_factory=list)

    def ops(self, spans: int = SPANS, relations: int = RELATIONS, prefix: str = "") -> list[dict[str, Any]]:
        """Return the ops, numbered from 1, that span this many spans and link this many pairs of them.

        Three in ten statements' worth of quote, cue and speaker each, the rest dates; ids begin with the prefix.
        """
        each = spans * 3 // 10
        made: list[dict[str, Any]] = []
        for index, statement in enumerate(self.statements[:each]):
            made.append(self._add(f"{prefix}q{index}", "quote", statement.quote))
            made.append(self._add(f"{prefix}c{index}", "cue", statement.cue))
            made.append(self._add(f"{prefix}s{index}", "speaker", statement.speaker, who=f"p{statement.who}"))
        for index, statement in enumerate(self.statements[: spans - 3 * each]):
            value = {"edtf": statement.day, "timex3": statement.day}
            made.append(
                self._add(f"{prefix}d{index}", "claimed_date", statement.date, value=value, modality="asserted")
            )
        ends = [("said_by", "s", index) for index in range(each)] + [("cued_by", "c", index) for index in range(each)]
        made += [
            {
                "kind": "relate",
                "id": f"{prefix}r{number}",
                "type": type,
                "from": f"{prefix}q{at}",
                "to": f"{prefix}{end}{at}",
            }
            for number, (type, end, at) in enumerate(ends[:relations])
        ]
        return [{"number": number, **op} for number, op in enumerate(made, 1)]

    def _add(self, id: str, label: str, span: tuple[int, int], **attributes: Any) -> dict[str, Any]:
        start, end = span
        fragment = {"start": start, "end": end, "quote": self.text[start:end]}
        return {"kind": "add", "id": id, "label": label, "fragments": [fragment], "attributes": attributes}


def story(number: int, size: int = 3000) -> Story:
    """Invent article `number` of about `size` characters; the same number gives the same article."""
    random = Random(number)
    pick = random.choice
    text = ""
    statements: list[Statement] = []

    def sentence() -> str:
        return f"{pick(_SUBJECTS)} {pick(_VERBS)} {pick(_OBJECTS)} {pick(_TAILS)}"

    def put(words: str) -> tuple[int, int]:
        nonlocal text
        start = len(text)
        text += words
        return start, len(text)

    text = f"Report {number}: {sentence()}."
    while len(text) < size:
        put("\n\n")
        if random.random() < 0.7:
            put(f"{sentence().capitalize()}. ")
        who, day = random.randrange(len(_PEOPLE)), random.randrange(1, 29)
        # Its number keeps two articles from sharing a quotation, by which splits would tie them.
        quote = put(f"“{sentence().capitalize()} under rule {number}-{len(statements)},”")
        put(" ")
        cue = put(pick(_CUES))
        put(" ")
        speaker = put(f"{_PEOPLE[who]}, {pick(_OFFICES)}")
        put(" on ")
        date = put(f"{_DAYS[(day + 5) % 7]} {day} March")
        put(f". {sentence().capitalize()}.")
        statements.append(Statement(quote, cue, speaker, date, who, f"2026-03-{day:02}"))
    return Story(f"{sentence().capitalize()}", text, statements)


class Bench:
    """A temporary folder with what the parts of the benchmark share, each thing made when it is first asked for."""

    def __init__(
        self,
        folder: Path,
        articles: int,
        gold: Path | None = None,
        votes: Path | None = None,
        consensus: Path | None = None,
        label_set: Path | None = None,
        seconds: float = 30,
    ) -> None:
        self.folder = folder
        self.articles = articles
        self.gold = gold
        self.votes = votes
        self.consensus = consensus
        self.label_set = label_set
        self.seconds = seconds
        self._numbers = count(1)

    @cached_property
    def jsonl(self) -> Path:
        """A file of all articles, one a line, as someone would import it."""
        return write_articles(self.folder / "articles.jsonl", self.articles)

    @cached_property
    def _project(self) -> Path:
        return new_project(self.folder / "base.db", self.jsonl)

    @cached_property
    def _marked(self) -> Path:
        path = shutil.copyfile(self._project, self.folder / "marked.db")
        in_child(_mark_all, path)
        return path

    def place(self, name: str) -> Path:
        """Return a fresh folder."""
        folder = self.folder / f"{next(self._numbers)}-{name}"
        folder.mkdir()
        return folder

    def project(self, name: str) -> Path:
        """Return a fresh copy of a project with all articles, in a folder of its own."""
        return shutil.copyfile(self._project, self.place(name) / "project.db")

    def marked(self, name: str) -> Path:
        """Return a fresh copy of a project in which “ana” has marked every article and submitted it."""
        return shutil.copyfile(self._marked, self.place(name) / "project.db")


def write_articles(path: Path, articles: int, first: int = 0) -> Path:
    """Write invented articles as JSONL, beginning with one of them."""
    with open(path, "wb") as file:
        for number in range(first, first + articles):
            invented = story(number)
            row = {
                "title": invented.title,
                "outlet": "The Example",
                "url": f"https://example.org/{number}",
                "language": "en",
                "published": "2026-03-02",
                "published_basis": "stated",
                "text": invented.text,
            }
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return path


def multiplied(path: Path, source: Path, articles: int) -> Path:
    """Write as many articles as wanted by repeating those of a file, each time with other first words."""
    lines = source.read_bytes().splitlines(keepends=True)
    with open(path, "wb") as file:
        for number in range(articles):
            turn, at = divmod(number, len(lines))
            file.write(lines[at].replace(b'"text":"Report', b'"text":"Issue %d, report' % turn, 1))
    return path


def new_project(path: Path, *sources: Path) -> Path:
    """Make a project of imported files, its registry of people filled by an annotator named “setup”."""
    store = Store.create(path, schema.load(schema.SCHEMAS / "news.yaml"))
    for _ in import_files(store, sources):
        pass
    store.sign_in("setup")
    first = store.next("setup", None)
    assert first
    people = [
        {"number": number, "kind": "register", "registry": "source", "id": f"p{number - 1}", "name": name}
        for number, name in enumerate(_PEOPLE, 1)
    ]
    mark(store, "setup", first, people)
    settle(store)
    return path


def mark(store: Store, annotator: str, article: str, made: list[dict[str, Any]]) -> None:
    """Take ops in as the API would; raises RuntimeError if one is refused."""
    answer = store.append(annotator, article, f"bench-{annotator}-{article}", 0, [ops.load(op) for op in made])
    if answer.refused:
        raise RuntimeError(f"refused: {answer.refused[0]['reason']}")


def _mark_all(project: Path) -> None:
    store = Store.open(project)
    store.connection().execute("PRAGMA synchronous = OFF")  # only what is done with the work is measured
    store.sign_in("ana")
    for number, article in enumerate(queue(project)):
        made = story(number).ops()
        mark(store, "ana", article, [*made, {"number": len(made) + 1, "kind": "submit"}])
    settle(store)


def settle(store: Store) -> None:
    """Bring everything from the journal into the project file, so that the file alone can be copied."""
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def token(project: Path, annotator: str) -> str:
    """Return a token that names the annotator."""
    return Access(project, Store.open(project).id).token(annotator)[0]


def queue(project: Path) -> list[str]:
    """Return the ids of all articles, in queue order."""
    with closing(bare(project)) as connection:
        return [id for (id,) in connection.execute("SELECT id FROM article ORDER BY position")]


def bare(path: Path) -> sqlite3.Connection:
    """Return a connection as safe as the store's, without anything around it: the machine's limit."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
