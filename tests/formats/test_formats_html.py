"""HTML pages become the article on them."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from labeling.annotation.article import Article, Published
from labeling.formats import Fault, read_bytes
from labeling.formats.html import MAX_PAGE, MAX_TAGS
from labeling.formats.reading import MAX_BYTES

ROOT = Path(__file__).parents[2]

PARAGRAPHS = [
    "The town council of Lirra voted on Sunday to build a second bridge, after six years of argument.",
    "“We will start before Easter,” said the mayor, Ilse Brandt, “and we will finish on time.” 🌉",
    "No one asked us, and no one will.",
    "The ferrymen, who carry 2,000 people a day, said that they had learned of it from the radio.",
    "عبّر الصيادون عن قلقهم، وقالوا إن الجسر سيغلق الميناء حتى عام 2020.",
    "渡船公司在星期一发表声明，说不会反对这座桥，但是要求赔偿。",
    "Work is due to begin on 2 April 2019 and to end in the autumn of 2020, the council said.",
]

PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <title>Council backs second bridge | The Lirra Courier</title>
  <meta property="og:title" content="Council backs second bridge">
  <meta property="og:site_name" content="The Lirra Courier">
  <meta property="article:published_time" content="2018-11-04T23:30:00-05:00">
  <meta property="article:modified_time" content="2018-11-09T08:00:00-05:00">
  <link rel="canonical" href="https://courier.example/news/council-backs-second-bridge">
  <style>p { margin: 0 }</style>
  <script>document.title = "evil script"; var words = "</p><p>evil script";</script>
</head>
<body>
  <nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport menu</a></li></ul></nav>
  <div class="cookie-banner">We use cookies. <button onclick="evil()">Accept all</button></div>
  <main><article>
    <h1>Council backs second bridge</h1>
    <p>PARAGRAPH0</p>
    <script>document.write("evil script")</script>
    <p>PARAGRAPH1</p>
    <blockquote><p>PARAGRAPH2</p></blockquote>
    <p onmouseover="evil script">PARAGRAPH3</p>
    <p dir="rtl">PARAGRAPH4</p>
    <p>PARAGRAPH5</p>
    <p>PARAGRAPH6</p>
  </article></main>
  <aside><h2>You may also like</h2><a href="/ferries">Ten ferries you must see</a></aside>
  <section id="comments"><h3>Comments</h3><p>First! Great article, I like bridges a lot.</p></section>
  <footer>© 2021 The Lirra Courier. <a href="/imprint">Imprint</a></footer>
</body>
</html>
"""
for number, paragraph in enumerate(PARAGRAPHS):
    PAGE = PAGE.replace(f"PARAGRAPH{number}", paragraph)


def read(page: str | bytes) -> Article | Fault:
    """Return the one thing that a page gives."""
    [row] = read_bytes("page.html", page.encode() if isinstance(page, str) else page)
    return row


#: A page without an article, or one that cannot be read, and what must be said about it.
NOTHING = "no article was found on the page; save its text as a .txt file"
BAD_PAGES = {
    "empty": (b"", "the file is empty; omit it"),
    "blank": (b" \n\t", NOTHING),
    "mark alone": (b"\xef\xbb\xbf", "the file is empty; omit it"),
    "no body": (b"<html><head><title>Only a title that is long</title></head></html>", NOTHING),
    "no tags and hardly a word": (b"Hello.", NOTHING),
    "script alone": (b"<html><body><script>var a = '" + b"word " * 100 + b"';</script></body></html>", NOTHING),
    "style alone": (b"<html><body><style>p { color: " + b"red " * 100 + b"}</style></body></html>", NOTHING),
    "comment alone": (b"<html><body><!-- " + b"word " * 100 + b" --></body></html>", NOTHING),
    "notice alone": (b"<html><body><p>Please enable JavaScript to read on.</p></body></html>", NOTHING),
    "menu alone": (
        b"<html><body><ul>" + b'<li><a href="/s">A section of the paper</a></li>' * 40 + b"</ul></body></html>",
        NOTHING,
    ),
    "nested 20,000 deep": (b"<html><body>" + b"<div>" * 20_000 + b"deep words " * 50, NOTHING),
    "unclosed 20,000 times": (b"<html><body>" + b"<b><i>" * 20_000 + b"deep words " * 50, NOTHING),
    "a tag with attributes without end": (
        b"<html><body><p " + b"".join(b'a%d="<b c" ' % number for number in range(6_000)) + b">",
        "a tag has more than 5,000 attributes; save the page's text as a .txt file",
    ),
    "too many tags": (
        b"<html><body>" + b"<b>" * (MAX_TAGS + 1),
        "the page has more than 200,000 tags; save its text as a .txt file",
    ),
    "too long": (
        b"<html><body><p>" + b"a" * MAX_BYTES,
        "the file is longer than 20,000,000 bytes; split it into articles",
    ),
    "too large a page": (
        b"<html><body><p>" + b"a" * MAX_PAGE,
        "the page is larger than 3,000,000 bytes; save its text as a .txt file",
    ),
    "Latin-1 that does not say so": (
        b"<html><body><p>caf\xe9</p>",
        "byte 0xE9 at offset 18 of the file is not UTF-8; save the file as UTF-8",
    ),
    "an encoding that is none of a page": (
        b"<html><meta charset=rot13><body><p>caf\xe9</p>",
        "byte 0xE9 at offset 38 of the file is not UTF-8; save the file as UTF-8",
    ),
    "marked as UTF-8 and not UTF-8, whatever it declares": (
        b"\xef\xbb\xbf<html><meta charset=windows-1252><body><p>caf\xe9</p>",
        "byte 0xE9 at offset 48 of the file is not UTF-8; save the file as UTF-8",
    ),
    "another encoding than it says": (
        b"<html><meta charset='euc-jp'><body><p>caf\xe9</p>",
        "the page claims to be euc-jp but isn't; save it as UTF-8",
    ),
    "compressed": (b"\x1f\x8b\x08\0\0\0", "the file is compressed (gzip); unpack it first"),
    "a delete character": (
        PAGE.replace("Lirra voted", "Lirra\x7f voted").encode(),
        "text contains a control character (U+007F) at character 54; remove it in the source",
    ),
}


