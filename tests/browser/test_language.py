"""What keys mark of themselves: sentences, quotes, dates, speakers and entities as the language's rules propose them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from labeling.annotation import article
from labeling.annotation.article import Article

from .conftest import Site
from .person import Keyboard, Mouse

TEXT = (
    "The council met Gen. Tomas Vell of the U.S. on Monday at 9 a.m. in Room No. 5 of the port. Then he left.\n\n"
    "Others wondered. “The bridge will not open again this year, whatever the council says,” Deputy Transport Minister Ada "
    "Brekke said. A senior E.U. envoy denied that. ''We will see,'' she added.\n\n"
    "“Nobody will pay,” The Harbour Times quoted the mayor as saying.\n\n"
    "For the time being, the bridge is shut. In the same vein, Brekke said that nobody would pay."
)
FIRST = TEXT[: TEXT.index(" Then")]


@pytest.fixture
def story(site: Site) -> Article:
    """An article with abbreviations, adverbials, an outlet that relays and two apostrophes as quotation marks."""
    return site.have(article.make(TEXT))


@pytest.fixture
def person(keyboard: Keyboard, story: Article) -> Keyboard:
    """Someone at the keyboard with this article."""
    keyboard.open(story.id, story.text)
    return keyboard


def spans(site: Site, person: Keyboard, label: str) -> list[str]:
    """Return the words of the saved spans with a label, in reading order."""
    person.wait_until_saved()
    found = [
        (start, end)
        for span in site.exported(person.article or "", person.name)["spans"]
        if span["label"] == label
        for start, end in span["fragments"]
    ]
    return [TEXT[start:end] for start, end in sorted(found)]


def test_abbreviations_end_no_sentence_for_keys(person: Keyboard) -> None:
    person.go(0)
    person.press("e")
    assert person.selected() == [(0, len(FIRST))]


def test_abbreviations_end_no_sentence_for_a_triple_click(mouse: Mouse, story: Article) -> None:
    mouse.open(story.id, story.text)
    place = mouse.see("place", TEXT.index("Room") + 1, "start")
    mouse.page.mouse.click(place["x"], place["y"], click_count=3)
    assert mouse.selected() == [(0, len(FIRST))]


def test_a_record_is_linked_within_its_sentence_and_its_speaker_named_without_titles(
    site: Site, person: Keyboard
) -> None:
    person.go(TEXT.index("The bridge will"))
    person.press("q")
    person.press("Shift+R")
    expect(person.page.locator(".sw-choice:visible").first).to_contain_text("Create “Ada Brekke”")
    person.press("Enter")
    assert spans(site, person, "cue") == ["said"]
    assert spans(site, person, "speaker") == ["Deputy Transport Minister Ada Brekke"]


def test_one_key_marks_what_is_offered_with_its_links(site: Site, person: Keyboard) -> None:
    person.go(TEXT.index("“The bridge will"))
    person.press("n")
    person.press("Shift+R")
    person.press("Enter")
    assert spans(site, person, "quote") == [TEXT[TEXT.index("“The bridge") : TEXT.index(" Deputy")]]
    assert spans(site, person, "cue") == ["said"]
    assert spans(site, person, "speaker") == ["Deputy Transport Minister Ada Brekke"]
    person.press("Control+z")
    person.press("Control+z")
    person.press("Control+z")
    assert spans(site, person, "quote") == []
    assert spans(site, person, "speaker") == []


def test_a_record_is_linked_to_who_speaks_and_not_to_the_outlet_that_relays(site: Site, person: Keyboard) -> None:
    person.go(TEXT.index("Nobody will"))
    person.press("q")
    person.press("Shift+R")
    person.press("Escape")
    assert spans(site, person, "speaker") == ["the mayor"]


def test_an_unnamed_source_is_not_taken_for_the_name_within_its_description(person: Keyboard) -> None:
    person.go(TEXT.index("envoy"))
    person.press("s")
    person.press("Enter")
    options = person.page.locator(".sw-choice:visible")
    expect(options.first).to_contain_text("Create “A senior E.U. envoy”")
    expect(options).to_have_count(1)


def test_quotation_marks_of_two_apostrophes_are_marked_whole_and_the_quote_is_direct(
    site: Site, person: Keyboard
) -> None:
    person.go(TEXT.index("We will see"))
    person.press("q")
    assert spans(site, person, "quote") == ["''We will see,''"]
    expect(person.record(person.active)).to_contain_text("direct")


def test_adverbials_are_neither_quotes_nor_dates(site: Site, person: Keyboard) -> None:
    seen = []
    person.go(0)
    for _ in range(12):
        person.press("n")
        selected = person.selected()
        if not selected or (seen and seen[-1] == selected[0]):
            break
        seen.append(selected[0])
    words = [TEXT[start:end] for start, end in seen]
    assert "that nobody would pay" in words
    assert not [
        each for each in words if each.lower() in ("then", "the time", "in the same vein", "for the time being")
    ]
    person.go(TEXT.index("Then he"))
    person.press("d")
    assert spans(site, person, "claimed_date") == []


def test_a_new_quote_has_no_utterance_to_accept(person: Keyboard) -> None:
    person.go(TEXT.index("We will see"))
    person.press("q")
    person.press("Enter")
    expect(person.page.get_by_label("utterance", exact=True)).to_be_focused()
    person.page.wait_for_timeout(300)
    expect(person.page.locator(".sw-choice:visible")).to_have_count(0)


def test_an_article_in_a_language_without_rules_says_so(site: Site, keyboard: Keyboard) -> None:
    text = "Der Minister sagte: „Wir gehen.“ Und das war nicht alles, sagte er, als die Brücke am 8. Mai brannte."
    german = site.have(article.make(text))
    keyboard.open(german.id, german.text)
    expect(keyboard.page.locator('[data-sw="hint"]')).to_contain_text("no rules for German yet")
    keyboard.go(text.index("gehen"))
    keyboard.press("q")
    assert keyboard.marked(keyboard.active) == [(text.index("„"), text.index("“") + 1)]
