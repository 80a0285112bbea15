"""What annotators of the effort benchmark do at the label page by keyboard, one method a thing, and what they see of it.

They see what is painted: the text, what is selected, underlined or active in it, letters and dashed frames over it, the words
on cards, choices and buttons, the keys in the last line. The ids of spans only say which of them is meant: each belongs to an
underline or a line of a card. No value, target or offset is read where the page doesn't show it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from playwright.sync_api import expect

from benchmarks.golds import FIELDS, LABEL_KEYS, LINK_KEYS, Stretch
from benchmarks.hands import Hands
from labeling.dates.edtf import Edtf
from labeling.dates.notation import parse
from labeling.dates.wording import describe

_LOOK = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""
_IDS = """() => [...new Set([...document.querySelectorAll('[data-sw="p"] [data-spans]')].flatMap((each) =>
  each.dataset.spans.split(" ")))]"""
#: The words of the active date's value or of the reading that is proposed; whether it is proposed, alone or among others; and the
#: other readings that stand beside a value.
_DATE = """(id) => {
  const said = document.querySelector(`[data-sw="record"] [data-span="${id}"] .sw-date-value`);
  if (!said) return null;
  const bare = (text) => text.replace(/^v(?=[^a-z]|$)/u, "").replace("or another", "").trim();
  const others = [...said.querySelectorAll(".sw-other")].map((each) => bare(each.innerText.replace(/\\s+/gu, " ").trim()));
  const own = [...said.childNodes].filter((each) => !each.matches?.(".sw-other, .sw-remark"));
  const words = own.map((each) => each.innerText ?? each.data).join(" ").replace(/\\s+/gu, " ").trim();
  return { words: bare(words), proposed: said.querySelector(".sw-accept") !== null, several: words.includes("or another"), others };
}"""
#: Whether all that stands in the field stands out as selected.
_ALL_SELECTED = """() => {
  const { value, selectionStart, selectionEnd } = document.activeElement;
  return selectionStart === 0 && selectionEnd === value.length;
}"""
#: Which choice under the field that has the focus stands out; -1 for none, as in a field that has a value.
_HERE = """() => {
  const list = document.getElementById(document.activeElement.getAttribute("aria-controls"));
  return [...list.children].findIndex((each) => each.matches(".sw-here"));
}"""
#: What of a date's words says which date it is.
_SAYS = re.compile(
    r"\d+(?::\d+)*|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|spring|summer|autumn|winter|from|until|or|and)"
    r"|about|approx|uncertain|unknown|BC"
)
#: Milliseconds in which the reading of a date comes from the server.
_READING = 150


class DateLine(NamedTuple):
    """What a date's card says of a value: it is this one; it is only proposed, alone or among others; `other`: it is so many further on."""

    right: bool
    proposed: bool
    several: bool
    other: int | None


