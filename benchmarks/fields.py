"""How annotators of the effort benchmark who go by what is visible fill in fields: who a speaker is, when a date is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from playwright.sync_api import expect

from benchmarks.golds import FIELDS, PRONOUN, Gold
from benchmarks.hands import Hands
from benchmarks.spans import STEPS, Spans
from labeling.dates.edtf import MONTHS, WEEKDAYS


class Fields(Spans):
    """An annotator at the gold of one article; `names` are the entries made so far, by the gold's ids."""

    def __init__(self, hands: Hands, gold: Gold, names: dict[str, str]) -> None:
        super().__init__(hands, gold)
        self.names = names

    def publish(self) -> None:
        """Correct the publication date, where the gold does."""
        if not self.gold.corrected:
            return
        hands, wanted = self.hands, self.gold.corrected
        hands.begin("publication")
        self.open_publication()
        basis = hands.page.get_by_label("Where the publication date comes from")
        with hands.by("open a field"):
            if basis.input_value() != wanted["basis"]:
                hands.press("Tab")
                hands.type(wanted["basis"][0])
                expect(basis).to_have_value(wanted["basis"])
                hands.press("Shift+Tab")
        self.type_on(wanted["value"])
        self.take([wanted["value"]], details=True)

    def who(self, id: str) -> None:
        """Say who a speaker is: as the page says already, by what is offered, or by letters of the name."""
        hands = self.hands
        if self.gold.spans[id]["label"] != "speaker":
            return
        entry = self.gold.entity(id)
        known = self.names.get(entry)
        name = known or self.gold.called.get(entry, entry)
        opened = hands.see("focused") == FIELDS["speaker"]
        if not opened and (said := said_who(hands, self.ids[id])) and self.is_called(id, said):
            self.names[entry] = said
            return
        hands.begin("who")
        if not opened:
            if hands.active != self.ids[id]:
                self.activate(self.ids[id])
            self.open_field("speaker")
        wanted = [known] if known else [f"Create “{name}”"]
        wanted += [
            each for each in self.shown() if may_be_called(self.gold, self.names, id, each.removeprefix("Create “"))
        ][:1]
        wanted += [each for each in self.shown() if _bare(each) == _bare(wanted[0])]
        if not self.offers_any(wanted, most=STEPS):
            last = re.findall(r"[\w’'-]+", name)[-1]
            letters = [*last] if last == name else [*last[:3]]
            self.type_until(letters if known or name in self.gold.text else [name], wanted)
            if not self.offers_any(wanted):
                self.type_over(name)
        self.names[entry] = self.take(wanted).removeprefix("Create “").removesuffix("”")

    def offers_any(self, wanted: list[str], details: bool = False, most: int | None = None) -> bool:
        """Whether one of the choices, or of the first so many, is wanted."""
        return any(each in wanted for each in self.shown(details)[:most])

    def type_until(self, letters: list[str], wanted: list[str], details: bool = False) -> None:
        """Type letters over what stands in the field until a choice is wanted."""
        self.type_over(letters[0])
        for letter in letters[1:]:
            shown = self.shown(details)
            if any(each in wanted for each in shown[:STEPS]):
                return
            self.type_on(letter)

    def is_called(self, id: str, said: str) -> bool:
        """Whether a name is that of a speaker."""
        entry = self.gold.entity(id)
        return said == (self.names.get(entry) or self.gold.called.get(entry, entry)) or may_be_called(
            self.gold, self.names, id, said
        )

    def value(self, id: str) -> None:
        """Give a date its value: as its words are read, chosen among the readings, or typed."""
        edtf = (self.gold.spans[id]["attributes"].get("value") or {}).get("edtf")
        self.hands.begin("value")
        if not edtf:
            return self.no_value(id)
        if self.hands.see("focused") != FIELDS["claimed_date"]:
            if self.hands.active != self.ids[id]:
                self.activate(self.ids[id])
            line = self.says(self.ids[id], edtf)
            if line and line.right and not line.proposed:
                return
            if line and line.right and not line.several:
                return self.accept()
            if line and line.other is not None:
                return self.accept_other(line.other)
            self.open_field("claimed_date")
        if edtf not in self.shown(details=True):
            self.type_date(edtf)
        self.take([edtf], details=True)

    def no_value(self, id: str) -> None:
        """Leave a date without a value: leave the field that asks for one, or take the value back."""
        self.look()
        self.leave_field()
        if self.whole and self.says_date(self.ids[id]):
            self.undo()

    def type_date(self, edtf: str) -> None:
        """Type a day or month as people write it, as far as it takes until it is offered; anything else as EDTF."""
        if letters := _written(edtf, self.gold.published):
            self.type_until(letters, [edtf], details=True)
        if not self.offers_any([edtf], details=True):
            self.type_over(edtf)


def said_who(hands: Hands, own: str) -> str:
    """The name that the card of a speaker says, in its field or on its line; empty where it asks for one."""
    card = hands.card(own)
    field = card.get_by_label(FIELDS["speaker"], exact=True)
    if field.count():
        return str(field.input_value())
    lines = hands.page.locator(f'[data-sw="record"]:has([data-span="{own}"]) .sw-lack-name').all_inner_texts()
    named = card.locator(".sw-part-name").first
    if any(line.startswith(FIELDS["speaker"]) for line in lines) or not named.count():
        return ""
    return str(named.evaluate("(each) => each.firstChild.data ?? ''")).strip()


def may_be_called(gold: Gold, names: Mapping[str, str], id: str, name: str) -> bool:
    """Whether a new name may be a speaker's own: where the article doesn't have the gold's, any but another one's."""
    entry = gold.entity(id)
    free = entry not in names and not PRONOUN.fullmatch(gold.spans[id]["text"])
    return free and gold.called.get(entry, entry).lower() not in gold.text.lower() and name not in names.values()


def _written(edtf: str, published: str | None) -> list[str]:
    """How people write days or months, by letters: “wed” in the days around the publication, “13 mar” further away, “21-29 feb”."""
    if between := re.fullmatch(r"(\d{4})-(0\d|1[0-2])-(\d\d)/\1-\2-(\d\d)", edtf):
        name = MONTHS[int(between[2]) - 1][:3].lower()
        return [f"{int(between[3])}-{int(between[4])} {name}", f" {between[1]}"]
    if between := re.fullmatch(r"(\d{4})-(0\d|1[0-2])/\1-(0\d|1[0-2])", edtf):
        return ["-".join(MONTHS[int(month) - 1][:3].lower() for month in between.groups()[1:]), f" {between[1]}"]
    found = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", edtf)
    if not found or not "01" <= found[2] <= "12":
        return []
    year, name = f" {found[1]}", MONTHS[int(found[2]) - 1][:3].lower()
    if not found[3]:
        return [*name, year]
    day = date.fromisoformat(edtf)
    if published and len(published) == 10 and 0 < abs((day - date.fromisoformat(published)).days) < 7:
        return [*WEEKDAYS[day.weekday()][:3].lower()]
    return [*f"{day.day} {name}", year]


def _bare(choice: str) -> str:
    """A choice without its article: “Create “The town hall”” creates the town hall."""
    return choice.lower().replace("“the ", "“").removeprefix("the ")
