"""What keys mark of themselves: sentences, quotes, dates, speakers and entities as the language's rules propose them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

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


def next_one_is_selected(person: Keyboard) -> None:
    """Wait until what is likely to be marked next is selected beside the active span."""
    expect(person.page.locator('[data-sw="article"][data-anchor]')).to_be_focused()
    assert person.active


def quote_and_date_marked(site: Site, keyboard: Keyboard, text: str) -> Article:
    """Open an article of 4 March 2024, mark its first quote and the date in it, each by one key, and return it."""
    made = site.have(article.make(text, published="2024-03-04"))
    keyboard.open(made.id, made.text)
    keyboard.press("n")
    for _ in range(2):
        keyboard.press("Shift+R")
        next_one_is_selected(keyboard)
    return made


def speaking(site: Site, person: Keyboard) -> list[str]:
    """Return whom the saved speakers are said to be."""
    person.wait_until_saved()
    work = site.exported(person.article or "", person.name)
    names = {id: name for entries in work["line"]["entries"].values() for id, name in entries.items()}
    who = [span["attributes"].get("who") for span in work["spans"] if span["label"] == "speaker"]
    return [" + ".join(names[id] for id in ([each] if isinstance(each, str) else each or [])) for each in who]


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
    next_one_is_selected(person)
    assert spans(site, person, "cue") == ["said"]
    assert spans(site, person, "speaker") == ["Deputy Transport Minister Ada Brekke"]
    assert speaking(site, person) == ["Ada Brekke"]
    person.press("j")  # another entry replaces the one that no one asked for
    person.press("Enter")
    field = person.page.get_by_label("entity", exact=True)
    expect(field).to_have_value("Ada Brekke")
    person.page.keyboard.type("The minister")
    person.press("Enter")
    expect(person.page.locator('[data-sw="article"]')).to_be_focused()
    assert speaking(site, person) == ["The minister"]


def test_one_key_marks_what_is_offered_with_its_links_and_selects_the_next_offer(site: Site, person: Keyboard) -> None:
    person.go(TEXT.index("“The bridge will"))
    person.press("n")
    person.press("Shift+R")
    next_one_is_selected(person)
    quote = person.active
    assert spans(site, person, "quote") == [TEXT[TEXT.index("“The bridge") : TEXT.index(" Deputy")]]
    assert spans(site, person, "cue") == ["said"]
    assert spans(site, person, "speaker") == ["Deputy Transport Minister Ada Brekke"]
    [(start, end)] = person.selected()
    assert TEXT[start:end] == "this year"
    person.press("[")  # the quote is still active, and what is selected stays
    assert person.active == quote
    assert person.selected() == [(start, end)]
    assert spans(site, person, "quote") == [TEXT[TEXT.index("“The bridge") : TEXT.index("” Deputy")]]
    for _ in range(3):  # the edge, the links, the quote
        person.press("Control+z")
    assert spans(site, person, "quote") == []
    assert spans(site, person, "speaker") == []


def test_one_key_gives_a_date_its_value_and_its_quote_and_another_key_the_next_reading(
    site: Site, keyboard: Keyboard
) -> None:
    text = "“We will meet on Friday,” said Anna Brook. “Not before,” said Dov Marrick."
    dated = quote_and_date_marked(site, keyboard, text)
    expect(keyboard.card(keyboard.active).locator(".sw-date-value")).to_contain_text("Fri 8 Mar 2024")
    keyboard.wait_until_saved()
    work = site.exported(dated.id, keyboard.name)
    [date] = [span for span in work["spans"] if span["label"] == "claimed_date"]
    assert date["attributes"]["value"]["edtf"] == "2024-03-08"
    assert [link["type"] for link in work["relations"] if link["from"] == date["id"]] == ["claimed_in"]
    other = keyboard.card(keyboard.active).locator(".sw-other").first
    expect(other).to_contain_text("Fri 1 March 2024")
    keyboard.press("v")
    expect(keyboard.card(keyboard.active).locator(".sw-date-value")).to_contain_text("Fri 1 Mar 2024")
    keyboard.press("Control+z")
    expect(keyboard.card(keyboard.active).locator(".sw-date-value")).to_contain_text("Fri 8 Mar 2024")


def test_a_link_right_after_the_key_replaces_what_it_chose(site: Site, keyboard: Keyboard) -> None:
    text = "“The bridge is fine,” the friend of Ada Brekke told Dov Marrick in Lissen. Ilko Vránar left."
    story = site.have(article.make(text))
    keyboard.open(story.id, story.text)
    keyboard.press("n")
    keyboard.press("Shift+R")
    expect(keyboard.page.get_by_label("entity", exact=True)).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("l")
    keyboard.press(keyboard.see("letters", text.index("Ilko"))[0])
    expect(keyboard.page.locator('[data-sw="hint"]')).to_contain_text("replaced")

    def speakers() -> list[str]:
        keyboard.wait_until_saved()
        return [span["text"] for span in site.exported(story.id, keyboard.name)["spans"] if span["label"] == "speaker"]

    assert speakers() == ["Ilko Vránar"]
    keyboard.press("Escape")
    keyboard.press("Control+z")
    assert speakers() == ["the friend of Ada Brekke"]


def test_a_part_marked_right_after_the_key_is_linked_in_place_of_the_one_it_chose(
    site: Site, keyboard: Keyboard
) -> None:
    text = "“The bridge is fine,” the friend of Ada Brekke told Dov Marrick in Lissen. Ilko Vránar heard of it."
    story = site.have(article.make(text))
    keyboard.open(story.id, story.text)
    keyboard.press("n")
    keyboard.press("Shift+R")
    expect(keyboard.page.get_by_label("entity", exact=True)).to_be_focused()
    keyboard.press("Escape")
    quote = keyboard.active
    keyboard.go(text.index("heard"))
    keyboard.press("c")
    keyboard.go(text.index("Ilko"))
    keyboard.press("s")
    keyboard.press("Enter")
    expect(keyboard.page.locator('[data-sw="article"]')).to_be_focused()
    assert keyboard.active == quote
    keyboard.wait_until_saved()
    work = site.exported(story.id, keyboard.name)
    words = {span["id"]: span["text"] for span in work["spans"]}
    assert sorted(words.values()) == ["Ilko Vránar", "heard", "“The bridge is fine,”"]
    assert {(link["type"], words[link["to"]]) for link in work["relations"]} == {
        ("said_by", "Ilko Vránar"),
        ("cued_by", "heard"),
    }
    keyboard.press("c")  # on the quote, which is active now, the key changes the label as ever
    keyboard.press("Control+z")


def test_a_fragment_is_added_to_the_quote_though_a_date_in_it_was_marked_meanwhile(
    site: Site, keyboard: Keyboard
) -> None:
    text = "“We leave on Friday,” Ada Brekke said. “Nobody stays.”"
    story = quote_and_date_marked(site, keyboard, text)
    expect(keyboard.page.locator(".sw-hint-key", has_text="add to “We leave")).to_be_visible()
    keyboard.press("f")
    keyboard.wait_until_saved()
    [quote] = [span for span in site.exported(story.id, keyboard.name)["spans"] if span["label"] == "quote"]
    assert quote["text"] == "“We leave on Friday,” … “Nobody stays.”"


def test_one_click_marks_what_is_offered_and_shows_the_next_offer(site: Site, mouse: Mouse, story: Article) -> None:
    mouse.open(story.id, story.text)
    bar = mouse.page.get_by_role("toolbar", name="Labels")
    mouse.page.get_by_role("button", name="Select the next unmarked quote or date").click()
    expect(bar.get_by_role("button", name="Date with its value")).to_be_visible()
    quote = bar.get_by_role("button", name="Quote with its links")
    while not quote.is_visible():
        before = mouse.selected()
        bar.get_by_role("button", name="next").click()
        assert mouse.selected() != before
    quote.click()
    expect(mouse.record(mouse.active)).to_contain_text("Ada Brekke")
    expect(bar.get_by_role("button", name="Date with its value")).to_be_visible()


def test_a_record_is_linked_to_who_speaks_and_not_to_the_outlet_that_relays(site: Site, person: Keyboard) -> None:
    person.go(TEXT.index("Nobody will"))
    person.press("q")
    person.press("Shift+R")
    person.press("Escape")
    assert spans(site, person, "speaker") == ["the mayor"]


def test_linking_by_hand_goes_on_though_the_registry_answers_a_completed_record_late(
    site: Site, person: Keyboard
) -> None:
    person.go(TEXT.index("The bridge will not"))
    person.press("q")
    held: list[Route] = []
    person.page.route("**/api/registry/*", lambda route: held.append(route))
    article = person.page.locator('[data-sw="article"]')
    busy = article.evaluate(
        """(article) => [["R", "KeyR", true], ["l", "KeyL", false]].map(([key, code, shiftKey]) => {
          article.dispatchEvent(new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true }));
          return article.ariaBusy;
        })"""
    )
    assert busy == ["true", "true"]
    expect(article).not_to_have_attribute("aria-busy", "true")  # the registry is not waited for any longer
    expect(article).to_be_focused()
    assert person.page.locator("[data-letter]").count()
    person.press("Escape")
    assert spans(site, person, "speaker") == []
    person.page.unroute("**/api/registry/*")
    person.press("Shift+R")
    expect(article).not_to_have_attribute("aria-busy", "true")
    assert spans(site, person, "speaker") == ["Deputy Transport Minister Ada Brekke"]


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
    text = "Le ministre a dit : « Nous partons. » Et les autres sont dans la ville depuis le 8 mai, dit-il."
    french = site.have(article.make(text))
    keyboard.open(french.id, french.text)
    expect(keyboard.page.locator('[data-sw="hint"]')).to_contain_text("no rules for French yet")
    keyboard.go(text.index("partons"))
    keyboard.press("q")
    assert keyboard.marked(keyboard.active) == [(text.index("«"), text.index("»") + 1)]
