"""An annotator who goes by what is visible: takes what the page offers first, and corrects it where it is wrong.

They know what is to be marked, and look at the page after each key: what is selected or underlined, which letters and choices
are shown, what the cards say (`keys` lists what they read). They don't know what a key would do elsewhere. By keyboard, they step
through what is offered (`n`), jump to what isn't, mark it with all that belongs to it, and take single steps only for what came out
wrong. By mouse, they drag, click, and type only into fields.
"""

from __future__ import annotations

from typing import Any

from benchmarks.fields import Fields
from benchmarks.golds import Gold
from benchmarks.hands import Hands
from benchmarks.spans import like_part

_PARTS = """(id) => [...document.querySelectorAll(`[data-sw="record"][data-head="${id}"] [data-sw="part"]`)].map((part) =>
  [part.dataset.span, part.querySelector(".sw-part-title")?.innerText ?? ""])"""
TITLES = {
    "said by": "said_by",
    "introduced by": "cued_by",
    "passed on by": "relayed_by",
    "comes from": "originates_from",
}


class Sighted(Fields):
    """An annotator at the gold of one article, who marks all of it."""

    def __init__(self, hands: Hands, gold: Gold, names: dict[str, str]) -> None:
        super().__init__(hands, gold, names)
        self.anchored: list[tuple[str, str, str]] = []
        self.recorded: set[str] = set()  # the quotes that are linked with all that belongs to them

    def do(self) -> None:
        """Mark all of it."""
        self.publish()
        self.work()
        self.hands.purpose = ""
        self.hands.wait_until_saved()

    def work(self) -> None:
        """Mark quotes and dates in reading order, each with what belongs to it, then what is left."""
        places = {id: self.gold.place(id) for id in self.gold.spans}
        parts = [(*part, id, number) for id, place in places.items() for number, part in enumerate(place, 1)]
        spans = self.gold.spans
        for _, _, id, number in sorted(parts, key=lambda part: (part[0], -part[1], spans[part[2]]["label"] != "quote")):
            label = self.gold.spans[id]["label"]
            if label == "quote" and number > 1:
                self.next_part(id, number)
            elif label == "quote" and id not in self.recorded:
                self.quote(id)
            elif label == "claimed_date" and id not in self.ids:
                self.date(id)
        for id in sorted(places, key=places.__getitem__):
            self.rest(id)
        for link in self.gold.links:
            if link[0] == "anchored_to":
                self.anchor(link)

    def quote(self, id: str) -> None:
        """Mark a quote with who said it."""
        self.whole = False
        self.mark(id)
        self.hands.purpose = "correct quote"
        self.correct(id, self.gold.place(id)[:1])
        self.record(id)

    def next_part(self, id: str, number: int) -> None:
        """Add a fragment to a quote when it comes to it."""
        self.hands.begin("fragment")
        if self.hands.marked(self.ids[id]) != self.hands.lines_of(self.gold.place(id)):
            self.step_to(self.gold.place(id)[number - 1])
            self.fragment(id, self.gold.place(id)[number - 1])

    def date(self, id: str) -> None:
        """Mark a date with its value and the quote that claims it."""
        self.mark(id)
        self.shape(id)
        self.value(id)
        self.quote_of(id)
        for link in self.gold.links:
            if link[:2] == ("anchored_to", id) and link[2] in self.ids:
                self.anchor(link)

    def anchor(self, link: tuple[str, str, str]) -> None:
        """Link a date with the one that it is counted from, once both are there."""
        if link not in self.anchored:
            self.anchored.append(link)
            self.links(link[1], [link])

    def rest(self, id: str) -> None:
        """Mark a span that belongs to nothing yet."""
        if id in self.ids:
            return
        self.mark(id)
        self.shape(id)
        self.who(id)

    # --- links ------------------------------------------------------------------------------------------------------

    def record(self, quote: str) -> None:
        """Link a quote with all that belongs to it at once; where that is wrong, undo it and link one by one."""
        wanted = [link for link in self.gold.links if link[1] == quote]
        if wanted:
            self.hands.begin("link record")
            if not self.whole:
                if self.hands.active != self.ids[quote]:
                    self.activate(self.ids[quote])
                self.before = set(self.seen())
                self.propose()
            self.settle()
            self.verify(quote)

    def verify(self, quote: str) -> None:
        """Correct what was linked with a quote: names, edges, what is missing, what is too much."""
        self.recorded.add(quote)
        wanted = [link for link in self.gold.links if link[1] == quote]
        wrong = self.accept_links(quote, wanted)
        there = self.linked(quote)
        self.links(quote, [link for link in wanted if (link[0], self.ids.get(link[2], "")) not in there])
        self.look()
        for kind, own in self.linked(quote):
            if own in wrong and (kind, own) not in [(each, self.ids[other]) for each, _, other in wanted]:
                self.hands.purpose = "correct record"
                self.part_with(quote, kind, own)
                self.look()

    def part_with(self, quote: str, kind: str, own: str) -> None:
        """Remove a span that was linked with a quote; where the gold has it elsewhere, the link alone."""
        if own not in self.ids.values():
            self.activate(own)
            return self.remove()
        if self.hands.active != self.ids[quote]:
            self.activate(self.ids[quote])
        self.open_link(kind)
        return self.choose_span(own)

    def accept_links(self, quote: str, wanted: list[tuple[str, str, str]]) -> list[str]:
        """Say who speaks and correct the edges of what is new, where the links that were made belong; return what doesn't."""
        made: dict[str, str] = {}
        wrong = []
        for kind, own in self.linked(quote):
            match = [other for each, _, other in wanted if each == kind and other not in made and self.fits(own, other)]
            if match:
                made[match[0]] = own
            else:
                wrong.append(own)
        if self.hands.active in wrong:
            self.leave_field()
        for other, own in made.items():
            self.ids.setdefault(other, own)
        new = [other for other, own in made.items() if own not in self.before]
        for other in sorted(new, key=lambda other: self.gold.spans[other]["label"] != "speaker"):
            self.who(other)
        for other in new:
            self.hands.purpose = "correct record"
            self.shape(other)
        return wrong

    def quote_of(self, date: str) -> None:
        """Link a date with the quote that claims it, and with no other."""
        wanted = [link for link in self.gold.links if link[0] == "claimed_in" and link[1] == date]
        parts = {name: [own for own, _ in self.hands.page.evaluate(_PARTS, self.ids[name])] for name in self.ids}
        there = [name for name, owns in parts.items() if name != date and self.ids[date] in owns]
        if not wanted and there:
            self.hands.begin("unlink claimed_in")
            if self.hands.active != self.ids[date]:
                self.activate(self.ids[date])
            self.open_link("claimed_in")
            self.choose(there[0])
        self.links(date, [link for link in wanted if link[2] not in there])

    def fits(self, own: str, other: str) -> bool:
        """Whether a span on the page is one of the gold, or could become it by moving edges."""
        if other in self.ids:
            return self.ids[other] == own
        return like_part(self.around(own), self.gold.place(other))

    def links(self, source: str, wanted: list[tuple[str, str, str]]) -> None:
        """Link a span with others one by one: by the letters on them, or else mark the other and link from there."""
        for kind, _, other in wanted:
            if (kind, self.ids.get(other, "")) in self.linked(source):
                continue
            self.hands.begin(f"link {kind}")
            if self.hands.active != self.ids[source]:
                self.activate(self.ids[source])
            self.open_link(kind)
            before = set(self.seen())
            if self.choose(other):
                self.take_in(kind, other, before)
                continue
            self.cancel()
            if other not in self.ids:
                self.rest(other)
            self.look()
            if (kind, self.ids[other]) in self.linked(source):  # marking it was enough
                continue
            self.hands.begin(f"link {kind}")
            if self.hands.active != self.ids[other]:
                self.activate(self.ids[other])
            self.open_link(kind)
            self.choose(source)

    def take_in(self, kind: str, other: str, before: set[str]) -> None:
        """Name and shape a span that was marked by linking."""
        if other in self.ids:
            return
        self.look()
        [self.ids[other]] = set(self.seen()) - before
        self.who(other)
        self.hands.purpose = f"correct {kind}"
        self.leave_field()
        self.shape(other)

    def choose(self, other: str) -> bool:
        """Choose a span while letters are shown, marked already or to be marked; return whether it can be chosen."""
        if own := self.ids.get(other):
            if not self.hands.see("letterOn", own):
                return False
            self.choose_span(own)
            return True
        for letter, stretch, frame in self.framed():
            if like_part(stretch, self.gold.place(other)):
                self.choose_frame(letter, frame)
                return True
        return False

    def linked(self, quote: str) -> list[tuple[str, str]]:
        """The links that the card of a quote shows, but for dates."""
        parts: list[Any] = self.hands.page.evaluate(_PARTS, self.ids[quote])
        return [(TITLES[title], own) for own, title in parts if title in TITLES]
