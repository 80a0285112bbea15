"""An annotator who goes by what is visible with the mouse, and types only into fields."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from benchmarks.golds import FIELDS, Stretch
from benchmarks.sighted import Sighted

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


class Pointing(Sighted):
    """The ways of a mouse."""

    def by_hand(self, label: str, wanted: Stretch) -> None:
        self.select(wanted)
        self.label(label)

    def label(self, label: str) -> None:
        self.click(self.hands.page.locator(f'[data-label="{label}"]'))

    def next_offer(self) -> None:
        self.click(self.hands.page.get_by_role("button", name="Select the next unmarked quote or date"))
        self.look()

    def select(self, wanted: Stretch) -> None:
        hands = self.hands
        ends = [hands.see("place", wanted[0], "start"), hands.see("place", wanted[1], "end")]
        if not all(end and end["seen"] for end in ends):
            hands.ledger.tally(hands.purpose).clicks += 1  # a turn of the wheel
            hands.page.evaluate(_TOP, wanted[0])
            self.look()
            ends = [hands.see("place", wanted[0], "start"), hands.see("place", wanted[1], "end")]
        first, last = ((float(end["x"]), float(end["y"])) for end in ends)
        hands.drag(first, last)
        if not hands.selected():  # too short a way for a drag
            hands.ledger.tally(hands.purpose).clicks += 2
            hands.page.mouse.dblclick((first[0] + last[0]) / 2, first[1])

    def add(self) -> None:
        self.click(self.hands.page.locator('[data-label="+"]'))

    def edge(self, side: str, at: int, wanted: Stretch) -> None:
        forward = wanted[side == "end"] > at
        self.click(self.own_card().get_by_role("button", name=_EDGES[side, forward]))

    def activate(self, own: str) -> None:
        self.click(self.hands.card(own).get_by_role("button").first)
        self.look()

    def leave_field(self) -> None:
        """A field that is open stops no click."""

    def open_publication(self) -> None:
        self.click(self.hands.page.locator('[data-sw="published"]'))
        expect(self.hands.page.get_by_label("Publication date", exact=True)).to_be_focused()

    def open_field(self, label: str) -> None:
        self.click(self.own_card().get_by_label(FIELDS[label], exact=True))

    def open_link(self, kind: str) -> None:
        self.look()
        self.click(self.own_card().locator(f'button[data-relation="{kind}"]'))

    def choose(self, letter: str, name: str) -> None:
        frame = self.hands.page.locator(f'.sw-candidate[data-spans="{name}"]')
        if frame.count():
            return self.click(frame.first)
        others = [own for own in self.ids.values() if own != name]
        place = self.hands.see("spot", name, others) or self.hands.see("spot", name, [])
        self.hands.click(place["x"], place["y"])

    def cancel(self) -> None:
        self.hands.page.keyboard.press("Escape")  # the next drag would do the same

    def propose(self) -> None:
        bar = self.hands.page.locator('[data-label="record"]')
        self.look()
        self.click(bar if bar.is_visible() else self.own_card().locator('[data-sw="propose"]'))

    def undo(self) -> None:
        self.click(self.hands.page.get_by_role("button", name="Undo", exact=True))

    def accept(self) -> None:
        self.click(self.own_card().locator(".sw-accept"))

    def pick(self, at: int) -> None:
        name = self.hands.page.evaluate("() => document.activeElement.getAttribute('aria-controls')")
        self.click(self.hands.page.locator(f'[id="{name}"] [role="option"]').nth(at))

    def own_card(self) -> Locator:
        """The card of the active span."""
        return self.hands.card(self.hands.active)

    def click(self, what: Locator) -> None:
        """Click at the middle of something, scrolled to if need be."""
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        if not box:
            raise RuntimeError(f"there is nothing to click at: {what}")
        self.hands.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
