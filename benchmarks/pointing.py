"""An annotator who goes by what is visible with the mouse, and types only into fields."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from benchmarks.golds import FIELDS, Stretch
from benchmarks.sighted import Sighted
from benchmarks.spans import STEPS

#: The buttons on a card that move an edge, by the edge and whether it moves forward.
_EDGES = {
    ("start", False): "Move the start back by a word",
    ("start", True): "Move the start forward by a word",
    ("end", False): "Move the end back by a word",
    ("end", True): "Move the end forward by a word",
}
_TOP = """(point) => {
  const article = document.querySelector('[data-sw="article"]');
  const place = window.eyes.place(point, "start");
  article.scrollTop += place.y - article.getBoundingClientRect().top - article.clientHeight / 3;
}"""
#: Whether something is what one sees at a place: an open list covers what is below it.
_SEEN_AT = """(what, [x, y]) => what.contains(document.elementFromPoint(x, y))"""


class Pointing(Sighted):
    """The ways of a mouse."""

    # --- spans ------------------------------------------------------------------------------------------------------

    def by_hand(self, id: str, wanted: Stretch) -> None:
        label = self.gold.spans[id]["label"]
        self.select(wanted)
        self.whole = label == "quote" and self.is_record(id) and self.offers(label)
        return self.propose() if self.whole else self.label(label)

    def label(self, label: str) -> None:
        with self.hands.by("mark by label"):
            self.click(self.hands.page.locator(f'[data-label="{label}"]'))

    def propose(self) -> None:
        bar = self.hands.page.locator('[data-label="record"]')
        self.look()
        with self.hands.by("mark with all"):
            self.click(bar if bar.is_visible() else self.own_card().locator('[data-sw="propose"]'))

    def next_offer(self) -> None:
        bar = self.hands.page.locator('[data-label="next"]')
        with self.hands.by("next offer"):
            panel = self.hands.page.get_by_role("button", name="Select the next unmarked quote or date")
            self.click(bar if bar.is_visible() else panel)
        self.look()

    def last_offer(self) -> None:
        """With the mouse, one doesn't go back."""

    def undo(self) -> None:
        with self.hands.by("undo"):
            self.click(self.hands.page.get_by_role("button", name="Undo", exact=True))

    def add(self) -> None:
        with self.hands.by("add a fragment"):
            self.click(self.hands.page.locator('[data-label="+"]'))

    def remove(self) -> None:
        with self.hands.by("remove a span"):
            self.click(self.own_card().get_by_role("button", name="Remove this span"))

    def step_edge(self, side: str, forward: bool) -> None:
        with self.hands.by("move an edge"):
            self.click(self.own_card().get_by_role("button", name=_EDGES[side, forward]))

    def edge(self, side: str, at: int, wanted: Stretch) -> None:
        goal = wanted[side == "end"]
        outwards = (goal > at) == (side == "end")
        if outwards and self.words_between(at, goal) > STEPS:
            self.select(wanted)
            if self.hands.page.locator('[data-label="+"]').is_visible():
                return self.add()
        self.step_edge(side, goal > at)

    def select(self, wanted: Stretch) -> None:
        with self.hands.by("select"):
            self._select(wanted)

    def _select(self, wanted: Stretch) -> None:
        hands = self.hands
        ends = [hands.see("place", wanted[0], "start"), hands.see("place", wanted[1], "end")]
        if not all(end and end["seen"] for end in ends):
            hands.scroll()
            hands.page.evaluate(_TOP, wanted[0])
            self.look()
            ends = [hands.see("place", wanted[0], "start"), hands.see("place", wanted[1], "end")]
        first, last = ((float(end["x"]), float(end["y"])) for end in ends)
        hands.drag(first, last)
        if not hands.selected():  # too short a way for a drag: a double click, which counts as two
            middle = (first[0] + last[0]) / 2, first[1]
            hands.double_click(*middle)

    def activate(self, own: str) -> None:
        with self.hands.by("go to a span"):
            self.click(self.hands.card(own).get_by_role("button").first)
        self.look()

    # --- fields -----------------------------------------------------------------------------------------------------

    def leave_field(self) -> None:
        """A field that is open stops no click, unless its list covers what is clicked."""

    def open_publication(self) -> None:
        with self.hands.by("open a field"):
            self.click(self.hands.page.locator('[data-sw="published"]'))
        expect(self.hands.page.get_by_label("Publication date", exact=True)).to_be_focused()

    def open_field(self, label: str) -> None:
        with self.hands.by("open a field"):
            self.click(self.own_card().get_by_label(FIELDS[label], exact=True))

    def accept(self) -> None:
        with self.hands.by("accept a date"):
            self.click(self.own_card().locator(".sw-accept"))

    def accept_other(self, at: int) -> None:
        with self.hands.by("take another reading"):
            self.click(self.own_card().locator(".sw-other").nth(at))
        self.look()

    def pick(self, at: int) -> None:
        name = self.hands.page.evaluate("() => document.activeElement.getAttribute('aria-controls')")
        self.click(self.hands.page.locator(f'[id="{name}"] [role="option"]').nth(at))

    # --- links ------------------------------------------------------------------------------------------------------

    def open_link(self, kind: str) -> None:
        self.look()
        with self.hands.by("link one by one"):
            self.click(self.own_card().locator(f'button[data-relation="{kind}"]'))

    def choose_span(self, own: str) -> None:
        others = [each for each in self.ids.values() if each != own]
        place = self.hands.see("spot", own, others) or self.hands.see("spot", own, [])
        with self.hands.by("link one by one"):
            self.hands.click(place["x"], place["y"])

    def choose_frame(self, letter: str, frame: dict[str, Any]) -> None:
        with self.hands.by("link one by one"):
            self.hands.click(frame["x"], frame["y"])

    def cancel(self) -> None:
        self.hands.page.keyboard.press("Escape")  # the next drag would do the same

    # --- pointing ---------------------------------------------------------------------------------------------------

    def own_card(self) -> Locator:
        """The card of the active span."""
        return self.hands.card(self.hands.active)

    def click(self, what: Locator) -> None:
        """Click at the middle of something, scrolled to if need be, after closing a list that covers it."""
        place = self._middle(what)
        if not what.evaluate(_SEEN_AT, place):
            with self.hands.by("leave a field"):
                self.hands.press("Escape")
            self.look()
            place = self._middle(what)
        self.hands.click(*place)

    def _middle(self, what: Locator) -> tuple[float, float]:
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        if not box:
            raise RuntimeError(f"there is nothing to click at: {what}")
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
