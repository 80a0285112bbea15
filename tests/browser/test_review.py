"""The review page: two annotators and reviewers, from import to gold, by keyboard, by mouse and by fingers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import orjson
import pytest
from marking import mark
from playwright.sync_api import BrowserContext, Page, expect
from running import Server

from labeling.annotation import article
from labeling.schema import Schema
from labeling.services.export import write_export
from labeling.services.review import Reviewing

from .conftest import Site, build, complaints
from .person import Keyboard, Mouse
from .test_accessibility import AXE, broken

TEXT = """“Nobody asked us,” Tomas Vell, a ferryman, told reporters on Friday.

Anna Brook said nothing."""


def stretch(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def left(page: Page, number: int) -> None:
    """Wait until so many disagreements are left in the article, and everything is saved."""
    expect(page.locator('[data-sw="left"]')).to_have_attribute("data-left", str(number))
    expect(page.locator('[data-sw="saved"]')).to_have_attribute("data-state", "saved")


def test_two_annotators_and_a_reviewer_go_from_import_to_gold(
    fresh: Site, window: Callable[..., BrowserContext]
) -> None:
    story = article.make(TEXT, title="The ferry", language="en", published="2024-03-04")
    fresh.add(story)
    context = window()
    context.add_init_script(path=AXE)
    page = context.new_page()
    for name, speaker, dated in (("ana", "Tomas Vell", True), ("ben", "Tomas Vell, a ferryman", False)):
        person = Keyboard(page, fresh.url, fresh.store.sign_in(name))
        person.open(story.id, story.text)
        person.mark("cue", stretch("told"))
        person.mark("speaker", stretch(speaker))
        if dated:
            person.mark("claimed_date", stretch("Friday"))
        person.press("Control+Enter")  # asks for what is missing: an entity, a value, links
        expect(page.locator(".sw-hint")).to_contain_text("required items are missing")
        person.press("Control+Enter")
        expect(page.get_by_role("heading", name=re.compile("(is|are) done"))).to_be_visible()
        expect(page.locator('[data-sw="saved"]')).not_to_have_attribute("data-state", "saving")

    with complaints(page) as wrong:
        fresh.store.sign_in("rita")
        page.goto(f"{fresh.url}/review?annotator=rita")
        left(page, 2)
        expect(page.locator('[data-sw="article"]')).to_be_focused()
        assert "ana" not in page.locator('[data-sw="question"]').inner_text()
        assert broken(page) == []
        # Whoever saw the date is right.
        dated_lane = page.locator('[data-sw="offer"]', has_text="Friday").get_attribute("data-lanes")
        assert dated_lane
        page.keyboard.press(dated_lane.lower())
        left(page, 1)
        expect(page.locator('[data-sw="pattern"]')).to_contain_text("Speaker", ignore_case=True)
        # Neither is: first their union, taken back, then it is drawn again.
        page.keyboard.press("u")
        left(page, 0)
        page.keyboard.press("z")
        left(page, 1)
        page.keyboard.press("r")
        expect(page.locator('[data-sw="draft-span"]')).to_have_count(1)
        assert broken(page) == []
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("s")
        expect(page.locator('[data-sw="draft-span"] .sw-words')).to_have_text("Tomas")
        page.keyboard.press("Enter")
        left(page, 0)
        expect(page.locator(".sw-review-names")).to_contain_text("ana")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Everything is resolved")).to_be_visible()
        expect(page.locator(".sw-status")).to_be_in_viewport(ratio=1)
        page.keyboard.press("n")  # decides nothing: the question of before is out of sight
        page.keyboard.press("p")
        page.locator('[data-sw="policy"][data-rule="majority"] button').click()
        expect(page.locator('[data-sw="saved"]')).to_have_text("saved · 3")
        expect(page.get_by_role("heading", name="Everything is resolved")).to_be_visible()
        assert [each for each in wrong if "/_stcore/" not in each] == []  # Streamlit asks for its own below each page

    path = write_export(fresh.store, fresh.exports, gold=True, submitted=True)
    (line,) = map(orjson.loads, path.read_bytes().splitlines())
    (gold,) = line["annotations"]
    found = {span["text"]: span["provenance"] for span in gold["spans"]}
    assert list(found) == ["Tomas", "told", "Friday"]
    assert found["told"] == {"basis": "agreement", "votes": ["ana", "ben"], "asked": ["ana", "ben"]}
    assert (found["Friday"]["took"], found["Friday"]["votes"]) == ("version", ["ana"])
    assert (found["Tomas"]["took"], found["Tomas"]["reviewer"], found["Tomas"]["votes"]) == ("anew", "rita", [])


# --- one project for what follows, each test with articles of its own ---------------------------------------------------

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def disputed(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Site]:
    site = build(serve, tmp_path_factory.mktemp("disputed"), news)
    yield site
    site.server.stop()


def dispute(site: Site, text: str, ana: list[tuple[str, str]], ben: list[tuple[str, str]]) -> str:
    """Import an article of its own and submit what two marked; return its id."""
    made = article.make(f"{text} Number {next(_numbers)}.", title=f"Story {next(_numbers)}", published="2024-03-04")
    site.add(made)
    mark(site.store, "ana", made.id, *ana)
    mark(site.store, "ben", made.id, *ben)
    return made.id


def states(site: Site, id: str) -> list[str]:
    """How an article's disagreements stand, in the project file."""
    return [each["state"] for each in Reviewing(site.store).view("nobody", id)["disagreements"]]


