"""Stats: who is quoted and which dates are claimed, as the sample's gold says it."""

from __future__ import annotations

import csv
import json
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import orjson
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import op, tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marking import mark, marked
from running import Server
from streamlit.testing.v1 import AppTest

from labeling import sample, schema
from labeling.adjudication import steps
from labeling.annotation import article
from labeling.commands.main import main
from labeling.dataset.claims import DateClaim, Quotation, facts
from labeling.errors import NotFoundError
from labeling.services import stats
from labeling.services.importing import import_files
from labeling.services.review import GOLD, Reviewing
from labeling.services.stats import cache
from labeling.services.verify_project import verify
from labeling.store import team
from labeling.store.project import Store
from labeling.web import server
from labeling.web.access import Access

GOLD_LINES = [orjson.loads(line) for line in sample.gold_path().read_bytes().splitlines()]
NEWS = schema.load(schema.SCHEMAS / "news.yaml")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The sample as ana submitted it; ben submitted two articles of it and has started a third."""
    store = Store.create(tmp_path_factory.mktemp("stats") / "sample.db", NEWS)
    list(import_files(store, [sample.articles_path()]))
    for annotator, lines in (("ana", GOLD_LINES), ("ben", GOLD_LINES[:3])):
        store.sign_in(annotator)
        for number, line in enumerate(lines):
            marked(store, annotator, line, submit=annotator == "ana" or number < 2)
    return store


def rows(found: stats.Facts, key: str) -> list[dict[str, Any]]:
    frame = next(table.frame for table in stats.tables(found) if table.key == key)
    return orjson.loads(frame.to_json(orient="records"))


def test_every_quotation_and_every_date_of_a_line_is_a_fact_but_for_dates_that_claim_nothing() -> None:
    for line in GOLD_LINES:
        spans, records = line["annotations"][0]["spans"], line["annotations"][0]["records"]
        found = list(facts(line, NEWS))
        assert [each.span for each in found if isinstance(each, Quotation)] == [
            each["id"] for each in records if each["name"] == "quote"
        ]
        assert {each.span for each in found if isinstance(each, DateClaim)} == {
            each["id"] for each in spans if each["label"] == "claimed_date" and not each["attributes"].get("mention")
        }


def test_speakers_are_counted_by_their_entry_whatever_the_text_calls_them(project: Store) -> None:
    found = stats.read(project, "ana")
    brekke = next(row for row in rows(found, "speakers") if row["speaker"] == "Ada Brekke")
    told = [
        record
        for line in GOLD_LINES
        for record in line["annotations"][0]["records"]
        if any(each["attributes"].get("who") == "src-brekke" for each in record["parts"].get("speakers", ()))
    ]
    assert brekke["quotations"] == len(told) == sum(brekke[kind] for kind in stats.KINDS)
    assert brekke["direct"] == sum(record["type"] == "direct" for record in told)
    by_outlet = [row for row in rows(found, "outlets") if row["speaker"] == "Ada Brekke"]
    assert sum(row["quotations"] for row in by_outlet) == len(told) and len(by_outlet) == brekke["outlets"]
    assert len(stats.quotations_of(found, "Ada Brekke")) == len(told)


@pytest.mark.slow
def test_quotations_by_type_and_by_source_add_up_to_all(project: Store) -> None:
    found = stats.read(project, "ana")
    for row in rows(found, "types"):
        assert row["quotations"] == sum(row[kind] for kind in stats.KINDS)
    for row in rows(found, "sources"):
        assert row["quotations"] == row["named"] + row["unnamed"] + row["nobody"]
    assert sum(row["quotations"] for row in rows(found, "types")) == len(found.quotations)
    assert sum(row["dates"] for row in rows(found, "modality")) == len(found.claims)
    assert sum(row["dates"] for row in rows(found, "months")) == len(found.claims)


def test_values_claimed_of_an_event_stand_side_by_side_by_day_and_say_whether_they_exclude_each_other(
    project: Store,
) -> None:
    found = stats.read(project, "ana")
    closed = next(row for row in rows(found, "events") if row["event"] == "Skerrow Bridge closed")
    assert closed["values"] == 2 and closed["exclude each other"]
    values = [row for row in rows(found, "values") if row["event"] == "Skerrow Bridge closed"]
    assert [row["value"] for row in values] == ["2024-02-02", "2024-02-03"]
    assert {row["claimed by"] for row in values} <= {stats.ARTICLE, "Ada Brekke", "Ilko Vránar", "VELTA"}
    assert sum(row["claims"] for row in values) == len(stats.claims_of(found, "Skerrow Bridge closed"))


@pytest.mark.parametrize(
    ("values", "exclude"),
    [
        (["2018-11-08", "2018-11"], False),
        (["2018-11-08", "2018-11-09"], True),
        (["2018-11-01/2018-11-08", "2018-11-08/2018-11-11"], False),
        (["[2018-11-08,2018-11-09]", "2018-11-10"], True),
        (["2018", "../2017-12-31"], True),
        (["2018-11-08", "no date"], False),
        ([], False),
    ],
)
def test_values_exclude_each_other_where_they_have_no_day_in_common(values: list[str], exclude: bool) -> None:
    assert stats.contradict(values) is exclude


def test_a_pronoun_without_an_entity_is_no_speaker_and_stands_last_as_not_identified(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "he.db", NEWS)
    made = article.make("“We go,” he said. “We stay,” she said. “We wait,” Brook said. “No.”", title="T", outlet="O")
    list(store.add_articles([made]))
    store.sign_in("ana")
    quotes = [(words, "quote") for words in ("“We go,”", "“We stay,”", "“We wait,”", "“No.”")]
    speakers = [(words, "speaker") for words in ("he", "she", "Brook")]
    mark(store, "ana", made.id, *quotes, *speakers, links=[("said_by", each, 4 + each) for each in range(3)])
    found = rows(stats.read(store), "speakers")
    assert [(row["speaker"], row["quotations"]) for row in found] == [
        ("Brook", 1), (stats.NOT_IDENTIFIED, 2), (stats.NOBODY, 1)
    ]  # fmt: skip


def test_who_is_to_identify_speakers_is_led_to_the_first_such_quote_of_their_own_in_its_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create(tmp_path / "he.db", NEWS)
    texts = ("“We go,” he said.", "Then Brook spoke. “We stay,” she said.")
    one, two = (article.make(text, outlet="O") for text in texts)
    list(store.add_articles([one, two]))
    for name, made, quote, speaker in (("ana", one, "“We go,”", "he"), ("ben", two, "“We stay,”", "she")):
        store.sign_in(name)
        mark(store, name, made.id, (quote, "quote"), (speaker, "speaker"), links=[("said_by", 0, 1)])
    monkeypatch.setenv("SAYWHEN_PROJECT", str(store.path))
    for name, made, at in (("ana", one, 0), ("ben", two, 18), ("cleo", None, 0)):
        store.sign_in(name)
        script = f"""
