"""Someone at the label page, who sees it and works on it with the keyboard or with the mouse.

A person is given stretches of the text in code points and finds the keys, or the way of the mouse, by looking: what
is under the caret, what is selected, which letters and choices are shown. Nothing here calls into the page's own code.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

#: Half-open ranges of code points.
Stretch = tuple[int, int]

EYES = Path(__file__).with_name("eyes.js")

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[^\w\s]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
_MIRRORED = {
    "ArrowLeft": "ArrowRight",
    "ArrowRight": "ArrowLeft",
    "Control+ArrowLeft": "Control+ArrowRight",
    "Control+ArrowRight": "Control+ArrowLeft",
}
_LABEL_KEYS = {"quote": "q", "cue": "c", "speaker": "s", "claimed_date": "d"}
_RELATION_KEYS = {
    "said_by": "l",
    "cued_by": "i",
    "relayed_by": "p",
    "originates_from": "o",
    "claimed_in": "t",
    "anchored_to": "a",
}
#: The attributes of the default label set as the page names them, with how each is given.
_FIELDS = {
    "utterance": ("utterance", "registry"),
    "headline": ("in the headline", "flag"),
    "borderline": ("borderline", "flag"),
    "note": ("note", "text"),
    "who": ("entity", "registry"),
    "anonymous": ("unnamed", "flag"),
    "plural": ("more than one", "flag"),
    "value": ("date", "date"),
    "event": ("event", "registry"),
    "modality": ("modality", "choice"),
    "timex_type": ("kind", "choice"),
    "anchor": ("counted from", "choice"),
    "mention": ("claims nothing", "flag"),
    "unresolvable": ("why it can't be dated", "text"),
}


class Person(ABC):
    """Someone who labels an article; `text` is the article's text as they read it."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page = page
        self.url = url
        self.name = name
        self.text = ""
        self._labels: dict[str, str] = {}

    # --- looking ----------------------------------------------------------------------------------------------------

    def see(self, what: str, *about: object) -> Any:
        """Look at something of the page: a function of eyes.js."""
        return self.page.evaluate("([what, about]) => window.eyes[what](...about)", [what, about])

    @property
    def article(self) -> str | None:
        """The id of the article on the page; empty when all are done."""
        return self.page.locator('[data-sw="workspace"]').get_attribute("data-article")

    @property
    def caret(self) -> int:
        """Where the caret stands."""
        return int(self.see("caret"))

    @property
    def active(self) -> str:
        """The id of the active span; empty if none is."""
        return str(self.see("active"))

    def card(self, id: str) -> Locator:
        """The line of a span in the panel, with its form if it is active; the first if several records share it."""
        return self.page.locator(f'[data-sw="record"] [data-span="{id}"]').first

    def record(self, id: str) -> Locator:
        """The card of the record that a span is the head of."""
        return self.page.locator(f'[data-sw="record"][data-head="{id}"]')

    def selected(self) -> list[Stretch]:
        """The stretches that stand out as selected, paragraph by paragraph."""
        return [(start, end) for start, end in self.see("selected")]

    def marked(self, id: str) -> list[Stretch]:
        """The stretches that are underlined for a span, paragraph by paragraph."""
        return [(start, end) for start, end in self.see("marked", id)]

    def wait_until_saved(self) -> int:
        """Wait until the status line, as it is painted next, says that everything is saved; return the revision."""
        self.page.evaluate(
            "() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"
        )
        saved = self.page.locator('[data-sw="saved"][data-state="saved"][data-kept="0"]')
        expect(saved).to_be_visible()
        return int(saved.get_attribute("data-revision") or 0)

    # --- working ----------------------------------------------------------------------------------------------------

    @abstractmethod
    def sign_in(self) -> None:
        """Sign in under a name that is new, and wait for the label page."""

    def open(self, article: str, text: str) -> None:
        """Open an article by its address; the project knows the name."""
        self.page.goto(f"{self.url}/?annotator={self.name}&article={article}")
        self.arrive(article, text)

    def arrive(self, article: str, text: str) -> None:
        """Wait until an article is on the page."""
        self.page.locator(f'[data-sw="workspace"][data-article="{article}"]').wait_for()
        expect(self.page.locator('[data-sw="article"]')).to_be_focused()
        self.text = text

    def mark(self, label: str, *fragments: Stretch) -> str:
        """Mark a stretch, or several as one; return the id of the span, which is then active."""
        before = self.active
        self.select(*fragments[0])
        self.give(label)
        id = self.active
        assert id and id != before, f"marking {fragments[0]} as {label} made no new mark"
        self._labels[id] = label
        for fragment in fragments[1:]:
            self.select(*fragment)
            self.add_fragment()
            assert self.active == id, "the mark that a part is added to stays active"
        shown = self.marked(id)
        assert shown == self.lines_of(fragments), f"{label} {fragments} stands as {shown}"
        return id

    def lines_of(self, fragments: Sequence[Stretch]) -> list[Stretch]:
        """How a span looks: its stretches, cut where paragraphs end."""
        pieces = []
        for start, end in fragments:
            at = start
            for line in self.text[start:end].split("\n"):
                if line:
                    pieces.append((at, at + len(line)))
                at += len(line) + 1
        return pieces

    def describe(self, id: str, attributes: Mapping[str, object]) -> None:
        """Give the active span attributes: flags, texts, choices, names of registry entries, date values.

        A choice that is made already (a date's reading makes some) is left as it is. A date value with "words" is one
        that the span's own words are read as; another one is typed as EDTF.
        """
        assert self.active == id
        for name, value in attributes.items():
            title, kind = _FIELDS[name]
            if kind != "choice" or self._field(id, title).input_value() != value:
                getattr(self, f"_give_{kind}")(id, title, value)

    @abstractmethod
    def select(self, start: int, end: int) -> None:
        """Select a stretch; no span changes by it."""

    @abstractmethod
    def give(self, label: str) -> None:
        """Give the selection, or else the active span, a label."""

    @abstractmethod
    def add_fragment(self) -> None:
        """Add the selection to the active span."""

    @abstractmethod
    def activate(self, id: str) -> None:
        """Make a span the active one."""

    @abstractmethod
    def link(self, kind: str, source: str, target: str) -> None:
        """Link two spans."""

    @abstractmethod
    def publish(self, words: str, basis: str, edtf: str = "") -> None:
        """Set the publication date of the article and how it is known, in words (with the EDTF they mean) or in EDTF."""

    def submit(self) -> str:
        """Submit the article, without what is missing, await the next and return its id; empty when all are done."""
        here = self.article or ""
        self._ask_to_submit()
        if self._asked_for_more():
            self._ask_to_submit()
        return self._left(here)

    @abstractmethod
    def _ask_to_submit(self) -> None:
        """Press the key or the button that submits."""

    @abstractmethod
    def _take(self, field: Locator, choice: Locator) -> None:
        """Take a choice that is shown under a field."""

    def _field(self, id: str, title: str) -> Locator:
        return self.card(id).get_by_label(title, exact=True)

    def _choose(self, field: Locator, *titles: str, detail: str = "") -> None:
        """Take the choice under a field that has one of the titles, or the one with the detail."""
        found = self.page.locator(f'[id="{field.get_attribute("aria-controls")}"] [role="option"]')
        if detail:
            choice = found.filter(has=self.page.get_by_text(detail, exact=True)).first
        else:
            choice = found.filter(
                has_text=re.compile(rf"^({'|'.join(map(re.escape, titles))})(in this article|new)?$")
            ).first
        choice.wait_for()
        self._take(field, choice)

    def _asked_for_more(self) -> bool:
        """Whether submitting asked for required items that are missing; a second time submits without them."""
        hints = self.page.locator(".sw-hint").all_inner_texts()
        return any("missing" in hint for hint in hints)

    def _left(self, id: str) -> str:
        next_article = self.page.locator(f'[data-sw="workspace"]:not([data-article="{id}"])')
        next_article.wait_for()
        return next_article.get_attribute("data-article") or ""


