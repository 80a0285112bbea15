"""Real articles, marked completely by hand: each with the keyboard alone, one with the mouse too; then exported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from handmade import Mark, Task, task_of
from playwright.sync_api import BrowserContext
from running import ROOT

from labeling.services.importing import import_files

from .conftest import Site
from .person import Keyboard, Mouse, Person


def do(person: Person, task: Task) -> None:
    """Do the task: the publication date, then mark by mark in reading order, then the links."""
    person.publish(task.published, "inferred")
    ids: dict[str, str] = {}
    in_order = sorted(
        task.marks, key=lambda name: (task.marks[name].fragments[0][0], -task.marks[name].fragments[-1][1])
    )
    for name in in_order:
        mark = task.marks[name]
        ids[name] = person.mark(mark.label, *mark.fragments)
        person.describe(ids[name], mark.attributes)
    for kind, source, target in sorted(task.links, key=lambda link: in_order.index(link[1])):
        person.link(kind, ids[source], ids[target])
    person.wait_until_saved()
    person.submit()


def assert_done(exported: dict[str, Any], task: Task) -> None:
    """What is exported is what was to be marked: nothing less, nothing more."""
    entries = {id: name for names in exported["line"]["entries"].values() for id, name in names.items()}
    places = {}
    spans = []
    for span in exported["spans"]:
        attributes = {
            key: entries.get(value, value) if isinstance(value, str) else value
            for key, value in span["attributes"].items()
        }
        mark = Mark(span["label"], tuple((start, end) for start, end in span["fragments"]), attributes)
        places[span["id"]] = mark.place
        spans.append(mark)
        assert span["text"] == " … ".join(task.text[start:end] for start, end in mark.fragments)

    def order(mark: Mark) -> Any:
        return mark.fragments, mark.label

    assert sorted(spans, key=order) == sorted(task.marks.values(), key=order)
    assert sorted((link["type"], places[link["from"]], places[link["to"]]) for link in exported["relations"]) == sorted(
        (kind, task.marks[source].place, task.marks[target].place) for kind, source, target in task.links
    )
    assert exported["published"] == {"value": task.published, "basis": "inferred"}
    assert exported["status"] == "submitted"
    assert exported["line"]["text"] == task.text
    types = {places[record["id"]]: record["type"] for record in exported["records"] if record["name"] == "quote"}
    assert types == {task.marks[name].place: kind for name, kind in task.types.items()}


#: Each takes most of a minute.
TAKEN = [("003", Keyboard), ("003", Mouse), ("000", Keyboard), ("002", Keyboard)]


@pytest.mark.nightly
@pytest.mark.parametrize(("number", "hands"), TAKEN)
def test_what_is_marked_in_a_real_article_is_what_is_exported(
    shared: Path, fresh: Site, window: Callable[..., BrowserContext], number: str, hands: type[Person]
) -> None:
    gold = json.loads((shared / "articles" / "gold.json").read_text())
    paths = sorted((shared / "articles").glob("*.txt"))
    taken = list(import_files(fresh.store, paths))
    assert [outcome.new for outcome in taken] == [True, True, True]
    path = next(path for path in paths if path.name.startswith(number))
    article = next(outcome.article for outcome in taken if outcome.article.source.endswith(path.name))
    task = task_of(next(each for each in gold["files"] if each["file"] == path.name), gold["entities"], article.text)
    assert path.read_text(encoding="utf-8").startswith(article.text)

    person = hands(window().new_page(), fresh.url, "ana")
    person.sign_in()
    person.open(article.id, article.text)
    do(person, task)

    command = [sys.executable, "-m", "labeling", "export", "--project", str(fresh.server.project), "--submitted"]
    written = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    lines = [orjson.loads(line) for line in Path(written).read_bytes().splitlines()]
    [line] = [line for line in lines if line["id"] == article.id]
    [annotation] = line["annotations"]
    assert_done({**annotation, "line": line}, task)
    assert not [each for line in lines if line["id"] != article.id for each in line["annotations"]]
