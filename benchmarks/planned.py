"""An annotator who plans: marks a gold article from nothing in the fewest keys that the page's own rules allow.

The annotator goes quote by quote, then through what is left. Each span is reached in the fewest keys that the page's
own rules allow (planner.js): any move, mark or candidate, what a label's key takes by itself, edges moved after it. An
action is a key press (one with Shift or Ctrl held is one), a click or a drag. “Keyboard” never touches the mouse;
“hands” take it where the keystroke-level model says that it is quicker. A moment of thought comes before each span, link,
name and value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from playwright.sync_api import expect

from benchmarks import ROOT
from benchmarks.fields import may_be_called, said_who
from benchmarks.golds import FIELDS, LABEL_KEYS, LINK_KEYS, PRONOUN, Gold
from benchmarks.hands import BUTTON, HOME, KEY, POINT, Hands, strokes
from labeling import dates
from labeling.errors import DateError
from labeling.schema import Schema
from labeling.services.candidates import candidates_json
from labeling.ui.component.join import join

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Milliseconds between looks for what the page marks once the registry has answered, and how many there are.
_ANSWER, _ANSWERS = 50, 60


class Planned:
    """An annotator at the gold of one article; `names` are the entries made so far, by the gold's ids."""

    def __init__(self, hands: Hands, gold: Gold, names: dict[str, str], mouse: bool) -> None:
        self.hands = hands
        self.names = names
        self.mouse = mouse
        self.gold = gold
        self.ids: dict[str, str] = {}
        self.parts: dict[str, int] = {}  # fragments marked so far
        self.last: list[str] = []
        self.before = ""  # the sentence up to the date, with which its words are read

    def do(self) -> None:
        """Mark quote by quote with what belongs to it, then what is left."""
        self.publish()
        order = sorted(self.gold.spans, key=lambda id: (self.gold.place(id)[0][0], -self.gold.place(id)[-1][1]))
        for id in order:
            if self.gold.spans[id]["label"] == "quote":
                self.record(id)
        left = [id for id in order if id not in self.ids]
        anchored = [link for link in self.gold.links if link[0] == "anchored_to"]
        if left or anchored:
            self.hands.purpose = f"span {self.gold.spans[left[0]]['label']}" if left else "link anchored_to"
            self.hands.press("Control+Home")
        for id in left:
            self.mark(id)
            self.say(id)
        for kind, source, target in anchored:
            self.hands.begin(f"link {kind}")
            self._press(self._plan("activate", self.ids[source]))
            self.press_letter(kind, self.ids[target])
        self.hands.purpose = ""
        self.hands.wait_until_saved()

    def publish(self) -> None:
        """Correct the publication date, where the gold does."""
        if not self.gold.corrected:
            return
        hands = self.hands
        hands.begin("publication")
        hands.press("Shift+D")
        basis = hands.page.get_by_label("Where the publication date comes from")
        if basis.input_value() != self.gold.corrected["basis"]:
            hands.press("Tab")
            hands.type(self.gold.corrected["basis"][0])
            expect(basis).to_have_value(self.gold.corrected["basis"])
            hands.press("Shift+Tab")
        hands.type(self.gold.corrected["value"])
        self._take([self.gold.corrected["value"]], details=True)

    def record(self, quote: str) -> None:
        """Mark a quote and what belongs to it: first what its links mark, then what has to be marked by itself."""
        self.mark(quote)
        first = {"cued_by": 0, "said_by": 2}
        mine = [link for link in self.gold.links if quote in link[1:] and link[0] != "anchored_to"]
        whole = self._ask("record", self.ids[quote])
        taken = [
            (each["type"], quote, other)
            for each in whole
            for other in self.gold.spans
            if each["id"] in (self.ids.get(other), self._name(other)) and (each["type"], quote, other) in mine
        ]
        if len(taken) == len(whole) > 1:
            for _ in whole:  # each is looked at
                self.hands.begin("link record")
            if self.hands.selected():  # what comes next, which would be marked
                self.hands.press("Escape")
            self.hands.press("Shift+R")
            for _, _, other in sorted(taken, key=lambda link: self.gold.spans[link[2]]["label"] == "speaker"):
                if other not in self.ids:
                    self.made(other)
            mine = [link for link in mine if link not in taken]
        left = []
        for kind, source, target in sorted(mine, key=lambda link: first.get(link[0], 1)):
            other = target if source == quote else source
            name = self.ids.get(other) or self._name(other)
            if other not in self.ids and (
                name not in self._ask("offered", self.ids[quote], kind) or not self._sees(self.gold.place(other)[0][0])
            ):
                left.append((kind, other))
                continue
            self.hands.begin(f"link {kind}")
            if self.hands.active != self.ids[quote]:
                self._press(self._plan("activate", self.ids[quote]))
            self.press_letter(kind, name)
            if other not in self.ids:
                self.made(other)
        for kind, other in left:
            if other not in self.ids:
                self.mark(other)
            self.hands.begin(f"link {kind}")
            if self.hands.active != self.ids[other]:
                self._press(self._plan("activate", self.ids[other]))
            self.press_letter(kind, self.ids[quote])
            self.say(other)

    # --- spans and links --------------------------------------------------------------------------------------------

    def mark(self, id: str) -> None:
        """Mark a span; it is then active."""
        hands, span = self.hands, self.gold.spans[id]
        hands.begin(f"span {span['label']}")
        for number, (start, end) in enumerate(self.gold.place(id)):
            before = hands.caret, hands.active
            self._reach(span["label"], start, end, part=number > 0)
            if not hands.active:
                raise RuntimeError(
                    f"no span {span['text']!r} from {before}, {self.last}: {hands.selected()} is selected"
                )
            self.ids[id] = hands.active
            self.parts[id] = number + 1
        shown = hands.marked(self.ids[id])
        if shown != hands.lines_of(self.gold.place(id)):
            raise RuntimeError(f"{span['text']!r} stands as {shown} after {self.last}")

    def _reach(self, label: str, start: int, end: int, part: bool) -> None:
        hands = self.hands
        wanted = {"start": start, "end": end}
        keys = self._plan("mark", label, wanted, part)
        if self.mouse:
            quickest = strokes(keys) * KEY + HOME * hands.at_mouse
            to_and_fro = HOME * (2 - hands.at_mouse)
            click = None if part else self._ask("click", label, wanted)
            ends = hands.see("place", start, "start"), hands.see("place", end, "end")
            if click and POINT + 2 * BUTTON + to_and_fro + len(click["keys"]) * KEY < quickest:
                place = hands.see("place", click["point"], "start")
                if place and place["seen"]:
                    hands.click(place["x"], place["y"])
                    return self._press(click["keys"])
            seen = all(place and place["seen"] for place in ends)
            if seen and 2 * (POINT + BUTTON) + to_and_fro + KEY < quickest and self._ask("drags", label, wanted):
                hands.drag(*((place["x"], place["y"]) for place in ends))
                return self._press(["f" if part else LABEL_KEYS[label]])
        return self._press(keys)

    def press_letter(self, kind: str, mark: str) -> None:
        """Link the active span with what has a letter."""
        hands = self.hands
        hands.press(LINK_KEYS[kind])
        letter = hands.page.locator(f'[data-letter][data-spans="{mark}"]').first
        hands.press(letter.get_attribute("data-letter", timeout=5000) or "")

    def made(self, id: str) -> None:
        """Find a span that a link has made, and answer what is asked of it."""
        hands = self.hands
        wanted = hands.lines_of(self.gold.place(id))
        for _ in range(_ANSWERS):  # the registry is asked for names first
            found = hands.page.locator("[data-spans]").evaluate_all(
                "(all) => [...new Set(all.flatMap((each) => each.dataset.spans.split(' ')))]"
            )
            new = [each for each in found if each not in self.ids.values() and ":" not in each]
            if made := [each for each in new if hands.marked(each) == wanted]:
                break
            hands.page.wait_for_timeout(_ANSWER)
        [self.ids[id]] = made
        self.parts[id] = 1
        self.say(id)

    # --- who, and when ----------------------------------------------------------------------------------------------

    def say(self, id: str) -> None:
        """Say who a speaker is, or when a date, in the field that a link has opened or that has to be opened."""
        label, attributes = self.gold.spans[id]["label"], self.gold.spans[id]["attributes"]
        field = FIELDS.get(label)
        if field is None:
            return
        opened = self.hands.see("focused") == field
        if label == "speaker":
            self.who(id, self.gold.entity(id), opened)
        elif value := attributes.get("value"):
            self.value(id, value["edtf"], opened)
        elif opened:
            self.hands.purpose = "value"
            self.hands.press("Escape")

    def who(self, id: str, entry: str, opened: bool) -> None:
        """Say who a speaker is: by what is offered, by a few letters, or by the whole name."""
        hands = self.hands
        name = self.gold.called.get(entry, entry)
        known = self.names.get(entry)
        hands.begin("who")
        if not opened:
            said = said_who(hands, self.ids[id])
            if said and (said == known if known else said == name or may_be_called(self.gold, self.names, id, said)):
                self.names[entry] = said
                return
            if hands.active != self.ids[id]:
                self._press(self._plan("activate", self.ids[id]))
            self._open("speaker")
        wanted = [known, f"Create “{known}”"] if known else [f"Create “{name}”"]
        shown = self.hands.choices()
        words = [each for each in shown if each.startswith("Create “")]
        if (
            not known
            and name.lower() not in self.gold.text.lower()
            and words
            and not PRONOUN.fullmatch(self.gold.spans[id]["text"])
        ):
            wanted = words
        best = ("", next((at for at, each in enumerate(shown) if each in wanted), 99))
        typed = ""
        parts = [part for part in re.split(r"[^\w’'-]+", known or name) if part]
        tries = [part[:count] for count in (2, 3, 4) for part in parts if len(part) >= count]
        for letters in [*dict.fromkeys(tries), known or name]:
            if len(letters) >= len(best[0]) + best[1]:
                continue
            typed = self._try(letters)
            at = next((at for at, each in enumerate(self.hands.choices()) if each in wanted), 99)
            best = min(best, (letters, at), key=lambda each: len(each[0]) + each[1])
        if typed != best[0]:
            if best[0]:
                self._try(best[0])
            else:
                hands.page.keyboard.press("Escape")  # the field is as it was found
        self._count(best[0])
        self.names[entry] = self._take(wanted).removeprefix("Create “").removesuffix("”")

    def value(self, id: str, edtf: str, opened: bool) -> None:
        """Give a date its value: as its words are read, or in the shortest words that are read so."""
        hands = self.hands
        hands.begin("value")
        if not opened and hands.active != self.ids[id]:
            self._press(self._plan("activate", self.ids[id]))
        self.before = str(hands.page.evaluate("(start) => planner.before(start)", self.gold.place(id)[0][0]))
        words = self.gold.spans[id]["text"][:200]
        led = re.search(
            r"(?i)\b(since|(?:has|have|had|been)\s[^.;:!?]{0,50}\bfor)\s+$", self.gold.text[: self.gold.place(id)[0][0]]
        )  # is read with the words
        own = self._readings(words)
        own = list(dict.fromkeys([*self._readings(f"{led[1].split()[-1]} {words}"), *own])) if led else own
        if not opened and own == [edtf]:
            hands.press("v")
            return expect(hands.page.get_by_label("date", exact=True)).not_to_have_value("")
        if not opened:
            self._open("claimed_date")
        best = own.index(edtf) if edtf in own else 99
        typed = min(self._ways(edtf), key=lambda way: len(way[0]) + way[1])
        if len(typed[0]) + typed[1] < best:
            hands.type(typed[0])
        self._take([edtf], details=True)
        return None

    def _ways(self, edtf: str) -> Iterator[tuple[str, int]]:
        """Yield words that are read as a value, each with the place of the reading among the choices."""
        words = [edtf, "today", "tomorrow", "yesterday", "this week", "next week", "next month", "this month"]
        for part in {edtf, *re.split(r"[/,]", re.sub(r"[\[\]{}~]", "", edtf))}:
            if found := re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[012])(?:-(\d\d))?)?", part):
                year, month, day = found.groups()
                name = _MONTHS[int(month) - 1] if month else ""
                if day:
                    words += [f"{int(day)} {name}", _WEEKDAYS[date.fromisoformat(part).weekday()]]
                words += [name] if month and not day else [] if month else [year]
                if day:
                    words.append(f"{int(day)}{'th' if 3 < int(day) < 21 or int(day) % 10 not in (1, 2, 3) else ''}")
        if found := re.fullmatch(r"(\d{4}-(\d\d))-(\d\d)/\1-(\d\d)", edtf):
            words.append(f"{int(found[3])}-{int(found[4])} {_MONTHS[int(found[2]) - 1]}")
        words += [f"since {each}" for each in words[8:]] + [f"around {each}" for each in words[8:]]
        if "/" in edtf:
            first, last = ([each for each in words[8:] if each] for _ in "ab")
            words += [f"{one}-{other}" for one in first for other in last if one != other]
        for each in words:
            if each and edtf in (read := self._readings(each)):
                yield each, read.index(edtf)

    def _readings(self, words: str) -> list[str]:
        try:
            read = dates.read(words, self.gold.published, language=self.gold.language, before=self.before)
            return [each.edtf or "" for each in read]
        except DateError:
            return []

    # --- fields -----------------------------------------------------------------------------------------------------

    def _open(self, label: str) -> None:
        self.hands.press("Enter")
        expect(self.hands.page.get_by_label(FIELDS[label], exact=True)).to_be_focused()

    def _try(self, letters: str) -> str:
        """Look what letters would find, uncounted."""
        self.hands.page.keyboard.press("Control+A")
        self.hands.page.keyboard.type(letters)
        return letters

    def _count(self, letters: str) -> None:
        tally = self.hands.ledger.tally(self.hands.purpose)
        tally.keys += len(letters)
        tally.strokes += len(letters) + sum(each.isupper() for each in letters)

    def _take(self, wanted: list[str], details: bool = False) -> str:
        """Take the first choice that is wanted."""
        shown = self.hands.choices(details)
        at = next((number for number, each in enumerate(shown) if each in wanted), None)
        if at is None:
            raise RuntimeError(f"{wanted} is not among {shown}")
        self.hands.press("ArrowDown", at)
        self.hands.press("Enter")
        expect(self.hands.page.locator('[data-sw="article"]')).to_be_focused()
        return shown[at]

    # --- planning ---------------------------------------------------------------------------------------------------

    def _sees(self, point: int) -> bool:
        """Whether a point of the text is visible."""
        place = self.hands.see("place", point, "start")
        return bool(place and place["seen"])

    def _name(self, id: str) -> str:
        """What the page calls a stretch that is not marked yet and could be."""
        [(start, end), *more] = self.gold.place(id)
        return "" if more else f"{self.gold.spans[id]['label']}:{start}-{end}"

    def _marks(self) -> list[dict[str, Any]]:
        marks = [
            {"id": own, "label": self.gold.spans[id]["label"], "fragments": self.gold.place(id)[: self.parts[id]]}
            for id, own in self.ids.items()
        ]
        return sorted(marks, key=lambda mark: (mark["fragments"][0][0], -mark["fragments"][-1][1], mark["id"]))

    def _ask(self, what: str, *about: Any) -> Any:
        """Ask the planner for something that depends on the spans that are there."""
        first = [] if what == "drags" else [self._marks()]
        return self.hands.page.evaluate("([what, about]) => planner[what](...about)", [what, [*first, *about]])

    def _plan(self, what: str, *about: Any) -> list[str]:
        """Ask the planner for the keys that do something, from what the page shows now."""
        hands = self.hands
        anchor = hands.see("anchor")  # what comes next may be selected beside the active span
        state = {"point": hands.caret, "anchor": anchor, "exact": anchor is not None, "active": hands.active}
        keys = hands.page.evaluate("([what, about]) => planner[what](...about)", [what, [state, self._marks(), *about]])
        if keys is None:
            raise RuntimeError(f"no keys {what} {about} from {state}")
        return list(keys)

    def _press(self, keys: list[str]) -> None:
        self.last = keys
        for key in keys:
            if key.startswith("letter "):
                self._press_jump(int(key.removeprefix("letter ")))
            else:
                self.hands.press(key)

    def _press_jump(self, point: int) -> None:
        """Press the letter that stands on a word, unless there was but one such visible word."""
        letter = self.hands.page.locator(f'[data-spans="word:{point}"]')
        if letter.count():
            for each in letter.get_attribute("data-letter") or "":  # far words have two
                self.hands.press(each)


def prepare(hands: Hands, text: str, language: str | None, schema: Schema) -> None:
    """Give the page that is open the planner of its article."""
    planner = join("benchmarks/planner.js", lambda name: (ROOT / name).read_text(encoding="utf-8"))
    hands.page.evaluate(
        f"([text, language, schema, candidates]) => {{ {planner}\nwindow.planner = new Planner(text, language, schema, candidates, (word) => eyes.place(word.start, 'start')?.seen); }}",
        [text, language, schema.as_json(), orjson.loads(candidates_json(text, language))],
    )
