"""Articles: normalized once at import, so that offsets into a clean file hold."""

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
def test_normalizing_twice_is_normalizing_once(text: str) -> None:
    once = article.normalize(text)
    assert article.normalize(once) == once or text.startswith("\ufeff\ufeff")


def test_the_same_text_has_the_same_id_whatever_is_known_about_it() -> None:
    one, two = article.make("Text.\r\n", title="A"), article.make("Text.", outlet="B")
    assert one.id == two.id == hashlib.sha256(b"Text.").hexdigest()[:16]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"text": ""}, "the text is empty; add a text or remove the row"),
        ({"text": " \n"}, "the text is empty"),
        ({"text": "a\x00b"}, "text contains a control character (U+0000) at character 1; remove it in the source"),
        ({"text": "a\ud800b"}, "text contains half a surrogate pair (U+D800) at character 1"),
        ({"text": "a", "title": "b\x1b[31m"}, "title contains a control character (U+001B) at character 1"),
        ({"text": "a", "title": "b" * 2001}, "title has 2,001 characters, but the limit is 2,000; shorten it"),
        ({"text": "a" * 5_000_001}, "the text has 5,000,001 characters, but the limit is 5,000,000; split it into articles"),
        ({"text": "a", "language": "englisch (uk)"}, "language “englisch (uk)” is not a BCP 47 tag; write e.g. en, pt-BR"),
        ({"text": "a", "published": "last week"}, "publication date: "),
        ({"text": "a", "published": "2018-11-04", "published_basis": "rumour"}, "basis “rumour” of the publication date is unknown; use stated"),
        ({"text": "a", "published": "2018", "published_basis": "unknown"}, "has a value (“2018”) and the basis “unknown”; remove one"),
        ({"text": "a", "published_basis": "stated"}, "has a basis (“stated”) but no value; add the value or remove the basis"),
    ],
)  # fmt: skip
def test_an_article_that_cannot_be_kept_is_refused_with_the_remedy(values: dict[str, str], reason: str) -> None:
    with pytest.raises(ArticleError) as fault:
        article.make(**values)
    assert reason in str(fault.value)


def test_every_control_character_but_tab_and_line_ends_is_refused_and_named() -> None:
    refused = set()
    for code in [*range(0xA0), 0xD7FF, 0xD800, 0xDFFF, 0xE000]:
        try:
            kept = article.make(f"a{chr(code)}b").text
        except ArticleError as fault:
            assert f"(U+{code:04X}) at character 1" in str(fault)
            refused.add(code)
        else:
            assert kept == f"a{chr(code)}b".replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    assert refused == {*range(0x20), 0x7F, 0xD800, 0xDFFF} - {*b"\t\n\r\f\v"}


def test_a_text_and_what_is_known_of_it_may_be_as_long_as_the_limit() -> None:
    assert len(article.make("a" * article.MAX_TEXT).text) == article.MAX_TEXT == 5_000_000
    made = article.make("a", title="b" * article.MAX_FIELD, outlet=" ", url=" u ", language="pt-BR", source="s")
    assert (made.title, made.outlet, made.url) == ("b" * 2_000, None, "u")
    assert (made.language, made.source, made.published) == ("pt-BR", "s", None)


@pytest.mark.parametrize(
    ("value", "basis", "kept"),
    [
        ("2018-11-04", None, ("2018-11-04", "metadata")), (" 2018 ", " stated ", ("2018", "stated")),
        ("", "", None), (None, "unknown", (None, "unknown")), ("[2018-01, 2018-02]", "url", ("[2018-01,2018-02]", "url")),
    ],
)  # fmt: skip
def test_a_publication_date_is_kept_with_how_it_is_known(
    value: str | None, basis: str | None, kept: tuple[str | None, str] | None
) -> None:
    assert article.make_published(value, basis) == (kept and article.Published(*kept))


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
