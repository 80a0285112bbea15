"""Dataset lines: records, names and the published shape of the format."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import orjson
import pytest
from conftest import add, op

from labeling import schema
from labeling.dataset import span_text
from labeling.errors import StoreError
from labeling.services.export import SHAPES, lines, write_export
from labeling.store.project import Store


def test_two_exports_in_one_second_do_not_take_each_others_name(store: Store, tmp_path: Path) -> None:
    paths = [write_export(store, tmp_path / "exports", submitted=submitted) for submitted in (False, False, True, True)]
    assert len({path.name for path in paths}) == 4
    assert [path.exists() for path in paths] == [True] * 4
    assert ["-submitted-" in path.name for path in paths] == [False, False, True, True]


def test_the_words_of_a_span_are_its_fragments_joined() -> None:
    assert span_text("“We go,” he said, “today.”", ((0, 8), (18, 26))) == "“We go,” … “today.”"


@pytest.fixture
def marked(store: Store) -> Store:
    """One article marked by ana, looked at by ben without a span; one that no one opened."""
    article = store.next("ana", None)
    store.sign_in("ben")
    store.append("ana", article, "client-0", 0, [
        op(1, "register", registry="source", id="zoe", name="Zoé Café"),
        add(2, "q1", "quote", "“We will\u00a0go,”", "“On Friday.”"),
        add(3, "s1", "speaker", "Zoé Cafe\u0301", who="zoe"),
        add(4, "c1", "cue", "said"),
        add(5, "d1", "claimed_date", "Friday", value={"edtf": "2018-11-02", "words": "Friday", "against": "2018-11-02"}),
        op(6, "relate", id="r1", type="said_by", from_="q1", to="s1"),
        op(7, "relate", id="r2", type="cued_by", from_="q1", to="c1"),
        op(8, "relate", id="r3", type="claimed_in", from_="d1", to="q1"),
        add(9, "d2", "claimed_date", "عاجل"),
        op(10, "submit"),
        op(11, "comment", id="n1", span="d2", flag="ask", text="Is this a date?"),
        op(12, "comment", id="n2", text="Two languages."),
    ])  # fmt: skip
    store.append("ben", article, "client-1", 0, [op(1, "submit")])
    return store


def test_a_record_gathers_a_quote_with_its_speaker_cue_and_dates(marked: Store) -> None:
    line = orjson.loads(next(iter(lines(marked)))[1])
    ana, ben = line["annotations"]
    assert (ben["annotator"], ben["spans"], ben["records"]) == ("ben", [], [])
    quote, claim = ana["records"]
    assert (quote["name"], quote["type"], quote["text"]) == ("quote", "direct", "“We will\u00a0go,” … “On Friday.”")
    assert {part: [span["text"] for span in spans] for part, spans in quote["parts"].items()} == {
        "speakers": ["Zoé Cafe\u0301"], "cues": ["said"], "relays": [], "origins": [], "dates": ["Friday"],
    }  # fmt: skip
    assert quote["parts"]["speakers"][0]["attributes"] == {"who": "zoe"}
    assert line["entries"] == {"source": {"zoe": "Zoé Café"}}
    assert (claim["name"], claim["text"], claim["parts"]) == ("claim", "عاجل", {})


def test_comments_are_exported_with_the_annotation(marked: Store) -> None:
    ana, ben = orjson.loads(next(iter(lines(marked)))[1])["annotations"]
    assert ana["comments"] == [
        {"id": "n1", "span": "d2", "flag": "ask", "text": "Is this a date?"},
        {"id": "n2", "span": None, "flag": None, "text": "Two languages."},
    ]
    assert ben["comments"] == []


def test_every_span_of_a_line_holds_the_words_at_its_offsets(marked: Store) -> None:
    for _, line in lines(marked):
        values = orjson.loads(line)
        for annotation in values["annotations"]:
            for span in annotation["spans"]:
                assert span["text"] == " … ".join(values["text"][start:end] for start, end in span["fragments"])


def test_an_article_that_no_one_opened_is_in_the_export_without_annotations(marked: Store) -> None:
    assert [len(orjson.loads(line)["annotations"]) for _, line in lines(marked)] == [2, 0]


def test_every_written_line_fits_the_published_shape(marked: Store) -> None:
    shape = json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(shape)
    validator = jsonschema.Draft202012Validator(shape)
    for kind in SHAPES:
        written = [orjson.loads(line) for _, line in lines(marked, kind)]
        assert len(written) == 2
        for line in written:
            validator.validate(line)
            with pytest.raises(jsonschema.ValidationError):
                validator.validate({**line, "stray": 1})


def test_a_waiver_is_exported_while_it_counts(marked: Store) -> None:
    article = marked.next("ben", None)
    text = marked.article(article).text
    marked.append("ben", article, "client-8", 0, [
        add(1, "q", "quote", (0, 7), text=text), add(2, "s", "speaker", (8, 12), text=text),
        op(3, "waive", id="q", name="said_by", reason="an interviewer’s question"),
    ])  # fmt: skip

    def spans() -> list[dict]:
        written = [orjson.loads(line) for _, line in lines(marked)]
        jsonschema.validate(written[1], json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text()))
        return written[1]["annotations"][0]["spans"]

    assert [span.get("waived") for span in spans()] == [{"said_by": "an interviewer’s question"}, None]
    marked.append("ben", article, "client-8", 3, [op(4, "relate", id="r", type="said_by", from_="q", to="s")])
    assert [span.get("waived", span.get("waivers")) for span in spans()] == [None, None]


def test_a_record_line_is_complete_in_itself(marked: Store) -> None:
    quote, claim = (orjson.loads(line) for _, line in lines(marked, "records"))
    assert quote["article"]["title"] == "One"
    assert quote["entries"] == {"source": {"zoe": "Zoé Café"}}
    assert claim["entries"] == {}


def test_only_submitted_work_can_be_asked_for(marked: Store) -> None:
    article = marked.next("ana", None)
    marked.append("ana", article, "client-7", 0, [add(1, "x", "cue", (0, 1), text=marked.article(article).text)])
    assert [len(orjson.loads(line)["annotations"]) for _, line in lines(marked, submitted=True)] == [2, 0]
    for kind in SHAPES:
        assert {orjson.loads(line)["selection"] for _, line in lines(marked, kind, submitted=True)} == {"submitted"}
        assert {orjson.loads(line)["selection"] for _, line in lines(marked, kind)} == {"all"}


def test_the_reason_of_a_skip_is_exported_while_the_article_is_skipped(marked: Store) -> None:
    article = marked.next("ben", None)

    def told() -> tuple[str, str | None]:
        work = orjson.loads([line for _, line in lines(marked)][1])["annotations"][0]
        return work["status"], work["skip_reason"]

    marked.append("ben", article, "client-9", 0, [op(1, "skip", reason="a table")])
    assert told() == ("skipped", "a table")
    marked.append("ben", article, "client-9", 1, [op(2, "reopen")])
    assert told() == ("open", None)
    marked.append("ben", article, "client-9", 2, [op(3, "skip")])
    assert told() == ("skipped", None)


def test_an_export_stands_there_whole_under_a_name_that_says_what_it_is(marked: Store, tmp_path: Path) -> None:
    path = write_export(marked, tmp_path / "exports")
    assert path.name.startswith("project-articles-news-v1-2")
    assert path.read_bytes() == b"".join(line for _, line in lines(marked))
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_export_that_is_stopped_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    from labeling.annotation import article

    list(store.add_articles(article.make(f"Text {number}") for number in range(500)))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_export(store, tmp_path / "exports", tick=stop)
    assert list((tmp_path / "exports").iterdir()) == []


def test_what_a_killed_export_left_is_removed_a_day_later_and_nothing_else(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    dead, living = (folder / f".p-articles-news-v1-20200101T000000Z.{end}" for end in ("0123abcd", "4567abcd"))
    others = [folder / name for name in (".gitignore", "p-articles-news-v1-20200101T000000Z.jsonl")]
    for path in (dead, living, *others):
        path.write_text("x")
    for path in (dead, *others):
        os.utime(path, (0, 0))
    made = write_export(store, folder)
    assert sorted(folder.iterdir()) == sorted([living, *others, made])


def test_a_folder_that_cannot_be_written_is_one_clear_error(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"can't write the export to .*; check permissions and free space"):
        write_export(store, tmp_path / "file")
