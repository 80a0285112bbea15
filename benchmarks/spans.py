"""How annotators of the effort benchmark who go by what is visible mark a span, and correct it until it is as it should be."""

from __future__ import annotations

import re

from benchmarks.golds import Gold, Stretch
from benchmarks.hands import Hands
from benchmarks.keys import Keys

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[^\w\s]")
#: From how many steps of an edge on a jump, or selecting anew, is quicker.
STEPS = 3
#: How far a stretch must cover another one to be taken for it.
_LIKE = 0.3


class Spans(Keys):
    """An annotator who marks the spans of one article's gold; `ids` are those on the page, by the gold's ids."""

    def __init__(self, hands: Hands, gold: Gold) -> None:
        super().__init__(hands)
        self.gold = gold
        self.ids: dict[str, str] = {}
        self.before: set[str] = set()  # the spans that there were before the last one was marked
        self.whole = False  # whether it was marked with all that belongs to it

    def mark(self, id: str) -> None:
        """Mark something that covers the first fragment of a span, as it is offered, with all that belongs to it."""
        if id in self.ids:
            return
        self.hands.begin(f"span {self.gold.spans[id]['label']}")
        wanted = self.gold.place(id)[0]
        self.before, self.whole = set(self.seen()), False
        self.begin_span(id, wanted)
        self.settle()
        new = [own for own in self.seen() if own not in self.before]
        covering = [own for own in new if self.whole and like(self.around(own), wanted)]
        self.ids[id] = max(covering, key=lambda own: self.length(own), default=self.hands.active)

    def begin_span(self, id: str, wanted: Stretch) -> None:
        """Mark what is offered of a span; what isn't, by itself."""
        hands, label = self.hands, self.gold.spans[id]["label"]
        if label in ("quote", "claimed_date") and self.step_to(wanted):
            exact = hands.selected() == hands.lines_of([wanted])
            self.whole = exact and (label == "claimed_date" or self.is_record(id)) and self.offers(label)
            if self.whole:
                self.propose()
            else:
                self.label(label)
            if self.whole or hands.active:
                return
        self.by_hand(id, wanted)

    def is_record(self, id: str) -> bool:
        """Whether anything belongs to a span but itself."""
        return any(link[1] == id and link[0] in ("said_by", "cued_by") for link in self.gold.links)

    def by_hand(self, id: str, wanted: Stretch) -> None:
        """Mark a stretch, with all that belongs to a quote; of other spans, first what the page takes at the first word."""
        hands, label = self.hands, self.gold.spans[id]["label"]
        if label == "quote":
            self.select(wanted)
            self.whole = self.is_record(id) and self.offers(label)
            return self.propose() if self.whole else self.label(label)
        self.jump(wanted[0])
        self.whole = label == "claimed_date"
        if self.whole:
            self.propose()
        else:
            self.label(label)  # what the page takes around the caret
        if not hands.active or hands.active in self.ids.values():
            self.select(wanted)
            self.label(label)

    def step_to(self, wanted: Stretch) -> bool:
        """Step through what the page offers as far as the stretch; return whether it, or what is nearly it, is selected."""
        hands, lines = self.hands, self.hands.lines_of([wanted])
        near = False
        while True:
            before = hands.selected()
            if before == lines:
                return True
            if before and before[0][0] >= wanted[0]:
                if not self.is_near(before, wanted):
                    self.last_offer()
                return self.is_near(hands.selected(), wanted)
            near = bool(before) and self.is_near(before, wanted)
            self.next_offer()
            if hands.selected() == before or not hands.selected():
                return near and bool(hands.selected())

    def is_near(self, lines: list[Stretch], wanted: Stretch) -> bool:
        """Whether it takes but few steps of edges to make a stretch of what is selected."""
        if not lines:
            return False
        away = self.words_between(lines[0][0], wanted[0]) + self.words_between(lines[-1][1], wanted[1])
        return like((lines[0][0], lines[-1][1]), wanted) and away <= 2 * STEPS

    def shape(self, id: str) -> None:
        """Correct the edges of a span, and add its other fragments."""
        place = self.gold.place(id)
        shown = self.hands.marked(self.ids[id])
        if shown == self.hands.lines_of(place):
            return
        if shown not in [self.hands.lines_of([part]) for part in place]:
            self.correct(id, place[:1])
        for part in place:
            self.fragment(id, part)

    def fragment(self, id: str, part: Stretch) -> None:
        """Add a fragment to a span, if it isn't there: to the one that the page names, or else after going to it."""
        lines, shown = self.hands.lines_of([part]), self.hands.marked(self.ids[id])
        if all(line in shown for line in lines):
            return
        if self.hands.selected() != lines:
            self.select(part)
        if not self.adds_to(self.gold.text[slice(*shown[0])]):
            self.activate(self.ids[id])
            self.select(part)
        self.add()
        if not all(line in self.hands.marked(self.ids[id]) for line in lines):
            raise RuntimeError(f"{self.gold.text[slice(*part)]!r} isn't added to {self.gold.spans[id]['text']!r}")

    def correct(self, id: str, wanted: list[Stretch]) -> None:
        """Move the edges of a span until it covers what it should."""
        hands, own = self.hands, self.ids[id]
        lines = hands.lines_of(wanted)
        if hands.marked(own) != lines:
            self.leave_field()
        for _ in range(60):
            shown = hands.marked(own)
            if shown == lines:
                return
            if hands.active != own:
                self.activate(own)
            start, end = shown[0][0], shown[-1][1]
            if end != wanted[-1][1]:
                self.edge("end", end, wanted[-1])
            elif start != wanted[0][0]:
                self.edge("start", start, wanted[0])
            else:
                break
        raise RuntimeError(f"{self.gold.spans[id]['text']!r} stands as {hands.marked(own)}, not {lines}")

    def edge(self, side: str, at: int, wanted: Stretch) -> None:
        """Bring an edge nearer: by words, or with a jump where it is far."""
        goal = wanted[side == "end"]
        words = self.words_between(at, goal)
        outwards = side == "end" or goal < at
        if words > STEPS and outwards and self.jump(self.last_word(wanted) if side == "end" else goal, extend=True):
            return
        self.step_edge(side, goal > at)

    def select(self, wanted: Stretch) -> None:
        """Select a stretch: its first word, and on to its last."""
        hands = self.hands
        self.jump(wanted[0])
        self.jump(self.last_word(wanted), extend=True)
        if hands.selected() != hands.lines_of([wanted]):
            with hands.by("move the caret"):
                hands.go(wanted[1], extend=True)

    def jump(self, point: int, extend: bool = False) -> bool:
        """Jump to a word by its first letter and the letter on it, or go there with arrows; return whether that moved anything."""
        with self.hands.by("jump to a word"):
            return self._jump(point, extend)

    def _jump(self, point: int, extend: bool) -> bool:
        hands, text = self.hands, self.gold.text
        for _ in range(20):
            place = hands.see("place", point, "start")
            if not place or place["seen"]:
                break
            hands.press("PageUp" if place["above"] else "PageDown")
        initial = '"' if text[point] in "“”„‟«»‘’'" else text[point].lower()
        if not initial.isascii():
            hands.go(point, extend=extend)
            return True
        before = self._standing()
        hands.press("Shift+z" if extend else "z")
        hands.press(initial)
        if letters := hands.see("letters", point):
            for each in letters[0]:
                hands.press(each)
        elif hands.page.locator("[data-letter]").count():
            hands.press("Escape")
        now = self._standing()
        if not extend and now[0] != point:
            hands.go(point)
        return now != before

    def _standing(self) -> tuple[int, list[Stretch], list[Stretch]]:
        hands = self.hands
        return hands.caret, hands.selected(), hands.marked(hands.active) if hands.active else []

    def activate(self, own: str) -> None:
        """Make a span the active one, by steps from the one that is; or from its first word."""
        hands = self.hands
        order = sorted(self.seen(), key=lambda id: (hands.marked(id)[0][0], -hands.marked(id)[-1][1]))
        far = hands.active in order and abs(order.index(own) - order.index(hands.active)) > STEPS
        with hands.by("go to a span"):
            if far or hands.active not in order:
                self.jump(hands.marked(own)[0][0])
                hands.press("Enter")
            for _ in range(40):
                if hands.active == own:
                    return
                hands.press("j" if order.index(hands.active) < order.index(own) else "k")
        raise RuntimeError(f"{own} isn't reached from {hands.active}")

    # --- places -----------------------------------------------------------------------------------------------------

    def around(self, own: str) -> Stretch:
        """From where to where a span on the page reaches."""
        shown = self.hands.marked(own)
        return shown[0][0], shown[-1][1]

    def length(self, own: str) -> int:
        """How much text a span on the page covers."""
        return sum(end - start for start, end in self.hands.marked(own))

    def words_between(self, one: int, other: int) -> int:
        """How many words lie between two points."""
        return len(_WORD.findall(self.gold.text[min(one, other) : max(one, other)]))

    def last_word(self, wanted: Stretch) -> int:
        """Where the last word of a stretch, or the punctuation that ends it, begins."""
        return wanted[0] + [found.start() for found in _WORD.finditer(self.gold.text[slice(*wanted)])][-1]


def like_part(one: Stretch, place: list[Stretch]) -> bool:
    """Whether a stretch could be meant by something, as a whole or by its first fragment."""
    return like(one, (place[0][0], place[-1][1])) or like(one, place[0])


def like(one: Stretch, other: Stretch) -> bool:
    """Whether a stretch could be meant by another one: they cover much the same."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both > _LIKE * (max(one[1], other[1]) - min(one[0], other[0]))
