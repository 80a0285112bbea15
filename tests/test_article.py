"""Articles: normalised once at import, so that offsets into a clean file hold."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.annotation import article
from labeling.errors import ArticleError


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\ufeffa", "a"),
        ("a \n\n ", "a"),
        ("  a", "  a"),
        ("e\u0301", "e\u0301"),
        ("a\u00a0b\u202fc", "a\u00a0b\u202fc"),
        ("😀👩‍👩‍👧", "😀👩‍👩‍👧"),
        ("عاجل 新华社", "عاجل 新华社"),
        ("a\ufeffb", "a\ufeffb"),
        ("a\u2028b\x85c", "a\u2028b\x85c"),
    ],
)
def test_only_line_ends_the_mark_at_the_start_and_space_at_the_end_are_touched(raw: str, kept: str) -> None:
    assert article.make(raw).text == kept


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t")))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = article.normalise(text)
    assert article.normalise(once) == once or text.startswith("\ufeff\ufeff")


def test_the_same_text_has_the_same_id_whatever_is_known_about_it() -> None:
    one, two = article.make("Text.\r\n", title="A"), article.make("Text.", outlet="B")
    assert one.id == two.id == hashlib.sha256(b"Text.").hexdigest()[:16]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"text": ""}, "the text is empty; leave the row out or fill it in"),
        ({"text": " \n"}, "the text is empty"),
        ({"text": "a\x00b"}, "text holds a control character (U+0000) at character 1; remove it in the source"),
        ({"text": "a\ud800b"}, "text holds half a surrogate pair (U+D800) at character 1"),
        ({"text": "a", "title": "b\x1b[31m"}, "title holds a control character (U+001B) at character 1"),
        ({"text": "a", "title": "b" * 2001}, "title has 2,001 characters and the limit is 2,000; shorten it"),
        ({"text": "a" * 5_000_001}, "the text has 5,000,001 characters and the limit is 5,000,000; cut it into articles"),
        ({"text": "a", "language": "englisch (uk)"}, "language “englisch (uk)” is not a BCP 47 tag; write e.g. en, pt-BR"),
        ({"text": "a", "published": "last week"}, "publication date: "),
        ({"text": "a", "published": "2018-11-04", "published_basis": "rumour"}, "basis “rumour” of the publication date is unknown; use stated"),
        ({"text": "a", "published": "2018", "published_basis": "unknown"}, "has a value (“2018”) and the basis “unknown”; leave out one"),
        ({"text": "a", "published_basis": "stated"}, "has a basis (“stated”) but no value; give it or drop the basis"),
    ],
)  # fmt: skip
def test_an_article_that_cannot_be_kept_is_refused_with_the_remedy(values: dict[str, str], reason: str) -> None:
    with pytest.raises(ArticleError) as fault:
        article.make(**values)
    assert reason in str(fault.value)


def test_a_publication_date_may_be_known_to_be_unknown() -> None:
    assert article.make("a", published_basis="unknown").published == article.Published(None, "unknown")
    assert article.make("a").published is None


def test_the_offsets_made_on_the_real_files_hold_after_import(shared: Path) -> None:
    import json

    gold = json.loads((shared / "articles" / "gold.json").read_text(encoding="utf-8"))
    for file in gold["files"]:
        text = article.make((shared / "articles" / file["file"]).read_bytes().decode()).text
        for span in file["spans"]:
            assert text[span["start"] : span["end"]] == span["text"]
