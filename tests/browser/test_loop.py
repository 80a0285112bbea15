"""The shortest loop: from a caret in a quotation to a record, in a few keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from labeling.annotation import article
from labeling.annotation.article import Article

from .conftest import Site
from .person import Keyboard, Mouse

TEXT = """The mayor, Anna Brook, said on Friday that the bridge would close in May.

“Nobody asked us,” Tomas Vell, a ferryman, told reporters. “We read it in the paper,” he said.

Anna Brook said the ferry would stay. Anna Brook smiled."""


@pytest.fixture
def story(site: Site) -> Article:
    """A short article in which two people speak."""
    return site.have(article.make(TEXT, title="The bridge", language="en", published="2024-03-04"))


@pytest.fixture
def ana(keyboard: Keyboard, story: Article) -> Keyboard:
    """Someone at the keyboard with the short article before them."""
    keyboard.open(story.id, story.text)
    return keyboard


def links(site: Site, person: Keyboard | Mouse) -> list[tuple[str, str, str, str | None]]:
    """What is saved of the links: type, the words of both ends, and whom the registry says the second one is."""
    person.wait_until_saved()
    exported = site.exported(person.article or "", person.name)
    names = {id: name for entries in exported["line"]["entries"].values() for id, name in entries.items()}
    spans = {span["id"]: span for span in exported["spans"]}
    ends = [(each["type"], spans[each["from"]], spans[each["to"]]) for each in exported["relations"]]
    return sorted(
        (kind, one["text"], other["text"], names.get(other["attributes"].get("who"))) for kind, one, other in ends
    )


def test_a_record_takes_five_keys_from_anywhere_and_a_jump_and_a_digit_change_its_quote(
    ana: Keyboard, site: Site
) -> None:
    ana.press("z")
    ana.press("a")
    ana.press(ana.see("letters", TEXT.index("asked"))[0])
    assert ana.caret == TEXT.index("asked")
    ana.press("q")
    quote = ana.active
    ana.press("Shift+R")  # a full name that no other entry has needs no question
    expect(ana.page.locator('[data-sw="article"][data-anchor]')).to_be_focused()
    assert ana.active == quote
    assert links(site, ana) == [
        ("cued_by", "“Nobody asked us,”", "told", None),
        ("said_by", "“Nobody asked us,”", "Tomas Vell", "Tomas Vell"),
    ]
    ana.press("Shift+Z")
    ana.press("n")  # but one word visible begins so: “Nobody”
    ana.press("2")
    ana.wait_until_saved()
    [changed] = [each for each in site.exported(ana.article or "", ana.name)["spans"] if each["label"] == "quote"]
    assert (changed["text"], changed["attributes"]) == ("“Nobody", {"borderline": True})


def test_a_link_that_makes_its_speaker_is_taken_back_in_one_step(ana: Keyboard, site: Site) -> None:
    ana.go(TEXT.index("asked"))
    ana.press("q")
    ana.press("l")
    ana.press("a")
    ana.press("Escape")
    assert len(links(site, ana)) == 1
    ana.press("Control+z")
    ana.wait_until_saved()
    assert [span["label"] for span in site.exported(ana.article or "", ana.name)["spans"]] == ["quote"]


def test_who_someone_is_is_known_by_name_or_the_same_words_and_offered_for_a_pronoun(ana: Keyboard, site: Site) -> None:
    for words, speaker in (("would close", "The mayor"), ("read it", "he"), ("would stay", "Anna Brook")):
        ana.go(TEXT.index(words))
        ana.press("q")
        ana.press("l")
        ana.press(ana.see("letters", TEXT.index(f"{speaker} said") if speaker != "The mayor" else 0)[0])
        if speaker == "Anna Brook":  # the entry of that name: nothing is asked
            continue
        field = ana.page.get_by_label("entity", exact=True)
        expect(field).to_be_focused()
        if words == "would close":
            ana.page.keyboard.type("Anna Brook")
        ana.press("Enter")
        expect(ana.page.locator('[data-sw="article"]')).to_be_focused()
    said = {quote: who for _, quote, _, who in links(site, ana)}
    assert said["“We read it in the paper,”"] == "Anna Brook"  # the one named before “he”: Enter takes it
    assert said["the ferry would stay"] == "Anna Brook"
    ana.go(TEXT.rindex("Anna"))
    ana.press("s")
    expect(ana.card(ana.active)).to_contain_text("Anna Brook")
    expect(ana.page.get_by_label("entity", exact=True)).to_have_value("Anna Brook")


def test_a_click_on_a_dashed_frame_links_too(story: Article, mouse: Mouse, site: Site) -> None:
    mouse.open(story.id, story.text)
    quote = mouse.mark("quote", (TEXT.index("“Nobody"), TEXT.index(" Tomas")))
    mouse.card(quote).locator('button[data-relation="said_by"]').click()
    mouse.page.locator(".sw-candidate").first.click()
    expect(mouse.page.get_by_label("entity", exact=True)).to_be_focused()
    mouse.page.keyboard.press("Enter")
    assert [(kind, speaker) for kind, _, speaker, _ in links(site, mouse)] == [("said_by", "Tomas Vell")]


def test_keys_go_from_sentence_to_sentence_and_from_paragraph_to_paragraph(ana: Keyboard) -> None:
    places = [0]
    for _ in range(2):
        ana.press(".")
        places.append(ana.caret)
    assert places == sorted(set(places))
    assert all(TEXT[:at].rstrip()[-1] in ".!?”’" for at in places[1:])
    for place in reversed(places[:-1]):
        ana.press(",")
        assert ana.caret == place
    ana.press("Control+End")
    assert ana.caret == len(TEXT)
    ana.press("Control+ArrowUp")
    assert ana.caret < len(TEXT)
    ana.press("Control+Home")
    assert ana.caret == 0
    ana.press("End")
    assert 0 < ana.caret <= TEXT.index("\n")
    ana.press("Home")
    assert ana.caret == 0


def test_a_key_removes_the_fragment_at_the_caret(ana: Keyboard) -> None:
    words = ("“Nobody asked us,”", "“We read it in the paper,”")
    one, other = ((TEXT.index(each), TEXT.index(each) + len(each)) for each in words)
    quote = ana.mark("quote", one, other)
    assert ana.marked(quote) == [one, other]
    ana.go(TEXT.index("read it"))
    ana.press("x")
    assert ana.marked(quote) == [one]
    ana.press("Control+z")
    assert ana.marked(quote) == [one, other]


def test_one_key_goes_from_quotation_to_date_past_what_is_marked(ana: Keyboard) -> None:
    def next_one() -> str:
        ana.press("n")
        [(start, end)] = ana.selected()
        return TEXT[start:end]

    assert next_one() == "Friday"
    ana.press("d")
    assert next_one() == "that the bridge would close in May"
    ana.press("q")
    assert next_one() == "May"  # inside of the quote just marked
    assert next_one() == "“Nobody asked us,”"
    ana.press("Shift+N")
    assert [TEXT[start:end] for start, end in ana.selected()] == ["May"]


def test_an_arrow_and_enter_take_another_choice_though_nothing_is_typed(ana: Keyboard, site: Site) -> None:
    ana.go(TEXT.index("asked"))
    ana.press("q")
    for name in ("Anna Brook", "Tomas Vell"):
        ana.press("l")
        ana.press(ana.see("letters", TEXT.index("he said" if name == "Anna Brook" else "Tomas"))[0])
        field = ana.page.get_by_label("entity", exact=True)
        expect(field).to_be_focused()
        if name == "Anna Brook":
            ana.page.keyboard.type(f"{name} Vell")
        else:
            expect(ana.page.get_by_role("option").nth(1)).to_be_visible()
            ana.press("ArrowDown")
        ana.press("Enter")
        expect(ana.page.locator('[data-sw="article"]')).to_be_focused()
    assert {who for _, _, _, who in links(site, ana)} == {"Anna Brook Vell", "Tomas Vell"}