class Keyboard(Person):
    """Never touches the mouse."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        super().__init__(page, url, name)
        self._snapping = True
        self._tabs: dict[tuple[str, str], int] = {}

    def sign_in(self) -> None:
        self.page.goto(self.url)
        field = self.page.get_by_role("textbox", name="Name")
        expect(field).to_be_focused()
        field.press("Control+a")
        self.page.keyboard.type(self.name)
        self.press("Enter")
        self.page.locator('[data-sw="workspace"][data-article]').wait_for()

    def press(self, key: str, times: int = 1) -> None:
        """Press a key so many times."""
        for _ in range(times):
            self.page.keyboard.press(key)

    def go(self, target: int, *, extend: bool = False) -> None:
        """Bring the caret to a point of the text with few keys."""
        shift = "Shift+" if extend else ""
        seen: set[int] = set()  # where strides by line have led: no way is gone twice
        overshot = False
        while (caret := self.caret) != target:
            key, times = self._stride(caret, target, seen, overshot)
            if _RIGHT_TO_LEFT.search(self.text) and self.see("leftward", caret):
                key = _MIRRORED.get(key, key)  # arrows point where they go
            self.press(shift + key, times)
            now = self.caret
            assert now != caret, f"{shift}{key} does not move the caret from {caret} towards {target}"
            if key in ("ArrowLeft", "ArrowRight") and (now < target) != (caret < target):
                overshot = True

    def _stride(self, caret: int, target: int, seen: set[int], overshot: bool) -> tuple[str, int]:
        """Return the key to press next on the way to the target, and how often."""
        on = target > caret
        between = self.text[caret:target] if on else self.text[target:caret]
        borders = between.count("\n")
        if borders and (on or len(between) > 90):
            return ("Control+ArrowDown" if on else "Control+ArrowUp"), _paragraphs(between)
        if len(between) > 80 and caret not in seen and not borders:
            seen.add(caret)
            return ("ArrowDown" if on else "ArrowUp"), 1
        words = len(_WORD.findall(between))
        if overshot or not words:
            return ("Control+ArrowRight" if on else "Control+ArrowLeft"), 1
        return ("ArrowRight" if on else "ArrowLeft"), max(1, words - 2)

    def select(self, start: int, end: int) -> None:
        self.go(start)
        self.go(end, extend=True)
        if self.selected() != self.lines_of([(start, end)]):
            self.press("w")  # by single characters, then
            self._snapping = not self._snapping
        assert self.selected() == self.lines_of([(start, end)]), f"{(start, end)} cannot be selected by keyboard"

    def give(self, label: str) -> None:
        self.press(_LABEL_KEYS[label])
        if not self._snapping:
            self.press("w")
            self._snapping = True

    def add_fragment(self) -> None:
        self.press("f")

    def activate(self, id: str) -> None:
        [(start, _), *_] = self.marked(id)
        if not self.active:
            self.go(start)
        while (active := self.active) != id:
            before = self.marked(active)[0] if active else (self.caret, 0)
            key = "j" if before[0] <= start else "k"
            self.press(key)
            assert self.active != active, f"{key} stays at {active} on the way to {id}"

    def link(self, kind: str, source: str, target: str) -> None:
        self.activate(source)
        self.press(_RELATION_KEYS[kind])
        letters = self.see("letters", target)
        assert len(letters) == 1, f"{kind} from {source}: the letters {letters} stand at {target}"
        self.press(letters[0])

    def publish(self, words: str, basis: str, edtf: str = "") -> None:
        self.press("Shift+D")
        field = self.page.get_by_label("Publication date", exact=True)
        expect(field).to_be_focused()
        self.press("Tab")
        self.page.keyboard.type(basis)
        self.press("Shift+Tab")
        self._type_over(field, words)
        self._choose(field, detail=edtf or words)

    def _ask_to_submit(self) -> None:
        self.press("Control+Enter")

    def _reach(self, id: str, title: str) -> Locator:
        """Bring the focus into a field of the active card: with Enter into the first one, with Tab on from there.

        How often Tab is to be pressed is remembered from the last time.
        """
        way = (self._labels[id], title)
        known = self._tabs.get(way, 0)
        self.press("Enter")
        self.press("Tab", known)
        self._tabs[way] = known + self._tab_to(title)
        return self._field(id, title)

    def _tab_to(self, title: str) -> int:
        """Press Tab until what has this name has the focus; return how often."""
        passed: list[str] = []
        while (name := self.see("focused")) != title:
            assert len(passed) < 30, f"Tab does not reach “{title}”; it goes to {passed}"
            passed.append(name)
            self.press("Tab")
        return len(passed)

    def _type_over(self, field: Locator, value: str) -> None:
        self.press("Control+A")
        self.page.keyboard.type(value)
        expect(field).to_have_value(value)

    def _give_flag(self, id: str, title: str, value: object) -> None:
        field = self._reach(id, title)
        if field.is_checked() != bool(value):  # the same words before may have set it
            self.press("Space")
        expect(field).to_be_checked(checked=bool(value))
        self.press("Escape")

    def _give_text(self, id: str, title: str, value: str) -> None:
        self._type_over(self._reach(id, title), value)
        self.press("Enter")

    def _give_choice(self, id: str, title: str, value: str) -> None:
        field = self._reach(id, title)
        shown = field.locator(f'option[value="{value}"]').inner_text()
        self.page.keyboard.type(shown)
        expect(field).to_have_value(value)
        self.press("Enter")

    def _give_registry(self, id: str, title: str, name: str) -> None:
        field = self._reach(id, title)
        self._type_over(field, name)
        self._choose(field, name, f"Create “{name}”")

    def _give_date(self, id: str, title: str, value: Mapping[str, str]) -> None:
        field = self._reach(id, title)
        if "words" not in value:
            self._type_over(field, _written(value))
        self._choose(field, detail=_written(value))

    def _take(self, field: Locator, choice: Locator) -> None:
        for _ in range(20):
            if choice.get_attribute("aria-selected") == "true":
                break
            self.press("ArrowDown")
        self.press("Enter")
        expect(self.page.locator('[data-sw="article"]')).to_be_focused()


class Mouse(Person):
    """Touches the keyboard only to type into fields."""

    def sign_in(self) -> None:
        self.page.goto(self.url)
        field = self.page.get_by_role("textbox", name="Name")
        field.click(click_count=3)
        self.page.keyboard.type(self.name)
        self.page.get_by_role("button", name="Start labeling").click()
        self.page.locator('[data-sw="workspace"][data-article]').wait_for()

    def _bring(self, what: str, *about: object) -> tuple[int, int]:
        """Scroll until a place is visible, and return it."""
        for _ in range(40):
            place = self.see(what, *about)
            assert place, f"there is no {what} to point at for {about}"
            if place["seen"]:
                return place["x"], place["y"]
            article = self.page.locator('[data-sw="article"]')
            box = article.bounding_box()
            assert box
            self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            before = article.evaluate("(each) => each.scrollTop")
            self.page.mouse.wheel(0, -240 if place["above"] else 240)
            self.page.wait_for_function(
                "(before) => document.querySelector('[data-sw=\"article\"]').scrollTop !== before", arg=before
            )
        raise AssertionError(f"scrolling does not bring {about} into sight")

    def select(self, start: int, end: int) -> None:
        wanted = self.lines_of([(start, end)])
        for alt in (False, True):
            self._drag(start, end, alt)
            if self.selected() == wanted:
                return
        raise AssertionError(f"{(start, end)} cannot be selected by mouse; {self.selected()} is")

    def _drag(self, start: int, end: int, alt: bool) -> None:
        mouse, keyboard = self.page.mouse, self.page.keyboard
        first = self._bring("place", start, "start")
        if alt:
            keyboard.down("Alt")
        last = self.see("place", end, "end")
        assert last, f"no character ends at {end}"
        mouse.move(*first)
        mouse.down()
        if last["seen"]:
            mouse.move((first[0] + last["x"]) // 2, (first[1] + last["y"]) // 2)
            mouse.move(last["x"], last["y"])
            mouse.up()
        else:  # too far to drag in one go: press Shift at its end
            mouse.up()
            x, y = self._bring("place", end, "end")
            keyboard.down("Shift")
            mouse.click(x, y)
            keyboard.up("Shift")
        if alt:
            keyboard.up("Alt")

    def give(self, label: str) -> None:
        self._click(self.page.locator(f'[data-label="{label}"]'))

    def add_fragment(self) -> None:
        self._click(self.page.locator('[data-label="+"]'))

    def activate(self, id: str) -> None:
        if self.active != id:
            self.card(id).get_by_role(
                "button"
            ).first.click()  # once it stands still: cards that come into sight move others
        assert self.active == id

    def link(self, kind: str, source: str, target: str) -> None:
        self.activate(source)
        self._click(self.card(source).locator(f'button[data-relation="{kind}"]'))
        others = [id for id, label in self._labels.items() if label == self._labels[target] and id != target]
        x, y = self._bring("spot", target, others)
        self.page.mouse.click(x, y)

    def publish(self, words: str, basis: str, edtf: str = "") -> None:
        self._click(self.page.locator('[data-sw="published"]'))
        self.page.get_by_label("Where the publication date comes from").select_option(basis)
        field = self.page.get_by_label("Publication date", exact=True)
        self._type_over(field, words)
        self._choose(field, detail=edtf or words)

    def _ask_to_submit(self) -> None:
        self._click(self.page.locator('[data-sw="submit"]'))

    def _give_flag(self, id: str, title: str, value: object) -> None:
        if self._field(id, title).is_checked() != bool(value):  # the same words before may have set it
            self._click(self._field(id, title))
        expect(self._field(id, title)).to_be_checked(checked=bool(value))

    def _give_text(self, id: str, title: str, value: str) -> None:
        self._type_over(self._field(id, title), value)
        self._click(self.card(id).get_by_role("button").first)  # the field is left, and so taken

    def _give_choice(self, id: str, title: str, value: str) -> None:
        # The list of a <select> is drawn by the system, where no test's mouse can reach.
        self._field(id, title).select_option(value)

    def _give_registry(self, id: str, title: str, name: str) -> None:
        field = self._field(id, title)
        self._type_over(field, name)
        self._choose(field, name, f"Create “{name}”")

    def _give_date(self, id: str, title: str, value: Mapping[str, str]) -> None:
        field = self._field(id, title)
        if "words" in value:
            self._click(field)
        else:
            self._type_over(field, _written(value))
        self._choose(field, detail=_written(value))

    def _take(self, field: Locator, choice: Locator) -> None:
        choice.click()  # once it stands still: what is found may be drawn again

    def _click(self, what: Locator) -> None:
        """Click at the middle of something, scrolled to if need be, whatever may lie over it."""
        what.click(force=True)

    def _type_over(self, field: Locator, value: str) -> None:
        field.click(force=True, click_count=3)  # selects what stands in it
        self.page.keyboard.type(value)
        expect(field).to_have_value(value)


def _paragraphs(between: str) -> int:
    """How many paragraph borders lie in a stretch; empty lines are no paragraphs."""
    return len([line for line in between.split("\n")[1:] if line.strip()]) or 1


def _written(value: Mapping[str, str]) -> str:
    """A date value as the field takes it, and shows it beside a choice: EDTF, and the modifier if there is one."""
    return " ".join(value[part] for part in ("edtf", "mod") if part in value)
