"""An annotator who goes by what is visible: takes what the page offers first, and corrects it where it is wrong.

They know what is to be marked, and look at the page after each key: what is selected or underlined, which letters and choices
are shown, what the cards say. They don't know what a key would do elsewhere. By keyboard, they step through what is
offered (`n`), jump to what isn't, mark it, link the record at once, and take single steps only for what came out wrong. By
mouse, they drag, click, and type only into fields.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from benchmarks.golds import FIELDS, LABEL_KEYS, PRONOUN, Gold, Stretch
from benchmarks.hands import Hands
from benchmarks.keys import Keys

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[^\w\s]")
#: From how many steps of an edge on a jump is quicker.
_STEPS = 3
#: How far a stretch must cover another one to be taken for it.
_LIKE = 0.3

_PARTS = """(id) => [...document.querySelectorAll(`[data-sw="record"][data-head="${id}"] [data-sw="part"]`)].map((part) =>
  [part.dataset.span, part.querySelector(".sw-part-title")?.textContent ?? ""])"""
_FRAMES = """() => [...document.querySelectorAll("[data-letter]")].map((each) =>
  [each.dataset.letter, each.dataset.spans, each.classList.contains("sw-made")])"""
_DATE = """(id) => {
  const said = document.querySelector(`[data-span="${id}"] .sw-date-value`);
  return said && [(said.title || "").split(" · ")[0], Boolean(said.querySelector(".sw-accept")), Boolean(said.querySelector(".sw-quiet"))];
}"""
_TITLES = {
    "said by": "said_by",
    "introduced by": "cued_by",
    "passed on by": "relayed_by",
    "comes from": "originates_from",
}


class Sighted(Keys):
    """An annotator at the gold of one article; `names` are the entries made so far, by the gold's ids."""

    def __init__(self, hands: Hands, gold: Gold, names: dict[str, str]) -> None:
        super().__init__(hands)
        self.gold = gold
        self.names = names
        self.ids: dict[str, str] = {}
        self.before: set[str] = set()  # the spans that there were before the last one was marked
        self.whole = False  # whether it was marked with all that belongs to it

    def do(self) -> None:
        """Mark quotes and dates in reading order, each with what belongs to it, then what is left."""
        self.publish()
        spans = self.gold.spans
        order = sorted(spans, key=lambda id: (self.gold.place(id)[0][0], -self.gold.place(id)[-1][1]))
        for id in order:
            if spans[id]["label"] == "quote":
                self.mark(id)
                self.record(id)
            elif spans[id]["label"] == "claimed_date":
                self.mark(id)
                self.value(id)
                self.quote_of(id)
        for id in order:
            if id not in self.ids:
                self.mark(id)
                self.who(id)
        for link in self.gold.links:
            if link[0] == "anchored_to":
                self.links(link[1], [link])
        self.hands.purpose = ""
        self.hands.wait_until_saved()

    def publish(self) -> None:
        """Correct the publication date, where the gold does."""
        if not self.gold.corrected:
            return
        hands, wanted = self.hands, self.gold.corrected
        hands.begin("publication")
        self.open_publication()
        basis = hands.page.get_by_label("Where the publication date comes from")
        if basis.input_value() != wanted["basis"]:
            hands.press("Tab")
            hands.type(wanted["basis"][0])
            expect(basis).to_have_value(wanted["basis"])
            hands.press("Shift+Tab")
        hands.type(wanted["value"])
        self.take([wanted["value"]], details=True)

    # --- spans ------------------------------------------------------------------------------------------------------

    def mark(self, id: str) -> None:
        """Mark a span and correct it until it is as it should be; it is then active."""
        if id in self.ids:
            return
        self.hands.begin(f"span {self.gold.spans[id]['label']}")
        first, *more = self.gold.place(id)
        self.before = set(self.seen())
        self.whole = False
        self.begin_span(id, first)
        self.look()
        new = [own for own in self.seen() if own not in self.before]
        lines = self.hands.lines_of([first])
        self.ids[id] = next((own for own in new if self.whole and self.hands.marked(own) == lines), self.hands.active)
        if not self.whole:
            self.correct(id, [first])
        for number, part in enumerate(more, 2):
            self.select(part)
            self.add()
            self.correct(id, self.gold.place(id)[:number])

    def begin_span(self, id: str, wanted: Stretch) -> None:
        """Mark something that covers the stretch: as it is offered, with all that belongs to it; or else by itself."""
        hands, label = self.hands, self.gold.spans[id]["label"]
        if label in ("quote", "claimed_date") and self.step_to(wanted):
            own = len(self.gold.place(id)) == 1 and hands.selected() == hands.lines_of([wanted])
            self.whole = own and self.is_record(id) and self.offers(label)
            if self.whole:
                self.propose()
            else:
                self.label(label)
            if self.whole or hands.active:
                return
        self.by_hand(label, wanted)

    def is_record(self, id: str) -> bool:
        """Whether anything belongs to a span but itself."""
        value = self.gold.spans[id]["attributes"].get("value")
        return bool(value) or any(link[1] == id and link[0] in ("said_by", "cued_by") for link in self.gold.links)

    def by_hand(self, label: str, wanted: Stretch) -> None:
        """Mark what the page takes at the first word of a stretch; or the stretch, where it takes nothing."""
        hands = self.hands
        self.jump(wanted[0])
        if hands.active:
            hands.press("Escape")  # a key would change the label of what is active
        hands.press(LABEL_KEYS[label])  # what the page takes around the caret
        if not hands.active or hands.active in self.ids.values():
            self.select(wanted)
            hands.press(LABEL_KEYS[label])

    def step_to(self, wanted: Stretch) -> bool:
        """Step through what the page offers as far as the stretch; return whether it, or what is much like it, is selected."""
        hands = self.hands
        while True:
            before = hands.selected()
            if before and not hands.active:
                if _like((before[0][0], before[-1][1]), wanted):
                    return True
                if before[0][0] >= wanted[0]:
                    return False
            self.next_offer()
            if hands.selected() == before or not hands.selected():
                return False

    def correct(self, id: str, wanted: list[Stretch]) -> None:
        """Move the edges of a span until it covers what it should."""
        hands, own = self.hands, self.ids[id]
        lines = hands.lines_of(wanted)
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
        words = len(_WORD.findall(self.gold.text[min(at, goal) : max(at, goal)]))
        outwards = side == "end" or goal < at
        if words > _STEPS and outwards and self.jump(self.last_word(wanted) if side == "end" else goal, extend=True):
            return
        key = {"end": "[]", "start": "{}"}[side][goal > at]
        self.hands.press(key)

    def select(self, wanted: Stretch) -> None:
        """Select a stretch: its first word, and on to its last."""
        hands = self.hands
        self.jump(wanted[0])
        last = self.last_word(wanted)
        self.jump(last, extend=True)
        if hands.selected() != hands.lines_of([wanted]):
            hands.go(wanted[1], extend=True)

    def add(self) -> None:
        """Add the selection to the span that was active last."""
        self.hands.press("f")

    def last_word(self, wanted: Stretch) -> int:
        """Where the last word of a stretch, or the punctuation that ends it, begins."""
        return wanted[0] + [found.start() for found in _WORD.finditer(self.gold.text[slice(*wanted)])][-1]

    def jump(self, point: int, extend: bool = False) -> bool:
        """Jump to a word by its first letter and the letter on it, or go there with arrows; return whether that moved anything."""
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
        before = (hands.caret, hands.selected(), hands.marked(hands.active) if hands.active else [])
        hands.press("Shift+z" if extend else "z")
        hands.press(initial)
        letter = hands.page.locator(f'[data-letter][data-spans="word:{point}"]')
        if letter.count():
            for each in letter.get_attribute("data-letter") or "":
                hands.press(each)
        elif hands.page.locator("[data-letter]").count():
            hands.press("Escape")
        now = (hands.caret, hands.selected(), hands.marked(hands.active) if hands.active else [])
        if not extend and now[0] != point:
            hands.go(point)
        return now != before

    def activate(self, own: str) -> None:
        """Make a span the active one, by steps from the one that is; or from its first word."""
        hands = self.hands
        order = sorted(self.ids.values(), key=lambda id: (hands.marked(id)[0][0], -hands.marked(id)[-1][1]))
        if hands.active in order and abs(order.index(own) - order.index(hands.active)) > 2 * _STEPS:
            hands.press("Escape")
        if hands.active not in order:
            self.jump(hands.marked(own)[0][0])
            hands.press("Enter")
        for _ in range(40):
            if hands.active == own:
                return
            hands.press("j" if order.index(hands.active) < order.index(own) else "k")
        raise RuntimeError(f"{own} isn't reached from {hands.active}")

    # --- links ------------------------------------------------------------------------------------------------------

    def record(self, quote: str) -> None:
        """Link a quote with all that belongs to it at once; where that is wrong, undo it and link one by one."""
        hands = self.hands
        wanted = [link for link in self.gold.links if link[1] == quote]
        if wanted:
            hands.begin("link record")
            if not self.whole:
                self.before = set(self.seen())
                self.propose()
                self.look()
            if not self.agrees(quote, wanted):
                hands.purpose = "correct record"
                self.leave_field()
                self.undo()
                self.look()
        there = self.linked(quote)
        self.links(quote, [link for link in wanted if (link[0], self.ids.get(link[2], "")) not in there])

    def agrees(self, quote: str, wanted: list[tuple[str, str, str]]) -> bool:
        """Whether the links that were made belong there; if so, say who speaks and correct the edges of what is new."""
        hands = self.hands
        made = []
        for kind, own in self.linked(quote):
            match = [other for each, _, other in wanted if each == kind and self.fits(own, other)]
            if not match:
                return False
            made.append((match[0], own))
        for other, own in made:
            self.ids.setdefault(other, own)
        new = [other for other, own in made if own not in self.before]
        for other in sorted(new, key=lambda other: self.gold.spans[other]["label"] != "speaker"):
            self.who(other)
        for other in new:
            hands.purpose = "correct record"
            self.correct(other, self.gold.place(other))
        return True

    def quote_of(self, date: str) -> None:
        """Link a date with the quote that claims it, and with no other."""
        hands = self.hands
        wanted = [link for link in self.gold.links if link[0] == "claimed_in" and link[1] == date]
        parts = {name: [own for own, _ in hands.page.evaluate(_PARTS, self.ids[name])] for name in self.ids}
        there = [name for name, owns in parts.items() if name != date and self.ids[date] in owns]
        if not wanted and there:
            hands.begin("unlink claimed_in")
            if hands.active != self.ids[date]:
                self.activate(self.ids[date])
            self.open_link("claimed_in")
            self.choose(*(self.frame(there[0]) or ("", "")))
        self.links(date, [link for link in wanted if link[2] not in there])

    def fits(self, own: str, other: str) -> bool:
        """Whether a span on the page is one of the gold, or could become it by moving edges."""
        if other in self.ids:
            return self.ids[other] == own
        shown, place = self.hands.marked(own), self.gold.place(other)
        return len(place) == 1 and _like((shown[0][0], shown[-1][1]), place[0])

    def links(self, source: str, wanted: list[tuple[str, str, str]]) -> None:
        """Link a span with others one by one: by the letters on them, or else mark the other and link from there."""
        hands = self.hands
        for kind, _, other in wanted:
            hands.begin(f"link {kind}")
            if hands.active != self.ids[source]:
                self.activate(self.ids[source])
            self.open_link(kind)
            if frame := self.frame(other):
                before = set(self.seen())
                self.choose(*frame)
                if other in self.ids:
                    continue
                self.look()
                [self.ids[other]] = set(self.seen()) - before
                self.who(other)
                hands.purpose = f"correct {kind}"
                self.leave_field()
                self.correct(other, self.gold.place(other))
                continue
            self.cancel()
            if other not in self.ids:
                self.mark(other)
                self.who(other)
            hands.begin(f"link {kind}")
            if hands.active != self.ids[other]:
                self.activate(self.ids[other])
            self.open_link(kind)
            self.choose(*(self.frame(source) or ("", "")))

    def frame(self, other: str) -> tuple[str, str] | None:
        """The letter that stands on a span, or on what would be marked as it, with what the page calls it."""
        place = self.gold.place(other)
        for letter, name, made in self.hands.page.evaluate(_FRAMES):
            if made and other not in self.ids and len(place) == 1:
                start, end = map(int, name.split(":")[1].split("-"))
                if _like((start, end), place[0]):
                    return letter, name
            elif not made and name == self.ids.get(other):
                return letter, name
        return None

    def linked(self, quote: str) -> list[tuple[str, str]]:
        """The links that the card of a quote shows, but for dates."""
        parts = self.hands.page.evaluate(_PARTS, self.ids[quote])
        return [(_TITLES[title], own) for own, title in parts if title in _TITLES]

    # --- who, and when ----------------------------------------------------------------------------------------------

    def who(self, id: str) -> None:
        """Say who a speaker is: as the page says already, by what is offered, or by letters of the name."""
        hands = self.hands
        if self.gold.spans[id]["label"] != "speaker":
            return
        entry = self.gold.entity(id)
        known = self.names.get(entry)
        opened = hands.see("focused") == FIELDS["speaker"]
        if not opened:
            name = hands.card(self.ids[id]).locator(".sw-part-name, .sw-summary").first
            lacks = hands.page.locator(
                f'[data-sw="record"]:has([data-span="{self.ids[id]}"]) [data-name="who"]'
            ).count()
            if known and not lacks and name.count() and known in name.inner_text():
                return
        hands.begin("who")
        if not opened:
            if hands.active != self.ids[id]:
                self.activate(self.ids[id])
            self.open_field("speaker")
        name = known or self.gold.called.get(entry, entry)
        words = self.gold.spans[id]["text"]
        wanted = [known] if known else [f"Create “{name}”"]
        if not known and not PRONOUN.fullmatch(words) and name.lower() not in self.gold.text.lower():
            wanted += [each for each in self.shown() if each.startswith("Create “")][:1]
        if not any(each in wanted for each in self.shown()):
            hands.press("Control+a")
            last = re.split(r"[^\w’'-]+", name)[-1]
            for typed in [*last[:3]] if known or name in self.gold.text else [name]:
                hands.type(typed)
            if not any(each in wanted for each in self.shown()):
                hands.press("Control+a")
                hands.type(name)
        self.names[entry] = self.take(wanted).removeprefix("Create “").removesuffix("”")

    def value(self, id: str) -> None:
        """Give a date its value: as its words are read, chosen among the readings, or typed."""
        hands = self.hands
        edtf = (self.gold.spans[id]["attributes"].get("value") or {}).get("edtf")
        if not edtf:
            return
        hands.begin("value")
        own = self.ids[id]
        self.look()
        hands.page.wait_for_timeout(150)  # the reading comes from the server
        said, proposed, several = hands.page.evaluate(_DATE, own) or ("", False, False)
        if said == edtf and not proposed:
            return
        if said == edtf and not several:
            self.accept()
            return
        self.open_field("claimed_date")
        if edtf not in self.shown(details=True):
            hands.press("Control+a")
            hands.type(edtf)
        self.take([edtf], details=True)


def _like(one: Stretch, other: Stretch) -> bool:
    """Whether a stretch could be meant by another one: they cover much the same."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both > _LIKE * (max(one[1], other[1]) - min(one[0], other[0]))
