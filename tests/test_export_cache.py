"""What is cached for exports is what the work makes, or it is not used."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pytest
from conftest import op
from lines import HARD, NEWS, SAMPLE
from marking import marked

from labeling import dataset
from labeling.annotation import article
from labeling.services.export import SHAPES, Shape, lines
from labeling.services.verify_project import verify
from labeling.store.project import Store


@pytest.fixture
def handed_in(tmp_path: Path) -> Store:
    """The sample corpus and what is hard on formats, all submitted by ana but for the last article."""
    store = Store.create(tmp_path / "project.db", NEWS)
    written = [*SAMPLE, *(line for line in HARD.values() if line["annotations"])]
    list(store.add_articles(article.make(line["text"], title=line["title"]) for line in written))
    store.sign_in("ana")
    for line in written:
        marked(store, "ana", line)
    for line in written[:-1]:
        store.append("ana", line["id"], f"in-{line['id']}", 0, [op(1, "submit")])
    return store


def _exported(store: Store, shape: Shape) -> bytes:
    return b"".join(line for _, line in lines(store, shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_writes_the_same_bytes_with_it_and_without(handed_in: Store, shape: Shape) -> None:
    kept = handed_in.connection().execute("SELECT count(*) FROM ready").fetchone()[0]
    assert kept == handed_in.count() - 1
    with_it = _exported(handed_in, shape)
    assert all(held.ready for _, work in handed_in.annotated() for held in work if held.status == "submitted")
    handed_in.connection().execute("DELETE FROM ready")
    assert _exported(handed_in, shape) == with_it


def test_work_that_went_on_is_not_written_from_it(handed_in: Store) -> None:
    first = SAMPLE[0]["id"]
    span = SAMPLE[0]["annotations"][0]["spans"][0]["id"]
    handed_in.append("ana", first, "later", 0, [op(1, "reopen"), op(2, "remove", id=span)])
    line = orjson.loads(next(line for _, line in lines(handed_in)))
    assert span not in {each["id"] for each in line["annotations"][0]["spans"]}
    handed_in.append("ana", first, "later", 2, [op(3, "submit")])
    (held,) = next(work for found, work in handed_in.annotated() if found.id == first)
    assert held.ready and span not in {each["id"] for each in orjson.loads(held.ready[0])["spans"]}


@pytest.mark.parametrize("column", ["part", "used"])
def test_what_was_tampered_with_is_found_and_mended(handed_in: Store, column: str) -> None:
    before = _exported(handed_in, "articles")
    handed_in.connection().execute(f"UPDATE ready SET {column} = x'7b7d' WHERE annotation = 1")
    found = [verdict.difference for verdict in verify(handed_in, mend=True) if verdict.difference]
    assert found == ["the cache for exports differs from the work"]
    assert _exported(handed_in, "articles") == before
    assert not [verdict for verdict in verify(handed_in) if verdict.difference]


#: The digest of what the sample's gold adds to its lines, by derivation.
#: The second reads two apostrophes as a quotation mark, which none of these texts has.
DERIVED = {1: "2a9a9045f4ce7245", 2: "2a9a9045f4ce7245"}


def test_another_way_to_derive_has_another_number() -> None:
    parts = [
        orjson.dumps(dataset.annotation_part({**line["annotations"][0], "records": None}, line["text"], NEWS))
        for line in [*SAMPLE, *(line for line in HARD.values() if line["annotations"])]
    ]
    digest = hashlib.sha256(b"\n".join(parts)).hexdigest()[:16]
    assert DERIVED[dataset.DERIVATION] == digest, (
        "what is derived has changed: raise DERIVATION and add its digest here"
    )