def review(page: Page, site: Site, reviewer: str, id: str) -> None:
    page.goto(f"{site.url}/review?annotator={site.store.sign_in(reviewer)}&article={id}")
    page.locator('[data-sw="question"] [data-sw="offer"]').first.wait_for()


def lane(page: Page, words: str) -> str:
    """The key of the version that has these words."""
    found = page.locator('[data-sw="offers"] >> nth=0').or_(page.locator(".sw-offers"))
    offer = found.locator('[data-sw="offer"]').filter(has=page.locator(".sw-words", has_text=words)).first
    return str(offer.get_attribute("data-lanes")).lower()


def test_a_decision_is_taken_in_the_places_that_are_ticked_and_taken_back_in_all_of_them_by_one_key(
    disputed: Site, page: Page
) -> None:
    here, there, *rest = (
        dispute(disputed, "“We go home,” said Ada Brekke.", [("“We go home,”", "quote")], [("We go home,", "quote")])
        for _ in range(4)
    )
    review(page, disputed, "rita", here)
    page.keyboard.press(lane(page, "“"))
    left(page, 0)
    places = page.locator('[data-sw="alike"] label')
    expect(places).to_have_count(3)
    places.nth(0).locator("input").uncheck()
    page.keyboard.press("y")  # from the box, where y means what it means everywhere
    expect(page.locator('[data-sw="alike"]')).to_be_hidden()
    expect(page.locator('[data-sw="saved"]')).to_have_text("saved · 3")
    assert [states(disputed, id) for id in (here, there, *rest)] == [["decided"], ["open"], ["decided"], ["decided"]]
    page.keyboard.press("z")
    expect(page.locator('[data-sw="saved"]')).to_have_text("saved · 1")
    left(page, 0)
    assert [states(disputed, id) for id in (here, there, *rest)] == [["decided"], ["open"], ["open"], ["open"]]
    # Decided and taken back at once: it is this decision that goes, not the one before.
    page.goto(f"{disputed.url}/review?annotator=rita&article={there}")
    left(page, 1)
    for key in (lane(page, "“"), "z"):
        page.keyboard.press(key)
    left(page, 1)
    assert states(disputed, there) == ["open"]
    assert states(disputed, here) == ["decided"]


