"""An annotator who goes through suggestions first, by keyboard and by what is visible, and then marks what is left.

They read the card of each suggestion and the frames in the text. What is right they accept by one key: Enter, or the digit of
another speaker, entity or reading, or `e` and a name or a date. Dates that are wrong in a quote they leave out by one key. What could be made right they accept
and correct; anything else they reject by one key. They stop where suggestions are doubtful by what the page says.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from benchmarks.fields import said_who
from benchmarks.golds import Gold, Stretch
from benchmarks.hands import Hands
from benchmarks.keys import is_said
from benchmarks.sighted import Sighted
from benchmarks.spans import STEPS, like
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
    entity: card.querySelector("dd .sw-entity")?.innerText ?? "",
    extents: card.innerText.includes("Another extent"),
    dates: [...card.querySelectorAll(".sw-suggested-date")].map(words),
    choices: [...card.querySelectorAll(".sw-suggested-choices li")].map((each) => [
      words(each), each.querySelector(".sw-entity")?.innerText ?? "",
    ]),
  };
}"""
#: How certain a suggestion is at least that is looked at, in percent: rejecting it takes one key, marking by hand about four.
_LIKELY = 12
#: So many other extents are looked at.
_EXTENTS = 4
_LABELS = list(schema.load(schema.SCHEMAS / "news.yaml").labels)
_TITLES = {"Quote?": "quote", "Date?": "claimed_date"}