@pytest.mark.parametrize(("page", "reason"), BAD_PAGES.values(), ids=BAD_PAGES)
def test_a_page_without_an_article_says_why(page: bytes, reason: str) -> None:
    assert read(page) == Fault("page.html", None, reason)


def test_a_page_gives_its_headline_and_paragraphs_and_nothing_else() -> None:
    found = read(PAGE)
    assert isinstance(found, Article)
    assert found.text.split("\n\n") == ["Council backs second bridge", *PARAGRAPHS]


def test_a_page_gives_what_its_markup_says_about_it() -> None:
    found = read(PAGE)
    assert isinstance(found, Article)
    assert found.title == "Council backs second bridge"
    assert found.outlet == "The Lirra Courier"
    assert found.url == "https://courier.example/news/council-backs-second-bridge"
    assert found.language == "en-GB"
    assert found.published == Published("2018-11-04", "metadata")
    assert found.source == "page.html"


@pytest.mark.parametrize(
    "word", ["evil script", "Home", "Sport menu", "cookies", "You may also like", "First!", "Imprint", "margin"]
)
def test_what_surrounds_the_article_stays_out(word: str) -> None:
    assert word in PAGE
    assert word not in str(read(PAGE))


def test_markup_written_as_text_comes_in_as_text() -> None:
    found = read(PAGE.replace("after six years", "after &lt;script&gt;alert(1)&lt;/script&gt; years"))
    assert isinstance(found, Article)
    assert "after <script>alert(1)</script> years" in found.text


METADATA = '<meta property="article:published_time" content="2018-11-04T23:30:00-05:00">'
MODIFIED = '<meta property="article:modified_time" content="2018-11-09T08:00:00-05:00">'
BARE = PAGE.replace(METADATA, "").replace(MODIFIED, "")


@pytest.mark.parametrize(
    ("page", "published"),
    [
        (BARE, None),
        (BARE.replace("/news/", "/2018/11/03/"), Published("2018-11-03", "url")),
        (
            BARE.replace("<h1>", '<time datetime="2018-11-03T10:00Z">today</time><h1>'),
            Published("2018-11-03", "metadata"),
        ),
        (
            BARE.replace(
                "</head>",
                '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished":'
                ' "2018-11-02T01:00:00Z", "dateModified": "2018-11-08"}</script></head>',
            ),
            Published("2018-11-02", "metadata"),
        ),
        (
            BARE.replace("</h1>", '</h1><p class="date">Published 3 November 2018</p>'),
            Published("2018-11-03", "inferred"),
        ),
        (PAGE.replace(METADATA, ""), Published("2018-11-09", "inferred")),
        (PAGE.replace(METADATA, "").replace("modified", "updated"), Published("2018-11-09", "inferred")),
    ],
    ids=["nowhere", "address", "time element", "JSON-LD", "visible line", "modified only", "updated only"],
)
def test_a_publication_date_says_how_it_is_known(page: str, published: Published | None) -> None:
    found = read(page)
    assert isinstance(found, Article)
    assert found.published == published


