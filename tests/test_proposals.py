"""Suggestions: whole records with scores, computed from an article's candidates and small models."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines import SAMPLE
from lines import TEXTS as HARD
from running import Server

from labeling import schema
from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.annotation.state import Annotation, apply
from labeling.language import LANGUAGES, propose
from labeling.services.suggestions.computing import Suggesting, suggestions_for
from labeling.services.suggestions.rankers import DEFAULT, default_ranker
from labeling.store.project import Store
from labeling.suggestions import ranker as rankers
from labeling.suggestions.entities import Registry
from labeling.suggestions.overlap import iou
from labeling.suggestions.ranker import DECISIONS, by_rule, of_json
from labeling.suggestions.roles import roles_of
from labeling.suggestions.suggesting import Quote, Suggested, chosen, suggest
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import Weights
from labeling.web.access import Access

ENGLISH = LANGUAGES["en"]
TEXTS = [*(line["text"] for line in SAMPLE), *HARD.values()]


def suggested(text: str, **given: object) -> Suggested:
    around = Surroundings(text, propose(text, ENGLISH, leads=True), ENGLISH)
    return suggest(around, default_ranker(), ENGLISH, **given)


def read(text: str, found: Suggested) -> list[tuple[str, str, str]]:
    """Return the likely quotes as (fragments, speaker, cue), in reading order."""
    return [
        (
            " … ".join(text[start:end] for start, end in quote.fragments),
            text[slice(*quote.speakers[0].stretch)] if quote.speakers else "",
            text[slice(*quote.cues[0][0])] if quote.cues else "",
        )
        for quote in sorted(found.quotes, key=lambda each: each.fragments)
        if quote.certain > 0.5
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will rebuild the bridge this year,” said Anna Brook, the mayor.", ("“We will rebuild the bridge this year,”", "Anna Brook", "said")),
        ('"We will rebuild the bridge this year," Anna Brook said.', ('"We will rebuild the bridge this year,"', "Anna Brook", "said")),
        ("``We will rebuild the bridge this year,'' Anna Brook said.", ("``We will rebuild the bridge this year,''", "Anna Brook", "said")),
        ("Anna Brook said the bridge would be rebuilt this year.", ("the bridge would be rebuilt this year", "Anna Brook", "said")),
        ("Anna Brook said that the bridge would be rebuilt this year.", ("that the bridge would be rebuilt this year", "Anna Brook", "said")),
        ("According to Anna Brook, the bridge would be rebuilt this year.", ("the bridge would be rebuilt this year", "Anna Brook", "According to")),
    ],
)  # fmt: skip
def test_a_quote_is_suggested_with_its_speaker_and_cue(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in read(text, suggested(text))


def test_a_cue_is_suggested_without_the_adverbs_in_it(news: schema.Schema) -> None:
    text = "Anna Brook has also warned that the bridge would not be rebuilt this year."
    [cue] = [
        part["choices"][0]["fragments"]
        for each in suggestions_for(make(text), news, default_ranker())
        for part in each["parts"]
        if each["kind"] == "quote" and part["label"] == "cue"
    ]
    assert [text[start:end] for start, end in cue] == ["has", "warned"]


def test_a_quotation_cut_by_its_cue_is_one_quote() -> None:
    text = "“We will rebuild the bridge,” Anna Brook said, “and we will do it this year.”"
    [quote] = [each for each in suggested(text).quotes if each.certain > 0.5]
    assert [text[start:end] for start, end in quote.fragments] == [
        "“We will rebuild the bridge,”", "“and we will do it this year.”",
    ]  # fmt: skip


def test_a_title_in_quotation_marks_is_less_likely_a_quote_than_speech() -> None:
    text = "He starred in “The Long Road” last year. “I never liked the long road to the coast,” he said."
    title, speech = sorted((each for each in suggested(text).quotes if each.direct), key=lambda each: each.fragments)
    assert title.score < speech.score


def test_a_pronoun_is_the_one_who_spoke_before() -> None:
    text = "Anna Brook said the bridge was closed. “We will rebuild it this year,” she said."
    quote = next(each for each in suggested(text).quotes if each.direct)
    assert quote.speakers[0].entities[0][0].name == "Anna Brook"


def test_a_speaker_is_an_entry_of_the_registry() -> None:
    text = "“We will rebuild the bridge this year,” Mayor Brook said."
    found = suggested(text, registry=Registry({"id-1": "Anna Brook", "id-2": "Tomas Vell"}))
    assert found.quotes[0].speakers[0].entities[0][0].id == "id-1"


@pytest.mark.parametrize(
    "second",
    ["Brook", "Mayor Brook", "Ms. Brook, the mayor,", "Broek", "Anna Brook, the mayor,", "The mayor, Anna Brook,"],
)
def test_a_name_is_who_was_named_before(second: str) -> None:
    text = f"Anna Brook said the bridge was closed. “We will rebuild it this year,” {second} said."
    quote = next(each for each in suggested(text).quotes if each.direct)
    assert quote.speakers[0].entities[0][0].name == "Anna Brook"


def test_a_date_is_suggested_with_its_readings() -> None:
    [claim] = suggested("The talks will resume on Thursday.", published="2018-11-05").claims
    reading, score = claim.readings[0]
    assert reading.edtf == "2018-11-08" and score > 0.5


@pytest.mark.parametrize("text", TEXTS)
def test_suggestions_are_ranges_of_the_article_in_order_of_their_scores(text: str) -> None:
    found = suggested(text)
    scores = [each.score for each in found.quotes]
    assert scores == sorted(scores, reverse=True)
    for quote in found.quotes:
        assert 0 <= quote.score <= quote.certain <= 1
        ends = [0, *(point for fragment in quote.fragments for point in fragment)]
        assert ends == sorted(ends) and ends[-1] <= len(text)
        assert all(text[start:end].strip() for start, end in quote.fragments)


def test_nothing_is_dropped() -> None:
    for text in TEXTS:
        candidates = propose(text, ENGLISH, leads=True)
        direct = [each for each in suggested(text).quotes if each.direct]
        once = [each for each in direct if not _is_part_of_a_joined_one(each)]
        stretches = sorted(each.stretch for each in candidates.quotations)
        assert sorted(fragment for each in once for fragment in each.fragments) == stretches
        assert {fragment for each in direct for fragment in each.fragments} == {*stretches}


def _is_part_of_a_joined_one(quote: Quote) -> bool:
    """Return whether a quote is suggested in case that the one which it is a part of is two."""
    return any({*quote.fragments} < {*rival.fragments} for rival, _ in quote.rivals)


def test_the_same_article_gets_the_same_suggestions() -> None:
    assert suggested(TEXTS[0]) == suggested(TEXTS[0])


@given(st.text(alphabet="“”\"'`., \nAsaid—:tothe", max_size=120))
def test_any_text_has_suggestions_within_it(text: str) -> None:
    for quote in suggested(text).quotes:
        assert all(0 <= start < end <= len(text) for start, end in quote.fragments)


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=4), min_size=1, max_size=6))
def test_chances_make_one(options: list[list[str]]) -> None:
    chances = Weights({"a": 1.5, "b": -40.0, "c": 700.0}).chances(options)
    assert abs(sum(chances) - 1) < 1e-9 and all(0 <= each <= 1 for each in chances)


_STRETCH = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda each: (each[0], each[0] + each[1]))


@given(_STRETCH, _STRETCH)
def test_overlap_is_symmetric_and_1_only_for_the_same(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert iou([one], [other]) == iou([other], [one])
    assert (iou([one], [other]) == 1) == (one == other)


@given(
    st.lists(_STRETCH, min_size=1, max_size=1),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3),
)
def test_overlap_counts_the_code_points_that_both_have(
    one: list[tuple[int, int]], steps: list[tuple[int, int]]
) -> None:
    other, at = [], 0
    for gap, size in steps:
        other.append((at + gap, at + gap + size + 1))
        at = other[-1][1]
    both, either = ({at for stretch in found for at in range(*stretch)} for found in (one, other))
    assert iou(one, other) == (len(both & either) / len(both | either))


@given(st.lists(st.tuples(_STRETCH, st.floats(0.001, 1)), min_size=1, max_size=6))
def test_the_chosen_content_overlaps_most_with_what_is_likely(found: list[tuple[tuple[int, int], float]]) -> None:
    contents, chances = [[stretch] for stretch, _ in found], [chance for _, chance in found]
    number, certain = chosen(contents, chances)
    likely = [at for at, chance in enumerate(chances) if chance >= max(chances) * 0.02]
    expected = [sum(chances[other] * iou(contents[at], contents[other]) for other in likely) for at in likely]
    assert expected[likely.index(number)] == pytest.approx(max(expected))
    assert certain == pytest.approx(
        sum(chances[other] for other in likely if iou(contents[number], contents[other]) >= 0.5)
    )


def test_the_content_in_the_middle_of_what_is_likely_is_chosen() -> None:
    number, certain = chosen([[(0, 10)], [(0, 12)], [(0, 40)]], [0.3, 0.3, 0.3])
    assert number in (0, 1) and certain == pytest.approx(0.6)


def test_a_ranker_reads_back_as_it_was_written() -> None:
    written = orjson.dumps(default_ranker().as_json())
    assert orjson.dumps(of_json(orjson.loads(written)).as_json()) == written


def test_weights_for_other_features_are_refused() -> None:
    with pytest.raises(ValueError, match="train again"):
        of_json({**by_rule().as_json(), "features": rankers.FEATURES + 1})


def test_the_default_ranker_names_its_source_and_license() -> None:
    about = json.loads(DEFAULT.read_text())["about"]
    assert "GUM" in about["learned from"] and "CC BY" in about["license"]
    assert about["learned from"].split("(")[1].split(")")[0] in (DEFAULT.parents[2] / "NOTICE").read_text()


@pytest.mark.slow
def test_the_default_ranker_is_rebuilt_to_the_same_bytes(shared: Path) -> None:
    from benchmarks.training import as_bytes, trained

    assert as_bytes(trained(shared / "data" / "gum-wikinews")) == DEFAULT.read_bytes()


@pytest.mark.parametrize(("name", "expected"), [("news", ("quote", "said_by", "cued_by", "claimed_date")), ("polnear", ("content", "source_of", "cue_of", None))])  # fmt: skip
def test_roles_follow_from_the_label_set(name: str, expected: tuple[str, str, str, str | None]) -> None:
    roles = roles_of(schema.load(schema.find(name)))
    assert roles.speaker and roles.cue
    assert (roles.quote, roles.speaker.relation, roles.cue.relation, roles.claim and roles.claim.key) == expected


def test_every_suggestion_fits_the_label_set(news: schema.Schema) -> None:
    for line in SAMPLE:
        article = make(line["text"], published=(line.get("published") or {}).get("value"))
        for each in suggestions_for(article, news, default_ranker()):
            state = Annotation()
            parts = [part for part in each["parts"] if part.get("choices")]
            marks = [(each["label"], each["fragments"], each["attributes"])]
            marks += [
                (part["label"], part["choices"][0]["fragments"], part["choices"][0]["attributes"]) for part in parts
            ]
            for number, (label, fragments, attributes) in enumerate(marks):
                op = {
                    "number": number + 1, "kind": "add", "id": f"s{number}", "label": label, "attributes": attributes,
                    "fragments": [{"start": a, "end": b, "quote": article.text[a:b]} for a, b in fragments],
                }  # fmt: skip
                apply(state, ops.load(op), article.text, news, lambda registry, id: None)
            for number, part in enumerate(parts):
                op = {"number": 9, "kind": "relate", "id": f"r{number}", "type": part["relation"], "from": "s0", "to": f"s{number + 1}"}  # fmt: skip
                apply(state, ops.load(op), article.text, news, lambda registry, id: None)
            assert len(state.spans) == len(marks)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_shown_is_in_order_of_its_scores_and_each_place_once(text: str, news: schema.Schema) -> None:
    shown = suggestions_for(make(text), news, default_ranker())
    scores = [each["score"] for each in shown]
    assert scores == sorted(scores, reverse=True)
    assert len({each["id"] for each in shown}) == len(shown)


def test_ids_stay_and_are_ids_that_ops_take(news: schema.Schema) -> None:
    article = make(TEXTS[0])
    ids = [each["id"] for each in suggestions_for(article, news, default_ranker())]
    assert ids == [each["id"] for each in suggestions_for(article, news, default_ranker())]
    assert len(set(ids)) == len(ids) and all(len(each) <= 64 for each in ids)


def test_a_new_entry_of_the_registry_is_suggested_at_once(store: Store) -> None:
    article = make("“We will rebuild the bridge this year,” Mayor Brook said.")
    list(store.add_articles([article]))
    store.sign_in("ana")
    suggesting = Suggesting(store)
    before = json.loads(suggesting.as_json("ana", article.id))
    assert suggesting.as_json("ana", article.id) is suggesting.as_json("ana", article.id)
    op = ops.load({"number": 1, "kind": "register", "registry": "source", "id": "e1", "name": "Anna Brook"})
    store.append("ana", article.id, "client-ana", 0, [op])
    after = json.loads(suggesting.as_json("ana", article.id))
    named = [each["suggestions"][0]["parts"][0]["choices"][0]["entity"]["choices"][0] for each in (before, after)]
    assert [each["id"] for each in named] == [None, "e1"]


@pytest.fixture(scope="module")
def server(serve) -> Server:  # type: ignore[no-untyped-def]
    return serve()


@pytest.mark.slow
def test_the_route_gives_an_article_s_suggestions_to_its_annotator(server: Server) -> None:
    store = Store.open(server.project)
    store.sign_in("ana")
    token = Access(server.project, store.id).token("ana")[0]
    article = store.next("ana", None)
    with httpx.Client(base_url=f"{server.url}/api", headers={"Authorization": f"Bearer {token}"}) as client:
        answer = client.get(f"/articles/{article}/suggestions")
        assert answer.status_code == 200
        assert answer.json()["suggester"] == "default" and answer.json()["suggestions"]
        assert client.get("/articles/0000000000000000/suggestions").status_code == 404


def test_one_article_takes_milliseconds(news: schema.Schema) -> None:
    article = make("\n\n".join(TEXTS)[:3000])
    ranker = default_ranker()
    times = []
    for _ in range(5):
        start = time.process_time()
        suggestions_for(article, news, ranker)
        times.append(time.process_time() - start)
    assert min(times) < 0.06  # 15 ms on a quiet machine of 2020


def test_every_decision_has_weights() -> None:
    assert set(default_ranker().weights) == set(DECISIONS)
