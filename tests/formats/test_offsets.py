"""Offsets that count something else are recognized by the text of the spans, and those that fit nowhere are reported."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lines import HARD, TEXTS

from labeling.annotation.article import normalize
from labeling.formats.offsets import BYTES, CODE_POINTS, UTF_16, Given, placed

RAW = "\ufeffZoé 😀:\r\n“We go,” she said.\r\nOn 日 Friday.\r\n"
TEXT = normalize(RAW)
WORDS = ["Zoé", "“We go,”", "she", "日", "Friday"]


def _ranges(text: str) -> list[tuple[int, int]]:
    return [(text.index(words), text.index(words) + len(words)) for words in WORDS]


def _sized(text: str, start: int, end: int, encoding: str, width: int) -> tuple[int, int]:
    return len(text[:start].encode(encoding)) // width, len(text[:end].encode(encoding)) // width


def _counted(text: str, encoding: str = "utf-32-le", width: int = 4, by: int = 0, last: int = 0) -> list[Given]:
    made = []
    for (start, end), words in zip(_ranges(text), WORDS, strict=True):
        one, other = _sized(text, start, end, encoding, width)
        made.append(Given(one + by, other + by - last, words))
    return made


UTF16, UTF8 = ("utf-16-le", 2), ("utf-8", 1)
#: How a tool counted, and what is said about it; None where nothing need be.
COUNTED: dict[str, tuple[list[Given], str | None]] = {
    "as we do": (_counted(TEXT), None),
    "UTF-16": (_counted(TEXT, *UTF16), "UTF-16 units"),
    "bytes": (_counted(TEXT, *UTF8), "bytes of UTF-8"),
    "CRLF": (_counted(RAW[1:]), "code points with CRLF line ends"),
    "CRLF in UTF-16": (_counted(RAW[1:], *UTF16), "UTF-16 units with CRLF line ends"),
    "CRLF in bytes": (_counted(RAW[1:], *UTF8), "bytes of UTF-8 with CRLF line ends"),
    "byte order mark": (_counted("\ufeff" + TEXT), "code points with the byte order mark"),
    "the file's bytes": (_counted(RAW, *UTF8), "bytes of UTF-8 with CRLF line ends and the byte order mark"),
    "from 1": (_counted(TEXT, by=1), "code points with the byte order mark"),
    "ends included": (_counted(TEXT, last=1), "code points with an inclusive end"),
    "both": (_counted(TEXT, by=1, last=1), "code points, counting from 1, with an inclusive end"),
    "a headline before it": (_counted(TEXT, by=40), "code points, shifted by 40"),
    "a start cut off": (_counted(TEXT, by=-3), "code points, shifted by -3"),
}


@pytest.mark.parametrize("name", COUNTED)
def test_the_words_tell_what_the_offsets_count(name: str) -> None:
    counted, unit = COUNTED[name]
    found = placed(RAW, counted)
    assert found.ranges == _ranges(TEXT)
    assert found.unit == (unit or CODE_POINTS)
    told = f"the offsets count {unit}, not code points, as the text of the spans shows; they are converted"
    assert found.messages == ([(None, told)] if unit else [])


def test_one_bad_range_does_not_hide_what_the_others_count() -> None:
    bad = [Given(0, 3, "Joe"), Given(0, 0), Given(1, 2)]
    found = placed(RAW, [*_counted(TEXT, *UTF16), *bad])
    assert found.unit == UTF_16
    assert found.ranges == [*_ranges(TEXT), None, None, (1, 2)]
    assert [at for at, _ in found.messages] == [None, 5, 6]
    assert "as the text of 5 of 6 spans shows" in found.messages[0][1]
    assert "the article doesn't have this text" in found.messages[1][1]


def test_what_fits_as_it_is_is_never_given_up_for_what_would_fit_otherwise() -> None:
    code_points, utf_16 = _counted(TEXT)[3:], _counted(TEXT, *UTF16)[2]
    found = placed(RAW, [*code_points, utf_16])
    assert (found.unit, found.ranges) == (CODE_POINTS, [*_ranges(TEXT)[3:], None])


def test_crlf_is_recognized_in_a_text_that_has_lost_it() -> None:
    found = placed(TEXT, _counted(RAW[1:]))
    assert (found.unit, found.ranges) == ("code points with CRLF line ends", _ranges(TEXT))


def test_a_format_may_count_in_another_unit_and_its_files_in_code_points() -> None:
    assert placed(RAW, _counted(TEXT, *UTF16), UTF_16).messages == []
    assert placed(RAW, _counted(TEXT, *UTF8), BYTES).messages == []
    found = placed(RAW, _counted(TEXT), UTF_16)
    assert (found.unit, found.ranges) == (CODE_POINTS, _ranges(TEXT))


def test_without_words_offsets_are_taken_as_they_are() -> None:
    found = placed(RAW, [Given(each.start, each.end) for each in _counted(TEXT, *UTF16)])
    assert found.messages == [] and found.unit == CODE_POINTS
    assert placed("😀a", [Given(0, 1)], UTF_16).messages == [
        (0, "the range 0–1 lies outside the text or within a character, counted in UTF-16 units; correct it")
    ]


#: A range on TEXT that does not fit while others do, and what is said about it.
BAD: dict[str, tuple[Given, str]] = {
    "elsewhere": (Given(0, 3, "she"), "at 0–3 the text is “Zoé”, not “she”; this text is at 16–19: correct it"),
    "several places": (
        Given(0, 1, "e"),
        "at 0–1 the text is “Z”, not “e”; this text occurs 2 times in the article: correct it",
    ),
    "nowhere": (
        Given(0, 3, "Joe"),
        "at 0–3 the text is “Zoé”, not “Joe”; the article doesn't have this text: was it changed after it was annotated?",
    ),
    "white space, outside": (
        Given(100, 101, " "),
        "the range 100–101 lies outside the text or within a character, counted in code points, with the text"
        " “”; the article doesn't have this text: was it changed after it was annotated?",
    ),
    "UTF-16 among code points": (
        Given(17, 20, "she"),
        "at 17–20 the text is “he”, not “she”; it would match if counted in UTF-16 units,"
        " but others in the article would not: correct it",
    ),
    "outside": (
        Given(100, 103, "she"),
        "the range 100–103 lies outside the text or within a character, counted in code points, with the text"
        " “she”; this text is at 16–19: correct it",
    ),
    "empty": (Given(3, 3), "the range 3–3 is empty; correct it"),
    "backwards": (Given(3, 1), "the range 3–1 is empty; correct it"),
    "negative": (
        Given(-3, 1),
        "the range -3–1 lies outside the text or within a character, counted in code points; correct it",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_fits_nowhere_is_reported_with_its_remedy_and_the_rest_is_taken(name: str) -> None:
    bad, reason = BAD[name]
    found = placed(RAW, [*_counted(TEXT), bad])
    assert found.ranges == [*_ranges(TEXT), None]
    assert found.messages == [(5, reason)]


def test_white_space_in_quoted_words_is_not_minded_and_that_at_the_end_of_the_text_not_kept() -> None:
    assert placed("He \n said \n", [Given(0, 11, "He said"), Given(5, 9, " said")]).ranges == [(0, 9), (5, 9)]
    assert placed("He \n", [Given(2, 4)]).ranges == [None]


def test_a_shift_is_read_off_the_longest_words_though_shorter_ones_fit_elsewhere() -> None:
    text = "A cat saw the magistrate, and the cat left."
    long = text.index("magistrate")
    found = placed(text, [Given(32, 35, "cat"), Given(long + 30, long + 40, "magistrate"), Given(64, 67, "cat")])
    assert found.ranges == [(2, 5), (long, long + 10), (34, 37)]
    assert found.unit == "code points, shifted by 30"


@given(st.data(), st.sampled_from(sorted(TEXTS)), st.sampled_from([UTF16, UTF8]), st.booleans())
def test_whatever_was_marked_is_found_again_in_any_unit(
    data: st.DataObject, name: str, counted: tuple[str, int], crlf: bool
) -> None:
    line: dict[str, Any] = HARD[name]
    text = line["text"]
    raw = text.replace("\n", "\r\n") if crlf else text
    points = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(points, points).map(lambda pair: tuple(sorted(set(pair)))), max_size=4))
    ranges = [span for span in spans if len(span) == 2 and text[span[0] : span[1]].strip()]
    assume(ranges)
    made = []
    for start, end in ranges:
        before, inside = text[:start], text[start:end]
        if crlf:
            before, inside = before.replace("\n", "\r\n"), inside.replace("\n", "\r\n")
        one = len(before.encode(counted[0])) // counted[1]
        made.append(Given(one, one + len(inside.encode(counted[0])) // counted[1], text[start:end]))
    found = placed(raw, made)
    taken = [text[here[0] : here[1]].split() if here else None for here in found.ranges]
    assert taken == [text[start:end].split() for start, end in ranges]


def test_words_are_shown_up_to_sixty_characters_with_white_space_as_one_space() -> None:
    text = f"{'x' * 61} {'y' * 60} a\n b"
    found = placed(text, [Given(0, 61, "one"), Given(62, 122, "two"), Given(123, 127, "three"), Given(0, 1, "x")])
    assert [reason.split(",")[0] for _, reason in found.messages] == [
        f"at 0–61 the text is “{'x' * 59}…”", f"at 62–122 the text is “{'y' * 60}”", "at 123–127 the text is “a b”"]  # fmt: skip


def test_one_quoted_text_alone_tells_of_an_end_included_but_of_no_shift() -> None:
    text = "One two three."
    assert placed(text, [Given(4, 6, "two")]).unit == "code points with an inclusive end"
    for start, end in ((5, 8), (5, 7), (9, 12)):
        assert placed(text, [Given(start, end, "two"), Given(start, end, "two")]).ranges == [None, None]
    assert placed(text, [Given(5, 8, "two"), Given(9, 14, "three")]).unit == "code points, counting from 1"


def test_a_way_of_counting_is_taken_only_where_more_fits_than_before() -> None:
    text = "aa aa bb"
    assert placed(text, [Given(0, 2, "aa"), Given(5, 7, "bb")]).messages[0][0] == 1
    assert placed(text, [Given(1, 3, "aa"), Given(7, 9, "bb")]).ranges == [(0, 2), (6, 8)]


def test_of_two_ways_that_fit_alike_the_likelier_is_reported() -> None:
    # A byte order mark counts one as a character; counted in bytes it would be three.
    found = placed("\ufeffabc def", [Given(1, 4, "abc"), Given(5, 8, "def")])
    assert (found.unit, found.ranges) == ("code points with the byte order mark", [(0, 3), (4, 7)])
    found = placed("\ufeffabc def", [Given(3, 6, "abc"), Given(7, 10, "def")])
    assert (found.unit, found.ranges) == ("bytes of UTF-8 with the byte order mark", [(0, 3), (4, 7)])
