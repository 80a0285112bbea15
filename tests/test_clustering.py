"""Agreement of clusterings, equal to the published cases of the CoNLL scorer and of the papers."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import add, op, tries
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from labeling import schema
from labeling.agreement.clustering import METRICS, Overlap, b_cubed, lea, overlap, overlaps_by, pairwise, split_clusters
from labeling.agreement.text import split_entries
from labeling.annotation import article
from labeling.commands.main import main
from labeling.errors import NotFoundError
from labeling.services.cluster_agreement import cluster_examples, clusters_of
from labeling.services.removal import Remover
from labeling.store.project import Store
from labeling.store.team import Member
from labeling.web import server
from labeling.web.access import Access
from labeling.web.api import build_api


def clusters(written: str) -> dict[str, int]:
    """Return the clustering that is written as letters, a word per cluster."""
    return {mention: number for number, word in enumerate(written.split()) for mention in word}


KEY = "a bc def"
#: Test cases A1 to A13 of the reference scorer (Pradhan et al. 2014): B³ recall and precision; BLANC's coreference links.
PUBLISHED = [
    # response, B³ recall and precision, recall and precision of links (common, of)
    ("a bc def", 1, 1, (4, 4), (4, 4)),
    ("a de", 7 / 18, 1, (1, 4), (1, 1)),
    ("a bcx defy z", 1, 55 / 108, (4, 4), (4, 9)),
    ("a bcx dy z", 5 / 9, 17 / 42, (1, 4), (1, 4)),
    ("a bcxB dy z", 5 / 9, 5 / 16, (1, 4), (1, 7)),
    ("a bcx dy Bz", 5 / 9, 17 / 48, (1, 4), (1, 5)),
    ("a b c d e f", 1 / 2, 1, (0, 4), (0, 0)),
    ("abcdef", 1, 7 / 18, (4, 4), (4, 15)),
    ("a x y c d e z", 13 / 36, 4 / 7, (0, 4), (0, 0)),
    ("axycdez", 17 / 36, 6 / 49, (1, 4), (1, 21)),
]


@pytest.mark.parametrize(("response", "recall", "precision", "recalled", "precise"), PUBLISHED)
def test_cases_of_the_reference_scorer(
    response: str, recall: float, precision: float, recalled: tuple[int, int], precise: tuple[int, int]
) -> None:
    one, two = clusters(KEY), clusters(response)
    found = b_cubed(one, two)
    assert (found.recall, found.precision) == (pytest.approx(recall), pytest.approx(precision))
    assert pairwise(one, two) == (*recalled, *precise)


def test_the_worked_example_of_the_papers() -> None:
    # Pradhan et al. 2014 (B³ .42, .50; links .22, .25, .24) and Moosavi & Strube 2016 (LEA .24, .33, .28).
    one, two = clusters("abc defg"), clusters("ab cd fghi")

    def rounded(found: Overlap) -> list[float]:
        return [round(float(each or 0), 2) for each in (found.recall, found.precision, found.f1)]

    assert rounded(b_cubed(one, two)) == [0.42, 0.50, 0.45]
    assert rounded(pairwise(one, two)) == [0.22, 0.25, 0.24]
    assert rounded(lea(one, two)) == [0.24, 0.33, 0.28]


def test_the_first_examples_of_b_cubed() -> None:
    truth = clusters("12345 67 89ABC")  # Bagga & Baldwin 1998
    assert b_cubed(truth, clusters("12345 6789ABC")).precision == pytest.approx(16 / 21)
    assert b_cubed(truth, clusters("1234589ABC 67")).precision == pytest.approx(7 / 12)


_CLUSTERINGS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3))


@given(_CLUSTERINGS, _CLUSTERINGS)
@settings(max_examples=tries(300))
def test_figures_lie_between_0_and_1_and_turn_with_the_annotators(one: dict[str, int], two: dict[str, int]) -> None:
    for metric in METRICS:
        ours, theirs = overlap(metric, one, two), overlap(metric, two, one)
        assert (ours.recall, ours.precision, ours.f1) == (
            theirs.precision,
            theirs.recall,
            pytest.approx(theirs.f1) if theirs.f1 else theirs.f1,
        )
        assert all(each is None or -1e-9 <= each <= 1 + 1e-9 for each in (ours.recall, ours.precision, ours.f1))
        assert overlap(metric, one, one).f1 in (None, pytest.approx(1))


@given(_CLUSTERINGS, _CLUSTERINGS)
@settings(max_examples=tries(300))
def test_pairwise_counts_what_a_loop_over_all_pairs_counts(one: dict[str, int], two: dict[str, int]) -> None:
    links = [{pair for pair in combinations(sorted(each), 2) if each[pair[0]] == each[pair[1]]} for each in (one, two)]
    assert pairwise(one, two) == (len(links[0] & links[1]), len(links[0]), len(links[0] & links[1]), len(links[1]))


@given(_CLUSTERINGS, _CLUSTERINGS)
@settings(max_examples=tries(200))
def test_split_clusters_lose_what_pairwise_recall_misses(one: dict[str, int], two: dict[str, int]) -> None:
    found = pairwise(one, two)
    assert sum(each.lost for each in split_clusters(one, two)) == found.of - found.recalled


@given(_CLUSTERINGS, _CLUSTERINGS)
@settings(max_examples=tries(200))
def test_the_sums_of_groups_add_up_to_those_of_all_mentions(one: dict[str, int], two: dict[str, int]) -> None:
    for metric in METRICS:
        total = Overlap(0.0, 0.0, 0.0, 0.0)
        for each in overlaps_by(metric, one, two, lambda mention: mention < "d").values():
            total = total + each
        assert tuple(total) == pytest.approx(tuple(overlap(metric, one, two)))


@pytest.fixture
def split(tmp_path: Path, news: schema.Schema) -> tuple[Store, list[article.Article]]:
    """Three articles with one quote each: ana gives all the same entry, ben the last one another."""
    store = Store.create(tmp_path / "project.db", news)
    articles = [article.make(f"“We will go,” he said {day}.") for day in ("today", "on Monday", "in May")]
    list(store.add_articles(articles))
    for name, entries in (("ana", "xxx"), ("ben", "xxy")):
        store.sign_in(name)
        for each, entry in zip(articles, entries, strict=True):
            entry_id = f"utt-{name}-{entry}"
            with store.writing() as unit:
                unit.registries.add([("utterance", entry_id, entry)])
            made = add(1, "q1", "quote", "“We will go,”", text=each.text, utterance=entry_id)
            store.append(name, each.id, f"client-{name}-{each.id}", 0, [made, op(2, "submit")])
    return store, articles


def test_two_people_who_link_articles_differently_agree_partly(split: tuple[Store, list[article.Article]]) -> None:
    store, articles = split
    (found,) = clusters_of(store)
    assert (found["label"], found["attribute"], found["one"], found["two"], found["mentions"]) == (
        "quote", "utterance", "ana", "ben", 3,
    )  # fmt: skip
    assert found["figures"]["pairwise"]["recall"] == pytest.approx(1 / 3)
    assert found["figures"]["pairwise"]["precision"] == 1
    assert found["figures"]["b3"]["value"] == pytest.approx(2 * (5 / 9) / (1 + 5 / 9))
    assert found["figures"]["b3"]["low"] <= found["figures"]["b3"]["value"] <= found["figures"]["b3"]["high"]
    assert found["groups"] == 3
    with store.writing() as unit:
        unit.stories.add("add", {"stories": {"s1": [each.id for each in articles[:2]]}}, "lea")
    (found,) = clusters_of(store)
    assert (found["groups"], found["articles"]) == (2, 3), "a story is drawn as a whole, or each article by itself"
    assert found["figures"]["b3"]["by_article"]["low"] <= found["figures"]["b3"]["value"]

    (shown,) = cluster_examples(store, "quote.utterance")
    assert (shown["one"], shown["two"], shown["entry"], shown["lost"]) == ("ana", "ben", "x", 2)
    assert [(part["entry"], part["count"]) for part in shown["parts"]] == [("x", 2), ("y", 1)]
    assert shown["parts"][1]["mentions"][0]["article"] == articles[2].id
    assert shown["parts"][1]["mentions"][0]["text"] == "“We will go,”"
    assert cluster_examples(store, "quote.utterance", pair=frozenset(("ana", "lea"))) == []
    with pytest.raises(
        NotFoundError, match=r"“quote.note” isn't a label and an attribute that names entries; there is quote"
    ):
        cluster_examples(store, "quote.note")
    lines = list(split_entries([shown]))
    assert lines[1:3] == ["ana: one entry, “x”; ben:", "  “x”"] and lines[-1].endswith("“We will go,”")


def test_a_cluster_is_split_by_the_other_clusters_and_by_what_the_other_does_not_have() -> None:
    (found,) = split_clusters(clusters("abcd e"), clusters("ab c"))
    assert (found.parts, found.lost) == ({0: ["a", "b"], 1: ["c"], None: ["d"]}, 5)
    assert split_clusters(clusters("ab cd"), clusters("abcd")) == []


def test_the_agreement_page_shows_the_figures_and_the_entries_that_were_split(
    split: tuple[Store, list[article.Article]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYWHEN_PROJECT", str(split[0].path))
    server.forget()

    def script() -> None:
        import streamlit as st

        from labeling.services import agreement_cache
        from labeling.ui.cluster_figures import cluster_examples, cluster_figures
        from labeling.web.server import open_store

        st.session_state["annotator"] = "lea"
        store = open_store()
        kept = store.id, agreement_cache.state(store)[0], False
        cluster_figures(kept, store.schema)
        cluster_examples(kept, store.schema)

    page = AppTest.from_function(script, default_timeout=30).run()
    assert not page.exception
    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row[""], row["Annotators"], row["Spans"], row["Pairwise F1"]) == (
        "Quote: utterance", "ana – ben", 3, "0.50  (0.00–0.67)",
    )  # fmt: skip
    shown = " ".join(each.value.replace("\\", "") for each in page.markdown)
    assert "ana] one entry, **x**" in shown and "ben] **y**: [“We will go,”](" in shown
    page.session_state["agreement_clusters"] = "quote.gone", None
    assert not page.run().exception, "the label set no longer has the attribute that was chosen"
    Remover(split[0], split[0].path.parent / "exports").entry("utterance", "utt-ben-y", reason="asked", by="lea")
    shown = " ".join(each.value for each in page.run().markdown)
    assert "**y**" not in shown and "removed entry 1" in shown, "not the names that were cached"


def test_leads_get_the_same_over_http_and_by_command(
    split: tuple[Store, list[article.Article]], tmp_path: Path
) -> None:
    store, _ = split
    access = Access(store.path, store.id)
    client = TestClient(build_api(lambda: store, lambda: store, lambda: access, tmp_path))
    headers = {"Authorization": f"Bearer {access.token('ana')[0]}"}
    assert client.get("/agreement/clusters", headers=headers).json()["clusters"] == clusters_of(store)
    asked = {"figure": "quote.utterance"}
    expected = cluster_examples(store, "quote.utterance")
    assert client.get("/agreement/clusters/examples", params=asked, headers=headers).json()["examples"] == expected
    server.forget()
    written = CliRunner().invoke(
        main, ["agreement", "--project", str(store.path), "--clusters", "--examples", "quote.utterance", "--json"]
    )
    assert written.exit_code == 0, written.output
    assert json.loads(written.output) == expected
    with store.writing() as unit:
        unit.team.set_members([Member("ben", leads=True)], "ben")
    assert client.get("/agreement/clusters", headers=headers).status_code == 403