def test_a_second_opinion_stands_beside_the_first_which_is_asked_again(disputed: Site, page: Page) -> None:
    titled, bare = [("Minister Ada Brekke", "speaker")], [("Ada Brekke", "speaker")]
    here = dispute(disputed, "Minister Ada Brekke said so.", titled, bare)
    review(page, disputed, "rita", here)
    page.keyboard.press(lane(page, "Minister"))
    left(page, 0)
    review(page, disputed, "paul", here)
    expect(page.locator('[data-sw="decision"]')).to_have_text("rita took " + lane(page, "Minister").upper())
    page.keyboard.press("o")
    left(page, 1)
    expect(page.locator('[data-sw="decision"]')).to_have_count(0)
    page.keyboard.press("i")
    page.keyboard.press("n")
    left(page, 0)
    expect(page.locator('[data-sw="decision"]')).to_have_count(2)
    expect(page.locator('[data-sw="decision"][data-own="true"]')).to_contain_text("You")
    expect(page.locator('[data-sw="state"]')).to_contain_text("reviewers disagree")
    review(page, disputed, "rita", here)
    left(page, 1)
    expect(page.locator('[data-sw="decision"]')).to_contain_text(["You took", "paul None of these"])
    page.keyboard.press("n")
    left(page, 0)
    assert states(disputed, here) == ["decided"]


@pytest.mark.parametrize("size", [pytest.param((1440, 900), marks=pytest.mark.nightly), (390, 844)])
def test_everything_can_be_reviewed_without_the_keyboard(
    disputed: Site, window: Callable[..., BrowserContext], size: tuple[int, int]
) -> None:
    words = "“We open on Friday,” Ada Brekke said."
    quote = ("“We open on Friday,”", "quote")
    here = dispute(disputed, words, [quote, ("on Friday", "claimed_date")], [quote, ("said", "cue")])
    other = dispute(disputed, "Nobody came on Sunday.", [("Sunday", "claimed_date")], [("on Sunday", "claimed_date")])
    context = window(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(path=AXE)
    page = context.new_page()
    with complaints(page) as wrong:
        reviewer = f"mia-{size[0]}"
        review(page, disputed, reviewer, here)
        left(page, 2)
        mouse = Mouse(page, disputed.url, reviewer)
        mouse.text = str(disputed.store.article(here).text)  # type: ignore[union-attr]
        for point in ("said", "Friday"):  # the date lies inside a quote that both have
            place = mouse.see("place", words.index(point) + 1, "start")
            page.mouse.click(place["x"], place["y"])
            expect(page.locator(".sw-offers")).to_contain_text(point)
        page.locator('[data-sw="anew"]').click()
        mouse.select(words.index("Friday"), words.index("Friday") + len("Friday"))
        page.locator('[data-sw="question"] [data-label="claimed_date"]').click()
        expect(page.locator('[data-sw="draft-span"] .sw-words')).to_have_text("Friday")
        written = page.get_by_label("date, in words")
        written.fill("8 March 2024")
        page.get_by_label("modality", exact=True).select_option(index=1)
        expect(page.get_by_label("date", exact=True).locator("option:checked")).to_have_text("8 Mar 2024")
        expect(page.get_by_label("modality", exact=True)).not_to_have_value("")
        page.get_by_role("checkbox", name="claimed in").check()  # no one drew that link
        assert broken(page) == []
        page.locator('[data-sw="take-draft"]').click()
        left(page, 1)
        page.locator('[data-sw="offer"][data-take="none"]').click()
        left(page, 0)
        page.locator('[data-sw="undo"]').click()
        left(page, 1)
        page.locator('[data-sw="offer"]', has_text="said").click()
        left(page, 0)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.locator('[data-sw="previous-article"]').click()
        page.locator('[data-sw="next-article"]').click()
        page.locator('[data-sw="second"]').click()
        expect(page.locator('[data-sw="second"]')).to_have_attribute("aria-pressed", "true")
        page.locator('button[data-sw="overview"]').click()
        page.locator('[data-sw="pattern-found"] summary').last.click()
        expect(page.locator('[data-sw="policy"]')).to_have_count(5)
        assert [each for each in wrong if "/_stcore/" not in each] == []
    (gold,) = (line for line in write(disputed) if line["id"] == here)
    (settled,) = gold["annotations"]
    dated = next(span for span in settled["spans"] if span["label"] == "claimed_date")
    assert (dated["text"], dated["attributes"]["value"]["edtf"]) == ("Friday", "2024-03-08")
    assert [link["type"] for link in settled["relations"]] == ["claimed_in"]
    assert states(disputed, other) == ["open"]


def write(site: Site) -> list[dict[str, object]]:
    path = write_export(site.store, site.exports, gold=True)
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]
