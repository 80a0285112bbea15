"""Splits: ties never straddle them, what was placed never moves, shares come out close, and leaks are found."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.dataset.duplicates import sign, ties
from labeling.dataset.splits import Recipe, Splits, Tie, assign, components, cuts_of, leaks, shares_of
from labeling.errors import SplitError

TEN = Recipe({"train": 0.8, "dev": 0.1, "test": 0.1})


def tie(*articles: str, kind: Any = "quotation") -> Tie:
    return Tie(kind, articles, "words")


NAMES = st.sampled_from([f"a{number}" for number in range(40)])
TIES = st.lists(st.lists(NAMES, min_size=2, max_size=4, unique=True).map(lambda names: tie(*names)), max_size=30)
RECIPES = st.sampled_from(
    [TEN, Recipe({"train": 0.5, "test": 0.5}, seed="x"), Recipe({"one": 0.2, "two": 0.3, "three": 0.4, "four": 0.1})]
)


def straddling(splits: Splits) -> list[Tie]:
    """Return the ties across splits, counted in the plainest way."""
    return [
        each for each in splits.ties if len({splits.placements.get(article) for article in each.articles} - {None}) > 1
    ]


def test_a_recipe_is_what_its_plain_values_say() -> None:
    recipe = Recipe({"train": 0.8, "test": 0.2}, "7", ("outlet",), "outlet", {"test": "2024-03-01"})
    values = recipe.as_json()
    assert Recipe(**{**values, "by": tuple(values["by"])}) == recipe


@settings(deadline=None)
@given(st.sets(NAMES), TIES, RECIPES)
def test_no_tie_straddles_splits_and_every_article_has_a_place(
    articles: set[str], tied: list[Tie], recipe: Recipe
) -> None:
    found = assign(articles, tied, recipe, {})
    assert straddling(found) == [] == found.leaks
    assert set(found.placements) == articles and None not in found.placements.values() and found.aside == []
    assert sum(found.sizes().values()) == len(articles)


@settings(deadline=None)
@given(st.lists(NAMES, unique=True), TIES, RECIPES, st.randoms(use_true_random=False))
def test_the_order_of_articles_and_ties_does_not_matter(
    articles: list[str], tied: list[Tie], recipe: Recipe, random: Any
) -> None:
    strata = {id: id[-1] for id in articles}
    first = assign(articles, tied, recipe, {}, strata=strata)
    random.shuffle(articles)
    other = random.sample(tied, len(tied))
    second = assign(articles, other, recipe, {}, strata=strata)
    assert (first.placements, first.aside) == (second.placements, second.aside)
    assert [group[:2] for group in first.groups] == [group[:2] for group in second.groups]


@settings(deadline=None)
@given(st.sets(NAMES), st.sets(NAMES), TIES, TIES, RECIPES)
def test_articles_and_ties_that_come_later_move_nothing(
    first: set[str], later: set[str], tied: list[Tie], more: list[Tie], recipe: Recipe
) -> None:
    before = assign(first, tied, recipe, {}).placements
    # Later ties are those that come with later articles.
    every = tied + [each for each in more if not set(each.articles) <= first]
    after = assign(first | later, every, recipe, before)
    assert {id: after.placements[id] for id in before} == before
    assert set(after.placements) == first | later
    placed = {id: split for id, split in after.placements.items() if split is not None}
    assert set(after.new) == set(placed) - set(before)
    for each in after.leaks:
        # A tie of several articles may have two old ones in it that nothing tied before; it is reported, not hidden.
        assert len({before[id] for id in each.tie.articles if id in before}) > 1
    for aside in after.aside:
        assert aside.article not in before and len(aside.neighbours) > 1
        assert all(placed[other] == split for split, (other, _) in aside.neighbours.items())


@settings(deadline=None)
@given(st.sets(NAMES, min_size=1), TIES)
def test_groups_are_connected_components(articles: set[str], tied: list[Tie]) -> None:
    found, enough = components(articles, tied)
    expected = []
    left = set(articles)
    while left:
        group = {min(left)}
        while (
            grown := {a for each in tied if group & set(each.articles) for a in each.articles if a in articles} - group
        ):
            group |= grown
        expected.append(sorted(group))
        left -= group
    assert found == sorted(expected)
    assert components(articles, enough)[0] == found
    assert len(enough) <= len(articles) - len(found)


def test_one_that_would_bridge_two_splits_is_set_aside_and_named_with_both() -> None:
    found = assign("abx", [tie("a", "x"), tie("x", "b", kind="utterance")], TEN, {"a": "train", "b": "test"})
    assert found.placements == {"a": "train", "b": "test", "x": None}
    (aside,) = found.aside
    assert aside.article == "x" and aside.why == "bridge"
    assert aside.neighbours == {"train": ("a", tie("a", "x")), "test": ("b", tie("x", "b", kind="utterance"))}


def test_of_a_chain_between_two_splits_one_is_set_aside() -> None:
    chain = [tie("a", "x"), tie("x", "y"), tie("y", "z"), tie("z", "b")]
    found = assign("axyzb", chain, TEN, {"a": "train", "b": "test"})
    assert found.placements == {"a": "train", "b": "test", "x": "train", "y": None, "z": "test"}


def test_what_hangs_on_one_set_aside_is_a_group_of_its_own() -> None:
    found = assign(
        "abxvw", [tie("a", "x"), tie("x", "b"), tie("x", "v"), tie("v", "w")], TEN, {"a": "train", "b": "test"}
    )
    assert found.placements["v"] == found.placements["w"] is not None


def test_who_was_set_aside_by_hand_stays_so_and_ties_no_one() -> None:
    found = assign("axb", [tie("a", "x"), tie("x", "b")], TEN, {"a": "train", "x": None, "b": "test"})
    assert found.placements["x"] is None and found.aside[0].why == "by hand" and found.leaks == []


def test_a_tie_that_comes_to_light_between_placed_articles_is_a_leak() -> None:
    found = assign("ab", [tie("a", "b")], TEN, {"a": "train", "b": "test"})
    assert found.placements == {"a": "train", "b": "test"}
    (leak,) = found.leaks
    assert leak.articles == {"train": ["a"], "test": ["b"]}
    assert found.groups[0].splits == ("test", "train")


@pytest.mark.parametrize("size", [100, 1000])
@pytest.mark.parametrize("recipe", [TEN, Recipe(shares_of("60/20/20"), seed="7")])
def test_shares_of_many_small_groups_come_out_close(size: int, recipe: Recipe) -> None:
    articles = [f"{number:04}" for number in range(size)]
    tied = [tie(one, two) for one, two in zip(articles[::5], articles[1::5], strict=True)]
    found = assign(articles, tied, recipe, {})
    for split, share in recipe.shares.items():
        assert abs(found.sizes()[split] - share * size) <= 3


def test_a_split_has_one_article_more_than_its_share_at_most_and_some_have_it() -> None:
    articles = [f"{number:03}" for number in range(200)]
    halves = shares_of("50/50")
    most = [max(assign(articles, [], Recipe(halves, str(seed)), {}).sizes().values()) for seed in range(20)]
    assert max(most) == 101 and min(most) >= 100


def test_shares_come_out_close_in_every_stratum_too() -> None:
    articles = [f"{number:03}" for number in range(300)]
    strata = {id: "big" if id < "200" else "small" if id < "280" else id for id in articles}
    found = assign(articles, [], TEN, {}, strata=strata)
    for stratum, size in Counter(strata.values()).items():
        here = Counter(found.placements[id] for id in articles if strata[id] == stratum)
        for split, share in TEN.shares.items():
            assert here[split] <= share * size + 1
    assert abs(found.sizes()["train"] - 240) <= 3


def test_what_is_wanted_is_placed_with_what_is_tied_to_it_and_shares_are_counted_over_it() -> None:
    articles = [f"{number:04}" for number in range(1000)]
    wanted, tied = set(articles[::20]), [tie("0000", "0001"), tie("0001", "0020"), tie("0003", "0004")]
    found = assign(articles, tied, TEN, {}, wanted=wanted)
    assert set(found.placements) == {*wanted, "0001"}
    for split, number in Counter(found.placements[id] for id in wanted).items():
        assert abs(number - TEN.shares[split] * len(wanted)) <= 2
    assert len({found.placements[id] for id in ("0000", "0001", "0020")}) == 1
    later = assign(articles, tied, TEN, found.placements, wanted={*wanted, *articles[10::20]})
    assert found.placements.items() <= later.placements.items() and not later.aside
    assert all(abs(size - TEN.shares[split] * 100) <= 3 for split, size in later.sizes().items())
    assert set(assign(articles, tied, TEN, later.placements).placements) == set(articles)


def test_most_articles_stand_where_they_would_in_a_larger_project() -> None:
    articles = [f"{number:04}" for number in range(2000)]
    small, large = assign(articles[:1000], [], TEN, {}), assign(articles, [], TEN, {})
    moved = sum(small.placements[id] != large.placements[id] for id in articles[:1000])
    assert moved < 50


def test_no_split_is_empty_where_there_are_groups_enough() -> None:
    for count, expected in ((2, {"train", "test"}), (3, {"train", "dev", "test"}), (4, {"train", "dev", "test"})):
        for seed in "abcdef":
            found = assign([str(number) for number in range(count)], [], Recipe(TEN.shares, seed), {})
            assert set(found.placements.values()) == expected


def test_another_seed_splits_otherwise() -> None:
    articles = [f"{number:03}" for number in range(200)]
    one, two = (assign(articles, [], Recipe(TEN.shares, seed), {}).placements for seed in ("1", "2"))
    assert one != two


def test_an_article_that_finds_its_split_full_goes_where_most_is_missing() -> None:
    shares = {"one": 0.5, "two": 0.25, "three": 0.25}
    placed = {
        f"{split}{number}": split for split, size in (("one", 10), ("two", 2), ("three", 8)) for number in range(size)
    }
    went = Counter(assign({*placed, "x"}, [], Recipe(shares, str(seed)), placed).placements["x"] for seed in range(200))
    # Half of the lots point at one, a quarter at two, a quarter at three, which is full.
    assert set(went) == {"one", "two"} and 80 < went["one"] < 120


def test_a_group_that_fits_nowhere_goes_where_most_is_missing() -> None:
    shares = {"one": 0.5, "two": 0.25, "three": 0.25}
    placed = {"a": "one", "b": "one", "c": "two", "d": "three"}
    group = [f"x{number:02}" for number in range(12)]
    for seed in "abcdefgh":
        found = assign({*placed, *group}, [tie(*group)], Recipe(shares, seed), placed).placements
        assert {found[id] for id in group} == {"one"}


def test_the_ties_that_hold_a_group_together_are_its_copies_first_and_of_these_the_closest() -> None:
    ranked = [Tie("near-duplicate", ("a", "b"), "w", 0.9), Tie("near-duplicate", ("a", "b"), "w", 0.1), Tie("near-duplicate", ("a", "b"), "w"),
              Tie("quotation", ("a", "b"), "v"), Tie("quotation", ("a", "b"), "w"), Tie("utterance", ("a", "b"), "a"),
              Tie("outlet", ("a", "b"), "a"), Tie("speaker", ("a", "b"), "a")]  # fmt: skip
    for at in range(len(ranked)):
        assert components("ab", ranked[at:][::-1]) == ([["a", "b"]], [ranked[at]])


# --- by date ----------------------------------------------------------------------------------------------------------

DAYS = {f"{number:02}": date(2026, 3, 1) + timedelta(number) for number in range(20)}
BY_DATE = Recipe({"train": 0.8, "test": 0.2}, by=("date",), cuts={"test": "2026-03-17"})


def test_by_date_train_comes_before_test_and_a_group_stands_where_its_latest_article_belongs() -> None:
    found = assign(DAYS, [tie("03", "18")], BY_DATE, {}, days=DAYS)
    assert [id for id, split in found.placements.items() if split == "test"] == ["03", "16", "17", "18", "19"]


def test_by_date_a_later_copy_of_what_stands_in_train_is_set_aside() -> None:
    before = {id: split for id, split in assign(DAYS, [], BY_DATE, {}, days=DAYS).placements.items() if id != "18"}
    found = assign(DAYS, [tie("03", "18")], BY_DATE, before, days=DAYS)
    assert found.placements["18"] is None and found.aside[0].why == "date"
    assert found.aside[0].neighbours == {"train": ("03", tie("03", "18"))}


def test_by_date_an_article_without_a_date_goes_with_its_group_or_nowhere() -> None:
    found = assign({*DAYS, "x", "y"}, [tie("19", "x")], BY_DATE, {}, days=DAYS)
    assert found.placements["x"] == "test" and found.placements["y"] is None
    assert [(each.article, each.why) for each in found.aside] == [("y", "date")]


def test_cuts_follow_from_the_shares() -> None:
    assert cuts_of(DAYS.values(), TEN.shares) == {"dev": "2026-03-17", "test": "2026-03-19"}
    assert cuts_of([date(2026, 3, 1)] * 9 + [date(2026, 3, 2)], {"train": 0.5, "test": 0.5}) == {"test": "2026-03-02"}
    with pytest.raises(SplitError, match="2 splits by date need as many different publication dates; there are 1"):
        cuts_of([date(2026, 3, 1)] * 9, {"train": 0.5, "test": 0.5})


# --- the check --------------------------------------------------------------------------------------------------------

STORY = "The ferry company will run two boats an hour from spring on, said its director, who has waited for the pier to be mended since the flood."


def test_the_leakage_check_fails_on_a_planted_near_duplicate() -> None:
    texts = {"a": STORY, "b": "NORTHPORT — " + STORY.replace("two", "three"), "c": "Something else altogether."}
    placements = {"a": "train", "b": "test", "c": "dev"}
    (leak,) = leaks(placements, ties({id: sign(text) for id, text in texts.items()}, texts.__getitem__, {}))
    assert leak.tie.kind == "near-duplicate" and leak.articles == {"train": ["a"], "test": ["b"]}
    assert leaks({**placements, "b": "train"}, [leak.tie]) == []


def test_the_leakage_check_looks_only_at_what_is_placed() -> None:
    assert leaks({"a": "train", "b": None}, [tie("a", "b"), tie("a", "elsewhere")]) == []
    assert leaks({"a": "train", "b": None, "c": "test"}, [tie("a", "b", "c")])[0].articles == {
        "train": ["a"],
        "test": ["c"],
    }


# --- recipes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("80/10/10", {"train": 0.8, "dev": 0.1, "test": 0.1}),
        ("80/20", {"train": 0.8, "test": 0.2}),
        ("train=3, held out=1", {"train": 0.75, "held out": 0.25}),
    ],
)
def test_shares_are_read(text: str, shares: dict[str, float]) -> None:
    assert shares_of(text) == shares


@pytest.mark.parametrize(
    "text", ["", "80", "80/20/0", "a=1,a=2", "a=1/2", "1/2/3/4", "x/y", "=1,b=2", "nan/1", "inf/1", "-1/2"]
)
def test_what_are_no_shares_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(SplitError, match="write them as 80/10/10"):
        shares_of(text)


@pytest.mark.parametrize("name", ["..", "a b", "a/b", "x" * 41, "é\0"])
def test_a_split_is_called_what_a_file_can_be_called(name: str) -> None:
    with pytest.raises(SplitError, match="is not a valid name for a split"):
        Recipe({name: 0.5, "test": 0.5})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"shares": {}}, "share above 0"),
        ({"shares": {"train": 1.0, "test": 0.0}}, "share above 0"),
        ({"shares": {"train": 1.0, "test": 0.1}}, "add up to 110%"),
        ({"by": ("moon",)}, "not by moon"),
        ({"stratify": "moon"}, "not over moon"),
        ({"cuts": {"test": "2026-01-01"}}, "start date"),
        ({"cuts": {"dev": "2026-02-01", "test": "2026-01-01"}}, "start date"),
    ],
)
def test_a_recipe_that_cannot_be_carried_out_is_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(SplitError, match=reason):
        Recipe(**{"shares": TEN.shares, **values})
