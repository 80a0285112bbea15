"""Tokens, sentences and paragraphs tile any text, and fall where a reader would put them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines import SAMPLE, TEXTS

from labeling.language.tokens import paragraphs, sentences, tokens

#: A text and its tokens, a space between them (a space within a token is written as ␣).
TOKENS = {
    "O'Neill and what is his": ("O'Neill's O’Neill’s aide", "O'Neill 's O’Neill ’s aide"),
    "short forms": ("I'm sure they'd don't; members' talk", "I 'm sure they 'd don't ; members ' talk"),
    "initials and titles": ("Mr. J. P. O'Neill of the U.S. at 5 p.m.", "Mr. J. P. O'Neill of the U.S. at 5 p.m."),
    "money and numbers": ("$3.5m, €1,200.50 or 10:30", "$ 3.5m , € 1,200.50 or 10:30"),
    "dates": (
        "8 November, 8/11/2018, 2018-11-08, mid-February, Nov. 6",
        "8 November , 8/11/2018 , 2018-11-08 , mid-February , Nov. 6",
    ),
    "quotation marks": ('“We go,” "he" «said» „so“', '“ We go , ” " he " « said » „ so “'),
    "dashes and dots": ("Wait--what... no — yes…", "Wait -- what ... no — yes …"),
    "addresses": ("See https://example.org/a?b=1, a@b.example.", "See https://example.org/a?b=1 , a@b.example ."),
    "Han by characters": ("新华社说：「走」。", "新 华 社 说 ： 「 走 」 。"),
    "Katakana by runs": ("プーチンは言った", "プーチン は 言 っ た"),
    "Hangul by words": ("장관은 말했다.", "장관은 말했다 ."),
    "Thai by characters with their marks": ("ที่นี่", "ที่ นี่"),
    "Devanagari whole words": ("हिन्दी में।", "हिन्दी में ।"),
    "Arabic": ("قال «سنعود»، نعم؟", "قال « سنعود » ، نعم ؟"),
    "Arabic with vowels": ("قَالَ", "قَالَ"),
    "Persian with a joiner": ("می\u200cگوید", "می\u200cگوید"),
    "Hebrew abbreviation": ('צה"ל אמר', 'צה"ל אמר'),
    "emoji clusters": ("👩‍👩‍👧🏳️‍🌈 🧑🏽‍🚀🇩🇪🇫🇷1️⃣", "👩‍👩‍👧 🏳️‍🌈 🧑🏽‍🚀 🇩🇪 🇫🇷 1️⃣"),
    "combining": ("Cafe\u0301 Zoe\u0308", "Cafe\u0301 Zoe\u0308"),
    "company names": ("AT&T and Acme Inc. said", "AT&T and Acme Inc. said"),
    "nothing": (" \n\t", ""),
}

#: A text and its sentences, between bars.
SENTENCES = {
    "titles and initials": "Mr. J. P. Smith of Acme Inc. said no.|He left at 5 p.m. on Nov. 6.|The U.S. President stayed.",
    "a quotation that asks": "“Stop!” he said.|“We go…” and left.|She did.",
    "marks that close": "He said: “We go.”|“No.”|'Yes.'|(So it is.)|End.",
    "straight marks": '"I go," he said.|"You stay."|"No."',
    "French marks": "« Nous partons. »|Il rit.|«Oui.»|Elle part.",
    "German marks": "»Wir gehen.«|Sie lachte.|„Ja.“|Am 8. November war es.|»Nein.«",
    "abbreviation at an end": "He is in the U.S.|They are not.|It is Acme Inc.|“Who?” he asked.",
    "numbers": "It fell by 3.5 percent in No. 5.|4 people saw it.",
    "a list": "1. One is.|Two is not.",
    "Chinese": "新华社说：「我们回来。」|部长表示。|好！",
    "Arabic": "قال نعم.|وقال؟|لا.",
    "Hindi": "वह गया।|वह आया।",
    "no full stop": "Headline without one",
}


@pytest.mark.parametrize("name", TOKENS)
def test_tokens_are_what_a_reader_would_call_words_and_marks(name: str) -> None:
    text, expected = TOKENS[name]
    assert [text[start:end] for start, end in tokens(text)] == expected.split()


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences_end_where_a_reader_would_pause(name: str) -> None:
    expected = SENTENCES[name].split("|")
    text = " ".join(expected)
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_every_line_that_is_not_blank_is_a_paragraph_and_ends_a_sentence() -> None:
    text = " Headline\n\n“We go,\nand stay. Now.\n \n"
    assert [text[start:end] for start, end in paragraphs(text)] == ["Headline", "“We go,", "and stay. Now."]
    assert [text[start:end] for start, end in sentences(text)] == ["Headline", "“We go,", "and stay.", "Now."]


ANY = st.text(st.sampled_from("abC1.'’\"“”«».!?…-_&@#:/ \n\t\u00a0é\u0301新ー。」ا؟ท😀\u200d🏽🇩💡") | st.characters(exclude_categories=["Cs"]))  # fmt: skip


@given(ANY | st.sampled_from(sorted(TEXTS.values())))
def test_tokens_tile_the_text_and_sentences_tile_the_tokens(text: str) -> None:
    held = tokens(text)
    at = 0
    for start, end in held:
        assert at <= start < end and not text[at:start].strip()
        assert not any(character.isspace() for character in text[start:end])
        at = end
    assert not text[at:].strip()
    starts, ends = {start for start, _ in held}, {end for _, end in held}
    for cut in (sentences(text), paragraphs(text)):
        at = 0
        for start, end in cut:
            assert not text[at:start].strip() and "\n" not in text[start:end]
            at = end
        assert not text[at:].strip()
    assert all(start in starts and end in ends for start, end in sentences(text))


@pytest.mark.parametrize("unit", ["+.", "a.", '"', "-a", "a'", "1,", "@a", "www.", "\u0301", "?” "])
def test_long_runs_take_time_in_proportion(unit: str) -> None:
    # Quadratic work on this would run into the time limit of a test.
    assert sentences(unit * 100_000)


def test_spans_that_people_drew_begin_and_end_with_tokens() -> None:
    for line in SAMPLE:
        held = tokens(line["text"])
        starts, ends = {start for start, _ in held}, {end for _, end in held}
        for annotation in line["annotations"]:
            for span in annotation["spans"]:
                assert all(start in starts and end in ends for start, end in span["fragments"]), span
