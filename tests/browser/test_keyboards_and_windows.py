"""Other keyboards and small windows: keys are where a Latin keyboard has them, and the text stays visible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from labeling.annotation import article

from .conftest import Site
from .person import Keyboard

TEXT = "“Nobody asked us,” Tomas Vell told reporters on Friday.\n\n“Никто не спросил,” he said."
#: The characters that keys give, by layout, in the order of the keys below.
CODES = ("KeyQ", "KeyL", "KeyA", "KeyZ")
LAYOUTS = {
    "Russian": "йдфя",
    "Arabic": "ضمشئ",
    "Korean": "ㅂㅣㅁㅋ",
    "Japanese input method": ["Process"] * 4,
}


def type_key(person: Keyboard, code: str, key: str, *, ctrl: bool = False) -> None:
    """Press one physical key that gives a character, or that an input method takes for itself."""
    session = person.page.context.new_cdp_session(person.page)
    common = {"key": key, "code": code, "modifiers": 2 if ctrl else 0}
    number = 229 if key == "Process" else ord(code[-1])
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": number, **common})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", "windowsVirtualKeyCode": ord(code[-1]), **common})
    session.detach()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_links_and_undo_are_where_a_latin_keyboard_has_them(site: Site, keyboard: Keyboard, layout: str) -> None:
    quote, link, first, undo = zip(CODES, LAYOUTS[layout], strict=True)
    made = site.have(article.make(TEXT, title="Nobody", language="en", published="2024-03-04"))
    keyboard.open(made.id, made.text)
    keyboard.go(TEXT.index("asked"))
    type_key(keyboard, *quote)
    assert keyboard.marked(keyboard.active) == [(0, TEXT.index(" Tomas"))]
    type_key(keyboard, *link)
    expect(keyboard.page.locator('.sw-letter[data-letter="a"]')).to_be_visible()
    type_key(keyboard, *first)
    expect(keyboard.page.get_by_label("entity", exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(keyboard.page.locator('[data-sw="article"]')).to_be_focused()
    type_key(keyboard, *undo, ctrl=True)
    keyboard.wait_until_saved()
    assert [span["label"] for span in site.exported(made.id, keyboard.name)["spans"]] == ["quote"]


def test_a_jump_takes_a_letter_as_it_is_and_as_a_latin_keyboard_has_it(site: Site, keyboard: Keyboard) -> None:
    made = site.have(article.make(TEXT, title="Nobody", language="en", published="2024-03-04"))
    keyboard.open(made.id, made.text)
    keyboard.press("z")
    type_key(keyboard, "KeyC", "с")  # the Russian word that begins so
    assert keyboard.caret == TEXT.index("спросил")
    keyboard.press("z")
    type_key(keyboard, "KeyV", "м")  # no word begins so, but one with v
    assert keyboard.caret == TEXT.index("Vell")


def test_a_jump_takes_the_key_that_an_input_method_has_taken(site: Site, keyboard: Keyboard) -> None:
    text = "Paul spoke on Friday."
    made = site.have(article.make(text, title="Paul", language="en"))
    keyboard.open(made.id, made.text)
    keyboard.press("z")
    type_key(keyboard, "KeyF", "Process")
    assert keyboard.caret == text.index("Friday")


def test_the_row_of_digits_sets_options_on_a_french_keyboard(site: Site, keyboard: Keyboard) -> None:
    made = site.have(article.make(TEXT, title="Nobody", language="en", published="2024-03-04"))
    keyboard.open(made.id, made.text)
    keyboard.go(TEXT.index("asked"))
    keyboard.press("q")
    type_key(keyboard, "Digit1", "&")
    keyboard.wait_until_saved()
    [span] = site.exported(made.id, keyboard.name)["spans"]
    assert span["attributes"] == {"headline": True}


@pytest.mark.parametrize("zoom", [3, 4])
def test_five_lines_of_text_are_visible_at_a_large_zoom(
    site: Site, window: Callable[..., BrowserContext], zoom: int
) -> None:
    made = site.have(article.make("A line of words that wraps. " * 60, title="Long", language="en"))
    page = window(viewport={"width": 1440 // zoom, "height": 900 // zoom}, device_scale_factor=zoom).new_page()
    person = Keyboard(page, site.url, site.newcomer())
    person.open(made.id, made.text)
    person.press("PageDown")
    page.wait_for_timeout(300)
    height, leading = page.evaluate(
        """() => [document.querySelector('[data-sw="article"]').clientHeight,
            parseFloat(getComputedStyle(document.querySelector('.sw-body p')).lineHeight)]"""
    )
    assert height >= 5 * leading
    assert page.locator(".sw-saved").evaluate("(saved) => saved.scrollWidth <= saved.clientWidth"), "it is cut"
    person.press("Shift+ArrowRight")
    person.press("s")
    expect(person.card(person.active)).to_be_attached()
    person.press("Enter")  # into the panel, which takes the place of the text
    panel = page.locator(".sw-panel").bounding_box()
    assert panel and panel["height"] > 100


def test_a_panel_with_nothing_to_show_leaves_a_telephones_window_to_the_text(
    site: Site, window: Callable[..., BrowserContext]
) -> None:
    made = site.have(article.make(TEXT, title="Nobody", language="en", published="2024-03-04"))
    page = window(viewport={"width": 400, "height": 780}, has_touch=True, is_mobile=True).new_page()
    person = Keyboard(page, site.url, site.newcomer())
    person.open(made.id, made.text)
    expect(page.get_by_text("Hold a word to select it, then choose a label.")).to_be_visible()
    expect(page.get_by_text("press a label’s key")).to_be_hidden()
    panel = page.locator(".sw-panel").bounding_box()
    assert panel and panel["height"] < 100
    person.go(TEXT.index("asked"))
    person.press("q")
    panel = page.locator(".sw-panel").bounding_box()
    assert panel and panel["height"] > 200


def test_a_jump_reaches_every_word_on_the_screen(site: Site, keyboard: Keyboard) -> None:
    text = " ".join(f"word{number}" for number in range(120))
    made = site.have(article.make(text, title="Words", language="en"))
    keyboard.open(made.id, made.text)
    keyboard.press("z")
    keyboard.press("w")
    codes = keyboard.see("letters", text.index("word119"))
    assert len(codes[0]) == 2
    for letter in codes[0]:
        keyboard.press(letter)
    assert keyboard.caret == text.index("word119")
