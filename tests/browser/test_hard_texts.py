"""Texts that are hard to count in: what is marked by mouse or keyboard comes out with the same offsets and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.formats import read_bytes
from labeling.services.importing import import_rows

from .conftest import Site, new_window
from .person import Keyboard, Mouse, Person, Stretch

NBSP, NARROW = "\u00a0", "\u202f"
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
LONG = "The minister repeated her point again and again. " * 210

#: What the text holds, and the words to mark in it, recognized by what stands before them where they occur more than once.
TEXTS = {
    "astral emoji before the words": ("😀😀 🎉 He said: “We won” 🏆 and left.", "“We won”"),
    "astral emoji inside the words": ("She wrote “See you 😀 on 🗓️ Friday” to them.", "“See you 😀 on 🗓️ Friday”"),
    "an emoji of seven code points at the end": (f"He posted “Home at last {FAMILY}” today.", f"“Home at last {FAMILY}”"),
    "only an emoji of seven code points": (f"Her answer: {FAMILY} and no more.", FAMILY),
    "flags and skin tones": ("🇫🇷🇩🇪 said 👍🏽👍🏿 to “the deal”.", "“the deal”"),
    "a flag by itself": ("The team 🇫🇷🇩🇪 said so.", "🇩🇪"),
    "no-break spaces": (f"«{NBSP}Nous partons{NBSP}», a dit Mme{NBSP}Royer le 8{NARROW}novembre.", f"8{NARROW}novembre"),
    "no-break spaces at the marks": (f"Elle dit: «{NBSP}Nous partons{NARROW}!{NBSP}» et part.", f"«{NBSP}Nous partons{NARROW}!{NBSP}»"),
    "combining marks": ("Zoe\u0308 Cafe\u0301 said: “A\u030angstro\u0308m!”, no less.", "Zoe\u0308 Cafe\u0301"),
    "a combining mark at the end": ("They met Rene\u0301 Cafe\u0301, who said no.", "Rene\u0301 Cafe\u0301"),
    "stacked combining marks": ("The Zalgo Z\u0351\u036b\u0343\u036a\u0302a\u034c\u034c\u0354\u0354lgo spoke.", "Z\u0351\u036b\u0343\u036a\u0302a\u034c\u034c\u0354\u0354lgo"),
    "Arabic": ("قال وزير الخارجية يوم الأحد إنه سيجتمع مع نظيره في نيويورك هذا الأسبوع.", "يوم الأحد"),
    "Arabic in quotation marks": ("وأضاف الوزير: «لن نقبل أي شروط» في مقابلة.", "«لن نقبل أي شروط»"),
    "Hebrew": ("השר אמר ביום ראשון כי ייפגש עם עמיתו בניו יורק.", "ביום ראשון"),
    "Hebrew with points": ("הוּא אָמַר שָׁלוֹם לְכֻלָּם אֶתְמוֹל.", "שָׁלוֹם לְכֻלָּם"),
    "left to right inside right to left": ("قال متحدث باسم Reuters News في لندن أمس.", "Reuters News"),
    "right to left inside left to right": ("The paper wrote «سوف نعود غدا» in its headline.", "«سوف نعود غدا»"),
    "a name right to left inside left to right": ("The spokesman يوسف حداد told us about it.", "يوسف حداد"),
    "a stretch across directions": ("Spokesman يوسف حداد told us about it.", "Spokesman يوسف حداد"),
    "digits inside right to left": ("تم اللقاء في 8 نوفمبر 2018 في سيول.", "8 نوفمبر 2018"),
    "Chinese": ("新华社周日报道说，部长将在纽约会见朝鲜官员。", "新华社"),
    "Chinese in quotation marks": ("部长说：“我们本周末会面。”然后离开了。", "“我们本周末会面。”"),
    "a single Chinese character": ("周日报道说，部长将会见官员。", "说"),
    "Japanese": ("外相は日曜日、「来週会う」と述べた。", "「来週会う」"),
    "Korean": ("폼페이오 장관은 일요일에 “이번 주말에 만날 것”이라고 말했다.", "“이번 주말에 만날 것”"),
    "characters beyond the basic plane": ("𠮷野家の𠮷田さんは「𩸽を食べた」と言った。", "「𩸽を食べた」"),
    "Thai without spaces": ("รัฐมนตรีกล่าวเมื่อวันอาทิตย์ว่าเขาจะไป", "วันอาทิตย์"),
    "Hindi": ("मंत्री ने रविवार को कहा कि वे “इस सप्ताह” मिलेंगे।", "“इस सप्ताह”"),
    "tabs": ("Name:\tAda Brekke\tsaid:\t“We\twill.”", "“We\twill.”"),
    "the middle of a word": ("The un-American anticlericalism of Neo-Kantians.", "clerical"),
    "half of a hyphenated word": ("The Pompeo-Kim meeting is off.", "Kim"),
    "a word with its possessive left out": ("It was the minister’s view.", "minister"),
    "a single character": ("Vitamin C was named.", "C"),
    "spaces in a row": ("He   said   “no   way”   twice.", "“no   way”"),
    "over two paragraphs": ("She said:\n“We go.\n“And we stay.”\nThat was all.", "“We go.\n“And we stay.”"),
    "over an empty line": ("She said:\n\n“We go.\n\nAnd stay.”\n\nThat was all.", "“We go.\n\nAnd stay.”"),
    "a very long paragraph": (f"{LONG}Then, at last, “I resign,” she said. {LONG}", "“I resign,”"),
    "from end to end of a very long paragraph": (f"“{LONG.strip()}” So it went.", f"“{LONG.strip()}”"),
    "the whole text": ("“All of it.”", "“All of it.”"),
    "right-to-left override": ("He typed \u202edrawkcab\u202c and left.", "left"),
    "soft hyphens and zero-width spaces": ("Donau\u00addampf\u00adschiff and zero\u200bwidth said so.", "Donau\u00addampf\u00adschiff"),
}  # fmt: skip


@dataclass
class Desk:
    """One person who goes through all the texts in one window."""

    site: Site
    person: Person

    def take(self, made: Article) -> None:
        """Have an article on the page: the next in the queue, most often; else by its address."""
        at_work = self.person.page.url.startswith(self.site.url)
        if at_work and self.person.submit() == made.id:
            self.person.arrive(made.id, made.text)
        else:
            self.person.open(made.id, made.text)

    def mark(self, made: Article, stretch: Stretch) -> None:
        """Mark a stretch in an article and hold what is exported against it."""
        self.take(made)
        self.person.mark("cue", stretch)
        self.person.wait_until_saved()
        exported = self.site.exported(made.id, self.person.name)
        [span] = exported["spans"]
        start, end = stretch
        assert (span["fragments"], span["text"]) == ([[start, end]], made.text[start:end])
        assert exported["line"]["text"] == made.text


@pytest.fixture(scope="module")
def articles(site: Site) -> dict[str, Article]:
    """An article of every text."""
    made = {text: article.make(text) for text, _ in TEXTS.values()}
    site.add(*made.values())
    return made


@pytest.fixture(scope="module", params=[Keyboard, Mouse])
def desk(request: pytest.FixtureRequest, browser: Browser, site: Site, articles: dict[str, Article]) -> Iterator[Desk]:
    context = new_window(browser)
    yield Desk(site, request.param(context.new_page(), site.url, site.newcomer()))
    context.close()


@pytest.mark.parametrize(("text", "words"), TEXTS.values(), ids=TEXTS)
def test_a_stretch_is_exported_with_the_offsets_and_words_that_were_marked(
    desk: Desk, articles: dict[str, Article], text: str, words: str
) -> None:
    start = text.index(words)
    desk.mark(articles[text], (start, start + len(words)))


def test_offsets_count_in_the_text_as_it_was_imported_with_other_line_ends(desk: Desk) -> None:
    raw = "\ufeffOne 😀.\r\n\r\n“Two,” said Zoe\u0308.\rThree.\r\n".encode()
    [outcome] = import_rows(desk.site.store, read_bytes("crlf.txt", raw))
    text = outcome.article.text
    assert text == "One 😀.\n\n“Two,” said Zoe\u0308.\nThree."
    desk.mark(outcome.article, (text.index("“"), text.index("”") + 1))
