"""An article is untrusted: whatever it and its metadata hold shows as text, on every page, and runs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from labeling.annotation import article
from labeling.annotation.article import Article

from .conftest import Site, cells, complaints, visit
from .person import Keyboard

RUNS = "<script>window.pwned = 'script'</script>"
LOADS = "<img src=x onerror=\"window.pwned='img'\">"
DRAWS = "<svg onload=\"window.pwned='svg'\"></svg>"
LINKS = "<a href=\"javascript:window.pwned='a'\">here</a> [here](javascript:window.pwned='md')"
ENTITIES = "&lt;b&gt; &amp;amp; &#60;i&#62;"
OVERRIDE = "\u202etxt.drawkcab\u202c"
MARKDOWN = "**bold** `code` $x^2$ :red[red] # heading"

TEXT = f"""He said: “{RUNS}” and left.
{LOADS} {DRAWS}
{LINKS} {ENTITIES} {OVERRIDE} {MARKDOWN}
</p></div></script><style>body{{display:none}}</style><!-- {{{{7*7}}}} ${{7*7}}"""
TITLE = f"Title {RUNS} {LOADS} {ENTITIES} {OVERRIDE} {MARKDOWN}"
OUTLET = f"Outlet {RUNS} {LOADS} {ENTITIES} {OVERRIDE}"
URL = "javascript:window.pwned='url'"


@pytest.fixture
def hostile(site: Site) -> Article:
    """An article that tries everything, in its text and in its metadata."""
    return site.have(article.make(TEXT, title=TITLE, outlet=OUTLET, url=URL))


@pytest.fixture
def unharmed(page: Page) -> Iterator[Page]:
    """A page that must end with nothing run, nothing asked and nothing complained of."""
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    with complaints(page) as found:
        yield page
        assert page.evaluate("() => window.pwned") is None
    page.remove_listener("dialog", note)
    assert dialogs == []
    assert found == []


def assert_no_markup(page: Page) -> None:
    """Nothing that the article brought has become an element."""
    assert page.locator("img[onerror], svg[onload], [href^='javascript:'], [src='x']").count() == 0
    assert page.evaluate("() => [...document.scripts].filter(({ text }) => text.includes('pwned')).length") == 0
    assert page.evaluate("() => getComputedStyle(document.body).display") != "none"


def test_an_article_with_markup_shows_as_text_on_the_label_page(unharmed: Page, site: Site, hostile: Article) -> None:
    person = Keyboard(unharmed, site.url, site.newcomer())
    person.open(hostile.id, hostile.text)
    paragraphs = unharmed.locator('[data-sw="p"]').all_text_contents()
    assert "\n".join(paragraphs) == hostile.text
    assert unharmed.get_by_role("heading", level=1).text_content() == TITLE
    head = unharmed.locator('[data-sw="article"] header')
    expect(head).to_contain_text(OUTLET)
    expect(head).to_contain_text(URL)
    assert_no_markup(unharmed)


def test_a_javascript_address_is_no_link(unharmed: Page, site: Site, hostile: Article) -> None:
    person = Keyboard(unharmed, site.url, site.newcomer())
    person.open(hostile.id, hostile.text)
    assert unharmed.locator('[data-sw="article"] a').count() == 0
    unharmed.get_by_text(URL, exact=True).click()
    assert person.article == hostile.id


def test_an_address_on_the_web_is_a_link_that_tells_the_other_site_nothing(unharmed: Page, site: Site) -> None:
    made = article.make("An article with an address.", url="https://wire.example/a?b=<i>&c='\"")
    site.add(made)
    person = Keyboard(unharmed, site.url, site.newcomer())
    person.open(made.id, made.text)
    link = unharmed.locator('[data-sw="article"] a')
    assert link.get_attribute("href") == made.url
    assert set((link.get_attribute("rel") or "").split()) >= {"noopener", "noreferrer"}


def test_markup_in_marks_names_and_notes_shows_as_text(unharmed: Page, site: Site, hostile: Article) -> None:
    person = Keyboard(unharmed, site.url, site.newcomer())
    person.open(hostile.id, hostile.text)
    start = hostile.text.index(RUNS)
    quote = person.mark("quote", (start - 1, start + len(RUNS) + 1))
    person.describe(quote, {"utterance": f"utterance {LOADS}", "note": f"note {RUNS}"})
    start = hostile.text.index(LOADS)
    speaker = person.mark("speaker", (start, start + len(LOADS)))
    person.describe(speaker, {"who": f"who {DRAWS}"})
    person.link("said_by", quote, speaker)
    expect(person.record(quote)).to_contain_text(f"who {DRAWS}"[:20])
    person.press("?")
    person.press("Escape")
    person.press("g")
    person.wait_until_saved()
    assert_no_markup(unharmed)
    unharmed.reload()
    person.arrive(hostile.id, hostile.text)
    expect(person.card(quote)).to_contain_text(RUNS)
    expect(person.card(speaker)).to_contain_text(f"who {DRAWS}"[:20])
    assert_no_markup(unharmed)
    exported = site.exported(hostile.id, person.name)
    names = exported["line"]["entries"]
    assert list(names["source"].values()) == [f"who {DRAWS}"]
    assert list(names["utterance"].values()) == [f"utterance {LOADS}"]
    assert exported["spans"][0]["attributes"]["note"] == f"note {RUNS}"


def test_markup_in_files_and_titles_shows_as_text_on_the_import_page(
    unharmed: Page, site: Site, hostile: Article
) -> None:
    unharmed.goto(f"{site.url}/?annotator={site.newcomer()}")
    visit(unharmed, "Import")
    row = {"text": TEXT, "title": TITLE, "url": URL}
    bad = {"text": "A text.", "title": TITLE, "language": RUNS}
    upload = {"name": f"{MARKDOWN} <img src=x onerror=window.pwned=1>.jsonl", "mimeType": "application/json"}
    body = f"{json.dumps(row)}\n{json.dumps(bad)}\n".encode()
    unharmed.set_input_files("input[type=file]", [{**upload, "buffer": body}])
    unharmed.get_by_role("button", name="Import", exact=True).click()
    expect(cells(unharmed).filter(has_text=TITLE)).to_have_count(1)
    expect(cells(unharmed).filter(has_text=f"language “{RUNS}”")).to_have_count(1)
    expect(unharmed.get_by_role("alert")).to_contain_text("0 imported, 1 duplicate, 1 not imported")
    assert_no_markup(unharmed)


def test_nothing_runs_on_the_export_page(unharmed: Page, site: Site, hostile: Article) -> None:
    unharmed.goto(f"{site.url}/?annotator={site.newcomer()}")
    visit(unharmed, "Export")
    unharmed.get_by_text("One file", exact=True).click()
    unharmed.get_by_role("button", name="Export", exact=True).click()
    expect(unharmed.get_by_text("Exported to exports/")).to_be_visible()
    assert_no_markup(unharmed)


def test_a_name_with_markup_is_refused_or_shows_as_text(unharmed: Page, site: Site) -> None:
    for name in (LOADS, MARKDOWN):
        unharmed.goto(f"{site.url}/")
        field = unharmed.get_by_role("textbox", name="Name")
        field.fill(name)
        field.press("Enter")
        told = unharmed.get_by_role("alert").or_(unharmed.locator('[data-sw="workspace"]')).first
        told.wait_for()
        assert_no_markup(unharmed)


def test_no_page_asks_another_host_for_anything(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/?annotator={site.newcomer()}")
    for title in ("Import", "Export"):
        visit(page, title)
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
    page.wait_for_function("() => document.querySelector('link[rel~=icon]')?.href.startsWith('data:image/svg')")
    assert [url for url in asked if not url.startswith((site.url, "data:", "blob:"))] == []


def test_the_policy_of_the_pages_stops_nothing_on_the_first_page(page: Page, site: Site) -> None:
    site.newcomer()
    with complaints(page) as found:
        page.goto(site.url)
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
    assert [each for each in found if "Content Security Policy" in each] == []
