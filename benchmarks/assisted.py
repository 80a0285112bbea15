"""An annotator who goes through suggestions first, by keyboard and by what is visible, and then marks what is left.

They read the card of each suggestion and the frames in the text. What is right they accept by one key, or by a digit and that
key; what could be made right they accept and correct; anything else they reject by one key. They stop where suggestions are
doubtful by what the page says.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from benchmarks.fields import said_who
from benchmarks.golds import Gold, Stretch
from benchmarks.hands import Hands
from benchmarks.keys import is_said
from benchmarks.sighted import Sighted
from benchmarks.spans import like
from labeling import schema
from labeling.dates.notation import parse

_CARD = """() => {
  const card = document.querySelector(".sw-suggestion");
  if (!card) return null;
  const words = (each) => each.innerText.replace(/\\s+/gu, " ").trim();
  const rows = [...card.querySelectorAll("dt")].map((row) => [words(row), words(row.nextElementSibling)]);
  return {
    label: words(card.querySelector(".sw-suggested-label")),
    certain: document.querySelector(".sw-certain").innerText,
    rows,
    entity: card.querySelector(".sw-entity")?.innerText ?? "",
    choices: [...card.querySelectorAll(".sw-suggested-choices li")].map(words),
    all: words(card),
  };
}"""
#: How certain a suggestion is at least that is looked at, in percent.
_LIKELY = 50
_LABELS = list(schema.load(schema.SCHEMAS / "news.yaml").labels)
_TITLES = {"Quote?": "quote", "Date?": "claimed_date"}


class Proposal(NamedTuple):
    """A suggestion as it is shown: the stretches of its head and of its parts by label; speakers and readings by their digit."""

    label: str
    certain: int
    places: dict[str, list[Stretch]]
    speakers: dict[str, Stretch]
    entity: str
    readings: list[str]


class Assisted(Sighted):
    """An annotator at the gold of one article, with suggestions."""

    def __init__(self, hands: Hands, gold: Gold, names: dict[str, str]) -> None:
        super().__init__(hands, gold, names)
        self.right: dict[str, int] = {}  # the actions that quotes took whose suggestions were right

    def do(self) -> None:
        """Go through the suggestions, then mark what is left."""
        self.publish()
        self.hands.wait_until_saved()
        self.settle()
        self.go_through()
        suggested = [id for id in self.ids if self.gold.spans[id]["label"] == "claimed_date"]
        self.work()
        for id in suggested:
            self.quote_of(id)
        self.hands.purpose = ""
        self.hands.wait_until_saved()

    def publish(self) -> None:
        """Correct the publication date; suggestions of dates follow it."""
        if self.gold.corrected:
            with self.hands.page.expect_response(re.compile("/suggestions")):
                super().publish()

    # --- suggestions ------------------------------------------------------------------------------------------------

    def go_through(self) -> None:
        """Give each likely suggestion a verdict."""
        opened = False
        while True:
            if not opened:
                self.judge("suggestions", ";")
            shown = self.proposal()
            if shown is None:
                return
            if shown.certain < _LIKELY:
                self.judge("suggestions", "Escape")
                return
            opened = self.quoted(shown) if shown.label == "quote" else self.dated(shown)

    def judge(self, purpose: str, key: str) -> None:
        """Press a key at a suggestion."""
        self.hands.begin(purpose)
        with self.hands.by(purpose):
            self.hands.press(key)
        self.settle()

    def proposal(self) -> Proposal | None:
        """What the page suggests; None for nothing."""
        self.look()
        card = self.hands.page.evaluate(_CARD)
        if not card:
            return None
        places: dict[str, list[Stretch]] = {}
        speakers: dict[str, Stretch] = {}
        for frame in self.hands.see("penciled"):
            label = _LABELS[int(re.findall(r"\d+", frame["tint"])[0])]
            stretch = (frame["stretch"][0], frame["stretch"][1])
            places.setdefault(label, []).append(stretch)
            if frame["digit"]:
                speakers[frame["digit"]] = stretch
        readings = card["choices"] if card["label"] == "Date?" else []
        readings = [re.sub(r"^\d ", "", each) for each in readings] or [
            said for title, said in card["rows"] if title == "date"
        ]
        certain = int(re.findall(r"\d+", card["certain"])[0])
        return Proposal(_TITLES[card["label"]], certain, places, speakers, card["entity"], readings)

    def quoted(self, shown: Proposal) -> bool:
        """Judge a quote that is suggested; return whether the next suggestion is shown then."""
        head = shown.places["quote"]
        id = self.meant("quote", head)
        if id is None:
            self.judge("reject a suggestion", "x")
            return True
        before, there = self.hands.ledger.sum().actions, set(self.seen())
        wanted = [link for link in self.gold.links if link[1] == id]
        speaker = next((other for kind, _, other in wanted if kind == "said_by"), None)
        digit = self.digit_of(shown, speaker)
        if digit and digit != "1":
            self.judge("accept a suggestion", digit)
            shown = self.proposal() or shown
        exact = head == self.lines_of(id)
        right = exact and self.is_complete(shown, wanted, digit)
        named = not speaker or self.is_called(speaker, shown.entity.removesuffix(" (new)"))
        self.judge("accept a suggestion", "Enter" if right and named else "Shift+Enter")
        self.note(id, [other for _, _, other in wanted], there) if right and named else self.mend(id, there)
        if right:
            self.right[id] = self.hands.ledger.sum().actions - before
        return right and named

    def digit_of(self, shown: Proposal, speaker: str | None) -> str:
        """The digit of the frame around a speaker; empty without digits, and the first where no frame is around it."""
        if not shown.speakers or speaker is None:
            return "1" if shown.speakers else ""
        place = self.gold.place(speaker)[0]
        fits = sorted(shown.speakers, key=lambda digit: (shown.speakers[digit] != place, digit))
        return next((digit for digit in fits if like(shown.speakers[digit], place)), "1")

    def is_complete(self, shown: Proposal, wanted: list[tuple[str, str, str]], digit: str) -> bool:
        """Whether a suggestion has just the parts that are wanted, each where it should be."""
        kinds = {"cue": "cued_by", "speaker": "said_by"}
        for label, kind in kinds.items():
            own = shown.places.get(label, [])
            if label == "speaker" and digit:
                own = [shown.speakers[digit]]
            if own != [stretch for each, _, other in wanted if each == kind for stretch in self.lines_of(other)]:
                return False
        return all(kind in kinds.values() for kind, _, _ in wanted)

    def dated(self, shown: Proposal) -> bool:
        """Judge a date that is suggested; return whether the next suggestion is shown then."""
        head = shown.places["claimed_date"]
        id = self.meant("claimed_date", head)
        edtf = id and (self.gold.spans[id]["attributes"].get("value") or {}).get("edtf")
        if id is None or not edtf:
            self.judge("reject a suggestion", "x")
            return True
        there = set(self.seen())
        value = parse(edtf)
        at = next((at for at, said in enumerate(shown.readings) if is_said(said, value)), None)
        if at:
            self.judge("accept a suggestion", str(at + 1))
        right = at is not None and head == self.lines_of(id)
        self.judge("accept a suggestion", "Enter" if right else "Shift+Enter")
        if right:
            self.note(id, [], there)
            return True
        self.ids[id] = self.hands.active
        self.hands.purpose = "correct a suggestion"
        self.shape(id)
        if at is None:
            self.value(id)
        return False

    def meant(self, label: str, head: list[Stretch]) -> str | None:
        """The gold's span that a suggestion means: the same, or else one that it could be made of."""
        free = [id for id, span in self.gold.spans.items() if span["label"] == label and id not in self.ids]
        same = [id for id in free if self.lines_of(id) == head]
        near = [id for id in free if len(head) <= len(self.lines_of(id)) and like(head[0], self.gold.place(id)[0])]
        return next(iter([*same, *near]), None)

    def lines_of(self, id: str) -> list[Stretch]:
        """How a span of the gold looks."""
        return self.hands.lines_of(self.gold.place(id))

    def note(self, id: str, parts: list[str], there: set[str]) -> None:
        """Note what an accepted suggestion has become: a span, and what is linked with it."""
        self.look()
        shown = {own: self.hands.marked(own) for own in self.seen()}
        for each in [id, *parts]:
            place = self.lines_of(each)
            fresh = [own for own, lines in shown.items() if lines == place and own not in self.ids.values()]
            if each not in self.ids:
                [self.ids[each]] = fresh[:1]
            if self.gold.spans[each]["label"] == "speaker":
                self.names.setdefault(self.gold.entity(each), self.said_of(each))
        self.recorded.add(id)

    def said_of(self, id: str) -> str:
        """The name that a card says of a speaker."""
        return said_who(self.hands, self.ids[id])

    def mend(self, id: str, there: set[str]) -> None:
        """Correct an accepted record that is active."""
        self.before = there
        self.ids[id] = self.hands.active
        self.hands.purpose = "correct a suggestion"
        self.correct(id, self.gold.place(id)[:1])
        for part in self.gold.place(id):
            self.fragment(id, part)
        self.verify(id)
        self.hands.purpose = "correct a suggestion"
        self.leave_field()