class Keys:
    """The ways of a keyboard."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    # --- looking ----------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Wait until the page shows what has just been done."""
        self.hands.page.evaluate(_LOOK)

    def settle(self) -> None:
        """Wait until the page has asked the registry for names, which its pointer shows."""
        self.hands.page.locator('[data-sw="article"]:not([aria-busy])').wait_for()
        self.look()

    def seen(self) -> list[str]:
        """The spans on the page."""
        return [each for each in self.hands.page.evaluate(_IDS) if ":" not in each]

    def offers(self, label: str) -> bool:
        """Whether the page says that it would mark the selection with the label and what belongs to it."""
        title = {"quote": "Quote", "claimed_date": "Date"}[label]
        return f"{title} with its" in " ".join(self.hands.page.locator(".sw-hint-key").all_inner_texts())

    def adds_to(self, words: str) -> bool:
        """Whether the page says that the selection can be added to what begins with these words."""
        keys = self.hands.page.locator(".sw-hint-key").all_inner_texts()
        return any("add to" in each and words[:10] in each for each in keys)

    def says(self, own: str, edtf: str) -> DateLine | None:
        """What the card of the active date says of a value."""
        self.look()
        self.hands.page.wait_for_timeout(_READING)
        shown = self.hands.page.evaluate(_DATE, own)
        if not shown:
            return None
        value = parse(edtf)
        others = [is_said(each, value) for each in shown["others"]]
        at = others.index(True) if True in others else None
        return DateLine(is_said(shown["words"], value), shown["proposed"], shown["several"], at)

    def says_date(self, own: str) -> bool:
        """Whether the card of the active date says a value on the calendar."""
        self.hands.page.wait_for_timeout(_READING)
        shown = self.hands.page.evaluate(_DATE, own)
        return bool(shown and not shown["proposed"] and _SAYS.search(shown["words"].lower()))

    def framed(self) -> list[tuple[str, Stretch, dict[str, Any]]]:
        """The letters on frames around what could be marked, the words in each frame, and where it is."""
        return [(each["letter"], tuple(each["stretch"]), each) for each in self.hands.see("framed")]

    def shown(self, details: bool = False) -> list[str]:
        """The choices under the field that has the focus; or their values as they stand beside them."""
        return self.hands.choices(details)

    # --- fields -----------------------------------------------------------------------------------------------------

    def leave_field(self) -> None:
        """Leave a field that has been opened for something else."""
        if self.hands.page.evaluate("() => document.activeElement.matches('input, select, textarea')"):
            with self.hands.by("leave a field"):
                self.hands.press("Escape")

    def open_publication(self) -> None:
        """Open the field of the publication date."""
        with self.hands.by("open a field"):
            self.hands.press("Shift+D")

    def open_field(self, label: str) -> None:
        """Go into the first field of the active span."""
        with self.hands.by("open a field"):
            self.hands.press("Enter")
        expect(self.hands.page.get_by_label(FIELDS[label], exact=True)).to_be_focused()

    def type_over(self, text: str) -> None:
        """Type a text over what stands in the field."""
        with self.hands.by("type"):
            if not self.hands.page.evaluate(_ALL_SELECTED):
                self.hands.press("Control+a")
            self.hands.type(text)

    def type_on(self, text: str) -> None:
        """Type some more of a text."""
        with self.hands.by("type"):
            self.hands.type(text)

    def accept(self) -> None:
        """Accept the reading of the active date."""
        with self.hands.by("accept a date"):
            self.hands.press("v")
        expect(self.hands.page.get_by_label("date", exact=True)).not_to_have_value("")

    def accept_other(self, at: int) -> None:
        """Take the reading that stands so many further on beside the value of the active date."""
        with self.hands.by("take another reading"):
            self.hands.press("v", at + 1)
        self.look()

    def take(self, wanted: list[str], details: bool = False) -> str:
        """Take the first choice that is wanted, and return it."""
        shown = self.shown(details)
        at = next((number for number, each in enumerate(shown) if each in wanted), None)
        if at is None:
            raise RuntimeError(f"{wanted} is not among {shown}")
        with self.hands.by("take a choice"):
            self.pick(at)
        expect(self.hands.page.locator('[data-sw="article"]')).to_be_focused()
        return shown[at]

    def pick(self, at: int) -> None:
        """Take the choice that is so many below the first: from the one that stands out, or from above if none does."""
        here = int(self.hands.page.evaluate(_HERE))
        self.hands.press("ArrowDown" if at >= here else "ArrowUp", abs(at - here))
        self.hands.press("Enter")

    # --- spans ------------------------------------------------------------------------------------------------------

    def next_offer(self) -> None:
        """Select what the page offers next."""
        with self.hands.by("next offer"):
            self.hands.press("n")

    def last_offer(self) -> None:
        """Select what the page offered before."""
        with self.hands.by("next offer"):
            self.hands.press("Shift+N")

    def label(self, label: str) -> None:
        """Give the selection a label."""
        with self.hands.by("mark by label"):
            self.hands.press(LABEL_KEYS[label])

    def propose(self) -> None:
        """Have what is selected marked with all that belongs to it, or the active record completed."""
        with self.hands.by("mark with all"):
            self.hands.press("Shift+R")

    def undo(self) -> None:
        """Take the last step back."""
        with self.hands.by("undo"):
            self.hands.press("Control+z")

    def add(self) -> None:
        """Add the selection to the span that was active last."""
        with self.hands.by("add a fragment"):
            self.hands.press("f")

    def remove(self) -> None:
        """Remove the active span."""
        with self.hands.by("remove a span"):
            self.hands.press("Delete")

    def step_edge(self, side: str, forward: bool) -> None:
        """Move an edge of the active span by a word."""
        with self.hands.by("move an edge"):
            self.hands.press({"end": "[]", "start": "{}"}[side][forward])

    # --- links ------------------------------------------------------------------------------------------------------

    def open_link(self, kind: str) -> None:
        """Begin a link of the active span."""
        with self.hands.by("link one by one"):
            self.hands.press(LINK_KEYS[kind])

    def choose_span(self, own: str) -> None:
        """Choose a span by the letter on it."""
        letter = self.hands.see("letterOn", own)
        with self.hands.by("link one by one"):
            self.hands.press(letter)

    def choose_frame(self, letter: str, frame: dict[str, Any]) -> None:
        """Choose what stands in a frame by the letter on it."""
        with self.hands.by("link one by one"):
            self.hands.press(letter)

    def cancel(self) -> None:
        """Give up the link that is being made."""
        with self.hands.by("link one by one"):
            self.hands.press("Escape")


def is_said(words: str, value: Edtf) -> bool:
    """Whether words say a date, in the short form of values or in the long one of readings."""
    words = re.sub(r"\(if counted from .*\)", "", words)
    said, wanted = (Counter(_SAYS.findall(each.lower())) for each in (words, describe(value)))
    for each in (said, wanted):
        each["about"] += each.pop("approx", 0)
    return +said == +wanted
