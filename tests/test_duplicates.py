"""Ties between texts: what shares copy or quotations is found, in any script, and what only looks alike is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random

import numpy as np
import pytest
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.dataset import boilerplate, duplicates, fingerprints
from labeling.dataset.duplicates import _WINDOW as WINDOW
from labeling.dataset.duplicates import PASSAGE, QUOTED, SHINGLE, Signature, sign, ties
from labeling.dataset.folded_words import joined, words
from labeling.dataset.quotations import distinctive, quotations
from labeling.dataset.splits import Tie, components

VOCABULARY = [f"{start}{middle}{end}" for start in ("ba", "ko", "ri", "tu", "fe", "sa") for middle in ("l", "nd", "st", "v", "m")
              for end in ("a", "en", "or", "ish", "ed", "y", "um", "o")]  # fmt: skip


def invented(seed: int, size: int, vocabulary: list[str] = VOCABULARY) -> list[str]:
    """Return so many words in an order that no other seed gives."""
    return Random(seed).choices(vocabulary, k=size)


def edited(text: list[str], rate: float, seed: int) -> list[str]:
    """Return words of which a share was replaced."""
    random = Random(seed)
    return [random.choice(VOCABULARY) if random.random() < rate else word for word in text]


def found(*texts: str, outlets: Iterable[str | None] = ()) -> list[tuple[str, str, str]]:
    """Return the ties among texts, as (kind, name and name), texts being called a, b, c …"""
    return [(tie.kind, *tie.articles) for tie in every(*texts, outlets=outlets)]


def every(*texts: str, outlets: Iterable[str | None] = ()) -> list[Tie]:
    names = [chr(ord("a") + at) for at in range(len(texts))]
    of = dict(zip(names, texts, strict=True))
    signed = {name: Signature.from_bytes(sign(text).to_bytes()) for name, text in of.items()}
    return list(ties(signed, of.__getitem__, dict(zip(names, outlets, strict=False))))


SPEECH = "We will not sign this treaty before the rivers are clean again"
WRAPPED = SPEECH.replace("treaty before", "treaty\nbefore")
OTHER = " ".join(invented(99, 200))


@settings(max_examples=tries(200))
@given(st.text("aZ9'’$| \n.“é&;", max_size=30))
def test_words_of_latin_text_are_runs_of_letters_and_digits_with_apostrophes_inside(text: str) -> None:
    plain = text.replace("é", "").replace("’", "'").lower()
    assert words(text.replace("é", "")) == re.findall(r"[a-z0-9]+(?:'[a-z0-9]+)*|[$|]", plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Straße, ＡＢＣ and Ⅻ", ["strasse", "abc", "and", "xii"]),
        ("don’t DON'T ’tis", ["don't", "don't", "tis"]),
        ("新华社北京", ["新", "华", "社", "北", "京"]),
        ("ＮＨＫニュースで", ["nhk", "ニ", "ュ", "ー", "ス", "で"]),
        ("قالَ الوَزِيرُ", ["قال", "الوزير"]),
        ("नागरिकों ने कहा।", ["नागरिकों", "ने", "कहा"]),
        ("שָׁלוֹם", ["שלום"]),
        ("😀👍🏽 ok", ["😀", "👍", "🏽", "ok"]),
        ("Cafe\u0301 co\u00adoperate", ["café", "cooperate"]),
        ("… — !", []),
        ("", []),
    ],
)
def test_words_of_any_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_joined_have_spaces_only_where_their_script_has() -> None:
    assert joined(words("新华社 said, 你好")) == "新华社 said 你好"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param("Two words.", "two WORDS", id="tiny"),
        pytest.param("مجلس الوزراء يوافق على الاتفاق الجديد اليوم", "مَجلس الوزراء يُوافق على الاتفاق الجديد، اليوم!", id="Arabic"),
        pytest.param("市长周五表示大桥将在春天重新开放居民们对此表示欢迎。", "市长周五表示：大桥将在春天重新开放，居民们对此表示欢迎", id="Chinese"),
        pytest.param("नगर परिषद ने शुक्रवार को नया पुल खोला", "नगर परिषद ने शुक्रवार को नया पुल खोला।", id="Hindi"),
        pytest.param("😀😀👍", "😀 😀 👍!", id="emoji"),
    ],
)  # fmt: skip
def test_the_same_words_are_the_same_copy_in_any_script(one: str, two: str) -> None:
    assert found(one, two) == [("near-duplicate", "a", "b")]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param("", "…", id="without words"),
        pytest.param("Another text.", "Another text that goes on.", id="the same beginning"),
        pytest.param("市长周五表示大桥将在春天重新开放", "市长周五表示学校将在秋天关闭", id="the same half sentence in Chinese"),
        pytest.param(" ".join(invented(1, 400)), " ".join(invented(2, 400)), id="the same vocabulary"),
        pytest.param(f"{OTHER} the minister of foreign affairs said on Thursday that",
                     f"the minister of foreign affairs said on Thursday that {' '.join(invented(5, 60))}", id="a turn of phrase"),
    ],
)  # fmt: skip
def test_what_is_alike_by_chance_is_not_tied(one: str, two: str) -> None:
    assert found(one, two) == []


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.1, 0.15])
def test_copy_is_found_though_words_of_it_were_changed(rate: float) -> None:
    wire = invented(3, 450)
    texts = [" ".join(edited(wire, rate, seed)) for seed in (1, 2)]
    (tie,) = every(*texts)
    assert tie.kind == "near-duplicate" and tie.score is not None
    assert tie.score == pytest.approx((1 - rate) ** 10, abs=0.12)
    assert tie.words.removesuffix(" …") in texts[0] and tie.words.removesuffix(" …") in texts[1]


def test_the_words_of_copy_are_all_of_the_passage_that_stands_in_both() -> None:
    passage = invented(6, 20)
    (tie,) = every(" ".join([*invented(7, 20), *passage]), " ".join([*passage, *invented(8, 20)]))
    assert tie.words == " ".join(passage)


def test_a_short_story_inside_a_long_one_is_found() -> None:
    wire = " ".join(invented(4, 60))
    assert found(wire, f"{' '.join(invented(5, 1500))} {wire} {' '.join(invented(6, 1500))}") == [
        ("near-duplicate", "a", "b")
    ]


@pytest.mark.parametrize(("size", "tied"), [(QUOTED - 1, False), (QUOTED, True)])
def test_a_text_that_another_holds_whole_is_its_copy_from_eight_words_on(size: int, tied: bool) -> None:
    texts = ((invented(seed, size), invented(seed + 1, 30)) for seed in range(0, 80, 2))
    assert any(found(" ".join(short), " ".join([*long[:9], *short, *long[9:]])) for short, long in texts) == tied


@settings(deadline=None, max_examples=tries(60))
@given(st.integers(0, 10**6), st.integers(0, 400), st.integers(0, 400))
def test_a_passage_that_two_share_is_found_wherever_it_stands(seed: int, ours: int, theirs: int) -> None:
    passage = invented(seed, PASSAGE)
    one, two = invented(seed + 1, 500), invented(seed + 2, 500)
    one[ours:ours], two[theirs:theirs] = passage, passage
    assert found(" ".join(one), " ".join(two)) == [("near-duplicate", "a", "b")]


@settings(deadline=None, max_examples=tries(60))
@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 60))
def test_texts_that_share_a_passage_have_two_prints_in_common_and_others_have_none(
    seed: int, ours: int, theirs: int
) -> None:
    passage, one, two = (invented(seed + number, size) for number, size in enumerate((PASSAGE, 60, 60)))
    alone = [sign(" ".join(text)).prints for text in (one, two)]
    one[ours:ours], two[theirs:theirs] = passage, passage
    with_it = [sign(" ".join(text)).prints for text in (one, two)]
    assert np.intersect1d(*with_it).size >= 2 and np.intersect1d(*alone).size == 0


@given(st.integers(0, 10**6), st.integers(1, 200))
def test_a_print_is_the_least_hash_of_a_window_and_no_window_is_without_one(seed: int, size: int) -> None:
    text = invented(seed, size)
    prints = set(sign(" ".join(text)).prints.tolist())
    hashes = fingerprints.hashes_of(text, SHINGLE).tolist()
    windows = [hashes[at : at + WINDOW] for at in range(max(1, len(hashes) - WINDOW + 1))]
    assert prints == {min(window) for window in windows}


def test_chinese_copy_inside_a_longer_text_is_found_and_shown_without_spaces() -> None:
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]
    wire = "".join(invented(7, 80, letters))
    (tie,) = every(wire, "".join(invented(8, 700, letters)) + wire + "".join(invented(9, 700, letters)))
    assert tie.words == wire[:40] + " …" and tie.score == 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (f"“{SPEECH},” he said.", f'"{SPEECH.upper()}", so der Minister.'),
        (f"«{SPEECH}»", f"„{SPEECH}“"),
        (f"‘{SPEECH}’, he said.", f"„Also: {SPEECH}“"),
        (f"“{SPEECH}, and the lakes too.”", f"“I repeat: {SPEECH}”"),
        ("「市長は橋が春に再び開くと述べて住民を喜ばせた」", "『市長は橋が春に再び開くと述べて住民を喜ばせた』"),
        (f"‹{SPEECH}›", f"›{SPEECH}‹"),
        (f"``{SPEECH},'' he said, and wasn't asked.", f"'{SPEECH},' he said. The workers' union wasn't there."),
        (f"The farmers' day: 'We don't say: {SPEECH}'", f"“We don’t say: {SPEECH}”"),
        (f"&quot;{SPEECH}&quot;", f"&#8220;{SPEECH}&rdquo;"),
        (f"“{WRAPPED}”", f'"{WRAPPED}"'),
        (f"“{WRAPPED}”", f"“{SPEECH}”"),
        ("قال: «لن نوقع هذه المعاهدة قبل أن تصبح الأنهار نظيفة»", "“لن نوقّع هذه المعاهدة قبل أن تصبح الأنهار نظيفة”"),
    ],
)
def test_the_same_quotation_ties_in_any_marks(one: str, two: str) -> None:
    tied = every(f"{one}\n{OTHER}", f"{' '.join(invented(12, 200))}\n{two}")
    assert [tie.kind for tie in tied] == ["quotation"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(f"“{SPEECH}”", SPEECH, id="marks in one only"),
        pytest.param(
            "“We will not sign”, he said, “this treaty”", "“We will not sign this treaty”", id="too few words"
        ),
        pytest.param(
            "“I would like to take this opportunity to thank " + " ".join(invented(13, 30)) + "”",
            "“I would like to take this opportunity to thank " + " ".join(invented(14, 30)) + "”",
            id="how many begin",
        ),
    ],
)
def test_what_is_not_the_same_quotation_does_not_tie(one: str, two: str) -> None:
    assert found(f"{one}\n{OTHER}", f"{' '.join(invented(12, 200))}\n{two}") == []


def test_quotations_go_from_mark_to_mark_within_a_paragraph() -> None:
    # A straight mark opens as well as closes, and which it does is not guessed.
    assert quotations('"One\ntwo" and "three.\nFour "five"\n\n"six\n\nseven "eight\n"nine') == [
        ["one", "two"], ["and"], ["three"], ["five"], ["six"], ["eight"], ["nine"]]  # fmt: skip
    assert quotations("Rock 'n' roll, didn't they say, and the '90s") == [["n"]]
    assert quotations("“One two,” he said, ‘three’ — it’s “four\n“five six”") == [
        ["one", "two"], ["three"], ["four"], ["five", "six"]]  # fmt: skip


def test_a_quotation_of_just_enough_words_tells_texts_apart_and_one_word_less_does_not() -> None:
    said = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[:8]]
    assert distinctive(f"“{' '.join(said)}” and “{' '.join(said[1:])}”") == [said]


def test_a_quotation_in_each_kind_of_marks_is_read_without_them() -> None:
    for opening, closing in ("“”", "„“", "«»", "‹›", "「」", "『』", "‘’", "''", '""', ("``", "''")):
        assert quotations(f"She said {opening}one two{closing} there.")[0] == ["one", "two"], opening


TAIL = ("Get the morning in your inbox: sign up for our letter, which comes every day at six but on Sundays and holidays.\n"
        "© The Example. All rights are reserved; nothing of this may be stored, sent on or printed again without our leave.")  # fmt: skip


def test_boilerplate_ties_no_one() -> None:
    texts = [f"The Example, Northport\n{' '.join(invented(20 + at, 100))}\n{TAIL}" for at in range(6)]
    assert found(*texts, outlets=["The Example"] * 6) == []
    assert found(*texts, outlets=["The Example", "Another", "A third", None, "A fifth", "The sixth"]) != []


def test_a_text_is_parted_into_the_boilerplate_at_its_head_the_rest_and_that_at_its_foot() -> None:
    bodies = ["\n".join(" ".join(invented(20 + at + part, 50)) for part in (0, 100)) for at in range(6)]
    texts = [f"The Example, Northport\n\n{body}\n{TAIL}\n" for body in bodies]
    ends = [sign(text).ends for text in (*texts, "Without any boilerplate.")]
    standing = boilerplate.standing(ends, ["The Example"] * 7)
    assert sorted(standing) == [0, 1, 2, 3, 4, 5]
    for number, text in enumerate(texts):
        assert boilerplate.parted(text, standing[number]) == (
            ["The Example, Northport"],
            bodies[number],
            TAIL.split("\n"),
        )
    note = f"The Example, Northport\nFew words.\n{TAIL}"
    assert boilerplate.parted(note, standing[0]) == ([], note, [])
    assert boilerplate.standing([sign(text).ends for text in texts[:3]], ["The Example"] * 3) == {}
    assert boilerplate.standing([sign(text).ends for text in texts], [" ", None, "", "A", "B", "C"]) == {}


SAID = f"“{SPEECH},” the minister told the agency on Monday"
LEAD = (f"{SAID} after the council had voted for the plan with a majority of two thirds, the closest result "
        "since the flood and the first of its kind in a region that has seen many plans for its rivers come and go.")  # fmt: skip
BARE = " ".join(invented(98, 60))
SHARED = {
    "one paragraph": LEAD,
    "a line a sentence": "\n".join(" ".join(BARE.split()[at : at + 15]) for at in range(0, 60, 15)),
    "hard-wrapped": "\n".join(" ".join(LEAD.split()[at : at + 9]) for at in range(0, len(LEAD.split()), 9)),
    "a short line and a long": f"{' '.join(BARE.split()[:12])}\n{' '.join(BARE.split()[12:])}",
    "a quotation": SAID,
}  # fmt: skip
OUTLETS = {"without an outlet": [None] * 10, "of one": ["The Example"] * 10, "of several": list("stuvwxyz12")}


@pytest.mark.parametrize("outlets", OUTLETS.values(), ids=OUTLETS)
@pytest.mark.parametrize("shared", SHARED.values(), ids=SHARED)
def test_what_articles_begin_with_ties_them_however_many_they_are(shared: str, outlets: list[str | None]) -> None:
    texts = [f"{shared}\n{' '.join(invented(200 + at, 90))}" for at in range(10)]
    for count in range(2, 11):
        of = {chr(ord("a") + at): text for at, text in enumerate(texts[:count])}
        assert len(components(of, every(*of.values(), outlets=outlets))[0]) == 1


@settings(deadline=None, max_examples=tries(40))
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=6).filter(lambda sizes: sum(sizes) >= PASSAGE),
    st.lists(st.integers(0, 6), max_size=6),
    st.sampled_from([None, "The Example"]),
)
def test_an_article_that_comes_later_unties_no_passage_at_the_head(
    sizes: list[int], more: list[int], outlet: str | None
) -> None:
    lines = [" ".join(invented(300 + at, size)) for at, size in enumerate(sizes)]
    texts = ["\n".join([*lines, " ".join(invented(400 + at, 150))]) for at in range(2)]
    texts += ["\n".join([*lines[:shared], " ".join(invented(500 + at, 150))]) for at, shared in enumerate(more)]
    assert ("near-duplicate", "a", "b") in found(*texts, outlets=[outlet] * len(texts))


def test_a_line_of_few_of_an_outlets_articles_is_no_boilerplate() -> None:
    line = " ".join(invented(97, 20))
    texts = [f"{' '.join(invented(600 + at, 50))}\n{line if at < 4 else ''}" for at in range(24)]
    assert found(*texts[:20], outlets=["The Example"] * 20) == []
    assert len(found(*texts, outlets=["The Example"] * 24)) == 6


def test_a_line_that_stands_at_different_ends_is_no_boilerplate() -> None:
    line = " ".join(invented(97, 20))
    bodies = [" ".join(invented(600 + at, 60)) for at in range(4)]
    texts = [f"{line}\n{each}" if at % 2 else f"{each}\n{line}" for at, each in enumerate(bodies)]
    assert found(*texts, outlets=["The Example"] * 4) == found(*texts) != []


def test_what_is_boilerplate_of_one_outlet_is_none_of_another() -> None:
    line = " ".join(invented(97, 20))
    texts = [f"{' '.join(invented(600 + at, 50))}\n{line}" for at in range(6)]
    assert found(*texts, outlets=[*["The Example"] * 4, None, None]) == [("near-duplicate", "e", "f")]


def test_copies_of_one_outlet_are_no_boilerplate() -> None:
    wire = ["\n".join(" ".join(invented(at, 20)) for at in range(30, 40)) + f"\nUpdate {number}" for number in range(5)]
    assert len(found(*wire, outlets=["The Example"] * 5)) == 10


def test_boilerplate_in_a_note_of_few_words_leaves_the_notes_tied() -> None:
    short = [f"{' '.join(invented(50 + at, 12))}\n{TAIL}" for at in range(4)]
    assert found(*short, outlets=["The Example"] * 4) != []


def test_the_order_of_articles_does_not_matter() -> None:
    wire = invented(60, 200)
    texts = {f"n{at}": " ".join(edited(wire, 0.1, at)) for at in range(50)} | {
        f"m{at}": OTHER + str(at) for at in range(3)
    }
    orders = [sorted(texts), sorted(texts, reverse=True)]
    one, two = (list(ties({id: sign(texts[id]) for id in order}, texts.__getitem__, {})) for order in orders)
    assert one == two and {article for tie in one for article in tie.articles} == set(texts)


def test_of_many_copies_each_is_tied_though_not_each_with_each() -> None:
    wire = " ".join(invented(61, 120))
    texts = [f"{wire} {number}" for number in range(300)]
    tied = list(ties({str(at): sign(text) for at, text in enumerate(texts)}, lambda id: texts[int(id)], {}))
    reached, rest = {"0"}, [set(tie.articles) for tie in tied]
    for _ in range(300):
        reached |= set().union(*(each for each in rest if each & reached))
    assert len(reached) == 300 and len(tied) < 300 * 40


def test_a_quotation_in_many_articles_is_one_tie_and_a_longer_piece_of_it_another() -> None:
    long = f"{SPEECH}, and nobody will make us"
    texts = [f"“{long if at < 3 else SPEECH}” {' '.join(invented(70 + at, 60))}" for at in range(40)]
    tied = every(*texts)
    assert {(len(tie.articles), tie.words) for tie in tied} == {(40, SPEECH.lower()), (3, " ".join(words(long)))}


def _later_ties(tied: list[Tie], many: int) -> list[Tie]:
    """Return those ties after so many that join two groups of articles."""
    groups = {id: {id} for tie in tied for id in tie.articles}
    joining = []
    for at, tie in enumerate(tied):
        one, two = (groups[id] for id in tie.articles)
        if one is not two:
            if at >= many:
                joining.append(tie)
            for id in two:
                groups[id] = one
            one |= two
    return joining


def test_where_very_many_are_alike_only_ties_enough_to_hold_them_together_are_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duplicates, "_PLENTY", 10)
    sentences = [" ".join(invented(number, 12)) for number in range(60)]
    texts = {str(at): ". ".join(Random(at).sample(sentences, 20)) for at in range(60)}
    tied = list(ties({id: sign(text) for id, text in texts.items()}, texts.__getitem__, {}))
    assert len(tied) <= 10 + 2 * 60 + 60  # the pairs that are always listed, two a text, and what holds the groups
    many = 10 + 2 * 60
    assert len({tie.articles for tie in tied[:many]}) == many
    later = _later_ties(tied, many)
    assert later == tied[many:], "from there on only what joins two groups is listed"
    assert len(components(texts, tied)[0]) == 1


def test_a_text_that_says_the_same_again_and_again_is_compared_in_time() -> None:
    assert found("la " * 30_000, "la " * 30_000 + "end") == [("near-duplicate", "a", "b")]


def test_looking_can_be_stopped() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    signed = {"a": sign("One two three."), "b": sign("one two three")}
    with pytest.raises(KeyboardInterrupt):
        list(ties(signed, {"a": "One two three.", "b": "one two three"}.__getitem__, {}, stop))
