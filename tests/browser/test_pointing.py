"""The scripted annotator with a mouse clicks only at what is visible."""

from __future__ import annotations

from playwright.sync_api import Page

from benchmarks.golds import Gold
from benchmarks.hands import Hands
from benchmarks.pointing import Pointing

_COVERED = """<article data-sw="article"></article><button style="position: fixed; top: 90px; left: 90px">below</button>
<ul style="position: fixed; inset: 50px; margin: 0; background: white"><li>a choice</li></ul>
<script>
  addEventListener("keydown", ({ key }) => key === "Escape" && document.querySelector("ul").remove());
  addEventListener("click", ({ target }) => (document.title = target.textContent));
</script>"""
_LINE = {"text": "Zoé left.", "annotations": [{"spans": [], "relations": []}]}


def test_a_list_that_covers_what_is_to_be_clicked_is_closed_before(page: Page) -> None:
    page.set_content(_COVERED)
    hands = Hands(page, "", "ana")
    hands.begin("a click")
    Pointing(hands, Gold(_LINE), {}).click(page.get_by_role("button"))
    assert page.title() == "below"
    assert hands.ledger.ways == {"leave a field": 1, "": 1}
