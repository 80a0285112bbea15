"""The hands of an annotator at the label page, which count what they do and what it is for.

The time is that of the keystroke-level model (Card, Moran & Newell, “The keystroke-level model for user performance
time with interactive systems”, CACM 23, 1980): K 0.2 s a key (one held with another counts too), P 1.1 s pointing,
B 0.1 s a button pressed or released, H 0.4 s from the keyboard to the mouse or back, M 1.35 s of thought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from browser.person import Keyboard

KEY, POINT, BUTTON, HOME, THOUGHT = 0.2, 1.1, 0.1, 0.4, 1.35


@dataclass(slots=True)
class Tally:
    """What hands have done: key presses, strokes (a key held with another is one more), clicks, drags, changes of hand."""

    keys: int = 0
    strokes: int = 0
    clicks: int = 0
    drags: int = 0
    travel: float = 0
    homings: int = 0
    thoughts: int = 0

    @property
    def actions(self) -> int:
        """Key presses, clicks and drags."""
        return self.keys + self.clicks + self.drags

    @property
    def seconds(self) -> float:
        """The time by the keystroke-level model."""
        mouse = self.clicks * (POINT + 2 * BUTTON) + self.drags * 2 * (POINT + BUTTON)
        return self.strokes * KEY + mouse + self.homings * HOME + self.thoughts * THOUGHT

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass
class Ledger:
    """Tallies by purpose, with how many things were done for each, and actions by the way in which they were done."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    things: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)

    def tally(self, purpose: str) -> Tally:
        """The tally of a purpose."""
        return self.tallies.setdefault(purpose, Tally())

    def sum(self, *kinds: str, but: Sequence[str] = ()) -> Tally:
        """All that was done for purposes whose first word is one of the kinds; for all purposes without any."""
        found = (
            each for name, each in self.tallies.items() if not kinds or (name.split()[0] in kinds and name not in but)
        )
        return sum(found, Tally())


def strokes(keys: Sequence[str]) -> int:
    """How many keys go down: those held with others count too."""
    return sum(len(key.split("+")) for key in keys)


class Hands(Keyboard):
    """Works with keys, and if asked to with the mouse; what is done without a purpose is not counted."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.ledger = Ledger()
        self.purpose = ""
        self.way = ""
        self.pointer = (720.0, 450.0)
        self.at_mouse = False

    def begin(self, purpose: str) -> None:
        """Turn to the next thing to be done, after a moment of thought."""
        self.purpose = purpose
        self.ledger.things[purpose] += 1
        self.ledger.tally(purpose).thoughts += 1

    def press(self, key: str, times: int = 1) -> None:
        """Press a key, named as the page or as Playwright names it, so many times."""
        self._count([key] * times)
        super().press(key.replace("Ctrl+", "Control+"), times)

    def type(self, text: str) -> None:
        """Type a text."""
        self._count(
            [f"Shift+{each}" if each.isupper() else each for each in text if each != "+"] + ["+"] * text.count("+")
        )
        self.page.keyboard.type(text)

    def click(self, x: float, y: float) -> None:
        """Click at a place."""
        self._take_mouse(x, y).clicks += 1
        self.page.mouse.click(x, y)

    def double_click(self, x: float, y: float) -> None:
        """Double-click at a place, which counts as two clicks."""
        self._take_mouse(x, y).clicks += 2
        self.ledger.ways[self.way] += 1
        self.page.mouse.dblclick(x, y)

    def drag(self, first: tuple[float, float], last: tuple[float, float]) -> None:
        """Drag from a place to another."""
        mouse = self.page.mouse
        tally = self._take_mouse(*first)
        tally.drags += 1
        tally.travel += hypot(last[0] - first[0], last[1] - first[1])
        self.pointer = last
        mouse.move(*first)
        mouse.down()
        mouse.move((first[0] + last[0]) // 2, (first[1] + last[1]) // 2)
        mouse.move(*last)
        mouse.up()

    @contextmanager
    def by(self, way: str) -> Iterator[None]:
        """Count what is done meanwhile under the name of a way."""
        before, self.way = self.way, way
        try:
            yield
        finally:
            self.way = before

    def choices(self, details: bool = False) -> list[str]:
        """Wait for the choices under the field that has the focus, and return them; or their values as they stand beside them."""
        name = self.page.evaluate("() => document.activeElement.getAttribute('aria-controls')")
        self.page.locator(f'[id="{name}"][aria-busy="false"]').wait_for(state="attached")
        part = ".sw-choice-detail" if details else ".sw-choice-title"
        shown = self.page.locator(f'[id="{name}"] {part}').all_text_contents()
        return [each.split(" ")[0] for each in shown] if details else shown  # the modifier stands after the value

    def scroll(self) -> None:
        """Count a turn of the wheel, which brings something into view."""
        if self.purpose:
            self.ledger.tally(self.purpose).clicks += 1
            self.ledger.ways["scroll"] += 1

    def _count(self, keys: Sequence[str]) -> None:
        if not self.purpose:
            return
        tally = self.ledger.tally(self.purpose)
        self.ledger.ways[self.way] += len(keys)
        tally.keys += len(keys)
        tally.strokes += strokes(keys)
        tally.homings += self.at_mouse
        self.at_mouse = False

    def _take_mouse(self, x: float, y: float) -> Tally:
        tally = self.ledger.tally(self.purpose)
        self.ledger.ways[self.way] += 1
        tally.homings += not self.at_mouse
        tally.travel += hypot(x - self.pointer[0], y - self.pointer[1])
        self.at_mouse, self.pointer = True, (x, y)
        return tally
