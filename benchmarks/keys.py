"""What annotators of the effort benchmark do at the label page by keyboard, one method a thing, and what they see of it."""

from __future__ import annotations

from playwright.sync_api import expect

from benchmarks.golds import FIELDS, LABEL_KEYS, LINK_KEYS
from benchmarks.hands import Hands

_LOOK = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""
_IDS = """() => [...new Set([...document.querySelectorAll('[data-sw="p"] [data-spans]')].flatMap((each) =>
  each.dataset.spans.split(" ")))]"""


class Keys:
    """The ways of a keyboard."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    def look(self) -> None:
        """Wait until the page shows what has just been done."""
        self.hands.page.evaluate(_LOOK)

    def seen(self) -> list[str]:
        """The spans on the page."""
        return [each for each in self.hands.page.evaluate(_IDS) if ":" not in each]

    def leave_field(self) -> None:
        """Leave a field that has been opened for something else."""
        if self.hands.page.evaluate("() => document.activeElement.matches('input, select, textarea')"):
            self.hands.press("Escape")

    def open_publication(self) -> None:
        """Open the field of the publication date."""
        self.hands.press("Shift+D")

    def open_field(self, label: str) -> None:
        """Go into the first field of the active span."""
        self.hands.press("Enter")
        expect(self.hands.page.get_by_label(FIELDS[label], exact=True)).to_be_focused()

    def open_link(self, kind: str) -> None:
        """Begin a link of the active span."""
        self.hands.press(LINK_KEYS[kind])

    def choose(self, letter: str, name: str) -> None:
        """Choose what stands under a letter."""
        self.hands.press(letter)

    def cancel(self) -> None:
        """Give up the link that is being made."""
        self.hands.press("Escape")

    def label(self, label: str) -> None:
        """Give the selection a label."""
        self.hands.press(LABEL_KEYS[label])

    def next_offer(self) -> None:
        """Select what the page offers next."""
        self.hands.press("n")

    def offers(self, label: str) -> bool:
        """Whether the page says that it would mark the selection with the label and what belongs to it."""
        title = {"quote": "Quote", "claimed_date": "Date"}[label]
        return f"{title} with its" in " ".join(self.hands.page.locator(".sw-hint-key").all_inner_texts())

    def propose(self) -> None:
        """Have the whole record made."""
        self.hands.press("Shift+R")

    def undo(self) -> None:
        """Take the last step back."""
        self.hands.press("Control+z")

    def accept(self) -> None:
        """Accept the reading of the active date."""
        self.hands.press("v")
        expect(self.hands.page.get_by_label("date", exact=True)).not_to_have_value("")

    def shown(self, details: bool = False) -> list[str]:
        """The choices under the field that has the focus; or their values as they stand beside them."""
        page = self.hands.page
        name = page.evaluate("() => document.activeElement.getAttribute('aria-controls')")
        page.locator(f'[id="{name}"][aria-busy="false"]').wait_for(state="attached")
        part = ".sw-choice-detail" if details else ".sw-choice-title"
        shown = page.locator(f'[id="{name}"] {part}').all_text_contents()
        return [each.split(" ")[0] for each in shown] if details else shown

    def take(self, wanted: list[str], details: bool = False) -> str:
        """Take the first choice that is wanted, and return it."""
        shown = self.shown(details)
        at = next((number for number, each in enumerate(shown) if each in wanted), None)
        if at is None:
            raise RuntimeError(f"{wanted} is not among {shown}")
        self.pick(at)
        expect(self.hands.page.locator('[data-sw="article"]')).to_be_focused()
        return shown[at]

    def pick(self, at: int) -> None:
        """Take the choice that is so many below the first."""
        self.hands.press("ArrowDown", at)
        self.hands.press("Enter")
