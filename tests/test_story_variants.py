"""Other versions of an utterance: the right one comes first, and no two different utterances are proposed as one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from conftest import SHARED

from benchmarks.utterances import HAND, learned, pairs, stories
from labeling.stories.variants import CONSTANT, FEATURES, WEIGHTS, QuoteVersion, Ranking, Rarity, features, is_one

GOLD = SHARED / "articles" / "gold.json"


def _version(id: str, text: str, article: str = "one", **others: object) -> QuoteVersion:
    return QuoteVersion(article, id, text, **others)  # type: ignore[arg-type]


def _ranks() -> Iterator[tuple[int, str]]:
    """Yield, for each quote of the gold that has other versions, the place of the first right one, from 0."""
    gold = json.loads(GOLD.read_text("utf-8"))
    versions = []
    for file in gold["files"]:
        spans = {span["id"]: span for span in file["spans"]}
        speakers: dict[str, set[str]] = {}
        for link in file["relations"]:
            if link["type"] == "said_by":
                speakers.setdefault(link["quote"], set()).add(spans[link["speaker"]]["entity"])
        for span in file["spans"]:
            if span["label"] == "quote":
                said = speakers.get(span["id"], set()) | speakers.get(span["utterance"].split(":")[1], set())
                dates = [
                    each["edtf"] for each in file["spans"]
                    if each["label"] == "date" and each["edtf"] and each["claimed_by"] == span["id"]
                ]  # fmt: skip
                versions.append(
                    QuoteVersion(file["file"][:3], span["id"], span["text"], frozenset(said), span["start"] / file["chars"],
                            "", span["start"], span["end"], tuple(dates))
                )  # fmt: skip
    ranking = Ranking(versions)
    for version in versions:
        name = f"{version.article}:{version.id}"
        right = {
            each for group in gold["cross"]["quote_variants"] if name in group["members"] for each in group["members"]
        }
        if right - {name}:
            order = [f"{each.version.article}:{each.version.id}" for each in ranking.candidates(version)]
            yield min(order.index(each) for each in right - {name} if each in order), name


@pytest.mark.skipif(not GOLD.is_file(), reason="the three articles with gold are not part of the repository")
def test_the_right_version_comes_first_in_most_cases_and_among_the_first_three_in_nearly_all() -> None:
    places = [place for place, _ in _ranks()]
    assert len(places) == 23
    assert sum(place == 0 for place in places) >= 0.85 * len(places)
    assert sum(place < 3 for place in places) >= 0.95 * len(places)


def test_no_two_different_utterances_of_the_sample_are_proposed_as_one() -> None:
    for versions in stories():
        scored = list(Ranking(versions).pairs())
        proposed = [(one, two) for one, two, score in scored if is_one(one, two, score)]
        assert proposed
        assert [(one.text, two.text) for one, two in proposed if one.utterance != two.utterance] == []


def test_the_shipped_weights_are_those_learned_from_the_sample() -> None:
    made = [pairs(versions) for versions in stories()]
    weights = learned(np.concatenate([values for values, _ in made]), np.concatenate([same for _, same in made]))
    assert np.allclose(weights, (*WEIGHTS, CONSTANT), atol=0.011)
    assert len(WEIGHTS) == len(FEATURES) == len(HAND) - 1


def test_features_and_scores_are_the_same_from_both_sides() -> None:
    versions = stories()[0][:12]
    ranking, rarity = Ranking(versions), Rarity(versions)
    for one in range(len(versions)):
        for two in range(one):
            there = features(versions[two], versions[one], rarity)
            assert features(versions[one], versions[two], rarity) == pytest.approx(there)
    for one, two, score in ranking.pairs():
        back = {(each.version.article, each.version.id): each.score for each in ranking.candidates(two)}
        assert back[one.article, one.id] == pytest.approx(score)


def test_a_quote_within_a_quote_is_not_another_version_of_it() -> None:
    outer = _version("q1", "“He said it was ready to sail,” she said", start=0, end=40)
    inner = _version("q2", "it was ready to sail", start=9, end=29)
    other = _version("q3", "that it was ready to sail", "two", start=9, end=29)
    ranking = Ranking([outer, inner, other])
    assert [each.version.id for each in ranking.candidates(outer)] == ["q3"]
    assert {each.version.id for each in ranking.candidates(other)} == {"q1", "q2"}


def test_a_few_common_words_are_never_proposed_as_one_utterance() -> None:
    one, two = _version("q1", "on Monday"), _version("q2", "on Monday", "two")
    assert not is_one(one, two, 0.99)
    assert is_one(
        _version("q1", "the harbour opens on Monday"), _version("q2", "the harbour opens Monday", "two"), 0.99
    )