import streamlit as st
st.session_state["annotator"] = {name!r}
from labeling.ui.stats_page import stats_page
stats_page()
"""
        app = AppTest.from_string(script, default_timeout=60).run()
        assert not app.exception
        urls = [each.proto.url for each in app.get("link_button")]
        assert urls == ([f"/?annotator={name}&article={made.id}&at={at}"] if made else []), (
            "only one's own can be changed"
        )
        words = " ".join(str(each.value) for each in app.markdown)
        assert "We go," in words, "an article without a title is called by its first words"
        assert f"[{one.id}]" not in words and f"[{two.id}]" not in words
    assert stats.start_of(store, one.id, "ana", "gone") is None
    assert stats.start_of(store, "gone", "ana", "gone") is None


def test_a_quote_of_several_entries_counts_for_each_of_them(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "two.db", NEWS)
    made = article.make("“We go,” Brook and Vránar said.", title="T", outlet="O")
    list(store.add_articles([made]))
    store.sign_in("ana")
    mark(store, "ana", made.id, ("“We go,”", "quote"), ("Brook and Vránar", "speaker"), links=[("said_by", 0, 1)])
    work = stats.read(store).speakers
    assert list(work["speaker"].astype("str")) == ["Brook and Vránar"]
    ((_, (held,)),) = store.annotated()
    (span,) = (each["id"] for each in held.values["spans"] if each["label"] == "speaker")
    named = [
        op(1, "reopen"),
        op(2, "register", registry="source", id="b", name="Ada Brook"),
        op(3, "register", registry="source", id="v", name="Ilko Vránar"),
        op(4, "set", id=span, name="who", value=["b", "v"]),
        op(5, "submit"),
    ]
    answer = store.append("ana", made.id, "client-two", 0, named)
    assert not answer.refused
    found = stats.read(store)
    assert [(row["speaker"], row["quotations"]) for row in rows(found, "speakers")] == [
        ("Ada Brook", 1), ("Ilko Vránar", 1)
    ]  # fmt: skip
    assert len(found.quotations) == 1
    assert store.registries()["source"] == {"b": "Ada Brook", "v": "Ilko Vránar"}


def test_whose_work_counts_is_asked_for(project: Store) -> None:
    both, all_work = stats.read(project), stats.read(project, everything=True)
    ana, ben, gold = (stats.read(project, whose) for whose in ("ana", "ben", GOLD))
    assert len(both.quotations) == len(ana.quotations) + len(ben.quotations) < len(all_work.quotations)
    assert (ana.articles, ben.articles, gold.articles) == (8, 2, 2)
    assert rows(gold, "speakers") == rows(ben, "speakers")
    with pytest.raises(NotFoundError, match="there is no annotator “zoe”"):
        stats.read(project, "zoe")


def test_entries_of_one_name_are_told_apart() -> None:
    entries = [("p1", "Ann"), ("p2", "Ann"), ("p3", "Bo"), (None, "Ann"), ("p1", "Ann")]
    assert stats.distinct_names(entries) == ["Ann [p1]", "Ann [p2]", "Bo", "Ann", "Ann [p1]"]


def test_a_fact_takes_few_bytes_beside_its_words(project: Store) -> None:
    found = stats.read(project)
    for frame in (found.quotations, found.claims):
        rows = pd.concat([frame] * 200, ignore_index=True).drop(columns=["span", "text"])
        assert rows.memory_usage(index=False, deep=True).sum() < 40 * len(rows)
    assert found.speakers["speaker"].dtype == "category"


def test_a_project_without_work_and_a_label_set_without_dates_have_empty_tables(tmp_path: Path) -> None:
    for name in ("news", "polnear"):
        store = Store.create(tmp_path / f"{name}.db", schema.load(schema.SCHEMAS / f"{name}.yaml"))
        found = stats.read(store)
        assert all(table.frame.empty for table in stats.tables(found))
        assert list(stats.text(found)) == ["everyone: 0 quotes and 0 claimed dates in 0 articles"]


def test_the_state_changes_with_the_work_and_only_then(project: Store, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "other.db", NEWS)
    list(import_files(store, [sample.articles_path()]))
    store.sign_in("ana")
    before = stats.state(store)
    assert stats.state(store) == before
    marked(store, "ana", GOLD_LINES[0])
    assert stats.state(store) != before


def counted(store: Store) -> list[Any]:
    """Return everything that statistics count of a project, whoever is asked for."""
    found = [
        stats.read(store, whose, everything=all_work) for whose in (None, "ana", GOLD) for all_work in (False, True)
    ]
    return [
        (each.articles, *(frame.to_dict("records") for frame in (each.quotations, each.speakers, each.claims)))
        for each in found
    ]


EDITS = st.one_of(
    st.tuples(st.just("mark"), st.sampled_from(["ana", "ben"]), st.integers(0, 2), st.integers(0, 5)),
    st.tuples(
        st.sampled_from(["submit", "reopen", "skip", "unmark"]),
        st.sampled_from(["ana", "ben"]),
        st.integers(0, 2),
        st.just(0),
    ),
    st.tuples(st.sampled_from(["decide", "policy"]), st.just("rita"), st.integers(0, 2), st.integers(0, 2)),
)


@pytest.mark.slow
@settings(max_examples=tries(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EDITS, min_size=1, max_size=8))
def test_cached_facts_are_those_of_a_fresh_count_after_any_edits(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("edited")
    store = Store.create(folder / "project.db", NEWS)
    list(import_files(store, [sample.articles_path()]))
    for annotator, lines in (("ana", GOLD_LINES[:3]), ("ben", GOLD_LINES[:2])):
        store.sign_in(annotator)
        for line in lines:
            marked(store, annotator, line, submit=True)
    counted(store)
    for edit in edits:
        edited(store, *edit)
        found = counted(store)
        with closing(sqlite3.connect(folder / "fresh.db")) as fresh:
            store.connection().backup(fresh)
            fresh.execute("DELETE FROM fact")
            fresh.commit()
        fresh_store = Store.open(folder / "fresh.db")
        assert found == counted(fresh_store)
        fresh_store.close()
    store.close()


def edited(store: Store, what: str, who: str, number: int, at: int) -> None:
    """Make an edit, if the project's state allows it."""
    line, client = GOLD_LINES[number], secrets.token_hex(8)
    if who == "rita":
        reviewing, rita = Reviewing(store), store.sign_in("rita")
        if what == "policy":
            step: dict[str, Any] = {"kind": "policy", "rule": ("majority", "all", "points")[at]}
        else:
            open_ones = reviewing.view(rita, line["id"])["disagreements"]
            if not open_ones:
                return
            disagreement = open_ones[at % len(open_ones)]["id"]
            step = {"kind": "decide", "article": line["id"], "disagreement": disagreement, "take": "union"}
        reviewing.append(rita, client, [steps.load({"number": 1, **step})])
    elif what == "mark":
        span = line["annotations"][0]["spans"][at]
        parts = [{"start": start, "end": end, "quote": line["text"][start:end]} for start, end in span["fragments"]]
        made = op(1, "add", id=client, label="quote", fragments=parts, attributes={})
        store.append(who, line["id"], client, 0, [made])
    elif what == "unmark":
        first = line["annotations"][0]["spans"][0]["id"]
        store.append(who, line["id"], client, 0, [op(1, "remove", id=first)])
    else:
        store.append(who, line["id"], client, 0, [op(1, what)])


