"""The cards beside the text: records with their parts, what is missing and why it may be, comments."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from labeling.annotation import article, ops
from labeling.annotation.article import Article

from .conftest import Site
from .person import Keyboard

TEXT = """On Friday Mike Pompeo said: “We will meet on Sunday.”
“Not this week,” Kim told Yonhap. “Why not?” the reporter wondered."""


@pytest.fixture
def story(site: Site) -> Article:
    """A short article with two quotes and a question."""
    return site.have(article.make(TEXT, title="Pompeo to meet Kim", outlet="The Wire", published="2018-11-04"))


@pytest.fixture
def at_work(keyboard: Keyboard, story: Article) -> Keyboard:
    """Someone at the keyboard with the short article before them."""
    keyboard.open(story.id, story.text)
    return keyboard


def mark(person: Keyboard, label: str, words: str) -> str:
    """Mark the first place where the words stand."""
    start = TEXT.index(words)
    return person.mark(label, (start, start + len(words)))


def test_a_record_shows_its_parts_and_a_line_of_it_opens_its_mark(at_work: Keyboard) -> None:
    quote = mark(at_work, "quote", "“We will meet on Sunday.”")
    speaker = mark(at_work, "speaker", "Mike Pompeo")
    cue = mark(at_work, "cue", "said")
    date = mark(at_work, "claimed_date", "Sunday")
    alone = mark(at_work, "claimed_date", "Friday")
    for kind, source, target in (
        ("said_by", quote, speaker),
        ("cued_by", quote, cue),
        ("claimed_in", date, quote),
    ):
        at_work.link(kind, source, target)
    record = at_work.record(quote)
    for words in ("Quote", "direct", "said by", "Mike Pompeo", "introduced by", "said", "Date", "Sunday"):
        expect(record).to_contain_text(words)
    assert at_work.page.locator('[data-sw="record"]').evaluate_all("(all) => all.map((each) => each.dataset.head)") == [
        alone,
        quote,
    ]
    expect(at_work.record(alone)).to_contain_text("claimed in the article itself")
    at_work.card(speaker).get_by_role("button").first.click()
    assert at_work.active == speaker
    expect(at_work.card(speaker).get_by_label("entity", exact=True)).to_be_visible()
    lit = at_work.page.locator(".sw-mark.sw-lit").all_inner_texts()
    assert {"said", "Sunday"} <= set(lit), "the rest of the record lights up"
    at_work.card(speaker).get_by_role("button", name="Remove link said by").click()
    expect(at_work.record(speaker)).to_be_visible()
    expect(record.locator('[data-sw="missing"]').first).to_contain_text("said by ?")


def test_what_is_missing_shows_on_the_card_in_the_text_and_at_submit_until_it_is_waived_with_a_reason(
    site: Site, at_work: Keyboard, page: Page
) -> None:
    quote = mark(at_work, "quote", "“Why not?”")
    missing = at_work.record(quote).locator('[data-sw="missing"]')
    expect(missing).to_contain_text("said by ?")
    lacking = page.locator(".sw-mark[data-lacks]")
    expect(lacking).to_have_count(1)
    at_work.press("Control+Enter")
    expect(page.locator('[data-sw="hint"]')).to_contain_text("“said by” is missing")
    at_work.press("Escape")
    at_work.press("u")
    page.keyboard.type("an interviewer’s question")
    at_work.press("Enter")
    expect(missing).to_have_count(0)
    expect(lacking).to_have_count(0)
    expect(at_work.record(quote).locator('[data-sw="waived"]')).to_contain_text("an interviewer’s question")
    expect(page.locator('[data-sw="article"]')).to_be_focused()
    at_work.wait_until_saved()
    [span] = site.exported(at_work.article or "", at_work.name)["spans"]
    assert span["waived"] == {"said_by": "an interviewer’s question"}
    at_work.press("Control+z")
    expect(missing).to_have_count(1)
    at_work.press("Control+y")
    expect(missing).to_have_count(0)
    at_work.submit()
    assert site.store.progress(at_work.name)["submitted"] == 1


def test_two_people_in_one_speaker_are_two_entries_which_are_added_and_removed_one_by_one(
    site: Site, at_work: Keyboard
) -> None:
    speaker = mark(at_work, "speaker", "Mike Pompeo")
    field = at_work.card(speaker).get_by_label("entity", exact=True)
    options = at_work.card(speaker).get_by_role("option")
    # Names of this run alone: an entry that an earlier test has created is offered, not created again.
    ada, ilko = (f"{name} {secrets.token_hex(3)}" for name in ("Ada", "Ilko"))
    for name in (ada, ilko):
        field.fill(name)
        options.filter(has_text=f"Create “{name}”").click()
    expect(field).to_have_value(f"{ada} and {ilko}")
    at_work.wait_until_saved()

    def entries() -> list[str]:
        [span] = site.exported(at_work.article or "", at_work.name)["spans"]
        held = span["attributes"]["who"]
        names = site.store.registries()["source"]
        return [names[each] for each in (held if isinstance(held, list) else [held])]

    assert entries() == [ada, ilko]
    field.click()
    options.filter(has_text=f"Remove “{ada}”").click()
    expect(field).to_have_value(ilko)
    at_work.wait_until_saved()
    assert entries() == [ilko]


def test_a_comment_on_a_mark_and_one_on_the_article_are_kept_flagged_changed_and_removed(
    site: Site, story: Article, at_work: Keyboard, page: Page
) -> None:
    quote = mark(at_work, "quote", "“Not this week,”")
    at_work.press("m")
    page.keyboard.type("Is the comma part of it?")
    page.get_by_label("Guideline unclear").check()
    page.get_by_label("Comment on").press("Enter")
    expect(at_work.record(quote)).to_contain_text("Is the comma part of it?")
    expect(at_work.record(quote)).to_contain_text("Guideline unclear")
    at_work.press("Escape")
    at_work.press("Escape")
    at_work.press("m")
    page.keyboard.type("A reprint?")
    at_work.press("Enter")
    at_work.wait_until_saved()
    page.reload()
    at_work.arrive(story.id, TEXT)
    on_article = page.locator('[data-sw="comment"]', has_text="A reprint?")
    expect(on_article).to_be_visible()
    on_article.get_by_role("button", name="A reprint?").click()
    page.get_by_label("Comment on this article").fill("A reprint of Monday’s")
    at_work.press("Enter")
    expect(page.locator('[data-sw="comment"]', has_text="A reprint of Monday’s")).to_be_visible()
    page.locator('[data-sw="comment"]', has_text="comma").get_by_role("button", name="Remove this comment").click()
    at_work.wait_until_saved()
    exported = site.exported(at_work.article or "", at_work.name)
    assert [(each["span"], each["text"]) for each in exported["comments"]] == [(None, "A reprint of Monday’s")]


def test_undo_and_redo_survive_a_reload(site: Site, story: Article, at_work: Keyboard, page: Page) -> None:
    first = mark(at_work, "quote", "“Not this week,”")
    second = mark(at_work, "speaker", "Kim")
    at_work.press("Control+z")
    at_work.wait_until_saved()
    page.reload()
    at_work.arrive(story.id, TEXT)
    records = page.locator('[data-sw="record"]')
    expect(records).to_have_count(1)
    at_work.press("Control+y")
    expect(at_work.record(second)).to_be_visible()
    at_work.press("Control+z", 2)
    expect(records).to_have_count(0)
    at_work.press("Control+y", 2)
    expect(records).to_have_count(2)
    at_work.wait_until_saved()
    assert {span["id"] for span in site.exported(at_work.article or "", at_work.name)["spans"]} == {first, second}


def test_the_history_tells_what_was_done_shows_earlier_states_and_brings_one_back(
    site: Site, at_work: Keyboard, page: Page
) -> None:
    quote = mark(at_work, "quote", "“Not this week,”")
    speaker = mark(at_work, "speaker", "Kim")
    at_work.link("said_by", quote, speaker)
    at_work.activate(quote)
    at_work.press("Delete")
    at_work.press("h")
    events = page.locator(".sw-event")
    expect(events).to_have_count(4)
    expect(events.nth(0)).to_contain_text("Removed: quote")
    expect(events.nth(1)).to_contain_text("said by speaker “Kim”")
    at_work.press("ArrowDown")
    expect(at_work.record(quote)).to_contain_text("Kim")
    at_work.press("ArrowDown")
    expect(at_work.record(speaker)).to_be_visible()
    at_work.press("Escape")
    expect(page.locator('[data-sw="record"]')).to_have_count(1)
    at_work.press("h")
    expect(events).to_have_count(4)
    at_work.press("ArrowDown")
    page.get_by_role("button", name="Restore this state").click()
    expect(at_work.record(quote)).to_contain_text("Kim")
    at_work.wait_until_saved()
    exported = site.exported(at_work.article or "", at_work.name)
    assert [(each["type"], each["from"], each["to"]) for each in exported["relations"]] == [("said_by", quote, speaker)]
    at_work.press("Control+z")
    expect(at_work.record(quote)).to_have_count(0)


def test_words_are_found_in_the_text_and_the_caret_goes_there(at_work: Keyboard, page: Page) -> None:
    at_work.press("/")
    page.keyboard.type("kim TOLD")
    expect(page.get_by_role("search")).to_contain_text("1 of 1")
    page.keyboard.press("Control+a")
    page.keyboard.type("we")
    expect(page.get_by_role("search")).to_contain_text("1 of 2")
    at_work.press("Enter")
    expect(page.get_by_role("search")).to_contain_text("2 of 2")
    at_work.press("Escape")
    expect(page.locator('[data-sw="article"]')).to_be_focused()
    assert at_work.caret == TEXT.index("week")


def test_quotation_marks_are_included_as_the_label_set_says_unless_single_characters_are_selected(
    at_work: Keyboard,
) -> None:
    start = TEXT.index("We will meet on Sunday.")
    at_work.select(start, start + len("We will meet on Sunday."))
    at_work.press("q")
    assert at_work.marked(at_work.active) == [(start - 1, start + len("We will meet on Sunday.”"))]
    at_work.press("Control+z")
    at_work.press("w")
    at_work.select(start, start + len("We will meet on Sunday."))
    at_work.press("q")
    assert at_work.marked(at_work.active) == [(start, start + len("We will meet on Sunday."))]


def test_a_card_keeps_the_focus_when_it_is_drawn_again_however_many_come_before_it(
    keyboard: Keyboard, site: Site
) -> None:
    made = site.have(article.make(" ".join(f"Person{number:02}" for number in range(14))))
    keyboard.open(made.id, made.text)
    for at in range(0, len(made.text), 9):
        keyboard.mark("speaker", (at, at + 8))
    unnamed = keyboard.page.get_by_label("unnamed", exact=True)
    for _ in range(4):  # the last of a group of cards, and its neighbors
        keyboard._reach(keyboard.active, "unnamed")
        keyboard.press("Space")
        keyboard.wait_until_saved()
        expect(unnamed).to_be_focused()
        expect(unnamed).to_be_checked()
        keyboard.press("Escape")
        keyboard.press("k")


def test_tab_goes_on_from_a_field_whose_list_of_choices_is_too_long_to_show(site: Site, at_work: Keyboard) -> None:
    entries = [
        ops.load(
            {
                "number": number,
                "kind": "register",
                "registry": "utterance",
                "id": f"u{number}",
                "name": f"Utterance {number}: {TEXT[:90]}",
            }
        )
        for number in range(1, 20)
    ]
    assert not site.store.append(at_work.name, at_work.article or "", secrets.token_hex(8), 0, entries).refused
    quote = mark(at_work, "quote", "“Not this week,”")
    at_work.press("Enter")
    at_work.page.keyboard.type("utterance")
    expect(at_work.card(quote).get_by_role("option").nth(6)).to_be_visible()
    at_work.press("Tab")
    assert at_work.see("focused") == "note"
