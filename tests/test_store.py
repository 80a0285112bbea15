"""The project file: saves are whole, once, in order, and the log is the truth."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from conftest import TEXT, add, op, tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import schema
from labeling.annotation import article, limits, ops
from labeling.annotation import state as annotation
from labeling.errors import AccessError, EngineError, NotFoundError, OpError, StoreBusyError, StoreError
from labeling.services.verify_project import verify
from labeling.store import state_rows
from labeling.store.project import Store
from labeling.store.state_rows import fold
from labeling.store.values import Save


def first(store: Store) -> str:
    id = store.next("ana", None)
    assert id
    return id


def test_what_was_marked_is_there_after_the_file_is_opened_again(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        add(1, "q1", "quote", "“We will\u00a0go,”", "“On Friday.”"),
        add(2, "s1", "speaker", "Zoé Cafe\u0301"),
        add(3, "d1", "claimed_date", "Friday", value={"edtf": "2018-11-02"}, modality="planned"),
        op(4, "relate", id="r1", type="said_by", from_="q1", to="s1"),
        op(5, "publish", value="2018-11-01", basis="inferred"),
    ])  # fmt: skip
    again = Store.open(store.path).bundle("ana", article_id)["annotation"]
    assert again["revision"] == 5
    assert again["published"] == {"value": "2018-11-01", "basis": "inferred"}
    texts = [["".join(TEXT[start:end]) for start, end in span["fragments"]] for span in again["spans"]]
    assert texts == [["“We will\u00a0go,”", "“On Friday.”"], ["Zoé Cafe\u0301"], ["Friday"]]
    assert again["spans"][2]["attributes"] == {"value": {"edtf": "2018-11-02"}, "modality": "planned"}
    assert again["relations"] == [{"id": "r1", "type": "said_by", "from": "q1", "to": "s1"}]


def test_projects_made_one_after_the_other_share_nothing_that_is_secret(tmp_path: Path, news: schema.Schema) -> None:
    drawn = []
    for name in ("one.db", "two.db"):
        with closing(sqlite3.connect(Store.create(tmp_path / name, news).path)) as connection:
            drawn.append(
                dict(connection.execute("SELECT key, value FROM project WHERE length(value) >= 32").fetchall())
            )
    assert drawn[0].keys() == drawn[1].keys() >= {"id", "pseudonyms", "withholding"}
    assert not drawn[0].items() & drawn[1].items()


def test_the_log_holds_values_as_they_are_kept_not_as_they_were_written(store: Store) -> None:
    article_id = first(store)
    days, kept = "{2018-11-09, 2018-11-08} ", "{2018-11-09,2018-11-08}"
    answer = store.append("ana", article_id, "client-0", 0, [
        add(1, "d1", "claimed_date", "Friday", value={"edtf": days, "mod": None}, modality="planned"),
        op(2, "set", id="d1", name="value", value={"edtf": " 2018-11", "against": "2018-11-01 "}),
        op(3, "publish", value=" 2018-11-01", basis="inferred"),
    ])  # fmt: skip
    assert not answer.refused
    added, put, published = store.log("ana", article_id)
    assert added["attributes"] == {"value": {"edtf": kept}, "modality": "planned"}
    assert put["value"] == {"edtf": "2018-11", "against": "2018-11-01"}
    assert published["value"] == "2018-11-01"


def test_sqlite_itself_cuts_the_marked_words_out_by_code_points(store: Store) -> None:
    store.append(
        "ana",
        first(store),
        "client-0",
        0,
        [add(1, "q1", "quote", "“We will\u00a0go,”"), add(2, "s1", "speaker", "新华社")],
    )
    rows = store.connection().execute("SELECT span, text FROM span_text ORDER BY span").fetchall()
    assert rows == [("q1", "“We will\u00a0go,”"), ("s1", "新华社")]


def test_an_op_sent_twice_counts_once(store: Store) -> None:
    article_id = first(store)
    message = [add(1, "q1", "quote", "“On Friday.”"), add(2, "s1", "speaker", "Zoé")]
    one = store.append("ana", article_id, "client-0", 0, message)
    two = store.append("ana", article_id, "client-0", 0, message)
    assert one == two
    assert [entry["number"] for entry in store.log("ana", article_id)] == [1, 2]


def test_a_save_asks_the_file_each_thing_once_however_much_is_in_it(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [op(1, "register", registry="source", id="zoe", name="Zoé")])
    message = [
        add(1, "s1", "speaker", "Zoé Cafe\u0301", who="zoe"),
        add(2, "s2", "speaker", "Zoé", who="zoe"),
        add(3, "s3", "speaker", "Cafe\u0301", who="zoe"),
    ]
    asked: list[str] = []
    for annotator, revision in (("ana", 1), ("ben", 0)):  # who has started the article, and who has not
        store.sign_in(annotator)
        asked.clear()
        store.connection().set_trace_callback(asked.append)
        assert not store.append(annotator, article_id, f"client-of-{annotator}", revision, message).refused
        store.connection().set_trace_callback(None)
        selects = [each for each in asked if each.lstrip().startswith("SELECT")]
        assert len(selects) <= 4, selects
        assert sum(each.lstrip().startswith(("INSERT INTO annotation", "UPDATE annotation")) for each in {*asked}) == 1


def test_at_a_gap_the_rest_waits(store: Store) -> None:
    answer = store.append(
        "ana", first(store), "client-0", 0, [add(1, "q1", "quote", "“On Friday.”"), add(3, "s1", "speaker", "Zoé")]
    )
    assert (answer.confirmed, answer.revision) == (1, 1)


def test_an_answer_tells_what_another_tab_did_meanwhile(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-1", 0, [add(1, "q1", "quote", "“On Friday.”")])
    answer = store.append("ana", article_id, "client-2", 0, [op(1, "remove", id="q1")])
    assert [(op["client"], op["kind"]) for op in answer.ops] == [("client-1", "add"), ("client-2", "remove")]


def test_an_empty_message_fetches_what_is_new(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-1", 0, [add(1, "q1", "quote", "“On Friday.”")])
    answer = store.append("ana", article_id, "client-2", 0, [])
    assert (answer.confirmed, answer.revision, len(answer.ops)) == (0, 1, 1)


def test_a_refusal_is_on_record_and_is_not_tried_again(store: Store) -> None:
    article_id = first(store)
    one = store.append(
        "ana", article_id, "client-0", 0, [op(1, "remove", id="q1"), add(2, "q1", "quote", "“On Friday.”")]
    )
    assert [refusal["number"] for refusal in one.refused] == [1]
    store.append("ana", article_id, "client-0", 0, [op(1, "remove", id="q1")])
    assert [span["id"] for span in store.bundle("ana", article_id)["annotation"]["spans"]] == ["q1"]
    assert "refused" in store.log("ana", article_id)[0]


def test_a_long_op_that_is_refused_is_logged_by_its_kind_its_id_and_its_length(store: Store) -> None:
    article_id = first(store)
    parts = [{"start": at, "end": at + 1, "quote": "x" * 100} for at in range(0, 40, 2)]
    add_many = ops.load({"number": 1, "kind": "add", "id": "q1", "label": "quote", "fragments": parts})
    answer = store.append("ana", article_id, "client-0", 0, [add_many])
    [logged] = store.log("ana", article_id)
    assert logged["refused"] == answer.refused[0]["reason"]
    assert {name: logged[name] for name in ("kind", "id", "omitted")} == {
        "kind": "add", "id": "q1", "omitted": len(ops.to_json(add_many)),
    }  # fmt: skip
    assert "fragments" not in logged
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_a_span_has_up_to_fifty_fragments_and_what_the_log_has_stays_valid(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    article_id = first(store)
    start = TEXT.index("“We")

    def of(number: int, fragments: int) -> ops.Op:
        parts = [(start + 2 * at, start + 2 * at + 1) for at in range(fragments)]
        values = [{"start": one, "end": two, "quote": TEXT[one:two]} for one, two in parts]
        return ops.load({"number": number, "kind": "add", "id": f"q{number}", "label": "quote", "fragments": values})

    monkeypatch.setattr(limits, "MAX_FRAGMENTS", 4)
    answer = store.append("ana", article_id, "client-0", 0, [of(1, 4), of(2, 5)])
    assert answer.refused == [
        {"number": 2, "reason": "the span has 5 fragments, but the limit is 4; divide it into several spans"}
    ]
    monkeypatch.setattr(limits, "MAX_FRAGMENTS", 3)
    assert not [verdict for verdict in verify(store) if verdict.difference]
    with pytest.raises(OpError, match="the span has 51 fragments, but the limit is 50"):
        monkeypatch.undo()
        limits.require_within(of(3, 51))


def test_after_too_many_edits_an_article_can_still_be_submitted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    article_id = first(store)
    monkeypatch.setattr(limits, "MAX_LOGGED", 1)
    message = [add(1, "q1", "quote", "“On Friday.”"), add(2, "s1", "speaker", "Friday"), op(3, "submit")]
    answer = store.append("ana", article_id, "client-0", 0, message)
    assert [each["number"] for each in answer.refused] == [2]
    assert (
        answer.refused[0]["reason"] == "you have made 1 edits on this article, which is the limit; submit it as it is"
    )
    assert store.bundle("ana", article_id)["annotation"]["status"] == "submitted"


def test_after_too_many_bytes_of_edits_an_article_can_still_be_submitted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    article_id = first(store)
    monkeypatch.setattr(limits, "MAX_LOGGED_BYTES", 3_000)
    notes = [op(number, "comment", id=f"n{number}", text="x" * 2_000) for number in (1, 2, 3)]
    answer = store.append("ana", article_id, "client-0", 0, notes)
    [refused] = answer.refused
    assert refused["number"] == 3
    assert refused["reason"].startswith("your edits on this article take up 4,")
    assert refused["reason"].endswith(" bytes, but the limit is 3,000; submit it as it is")
    # The same after the edits are no longer in memory.
    again = Store.open(store.path)
    assert [
        each["number"]
        for each in again.append(
            "ana", article_id, "client-1", 3, [op(1, "comment", id="n4", text="x"), op(2, "submit")]
        ).refused
    ] == [1]
    assert again.bundle("ana", article_id)["annotation"]["status"] == "submitted"


def test_large_work_in_progress_is_not_written_whole_at_each_save_and_is_read_from_its_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    article_id = first(store)
    monkeypatch.setattr(state_rows, "LARGE", 2)
    store.append("ana", article_id, "client-0", 0, [
        add(1, "q1", "quote", "“On Friday.”"), add(2, "s1", "speaker", "Zoé"), op(3, "relate", id="r1", type="said_by", from_="q1", to="s1"),
        op(4, "comment", id="n1", text="?"), op(5, "publish", value="2018-11-04", basis="page"),
    ])  # fmt: skip
    snapshots = "SELECT count(*) FROM snapshot"
    assert store.connection().execute(snapshots).fetchone() == (0,)
    assert not [verdict for verdict in verify(store) if verdict.difference]
    found = store.bundle("ana", article_id)["annotation"]
    assert {span["id"] for span in found["spans"]} == {"q1", "s1"}
    [(_, [work]), *_] = store.annotated()
    assert work.values == {name: value for name, value in found.items() if name != "revision"}
    # Another process goes on with it, and what is submitted has a snapshot again.
    Store.open(store.path).append("ana", article_id, "client-1", 5, [op(1, "submit")])
    assert store.connection().execute(snapshots).fetchone() == (1,)
    assert store.bundle("ana", article_id)["annotation"]["spans"] == found["spans"]
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_removing_a_span_takes_its_links_along(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        add(1, "q1", "quote", "“On Friday.”"), add(2, "s1", "speaker", "Zoé"),
        op(3, "relate", id="r1", type="said_by", from_="q1", to="s1"), op(4, "remove", id="s1"),
    ])  # fmt: skip
    assert store.bundle("ana", article_id)["annotation"]["relations"] == []


def test_comments_are_kept_changed_and_go_with_their_span(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        add(1, "q1", "quote", "“On Friday.”"), op(2, "comment", id="c1", span="q1", flag="ask", text="Whose words?"),
        op(3, "comment", id="c2", text="A table."), op(4, "comment", id="c2", flag="unclear"),
    ])  # fmt: skip
    assert Store.open(store.path).bundle("ana", article_id)["annotation"]["comments"] == [
        {"id": "c1", "span": "q1", "flag": "ask", "text": "Whose words?"},
        {"id": "c2", "span": None, "flag": "unclear", "text": ""},
    ]
    store.append(
        "ana", article_id, "client-0", 4, [op(5, "set", id="q1", name="note", value="x"), op(6, "remove", id="q1")]
    )
    assert [comment["id"] for comment in store.bundle("ana", article_id)["annotation"]["comments"]] == ["c2"]
    store.append("ana", article_id, "client-0", 6, [op(7, "uncomment", id="c2")])
    assert store.bundle("ana", article_id)["annotation"]["comments"] == []


def test_a_new_label_keeps_what_it_can_carry_and_drops_the_rest(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        add(1, "q1", "quote", "“On Friday.”"), add(2, "d1", "claimed_date", "Friday", note="hm", modality="planned"),
        op(3, "relate", id="r1", type="claimed_in", from_="d1", to="q1"), op(4, "change", id="d1", label="quote"),
    ])  # fmt: skip
    after = store.bundle("ana", article_id)["annotation"]
    assert [span["attributes"] for span in after["spans"]] == [{}, {"note": "hm"}]
    assert after["relations"] == []


def test_a_client_id_of_other_work_is_refused(store: Store) -> None:
    article_id = first(store)
    store.sign_in("ben")
    store.append("ana", article_id, "client-0", 0, [add(1, "q1", "quote", "“On Friday.”")])
    with pytest.raises(AccessError, match="belongs to other work"):
        store.append("ben", article_id, "client-0", 0, [op(2, "remove", id="q1")])


def test_annotators_do_not_see_each_others_work(store: Store) -> None:
    article_id = first(store)
    store.sign_in("ben")
    store.append("ana", article_id, "client-0", 0, [add(1, "q1", "quote", "“On Friday.”")])
    assert store.bundle("ben", article_id)["annotation"]["spans"] == []


def test_an_unknown_article_or_annotator_is_refused(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no article nowhere in the queue of ana"):
        store.append("ana", "nowhere", "client-0", 0, [op(1, "submit")])
    with pytest.raises(NotFoundError, match="in the queue of nobody"):
        store.append("nobody", first(store), "client-0", 0, [op(1, "submit")])


def test_the_log_cannot_be_changed_or_shortened(store: Store) -> None:
    store.append("ana", first(store), "client-0", 0, [op(1, "submit")])
    for statement in ("UPDATE op SET body = '{}'", "DELETE FROM op"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection().execute(statement)


def test_the_queue_walks_on_wraps_round_and_ends(store: Store) -> None:
    one, two = first(store), store.next("ana", first(store))
    assert two and two != one
    assert store.next("ana", two) == one
    assert store.previous("ana", two) == one
    assert store.previous("ana", one) is None
    store.append("ana", one, "client-1", 0, [op(1, "submit")])
    assert store.next("ana", two) == two
    store.append("ana", two, "client-2", 0, [op(1, "skip", reason="a table")])
    assert store.next("ana", None) is None
    assert store.progress("ana") == {"total": 2, "new": 0, "open": 0, "submitted": 1, "skipped": 1}
    store.append("ana", one, "client-1", 1, [op(2, "reopen")])
    assert store.next("ana", None) == one


def test_an_article_imported_later_joins_everybodys_queue(store: Store) -> None:
    list(store.add_articles([article.make("Fresh."), article.make(TEXT)]))
    assert store.progress("ana")["total"] == 3


def test_the_same_text_is_reported_and_not_imported_twice(store: Store) -> None:
    outcomes = list(store.add_articles([article.make("Fresh."), article.make("Fresh.\r\n"), article.make(TEXT)]))
    assert [outcome.new for outcome in outcomes] == [True, False, False]
    assert store.count() == 3


def test_a_dry_run_writes_nothing(store: Store) -> None:
    assert [outcome.new for outcome in store.add_articles([article.make("Fresh.")], dry_run=True)] == [True]
    assert store.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u0000b", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(store: Store, name: str) -> None:
    with pytest.raises(AccessError, match="1 to 60 printable characters"):
        store.sign_in(name)
    assert store.annotators() == ["ana"]


def test_one_name_written_in_two_ways_is_one_annotator(store: Store) -> None:
    assert store.sign_in("Zoe\u0301  B.") == store.sign_in("Zoé B.")
    assert store.annotators() == ["Zoé B.", "ana"]


def test_entries_are_found_by_a_few_letters_without_marks_or_case(store: Store) -> None:
    names = ["Jürgen Müller", "Miller & Sons", "Ana Müllerová", "მაია"]
    store.append("ana", first(store), "client-0", 0, [
        op(number, "register", registry="source", id=f"e{number}", name=name) for number, name in enumerate(names, 1)
    ])  # fmt: skip
    assert {entry["name"] for entry in store.entries("source", "mull")} == {"Jürgen Müller", "Ana Müllerová"}
    assert [entry["name"] for entry in store.entries("source", "mul ju")] == ["Jürgen Müller"]
    assert [entry["name"] for entry in store.entries("source", "მა")] == ["მაია"]
    assert len(store.entries("source", "")) == 4
    assert store.entries("source", "%") == []
    assert fold("ÉCLAIR") == "eclair"


def test_entries_that_fit_alike_are_ranked_by_the_annotators_own_work(store: Store) -> None:
    """In the first article Anna Brook is named with the council; in the others Carl Brook, and two people at once."""
    texts = ["the council, Anna Brook", "Carl Brook", "Carl Brook again", "the council here"]
    made = [article.make(f"{text} spoke at length.") for text in texts]
    list(store.add_articles(made))
    entries = {"council": "Council", "anna": "Annabelle Brook", "carl": "Carl Brook", "both": "A Brook and B"}

    def name(who: str, where: int, *ids: str) -> None:
        ops_ = [
            op(number, "register", registry="source", id=id, name=name)
            for number, (id, name) in enumerate(entries.items(), 1)
        ]
        text = made[where].text
        ops_ += [
            add(5 + number, f"s{number}", "speaker", (number, number + 3), text=text, who=id)
            for number, id in enumerate(ids)
        ]
        store.append(who, made[where].id, f"client-{who}-{where}", 0, ops_)

    def found(who: str, where: int) -> list[str]:
        return [each["id"] for each in store.entries("source", "brook", annotator=who, article=made[where].id)]

    store.sign_in("ben")
    name("ana", 0, "council", "anna")
    name("ana", 1, "carl")
    name("ana", 2, "carl")
    assert found("ana", 3) == ["carl", "anna", "both"], "the one named most often, and joint names last"
    name("ana", 3, "council")
    assert found("ana", 3) == ["anna", "carl", "both"], "who is named together with the council comes first"
    assert found("ben", 3) == ["carl", "anna", "both"], "another annotator's work says nothing: the shortest name first"
    assert [each["id"] for each in store.entries("source", "carl brook", annotator="ana", article=made[3].id)] == [
        "carl"
    ]


def test_rows_that_were_tampered_with_are_found_and_mended_from_the_log(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        add(1, "q1", "quote", "“On Friday.”"), add(2, "s1", "speaker", "Zoé"),
        op(3, "relate", id="r1", type="said_by", from_="q1", to="s1"), op(4, "comment", id="c1", span="q1", text="whose?"),
    ])  # fmt: skip
    before = store.bundle("ana", article_id)
    store.connection().execute("UPDATE fragment SET start = start + 1 WHERE span = 'q1'")
    store.connection().execute("DELETE FROM relation")
    store.connection().execute("INSERT INTO span VALUES (1, 'stray', 'cue')")
    store.connection().execute("INSERT INTO comment VALUES (1, 'stray', NULL, 'ask', '')")
    store.connection().execute("UPDATE comment SET text = 'why?' WHERE id = 'c1'")
    assert [bool(difference) for _, _, difference, _ in verify(store)] == [True]
    assert [bool(difference) for _, _, difference, _ in verify(store, mend=True)] == [True]
    assert [difference for _, _, difference, _ in verify(store)] == [None]
    assert store.bundle("ana", article_id) == before


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM snapshot",
        "UPDATE snapshot SET state = '{}'",
        "UPDATE snapshot SET state = '[1]'",
        "UPDATE snapshot SET state = json_remove(state, '$.spans[0]')",
        "UPDATE snapshot SET state = json_set(state, '$.spans[0].fragments[0][0]', 0)",
        "UPDATE snapshot SET state = json_set(state, '$.spans', 'none')",
    ],
)
def test_a_snapshot_that_was_tampered_with_is_found_and_mended_from_the_log(store: Store, tampering: str) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [add(1, "s1", "speaker", "Zoé")])
    before = store.bundle("ana", article_id)
    store.connection().execute(tampering)
    assert [bool(verdict.difference) for verdict in verify(store)] == [True]
    assert [verdict.mended for verdict in verify(store, mend=True)] == [True]
    assert [verdict.difference for verdict in verify(store)] == [None]
    assert Store.open(store.path).bundle("ana", article_id) == before


def test_a_registry_that_was_emptied_is_written_again_from_the_log(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        op(1, "register", registry="source", id="zoe", name="Zoé"), add(2, "s1", "speaker", "Zoé", who="zoe"),
    ])  # fmt: skip
    store.connection().execute("DELETE FROM entry")
    assert [verdict.mended for verdict in verify(store, mend=True) if verdict.difference] == [True]
    assert store.entries("source", "zoe") == [{"id": "zoe", "name": "Zoé"}]
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_an_annotation_whose_row_denies_its_ops_is_found(store: Store) -> None:
    store.append("ana", first(store), "client-0", 0, [add(1, "s1", "speaker", "Zoé")])
    store.connection().execute("UPDATE annotation SET revision = 0, status = 'new'")
    assert [bool(verdict.difference) for verdict in verify(store)] == [True]


def test_after_a_commit_that_failed_the_next_save_goes_through(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    article_id = first(store)
    from labeling.store import state_rows

    write = state_rows.write

    def stray(connection, key, state, touched) -> None:
        write(connection, key, state, touched)
        connection.execute("INSERT INTO relation VALUES (?, 'r', 'said_by', 'nobody', 'nobody')", (key,))

    with monkeypatch.context() as patch, pytest.raises(EngineError):
        patch.setattr(state_rows, "write", stray)
        store.append("ana", article_id, "client-0", 0, [add(1, "s1", "speaker", "Zoé")])
    assert store.append("ana", article_id, "client-0", 0, [add(1, "s1", "speaker", "Zoé")]).revision == 1
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_saves_accepted_together_are_each_answered_and_one_at_fault_spoils_no_other(store: Store) -> None:
    store.sign_in("ben")
    article_id = first(store)
    speaker, cue = add(1, "s1", "speaker", "Zoé"), add(1, "c1", "cue", "“On Friday.”")
    together = [
        Save("ana", article_id, "client-0", 0, [speaker]),
        Save("ana", article_id, "client-1", 0, [cue]),
        Save("ana", "nowhere", "client-2", 0, [cue]),
        Save("ben", article_id, "client-0", 0, [cue]),
        Save("ben", article_id, "client-3", 0, [op(1, "remove", id="c1")]),
    ]
    one, two, unknown, foreign, refused = store.append_all(together)
    assert isinstance(unknown, NotFoundError) and isinstance(foreign, AccessError)
    assert [each.revision for each in (one, two, refused)] == [1, 2, 1]
    assert [op["client"] for op in two.ops] == ["client-0", "client-1"]
    assert refused.refused == [{"number": 1, "reason": "span c1 doesn't exist"}]
    assert not [verdict for verdict in verify(store) if verdict.difference]
    # Sent once more, as after a lost answer, they bring everything and change nothing.
    again = store.append_all(together)
    assert [each.revision for each in again if not isinstance(each, Exception)] == [2, 2, 1]
    assert [op["client"] for op in again[0].ops] == ["client-0", "client-1"]


def test_while_another_writer_holds_the_file_saves_accepted_together_are_left_to_be_sent_again(store: Store) -> None:
    hasty = Store.open(store.path, patience=0)
    saves = [
        Save("ana", first(store), f"client-{each}", 0, [add(1, f"s{each}", "speaker", (each, each + 1))])
        for each in (0, 1)
    ]
    other = store.connection()
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="locked"):
        hasty.append_all(saves)
    other.execute("ROLLBACK")
    assert [each.revision for each in hasty.append_all(saves)] == [1, 2]


def test_what_is_left_of_an_earlier_project_does_not_get_into_a_new_one(store: Store, news: schema.Schema) -> None:
    store.connection().execute("PRAGMA wal_checkpoint")
    store.path.unlink()
    with pytest.raises(
        StoreError, match="is left over from an earlier project and would get into the new one; delete it first"
    ):
        Store.create(store.path, news)
    assert not store.path.exists()


def test_two_writers_in_two_processes_worth_of_stores_lose_nothing(store: Store) -> None:
    article_id = first(store)
    other = Store.open(store.path)

    def write(writer: Store, client: str, label: str) -> None:
        for number in range(1, 31):
            writer.append(
                "ana", article_id, client, 0, [add(number, f"{client}.{number}", label, (number, number + 2))]
            )

    threads = [
        threading.Thread(target=write, args=arguments)
        for arguments in ((store, "client-1", "quote"), (other, "client-2", "speaker"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.bundle("ana", article_id)["annotation"]["spans"]) == 60
    assert [entry["revision"] for entry in store.log("ana", article_id)] == list(range(1, 61))
    assert [difference for _, _, difference, _ in verify(store)] == [None]


_IDS = st.sampled_from("abcdef")
_STRETCH = st.tuples(st.integers(0, 40), st.integers(1, 8)).map(lambda pair: (pair[0], pair[0] + pair[1]))
_KINDS = st.one_of(
    st.tuples(st.just("add"), _IDS, st.sampled_from(["quote", "speaker", "claimed_date"]), st.lists(_STRETCH, min_size=1, max_size=2)),
    st.tuples(st.just("change"), _IDS, st.sampled_from(["quote", "speaker"])),
    st.tuples(st.just("remove"), _IDS),
    st.tuples(st.just("set"), _IDS, st.sampled_from(["note", "borderline", "plural"]), st.sampled_from([None, True, "x"])),
    st.tuples(st.just("waive"), _IDS, st.just("said_by"), st.sampled_from([None, "x"])),
    st.tuples(st.just("relate"), _IDS, st.sampled_from(["said_by", "claimed_in"]), _IDS, _IDS),
    st.tuples(st.just("unrelate"), _IDS),
    st.tuples(st.just("comment"), _IDS, st.one_of(st.none(), _IDS), st.sampled_from([None, "ask", "unknown"]), st.just("x")),
    st.tuples(st.just("uncomment"), _IDS),
    st.tuples(st.just("judge"), _IDS, st.just("default"), st.sampled_from(["1", "2"]), st.sampled_from([None, "accepted", "rejected"]), st.lists(_IDS, max_size=2)),
    st.tuples(st.sampled_from(["submit", "reopen", "skip"])),
    st.tuples(st.just("skip"), st.sampled_from(["", "a table"])),
)  # fmt: skip


def _make(number: int, drawn: tuple) -> ops.Op:  # type: ignore[type-arg]
    kind, *rest = drawn
    if kind == "add":
        return add(number, rest[0], rest[1], *rest[2])
    names = {"skip": ("reason",) if rest else (), "change": ("id", "label"), "remove": ("id",), "set": ("id", "name", "value"), "unrelate": ("id",), "comment": ("id", "span", "flag", "text"), "uncomment": ("id",), "judge": ("id", "suggester", "version", "verdict", "spans"), "waive": ("id", "name", "reason"),
             "relate": ("id", "type", "from_", "to")}.get(kind, ())  # fmt: skip
    return op(number, kind, **dict(zip(names, rest, strict=True)))


@pytest.mark.slow
@settings(max_examples=tries(60), deadline=None)
@given(drawn=st.lists(_KINDS, max_size=40), cuts=st.sets(st.integers(1, 40)))
def test_whatever_is_sent_the_rows_equal_the_replay_of_the_log(
    drawn: list, cuts: set[int], news: schema.Schema, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store.create(tmp_path_factory.mktemp("replay") / "p.db", news)
    list(store.add_articles([article.make(TEXT)]))
    store.sign_in("ana")
    message = [_make(number, each) for number, each in enumerate(drawn, 1)]
    bounds = sorted({0, len(message), *(cut for cut in cuts if cut < len(message))})
    for low, high in itertools.pairwise(bounds):
        store.append("ana", first_or_any(store), "client-0", 0, message[low:high])
    assert all(difference is None for _, _, difference, _ in verify(store))
    # The same ops, replayed one by one in memory, end in the same annotation.
    state = annotation.Annotation()
    for each in message:
        try:
            annotation.apply(state, each, TEXT, news, lambda registry, id: None)
        except OpError:
            continue
    held = [work for _, works in store.annotated() for work in works]
    assert [work.annotation for work in held] == ([state] if state.status != "new" else [])


def first_or_any(store: Store) -> str:
    return str(store.connection().execute("SELECT id FROM article").fetchone()[0])


def test_everybodys_work_is_read_in_queue_order_from_one_state_of_the_file(store: Store) -> None:
    list(store.add_articles(article.make(f"Text {number}") for number in range(3)))
    for name in ("zoé", "ana"):
        store.sign_in(name)
        store.append(name, first(store), f"client-{name[:1]}", 0, [
            add(1, "q1", "quote", "“We will\u00a0go,”", "“On Friday.”"),
            add(2, "d1", "claimed_date", "Friday", value={"edtf": "2018-11-02"}, modality="planned"),
        ])  # fmt: skip
    reading = store.annotated()
    articles, works = [], []
    for found, held in reading:
        articles.append(found)
        works.append([(work.annotator, work.revision) for work in held])
        store.append("ana", found.id, f"later-{len(works)}", 0, [op(1, "skip")])
    assert [each.text for each in articles] == [TEXT, "Another text.", "Text 0", "Text 1", "Text 2"]
    assert articles == [store.article(each.id) for each in articles]
    assert works == [[("ana", 2), ("zoé", 2)], [], [], [], []]


def test_the_file_counts_its_migrations(store: Store) -> None:
    from labeling.store import state_rows
    from labeling.store.migrations import migrations

    applied = store.connection().execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]
    version = store.connection().execute("PRAGMA user_version").fetchone()[0]
    assert applied == version == state_rows.VERSION == len(migrations._migrations)


def _first_version(path: Path, news: schema.Schema) -> None:
    """Make a file as the first migration alone makes it, with an article that ana marked and one that she skipped."""
    from sqlite_utils import Database

    from labeling.store.migrations import migrations

    database = Database(path)
    migrations.apply(database, stop_before="m002_remarks")
    for table, rows in (
        ("project", [("id", "x")]),
        ("label_set", [(1, "news", news.source, "")]),
        ("article", [(n, id, text, None, None, None, None, None, None, "", "") for n, id, text in ((1, "a", "“Go,” she said."), (2, "b", "B."))]),
        ("annotator", [("ana", "")]),
        ("annotation", [(1, "a", "ana", 1, "submitted", 6, "2018-11-01", "inferred"), (2, "b", "ana", 2, "skipped", 1, None, None)]),
        ("span", [(1, "q1", "quote"), (1, "s1", "speaker")]),
        ("fragment", [(1, "q1", 0, 5), (1, "s1", 6, 9)]),
        ("attribute", [(1, "q1", "note", '"x"')]),
        ("relation", [(1, "r1", "said_by", "q1", "s1")]),
        ("op", [
            (1, 1, "client-0", 1, '{"kind":"add","id":"q1","label":"quote","fragments":[{"start":0,"end":5,"quote":"“Go,”"}]}', None, "2018-11-04T10:00:00.000+00:00"),
            (1, 2, "client-0", 2, '{"kind":"add","id":"s1","label":"speaker","fragments":[{"start":6,"end":9,"quote":"she"}]}', None, "2018-11-04T10:00:01.000+00:00"),
            (1, 3, "client-0", 3, '{"kind":"set","id":"q1","name":"note","value":"x"}', None, "2018-11-04T10:00:02.000+00:00"),
            (1, 4, "client-0", 4, '{"kind":"relate","id":"r1","type":"said_by","from":"q1","to":"s1"}', None, "2018-11-04T10:00:03.000+00:00"),
            (1, 5, "client-0", 5, '{"kind":"publish","value":"2018-11-01","basis":"inferred"}', None, "2018-11-04T10:00:04.000+00:00"),
            (1, 6, "client-0", 6, '{"kind":"submit"}', None, "2018-11-04T10:00:05.000+00:00"),
            (2, 1, "client-1", 1, '{"kind":"skip","reason":"a table"}', None, "2018-11-04T10:00:06.000+00:00"),
        ]),
    ):  # fmt: skip
        for values in rows:
            database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    database.conn.commit()
    assert database.execute("PRAGMA user_version").fetchone()[0] == 1
    database.close()


def test_the_first_version_of_the_file_opens_with_all_the_work_in_it(tmp_path: Path, news: schema.Schema) -> None:
    path = tmp_path / "old.db"
    _first_version(path, news)
    old = Store.open(path)
    assert [verdict.difference for verdict in verify(old)] == [None, None]
    assert old.progress("ana") == {"total": 2, "new": 0, "open": 0, "submitted": 1, "skipped": 1}
    assert old.bundle("ana", "b")["annotation"]["skip_reason"] == "a table"
    kept = old.bundle("ana", "a")["annotation"]
    assert (kept["status"], kept["revision"], kept["published"]["value"]) == ("submitted", 6, "2018-11-01")
    assert [(span["id"], span["attributes"]) for span in kept["spans"]] == [("q1", {"note": "x"}), ("s1", {})]
    assert [link["id"] for link in kept["relations"]] == ["r1"]
    old.append("ana", "a", "client-2", 6, [op(1, "waive", id="q1", name="said_by", reason="x")])
    assert Store.open(path).bundle("ana", "a")["annotation"]["spans"][0]["waivers"] == {"said_by": "x"}


def test_an_older_file_ends_in_the_tables_of_a_new_one(tmp_path: Path, news: schema.Schema) -> None:
    path = tmp_path / "old.db"
    _first_version(path, news)
    old, new = Store.open(path), Store.create(tmp_path / "new.db", news)
    tables = "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    assert old.connection().execute(tables).fetchall() == new.connection().execute(tables).fetchall()


def test_a_file_without_snapshots_gets_them_from_its_rows(store: Store) -> None:
    article_id = first(store)
    store.append("ana", article_id, "client-0", 0, [
        op(1, "register", registry="source", id="zoe", name="Zoé"),
        add(2, "s1", "speaker", "Zoé", who="zoe", note="“née” \\ \n null"),
        add(3, "q1", "quote", "“We will\u00a0go,”", "“On Friday.”"),
        add(4, "d1", "claimed_date", "Friday", value={"edtf": "2018-11-02", "words": "Friday", "against": "2018-11-02"}),
        op(5, "waive", id="q1", name="said_by", reason="nobody"), op(6, "waive", id="d1", name="value", reason="none"),
        op(7, "relate", id="r1", type="claimed_in", from_="d1", to="q1"),
        op(8, "comment", id="n1", span="q1", flag="ask", text="?"), op(9, "comment", id="n2", text="All."),
        op(10, "publish", value="2018-11-04", basis="page"), op(11, "skip", reason="a table"),
    ])  # fmt: skip
    store.sign_in("ben")
    store.append("ben", article_id, "client-1", 0, [op(1, "submit")])
    before = [store.bundle(name, article_id) for name in ("ana", "ben")]
    for statement in (
        "DROP TABLE snapshot", "PRAGMA user_version = 4", "DELETE FROM _sqlite_migrations WHERE name LIKE 'm005%'",
    ):  # fmt: skip
        store.connection().execute(statement)
    older = Store.open(store.path)
    assert [older.bundle(name, article_id) for name in ("ana", "ben")] == before
    assert [verdict.difference for verdict in verify(older)] == [None, None]