@pytest.mark.parametrize("language", ["", "en_GB", "!!", "x" * 300])
def test_a_language_that_cannot_be_kept_is_omitted_and_the_article_comes_in(language: str) -> None:
    found = read(PAGE.replace("en-GB", language))
    assert isinstance(found, Article)
    assert found.language == ("en-GB" if language == "en_GB" else None)


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-1"])
def test_a_page_in_the_encoding_that_it_declares_comes_in_with_its_quotation_marks(encoding: str) -> None:
    page = PAGE.replace("utf-8", encoding)
    for foreign in ("🌉", PARAGRAPHS[4], PARAGRAPHS[5]):
        page = page.replace(foreign, "")
    found = read(page.encode("windows-1252"))
    assert isinstance(found, Article)
    assert "“We will start before Easter,” said" in found.text


def test_a_page_in_an_encoding_of_ascii_bytes_comes_in_as_it_declares() -> None:
    words = "市長は日曜日に新しい橋の建設を始めると述べた。"
    page = f"<html><meta charset=iso-2022-jp><body><p>{words * 10}</p></body></html>"
    found = read(page.encode("iso-2022-jp"))
    assert isinstance(found, Article)
    assert found.text == words * 10


def test_utf_8_and_utf_16_hold_whatever_the_page_declares() -> None:
    page = PAGE.replace("utf-8", "iso-8859-1")
    assert read(page) == read(PAGE)
    assert read(page.encode("utf-16")) == read(PAGE)


def test_a_page_may_be_a_piece_of_html() -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    found = read(body)
    assert isinstance(found, Article)
    assert found.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize("reference", ["&#1;", "&#x8;", "&#011;", "&#31", "&#xFFFE;", "&#x1b;"])
def test_a_reference_to_a_character_that_no_page_can_hold_costs_that_character_only(reference: str) -> None:
    assert read(PAGE.replace("Lirra voted", f"Lirra{reference} voted")) == read(PAGE)


def test_other_references_are_read_as_the_characters_they_stand_for() -> None:
    found = read(PAGE.replace("Lirra voted", "Lirra&#10;&#x9;&#13;&#x1F600;&#128; &#116;&#x31;&#310; voted"))
    assert isinstance(found, Article)
    assert "😀€ t1Ķ voted" in found.text


def test_lists_tables_and_line_breaks_keep_their_words_apart() -> None:
    extra = (
        "<ul><li>Steel: four million crowns, says the council</li><li>Stone: two million crowns, says the council</li></ul>"
        "<table><tr><td>Year</td><td>Cost</td></tr><tr><td>2018</td><td>4</td></tr></table>"
        "<p>Lirra Town Hall<br>1 Quay Street</p>"
    )
    found = read(
        PAGE.replace("<p>" + PARAGRAPHS[3], extra + "<p>" + PARAGRAPHS[3]).replace(
            '<p onmouseover="evil script">', extra + "<p>"
        )
    )
    assert isinstance(found, Article)
    blocks = found.text.split("\n\n")
    for block in (
        "Steel: four million crowns, says the council",
        "Year | Cost",
        "2018 | 4",
        "Lirra Town Hall\n1 Quay Street",
    ):
        assert block in blocks


def test_the_extractor_is_not_imported_before_a_page_is_read() -> None:
    code = "import sys, labeling.formats; sys.exit('trafilatura' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_break_spaces_stay_between_words_and_are_nothing_elsewhere() -> None:
    page = PAGE.replace("2,000 people", "2&#x202f;000&nbsp;people").replace(
        "second bridge</h1>", "second\u00a0bridge</h1>"
    )
    page = page.replace("<p>No one asked", "<p>&nbsp;</p><p>\u00a0 &nbsp;No one\u00a0 asked")
    found = read(page)
    assert isinstance(found, Article)
    assert "who carry 2\u202f000\u00a0people a day" in found.text
    assert "\n\nNo one asked us, and no one will." in found.text
    assert found.title == "Council backs second bridge"


def test_letters_that_stand_in_for_no_break_spaces_are_none_of_the_page() -> None:
    found = read(PAGE.replace("2,000 people", "\U00010600 2\u202f000\u00a0&#x10601;people"))
    assert isinstance(found, Article)
    assert "who carry \U00010600 2\u202f000\u00a0\U00010601people a day" in found.text


@pytest.mark.slow
def test_the_largest_page_is_read_in_less_than_250_megabytes() -> None:
    script = """
        from benchmarks.machine import peak_memory
        from labeling.formats import read_bytes
        from labeling.formats.html import MAX_PAGE
        words = "The 🌉 council voted on Sunday to build a second bridge. " * 18
        paragraphs = (f"<p>{number} {words}</p>" for number in range(MAX_PAGE // (len(words.encode()) + 13)))
        [row] = read_bytes("page.html", ("<html><body><article>" + "".join(paragraphs)).encode())
        print(len(row.text) > 2_500_000, peak_memory())
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    whole, megabytes = done.stdout.split()
    assert whole == "True"
    assert float(megabytes) < 250