class Proposal(NamedTuple):
    """A suggestion as it is shown: the stretches of its head and of its parts by label; what digits take, in their order.

    `speakers` are speakers with their entities, `readings` those of a date, `dates` the values of the dates in a quote; `extents` says
    whether a quote may begin or end elsewhere.
    """

    label: str
    certain: int
    places: dict[str, list[Stretch]]
    speakers: list[tuple[Stretch, str]]
    readings: list[str]
    dates: list[str]
    extents: bool


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
        digits: dict[str, Stretch] = {}
        for frame in self.hands.see("penciled"):
            label = _LABELS[int(re.findall(r"\d+", frame["tint"])[0])]
            stretch = (frame["stretch"][0], frame["stretch"][1])
            places.setdefault(label, []).append(stretch)
            digits |= dict.fromkeys(frame["digit"].split(), stretch)
        label = _TITLES[card["label"]]
        readings = [re.sub(r"^\d ", "", each) for each, _ in card["choices"]] if label == "claimed_date" else []
        readings = readings or [said for title, said in card["rows"] if title == "date"]
        speakers = [(digits[str(at)], who) for at, (_, who) in enumerate(card["choices"], 1) if str(at) in digits]
        if not digits:
            speakers = [(each, card["entity"]) for each in places.get("speaker", [])]
        certain = int(re.findall(r"\d+", card["certain"])[0])
        return Proposal(label, certain, places, speakers, readings, card["dates"], card["extents"])

    def quoted(self, shown: Proposal) -> bool:
        """Judge a quote that is suggested; return whether the next suggestion is shown then."""
        head = shown.places["quote"]
        id = self.meant("quote", head)
        if id is None:
            self.judge("reject a suggestion", "x")
            return True
        before, there = self.hands.ledger.sum().actions, set(self.seen())
        exact = head == self.lines_of(id)
        if not exact and shown.extents and not self.is_step_away(id, head):
            shown = self.extended(id, shown)
            head = shown.places["quote"]
        wanted = [link for link in self.gold.links if link[1] == id]
        dates = self.dates_of(id, shown)
        if None in dates:
            self.judge("leave dates out", "d")
            dates = []
            shown = self.proposal() or shown
        speaker = next((other for kind, _, other in wanted if kind == "said_by"), None)
        at, named = self.option(shown, speaker)
        right = head == self.lines_of(id) and self.is_complete(shown, wanted, at)
        if right and named:
            self.judge("accept a suggestion", str(at + 1) if at else "Enter")
            self.note(id, [other for _, _, other in wanted], there)
        elif right and speaker:
            self.judge("accept a suggestion", "e")
            self.rename(id, speaker, wanted)
        else:
            if at:
                self.judge("accept a suggestion", f"Shift+Digit{at + 1}")
            elif not self.move_edge(id, head):
                self.judge("accept a suggestion", "Shift+Enter")
            self.mend(id, there)
        for date in filter(None, dates):
            self.note(date, [], there)
        if right and named and exact:
            self.right[id] = self.hands.ledger.sum().actions - before
        return right

    def rename(self, id: str, speaker: str, wanted: list[tuple[str, str, str]]) -> None:
        """Say who the speaker of an accepted quote is, in the field that has opened."""
        self.ids[speaker] = self.hands.active
        self.who(speaker)
        self.settle()
        self.note(id, [other for _, _, other in wanted], set())

    def extended(self, id: str, shown: Proposal) -> Proposal:
        """See where else a quote may begin and end, until that is right; the first extent again if none is."""
        first = shown.places["quote"]
        for _ in range(_EXTENTS):
            self.judge("see another extent", "v")
            shown = self.proposal() or shown
            if shown.places["quote"] in (first, self.lines_of(id)):
                break
        return shown

    def is_step_away(self, id: str, head: list[Stretch]) -> bool:
        """Whether a quote that is suggested is right but for a word at one end."""
        place = self.gold.place(id)
        if len(head) > 1 or len(place) > 1:
            return False
        away = [self.words_between(one, other) for one, other in zip(head[0], self.lines_of(id)[0], strict=True)]
        return sum(away) <= 1

    def dates_of(self, quote: str, shown: Proposal) -> list[str | None]:
        """The gold's dates that are shown in a quote, as the card says them; None for each that is wrong there."""
        found: list[str | None] = []
        for place, said in zip(shown.places.get("claimed_date", []), shown.dates, strict=True):
            fits = (
                id
                for id, span in self.gold.spans.items()
                if span["label"] == "claimed_date" and id not in self.ids and self.lines_of(id) == [place]
                if ("claimed_in", id, quote) in self.gold.links
                and (edtf := (span["attributes"].get("value") or {}).get("edtf"))
                and is_said(said, parse(edtf))
            )
            found.append(next(fits, None))
        return found

    def option(self, shown: Proposal, speaker: str | None) -> tuple[int, bool]:
        """Which option has a speaker and its entity, from 0, and whether it says so; or else one with the speaker alone."""
        if speaker is None or not shown.speakers:
            return 0, True
        place = self.gold.place(speaker)[0]
        named = [self.is_called(speaker, who.removesuffix(" (new)")) for _, who in shown.speakers]
        fits = [
            (each != place, not name, at)
            for at, ((each, _), name) in enumerate(zip(shown.speakers, named, strict=True))
            if like(each, place)
        ]
        at = min(fits, default=(True, True, 0))[-1]
        return at, named[at]

    def move_edge(self, id: str, head: list[Stretch]) -> bool:
        """Accept a quote by moving an edge that is wrong; return whether one is, and can be moved at once."""
        place = self.gold.place(id)
        wanted = self.lines_of(id)
        if len(head) > 1 or len(place) > 1 or head == wanted:
            return False
        self.hands.purpose = "correct a suggestion"
        side, at = ("end", head[0][1]) if head[0][1] != wanted[-1][1] else ("start", head[0][0])
        goal = place[0][side == "end"]
        if self.words_between(at, goal) > STEPS:
            return False
        self.step_edge(side, goal > at)
        return True

    def is_complete(self, shown: Proposal, wanted: list[tuple[str, str, str]], at: int) -> bool:
        """Whether a suggestion has just the parts that are wanted, each where it should be."""
        kinds = {"cue": "cued_by", "speaker": "said_by"}
        for label, kind in kinds.items():
            own = shown.places.get(label, [])
            if label == "speaker" and shown.speakers:
                own = [shown.speakers[at][0]]
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
        right = at is not None and head == self.lines_of(id)
        key = f"Digit{at + 1}" if at else "Enter"
        if at is None and head == self.lines_of(id):
            self.judge("accept a suggestion", "e")
            self.ids[id] = self.hands.active
            self.value(id)
            self.settle()
            return True
        self.judge("accept a suggestion", key if right else f"Shift+{key}")
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
        edge = [id for id in free if len(head) == len(self.lines_of(id)) == 1 and self.shares_edge(head[0], id)]
        return next(iter([*same, *near, *edge]), None)

    def shares_edge(self, stretch: Stretch, id: str) -> bool:
        """Whether a stretch begins or ends as a span of the gold does, so that one jump makes it right."""
        start, end = self.lines_of(id)[0]
        return stretch[0] == start or stretch[1] == end

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
        self.shape(id)
        self.verify(id)
        self.hands.purpose = "correct a suggestion"
        self.leave_field()
