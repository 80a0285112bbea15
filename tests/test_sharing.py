"""An export by several processes says what one process says, of one state of the project."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from labeling import article, ops, schema
from labeling.errors import StoreError
from labeling.lines import SHAPES, Shape, lines
from labeling.sharing import shared_lines
from labeling.store import Store

ARTICLES = 230


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A project of some stretches of articles, each with a quote by one annotator, some with one by another."""
    made = Store.create(tmp_path / "p.db", schema.load(schema.SCHEMAS / "news.yaml"))
    articles = [article.make(f"He said “No {number}” and left. 😀", title=f"{number}") for number in range(ARTICLES)]
    assert all(added.new for added in made.add_articles(articles))
    for name in ("ana", "ben"):
        made.sign_in(name)
        for each in articles[:: 1 if name == "ana" else 3]:
            mark(made, name, each)
    return made


def mark(store: Store, name: str, each: article.Article) -> None:
    """Let somebody mark the quote."""
    start, end = each.text.index("“"), each.text.index("”") + 1
    parts = [{"start": start, "end": end, "quote": each.text[start:end]}]
    op = ops.load({"number": 1, "kind": "add", "id": "q", "label": "quote", "fragments": parts})
    assert not store.append(name, each.id, f"{name}-{each.id}", 0, [op]).refused


@pytest.mark.parametrize("shape", SHAPES)
def test_several_processes_make_the_same_bytes_as_one(store: Store, shape: Shape) -> None:
    alone = list(lines(store, shape))
    assert len(alone) == ARTICLES
    assert list(shared_lines(store, shape, submitted=False)) == alone
    assert list(shared_lines(store, shape, submitted=True)) == list(lines(store, shape, submitted=True))


def test_what_is_saved_while_they_write_is_in_no_share(store: Store) -> None:
    before = list(lines(store))
    made = shared_lines(store, "articles", submitted=False)
    first = list(islice(made, 1))
    late = article.make("“Too late,” she said.")
    assert all(added.new for added in store.add_articles([late]))
    mark(store, "ana", late)
    assert first + list(made) == before


def test_stopping_early_ends_the_processes_and_the_project_can_be_written(store: Store) -> None:
    made = shared_lines(store, "articles", submitted=False)
    assert len(list(islice(made, 3))) == 3
    made.close()  # type: ignore[attr-defined]
    assert all(added.new for added in store.add_articles([article.make("“After that,” she said.")]))


def test_a_process_that_fails_is_told_with_its_reason(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "path", store.path.with_name("gone.db"))
    with pytest.raises(StoreError, match=r"gone\.db is gone"):
        list(shared_lines(store, "articles", submitted=False))
    assert not store.path.exists()