def test_a_name_that_was_mended_is_counted_as_it_was_before(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "wrong.db", NEWS)
    list(import_files(store, [sample.articles_path()]))
    store.sign_in("ana")
    marked(store, "ana", GOLD_LINES[0], submit=True)
    right = stats.as_json(stats.read(store))
    store.connection().execute("UPDATE entry SET name = 'Someone else'")
    store.connection().execute("DELETE FROM fact")
    assert stats.as_json(stats.read(store)) != right
    list(verify(store, mend=True))
    assert stats.as_json(stats.read(store)) == right


def test_after_an_edit_only_the_edited_article_is_read_again(project: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stats.read(project)
    read: list[str] = []
    facts_of = cache.facts_of

    def noted(article: Any, *rest: Any) -> cache.WorkFacts:
        read.append(article.id)
        return facts_of(article, *rest)

    monkeypatch.setattr(cache, "facts_of", noted)
    before = stats.as_json(stats.read(project))
    assert not read
    made = op(1, "comment", id="c", text="Look again.")
    assert not project.append("ana", GOLD_LINES[3]["id"], secrets.token_hex(8), 0, [made]).refused
    assert stats.as_json(stats.read(project)) == before
    assert read == [GOLD_LINES[3]["id"]]


@pytest.mark.slow
def test_the_command_tells_tables_and_writes_json_and_safe_csv(project: Store, tmp_path: Path) -> None:
    def run(*options: str) -> Any:
        return CliRunner().invoke(main, ["stats", "-p", str(project.path), *options])

    assert "Ada Brekke" in run("--gold").output and "Claimed values" in run("--annotator", "ana").output
    told = json.loads(run("--json").output)
    assert told["whose"] == "everybody" and {"speakers", "events", "values", "modality", "months"} <= set(
        told["tables"]
    )
    written = run("--csv", str(tmp_path / "out")).output.split()
    assert len(written) == len(told["tables"])
    with open(tmp_path / "out" / "speakers.csv", encoding="utf-8-sig", newline="") as file:
        assert [row["speaker"] for row in csv.DictReader(file)] == [
            each["speaker"] for each in told["tables"]["speakers"]
        ]
    assert run("--gold", "--annotator", "ana").exit_code == 2
    refused = run("--annotator", "zoe")
    assert refused.exit_code == 1 and "there is no annotator “zoe”" in refused.output


def test_no_cell_of_a_csv_is_a_formula() -> None:
    frame = pd.DataFrame({"speaker": ["=1+1", "@SUM(A1)", "Ann"], "quotations": [1, 2, 3]})
    assert stats.as_csv(frame).decode("utf-8-sig").splitlines()[1:] == ['"\'=1+1",1', '"\'@SUM(A1)",2', '"Ann",3']


@pytest.mark.slow
def test_the_api_tells_the_same_to_leads_only(project: Store, serve: Any) -> None:
    running: Server = serve(project.path)
    with project.writing() as unit:
        unit.team.set_members([team.Member("ana", annotates=True, leads=True)], "ana")
    for name, status in (("ana", 200), ("ben", 403)):
        token, _ = Access(project.path, project.id).token(name)
        answer = httpx.get(
            f"{running.url}/api/stats?whose=ana", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        assert answer.status_code == status
        if status == 200:
            assert answer.json() == stats.as_json(stats.read(project, "ana"))


@pytest.fixture
def page(project: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of quotes and dates, as ana sees it."""
    monkeypatch.setenv("SAYWHEN_PROJECT", str(project.path))
    server.forget()

    def script() -> None:
        import streamlit as st

        from labeling.ui.stats_page import stats_page

        st.session_state["annotator"] = "ana"
        stats_page()

    return AppTest.from_function(script, default_timeout=30).run()


def told(page: AppTest) -> str:
    assert not page.exception
    return " ".join(each.value.replace("\\", "") for kind in (page.header, page.markdown) for each in kind)


@pytest.mark.slow
def test_every_figure_of_the_page_leads_to_its_words(page: AppTest, project: Store) -> None:
    found = stats.read(project)
    page.selectbox(key="stats_speaker").select("Ada Brekke").run()
    quoted = stats.quotations_of(found, "Ada Brekke")
    assert f"Ada Brekke: {len(quoted)} quotes" in told(page)
    assert " ".join(quoted["text"].iloc[0].split())[:60] in told(page)
    assert f"/?annotator=ana&article={quoted['article'].iloc[0]}" in told(page)
    page.radio(key="stats_part").set_value("Dates").run()
    page.selectbox(key="stats_event").select("Skerrow Bridge closed").run()
    assert "Skerrow Bridge closed: 3 dates" in told(page) and "2024-02-02 · asserted · by" in told(page)
    page.radio(key="stats_part").set_value("Outlets").run()
    assert "Named and unnamed" in told(page) and "an unnamed source" in told(page)
    page.radio(key="stats_part").set_value("Over time").run()
    assert "How certain" in told(page)
