"""Prints of texts, their boilerplate and their quotations, each by itself: what counts, down to the last word."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from test_duplicates import SPEECH, invented

from labeling.dataset import boilerplate, duplicates
from labeling.dataset.duplicates import sign, ties
from labeling.dataset.fingerprints import Prints, hashes_of, pairs, postings, unit
from labeling.dataset.folded_words import words
from labeling.dataset.quotations import distinctive

LETTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]


def prints(*numbers: int) -> Prints:
    return np.array(sorted(numbers), np.uint32)


def paired(*of: Prints) -> list[tuple[int, int]]:
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs(of).tolist()]


# --- prints -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words_as_one"),
    [("", 1), ("one two", 1), ("新华", 2), ("新 one", 1), ("新华 one", 2), ("新华 one two", 1), ("新华社 one two", 2)],
)
def test_two_words_stand_for_one_where_more_than_half_are_letters_of_a_script_without_spaces(
    text: str, words_as_one: int
) -> None:
    assert unit(words(text)) == words_as_one


def shingles(found: list[str], size: int) -> list[tuple[str, ...]]:
    """Return all so many words in a row; of fewer words, all of them as one."""
    return [tuple(found[at : at + size]) for at in range(max(1, len(found) - size + 1))] if found else []


def test_there_is_a_hash_for_each_shingle_equal_where_the_shingles_are() -> None:
    found = words("a b c a b d a b c")
    for size in (1, 2, 3, 9, 12):
        runs, hashes = shingles(found, size), hashes_of(found, size).tolist()
        assert len(hashes) == len(runs)
        for one, two in combinations(range(len(runs)), 2):
            assert (hashes[one] == hashes[two]) == (runs[one] == runs[two])
    assert hashes_of([], 3).tolist() == []


def test_signatures_that_projects_keep_are_made_as_this_version_says() -> None:
    # A project keeps signatures and takes them from its file; whoever changes how they are made counts VERSION up.
    assert duplicates.VERSION == 2
    assert hashes_of(["one", "two", "three"], 2).tolist() == HASHES
    signed = sign("One two three four five six.\nHe said: “One two three four five six seven eight nine.”")
    assert (signed.prints.tolist(), signed.quoted.tolist(), signed.ends.tolist()) == SIGNED


# Values as they came out when version 2 was made.
HASHES = [528737045, 1077309897]
SIGNED = (
    [222998908, 626814032],
    [1091221015, 2677364400],
    [10762774465365863735, 10833216183129756188, 14202256637327355378, 15297238512344069860],
)


def test_lists_of_texts_that_have_a_print_are_reported_once_and_prints_of_one_text_not_at_all() -> None:
    places, lists = postings([prints(1, 2, 9), prints(1, 2, 3), prints(3), prints(7)])
    assert {print: lists[at] for print, at in places.items()} == {1: {0, 1}, 2: {0, 1}, 3: {1, 2}}
    assert sorted(map(sorted, lists)) == [[0, 1], [1, 2]]
    assert postings([]) == ({}, []) == postings([prints(), prints()])


def test_texts_are_compared_that_share_two_prints_or_one_of_at_most_six() -> None:
    seven, six = prints(1, *range(20, 26)), prints(1, *range(30, 35))
    long = prints(1, *range(40, 60))
    assert paired(seven, long) == []
    assert paired(six, long) == [(0, 1)] == paired(long, six)
    assert paired(prints(*seven, 2), prints(*long, 2)) == [(0, 1)]
    assert paired(prints(1, 2), prints(3, 4)) == [] == paired() == paired(prints(1, 2))


@pytest.mark.parametrize(
    ("count", "each", "reach"), [(2, 1, 1), (32, 31, 31), (33, 7, 7), (64, 4, 4), (128, 2, 2), (200, 2, 2)]
)
def test_up_to_32_texts_with_a_print_are_all_compared_and_of_more_each_with_the_next_few(
    count: int, each: int, reach: int
) -> None:
    found = paired(*[prints(1, 2)] * count)
    assert found == [(one, two) for one, two in combinations(range(count), 2) if two - one <= reach]
    assert max(sum(one == at for one, _ in found) for at in range(count)) == each


def test_of_very_many_others_a_text_is_compared_with_the_32_that_it_shares_most_with() -> None:
    near = {(one, two) for one, two in combinations(range(60), 2) if two - one <= 32}
    of: list[list[int]] = [[] for _ in range(60)]
    for number, pair in enumerate(combinations(range(60), 2)):
        for at in pair:
            of[at] += [10 * number + each for each in range(3 if pair in near else 2)]
    assert set(paired(*(prints(*each) for each in of))) == near


def test_a_print_that_many_texts_have_counts_less_than_one_of_a_few() -> None:
    near = {(one, two) for one, two in combinations(range(60), 2) if two - one <= 32}
    of: list[list[int]] = [[] for _ in range(60)]
    for number, pair in enumerate(combinations(range(60), 2)):
        # What is near is shared by two texts, what is far by two more that have nothing else.
        for each in range(2):
            for at in pair:
                of[at].append(10 * number + each)
            if pair not in near:
                of += [[10 * number + each]] * 2
    padded = [[*each, *range(10**6 + 100 * at, 10**6 + 100 * at + 7)] for at, each in enumerate(of)]
    found = {pair for pair in paired(*(prints(*each) for each in padded)) if max(pair) < 60}
    assert found == near


# --- boilerplate ---------------------------------------------------------------------------------------------------


def said(count: int, seed: int) -> str:
    return " ".join(invented(seed, count))


def parted(*texts: str) -> list[tuple[list[str], str, list[str]]]:
    """Return the texts, all of one outlet, each in its parts."""
    standing = boilerplate.standing([sign(text).ends for text in texts], ["The Example"] * len(texts))
    return [
        boilerplate.parted(text, standing[at]) if at in standing else ([], text, []) for at, text in enumerate(texts)
    ]


def ends(head: list[str], foot: list[str]) -> tuple[list[str], list[str]]:
    """Return the boilerplate of the first of five articles that begin and end with these lines."""
    texts = ["\n".join([*head, said(200, 700 + at), *foot]) for at in range(5)]
    first, inner, last = parted(*texts)[0]
    assert inner == "\n".join([*head[len(first) :], said(200, 700), *foot[: len(foot) - len(last)]])
    return first, last


def test_boilerplate_has_at_most_25_words_a_line() -> None:
    for count, tied in ((25, True), (26, False)):
        line = said(count, 1)
        assert ends([line], []) == ([line] if tied else [], [])
        assert ends([], [line]) == ([], [line] if tied else [])


def test_boilerplate_has_at_most_25_words_at_the_head_and_50_at_the_foot() -> None:
    for sizes, tied in (((12, 13), True), ((13, 13), False), ((12, 12, 1), True), ((12, 13, 1), False)):
        lines = [said(size, at) for at, size in enumerate(sizes)]
        assert ends(lines, []) == (lines if tied else [], [])
    for sizes, tied in (((25, 25), True), ((20, 20, 10), True), ((1, 25, 25), False), ((25, 25, 1), False)):
        lines = [said(size, at) for at, size in enumerate(sizes)]
        assert ends([], lines) == ([], lines if tied else [])


def test_two_letters_of_a_script_without_spaces_are_a_word_of_boilerplate() -> None:
    for count, tied in ((50, True), (51, False)):
        line = "".join(invented(1, count, LETTERS))
        assert ends([line], []) == ([line] if tied else [], [])


@pytest.mark.parametrize("line", ["Read “more”", "Read 'more' now", "Read &quot;more&quot;", "Read &amp; write"])
def test_a_line_with_quotation_marks_is_no_boilerplate(line: str) -> None:
    plain = line in ("Read 'more' now", "Read &amp; write")
    assert ends([line], []) == ([line] if plain else [], [])


def test_lines_are_looked_at_until_there_are_more_words_than_boilerplate_has() -> None:
    lines = [said(size, at) for at, size in enumerate((25, 1, 1, 200, 1, 1, 25, 25))]
    head, foot = boilerplate.ends_of("\n\n".join(lines))
    assert [line.text for line in head] == lines[:2]
    assert [line.text for line in foot] == lines[:4:-1]
    assert [line.length for line in head] == [25, 1]


def test_a_line_that_two_articles_share_below_the_boilerplate_leaves_them_their_heads() -> None:
    head, shared = said(5, 1), said(25, 2)
    texts = ["\n".join([head, *([shared] if at < 2 else []), said(200, 700 + at)]) for at in range(6)]
    assert [parts[0] for parts in parted(*texts)] == [[], [], [head], [head], [head], [head]]


@pytest.mark.parametrize(("less", "tied"), [(1, True), (2, False)])
def test_boilerplate_is_at_most_half_of_a_text(less: int, tied: bool) -> None:
    head = said(20, 1)
    texts = [f"{head}\n{chr(97 + at) * (len(head) - less)}" for at in range(5)]
    assert [parts[0] for parts in parted(*texts)] == [[head] if tied else []] * 5


@pytest.mark.parametrize(("head", "foot"), [(True, False), (False, True), (True, True), (False, False)])
@pytest.mark.parametrize("vocabulary", [None, LETTERS], ids=["English", "Chinese"])
def test_the_prints_of_boilerplate_are_omitted_wherever_it_stands(
    head: bool, foot: bool, vocabulary: list[str] | None
) -> None:
    def line(count: int, seed: int) -> str:
        return "".join(invented(seed, count, vocabulary)) if vocabulary else said(count, seed)

    first, last = line(20, 1), line(22, 2)
    texts = ["\n".join([first, line(200, 700 + at), last]) for at in range(5)]
    standing = boilerplate.standing([sign(text).ends for text in texts], ["The Example"] * 5)[0]
    text = "\n".join([*([first] if head else []), line(200, 700), *([last] if foot else [])])
    size = 10 if vocabulary else 5

    def hashes(part: str) -> set[int]:
        return set(hashes_of(words(part), size).tolist())

    left = set(boilerplate.without(np.unique(hashes_of(words(text), size)), text, standing).tolist())
    assert left == hashes(text) - (hashes(first) if head else set()) - (hashes(last) if foot else set())


# --- quotations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"), [("“" + " ".join(SPEECH.split()[:8]) + "”", 1), ("“" + " ".join(SPEECH.split()[:7]) + "”", 0),
                        ("「市長は橋が春に再び開くと述べて住」", 1), ("「市長は橋が春に再び開くと述べて」", 0)],
)  # fmt: skip
def test_a_quotation_tells_from_eight_words_or_sixteen_letters_on(text: str, count: int) -> None:
    assert len(distinctive(text)) == count


@pytest.mark.parametrize(
    ("common", "longer", "tied"),
    [(12, 40, True), (11, 40, False), (8, 24, True), (8, 25, False), (8, 8, True), (7, 7, False)],
)
def test_a_quotation_is_shared_if_it_is_a_third_of_one_of_the_two_or_twelve_words(
    common: int, longer: int, tied: bool
) -> None:
    for vocabulary, times in ((None, 1), (LETTERS, 2)):
        join = "".join if vocabulary else " ".join
        made = [invented(seed, count * times, *([vocabulary] if vocabulary else [])) for seed, count in
                ((1, common), (2, longer - common), (3, longer - common + 5), (4, 200), (5, 200))]  # fmt: skip
        texts = {
            "a": f"“{join([*made[0], *made[1]])}” {join(made[3])}",
            "b": f"{join(made[4])} “{join([*made[0], *made[2]])}”",
        }
        found = list(ties({id: sign(text) for id, text in texts.items()}, texts.__getitem__, {}))
        assert [tie.kind for tie in found] == (["quotation"] if tied else [])


# --- copies -----------------------------------------------------------------------------------------------------------


def tied(common: int, others: tuple[int, int], vocabulary: list[str] | None = None, tries: int = 30) -> int:
    """Return how many of so many pairs of texts are tied that share a passage, beside words that they don't share."""
    join, times = ("".join, 2) if vocabulary else (" ".join, 1)
    count = 0
    for seed in range(0, 10 * tries, 10):

        def made(number: int, size: int, seed: int = seed) -> list[str]:
            return invented(seed + number, size * times, *([vocabulary] if vocabulary else []))

        passage = made(0, common)
        # Words of their own on both sides of the passage, so that it is not longer by chance.
        texts = {
            name: join([*made(2 + at, size - 1), *edge * times, *passage, *edge * times])
            for at, (name, size, edge) in enumerate(
                zip("ab", others, (["甲"], ["乙"]) if vocabulary else (["xo"], ["yo"]), strict=True)
            )
        }
        count += bool(list(ties({id: sign(text) for id, text in texts.items()}, texts.__getitem__, {})))
    return count


@pytest.mark.parametrize("vocabulary", [None, LETTERS], ids=["English", "Chinese"])
def test_short_texts_are_copies_from_ten_shingles_in_common_on(vocabulary: list[str] | None) -> None:
    assert tied(13, (20, 20), vocabulary) == 0
    assert tied(14 if vocabulary is None else 15, (20, 20), vocabulary) > 0


@pytest.mark.parametrize("vocabulary", [None, LETTERS], ids=["English", "Chinese"])
def test_long_texts_are_copies_from_a_passage_of_thirty_words_on(vocabulary: list[str] | None) -> None:
    assert tied(29, (200, 200), vocabulary) == 0
    assert tied(30, (200, 200), vocabulary) == 30


def test_texts_are_copies_from_a_fifth_of_the_shorter_ones_shingles_on() -> None:
    # 16 words in common are 12 shingles: a fifth of 60, which 64 words have, and less than a fifth of 61.
    assert tied(16, (47, 100)) > 0
    assert tied(16, (48, 100)) == 0
