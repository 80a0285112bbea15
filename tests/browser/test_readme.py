"""The README's first five minutes, followed to the letter in a real browser, make the spans that an expert makes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect
from running import ROOT, Server

from labeling import sample

from .conftest import visit
from .person import Keyboard

NAME = "ana"
#: What a step asks for, as the README words it; a button is pressed by name, a page opened by its link.
_ACTIONS = re.compile(
    r"(?P<name>type your name)|[Cc]lick in “(?P<place>[^”]+)”|[Tt]ype the letter on “(?P<letter>[^”]+)”"
    r"|(?:[Pp]ress|,? and|see all shortcuts, and) `(?P<key>[^`]+)`|[Oo]pen \*\*(?P<page>[^*]+)\*\*(?: in the menu \*\*[^*]+\*\*)?"
    r"|choose \*\*(?P<choice>[^*]+)\*\*|press the button \*\*(?P<button>[^*]+)\*\*"
)


def _steps() -> list[str]:
    """Return the numbered steps of the README's first five minutes, each on one line."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## The first five minutes\n")[1].split("\nImport your own")[0]
    return [" ".join(step.split()) for step in re.split(r"^\d+\. ", section, flags=re.MULTILINE)[1:]]


def _actions() -> Iterator[tuple[str, str]]:
    """Yield what to do, in order: the kind of action and what it is done to."""
    for step in _steps():
        for found in _ACTIONS.finditer(step):
            assert found.lastgroup
            yield found.lastgroup, found[found.lastgroup]


def test_every_key_and_name_in_the_steps_is_something_to_do() -> None:
    for step in _steps():
        rest = _ACTIONS.sub("", step)
        assert re.findall(r"`(?!exports/)[^`]+`|\*\*[^*]+\*\*|[Tt]ype the|[Cc]lick", rest) == [], step


def test_the_first_five_minutes_lead_to_the_spans_of_the_gold_and_to_a_file(
    page: Page, serve: Callable[..., Server]
) -> None:
    server = serve()
    gold = json.loads(sample.gold_path().read_text(encoding="utf-8").splitlines()[0])
    reader = Keyboard(page, server.url, NAME)
    page.goto(server.url)
    for kind, what in _actions():
        if kind == "name":
            page.get_by_role("textbox", name="Name").fill(NAME)
        elif kind == "place":
            place = reader.see("place", gold["text"].index(what) + len(what) // 2, "start")
            page.mouse.click(place["x"], place["y"])
        elif kind == "letter":
            at = gold["text"].index(what)
            # A quote's letter stands at its quotation mark, which the README omits.
            read = "at => window.eyes.letters(at)[0] ?? window.eyes.letters(at - 1)[0]"
            page.keyboard.press(page.wait_for_function(read, arg=at).json_value())
        elif kind == "key":
            page.keyboard.press(what.replace("Ctrl", "Control"))
            page.wait_for_timeout(200)
        elif kind == "page":
            visit(page, what)
        elif kind == "choice":
            page.get_by_role("button", name=what).or_(page.get_by_text(what, exact=True)).first.click()
            if what == "Start labeling":
                reader.arrive(gold["id"], gold["text"])
        else:
            page.get_by_role("button", name=what, exact=True).click()
    expect(page.get_by_text("Exported to exports/").first).to_be_visible()
    (written,) = (server.project.parent / "exports").glob("*.jsonl")
    (line,) = [each for each in map(json.loads, written.read_bytes().splitlines()) if each["id"] == gold["id"]]
    (mine,) = line["annotations"]
    assert mine["status"] == "submitted"
    assert {(span["label"], span["text"]) for span in mine["spans"]} == {
        (
            "quote",
            "\"I'm going over to Lissen at the end of this week, and I don't intend to come home without a date,\"",
        ),
        ("speaker", "Ada Brekke"),
        ("claimed_date", "the end of this week"),
    }
    expert = gold["annotations"][0]
    words = {span["id"]: span["text"] for span in mine["spans"]}
    right = {
        (link["type"], span["text"].split(" … ")[0], other["text"].split(" … ")[0])
        for link in expert["relations"] for span in expert["spans"] for other in expert["spans"]
        if (span["id"], other["id"]) == (link["from"], link["to"])
    }  # fmt: skip
    links = {(link["type"], words[link["from"]], words[link["to"]]) for link in mine["relations"]}
    assert {kind for kind, _, _ in links} == {"said_by", "claimed_in"}
    assert links <= right
    (date,) = [span["attributes"]["value"]["edtf"] for span in mine["spans"] if span["label"] == "claimed_date"]
    assert date == "2024-03-14/2024-03-17"
