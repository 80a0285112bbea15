"""The effort of marking: a scripted annotator marks a gold file from nothing, by keyboard alone, as cheaply as it can.

What is marked is every span with its label, every link, whom a speaker names, and every date's EDTF value;
TIMEX3 modifiers, events, utterances, modalities, flags and notes are left out. What is saved is then held against the gold.

An action is a key press (one with Shift or Ctrl held counts as one), a click or a drag; typed letters and moves of the
caret count each. The time is that of the keystroke-level model (Card, Moran & Newell, «The keystroke-level model for
user performance time with interactive systems», CACM 23, 1980): K 0.2 s a key (modifiers count too), P 1.1 s pointing,
B 0.1 s a button, H 0.4 s between keyboard and mouse, M 1.35 s of thought, one before each span, link and value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from browser.person import EYES, Keyboard
from playwright.sync_api import expect, sync_playwright
from running import Server
from tools import CHROMIUM_ARGUMENTS, chromium

from benchmarks.figures import Figure, Goal
from benchmarks.material import Bench
from labeling import article, sample, schema
from labeling.exporting import write_export
from labeling.store import Store
from labeling.ui.component import MODULES, _read, joined

_KEY, _THOUGHT = 0.2, 1.35
_LABEL_KEYS = {"quote": "q", "cue": "c", "speaker": "s", "claimed_date": "d"}
_LINK_KEYS = {
    "said_by": "l", "cued_by": "i", "relayed_by": "p", "originates_from": "o", "claimed_in": "t", "anchored_to": "a",
}  # fmt: skip
_PURE = MODULES[: MODULES.index("around") + 1]
#: What the page's own pure modules know of a text, for planning: what a label's key takes, and where `n` goes.
_PLANNER = """
window.planner = (text, language, labels, spans) => {
  const tokens = new Tokens(text, language);
  const label = Object.fromEntries(labels.map((each) => [each.key, each]));
  const taken = spans.map(([key, start]) => stretchAround(tokens, start, label[key])).map((each) => each && [each.start, each.end]);
  const candidates = tokens.paragraphs.flatMap((each) => candidatesIn(tokens, each, labels)).map(({ start, end, label }) => [start, end, label]);
  return { taken, candidates };
};
"""

Place = tuple[str, tuple[tuple[int, int], ...]]


class Counting(Keyboard):
    """Counts what it presses, by what it is for."""

    purpose = ""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.keys: Counter[str] = Counter()
        self.strokes: Counter[str] = Counter()

    def press(self, key: str, times: int = 1) -> None:
        """Press a key so many times, and count."""
        self.keys[self.purpose] += times
        self.strokes[self.purpose] += times * len(key.split("+"))
        super().press(key, times)

    def type(self, text: str) -> None:
        """Type a text, and count its letters."""
        self.keys[self.purpose] += len(text)
        self.strokes[self.purpose] += len(text) + sum(each.isupper() for each in text)
        self.page.keyboard.type(text)


class Work:
    """An annotator at the gold of one article."""

    def __init__(self, hands: Counting, gold: dict[str, Any], known: set[str], labels: list[dict[str, Any]]) -> None:
        self.hands = hands
        self.text: str = gold["text"]
        [annotation] = gold["annotations"]
        self.spans: dict[str, dict[str, Any]] = {span["id"]: span for span in annotation["spans"]}
        self.links = [(each["type"], each["from"], each["to"]) for each in annotation["relations"]]
        self.names: dict[str, str] = gold.get("entries", {}).get("source", {})
        self.known = known
        self.ids: dict[str, str] = {}
        self.valued: set[str] = set()
        self.own: Counter[str] = Counter()
        self.at = 0
        self.candidates: list[tuple[int, int, str]] = []
        self.taken: dict[str, tuple[int, int] | None] = {}
        starts = [(span["label"], span["fragments"][0][0]) for span in self.spans.values()]
        told = hands.page.evaluate("(about) => planner(...about)", [self.text, gold.get("language"), labels, starts])
        self.candidates = [tuple(each) for each in told["candidates"]]
        self.taken = {id: each and tuple(each) for id, each in zip(self.spans, told["taken"], strict=True)}

    def do(self) -> None:
        """Mark quote by quote with what belongs to it, then what is left."""
        order = sorted(
            self.spans, key=lambda id: (self.spans[id]["fragments"][0][0], -self.spans[id]["fragments"][-1][1])
        )
        kinds = {"cued_by": 0, "said_by": 2}
        for quote in (id for id in order if self.spans[id]["label"] == "quote"):
            self.mark(quote)
            mine = [link for link in self.links if quote in link[1:] and link[0] != "anchored_to"]
            for link in sorted(mine, key=lambda link: kinds.get(link[0], 1)):
                if link[1] == quote or link[0] == "claimed_in":
                    self.link(link, quote)
        for id in order:
            if id not in self.ids:
                self.mark(id)
            if id not in self.valued:
                self.say_what(id)
        for link in (each for each in self.links if each[0] == "anchored_to"):
            self.hands.purpose = "link anchored_to"
            self.hands.activate(self.ids[link[1]])
            self.hands.press(_LINK_KEYS["anchored_to"])
            self.hands.press(self.letter(self.ids[link[2]]) or "Escape")
        self.hands.wait_until_saved()

    # --- spans ------------------------------------------------------------------------------------------------------

    def mark(self, id: str) -> None:
        """Mark a span; it is then active."""
        hands, span = self.hands, self.spans[id]
        hands.purpose = f"span {span['label']}"
        self.own[span["label"]] += 1
        [(start, end), *more] = span["fragments"]
        self.reach(id, start, end)
        hands.press(_LABEL_KEYS[span["label"]])
        hands.page.wait_for_function("() => eyes.active() && !eyes.selected().length")
        for fragment in more:
            self.reach(id, *fragment, part=True)
            hands.press("f")
        self.arrived(id)
        shown = hands.marked(self.ids[id])
        if shown != hands.lines_of([tuple(each) for each in span["fragments"]]):
            raise RuntimeError(f"{span['text']!r} stands as {shown}")

    def arrived(self, id: str) -> None:
        """Take note of a mark that has just been made and is active."""
        self.ids[id] = self.hands.active
        self.hands._labels[self.ids[id]] = self.spans[id]["label"]
        self.at = self.spans[id]["fragments"][0][0] + 1

    def reach(self, id: str, start: int, end: int, part: bool = False) -> None:
        """Select a stretch in the cheapest way: with `n`, by a key that takes it whole, or from end to end."""
        hands = self.hands
        done = [
            (self.spans[each]["label"], *fragment) for each in self.ids for fragment in self.spans[each]["fragments"]
        ]
        here = self.at
        ahead = [
            each for each in self.candidates
            if each[0] >= here and not any(kind == each[2] and first < each[1] and each[0] < last for kind, first, last in done)
        ]  # fmt: skip
        walk = next((number for number, each in enumerate(ahead, 1) if each[0] == start), 0)
        target = next((each for each in ahead if each[0] == start), None)
        simple = not part and self.taken[id] == (start, end)
        words = len(self.text[min(hands.caret, start) : max(hands.caret, start)].split())
        if target and walk <= 8 and (not simple or walk <= words):
            hands.press("n", walk)
            if hands.selected() and hands.selected()[0][0] == start:
                if target[1] != end:
                    hands.go(end, extend=True)
                if hands.selected() == hands.lines_of([(start, end)]):
                    return
            hands.press("Escape")
        if simple:
            hands.go(start)
        else:
            hands.select(start, end)

    # --- links ------------------------------------------------------------------------------------------------------

    def link(self, link: tuple[str, str, str], quote: str) -> None:
        """Link a quote with what belongs to it, made with the link if it can be."""
        hands = self.hands
        kind, source, target = link
        other = target if source == quote else source
        hands.purpose = f"link {kind}"
        if hands.active != self.ids[quote]:
            hands.activate(self.ids[quote])
        [(start, end), *more] = self.spans[other]["fragments"]
        wanted = self.ids.get(other) or f"{self.spans[other]['label']}:{start}-{end}"
        if other not in self.ids and more:
            wanted = ""
        if wanted:
            hands.press(_LINK_KEYS[kind])
            letter = self.letter(wanted)
            hands.press(letter or "Escape")
            if letter and other in self.ids:
                return
            if letter:
                self.made(other, quote)
                return
        self.mark(other)  # then from its other end
        hands.purpose = f"link {kind}"
        hands.press(_LINK_KEYS[kind])
        letter = self.letter(self.ids[quote])
        if not letter:
            raise RuntimeError(f"no letter stands on {self.spans[quote]['text']!r}")
        hands.press(letter)

    def made(self, id: str, quote: str) -> None:
        """Answer what is asked of a mark that a link has made."""
        hands = self.hands
        field = {"speaker": "who this is", "claimed_date": "date"}.get(self.spans[id]["label"])
        if field:
            hands.page.wait_for_timeout(100)  # the page has drawn it
        if field and hands.see("focused") == field:
            self.arrived(id)
            self.fill(id)
        else:
            [(start, end)] = self.spans[id]["fragments"]
            found = hands.page.locator("[data-spans]").evaluate_all(
                "(all) => [...new Set(all.flatMap((each) => each.dataset.spans.split(' ')))]"
            )
            [self.ids[id]] = [
                each for each in found if each not in self.ids.values() and hands.marked(each) == [(start, end)]
            ]
            hands._labels[self.ids[id]] = self.spans[id]["label"]
        self.at = self.spans[quote]["fragments"][0][0] + 1

    def letter(self, id: str) -> str | None:
        """The letter that stands on a mark, or on what is not marked yet."""
        found = self.hands.page.locator(f'[data-letter][data-spans="{id}"]')
        return found.first.get_attribute("data-letter") if found.count() else None

    # --- who, and when ----------------------------------------------------------------------------------------------

    def say_what(self, id: str) -> None:
        """Open the field of a mark made without a link, if it has one, and fill it."""
        hands, label = self.hands, self.spans[id]["label"]
        field = {"speaker": "who this is", "claimed_date": "date"}.get(label)
        self.valued.add(id)
        if not field or not (self.spans[id]["attributes"].get("who") or self.spans[id]["attributes"].get("value")):
            return
        hands.purpose = "who" if label == "speaker" else "value"
        if hands.active != self.ids[id]:
            hands.activate(self.ids[id])
            self.at = self.spans[id]["fragments"][0][0] + 1
        value = hands.page.get_by_label(field, exact=True).input_value()
        if label == "speaker" and value == self.names.get(self.spans[id]["attributes"]["who"]):
            return
        hands.press("Enter")
        expect(hands.page.get_by_label(field, exact=True)).to_be_focused()
        self.fill(id)

    def fill(self, id: str) -> None:
        """Fill the field that has the focus: with what is offered if it is right, else with what is typed."""
        hands, attributes = self.hands, self.spans[id]["attributes"]
        self.valued.add(id)
        if self.spans[id]["label"] == "speaker":
            hands.purpose = "who"
            name = self.names.get(attributes.get("who", ""))
            if name is None:
                return hands.press("Escape")
            for typed in ("", name.split()[-1][:3] if name in self.known else "", name):
                if typed:
                    hands.press("Control+A")
                    hands.type(typed)
                if self.take([name, f"Make “{name}”"], last=typed == name):
                    self.known.add(name)
                    return None
            raise RuntimeError(f"{name} is not offered")
        hands.purpose = "value"
        value = attributes.get("value")
        if value is None:
            return hands.press("Escape")
        for typed in ("", value["edtf"]):
            if typed:
                hands.press("Control+A")
                hands.type(typed)
            if self.take([value["edtf"]], details=True, last=bool(typed)):
                return None
        raise RuntimeError(f"{value['edtf']} is not offered for {self.spans[id]['text']!r}")

    def take(self, wanted: list[str], details: bool = False, last: bool = False) -> bool:
        """Take what is wanted from the choices under the field that has the focus, if it is among the first four.

        What is typed last is waited for, however busy the machine is.
        """
        page = self.hands.page
        part = ".sw-choice-detail" if details else ".sw-choice-title"
        for _ in range(40 if last else 1):
            page.wait_for_timeout(400)
            shown = page.locator(f'[role="option"] {part}:visible').all_text_contents()
            if details:
                shown = [each.split(" ")[0] for each in shown]  # the modifier stands after the value
            if set(shown[:4]) & set(wanted):
                break
        at = next((number for number, each in enumerate(shown[:4]) if each in wanted), None)
        if at is None:
            return False
        self.hands.press("ArrowDown", at)
        self.hands.press("Enter")
        expect(page.locator('[data-sw="article"]')).to_be_focused()
        return True


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of marking the gold file from nothing."""
    path = bench.gold or sample.gold_path()
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    folder = bench.place("effort")
    store = Store.create(folder / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    store.sign_in("ana")
    labels = orjson.loads(_labels())
    modules = joined([_read(f"{name}.js") for name in _PURE])
    made = []
    for gold in lines:
        published = (gold.get("published") or {}).get("value")
        made.append(
            article.make(gold["text"], title=gold.get("title"), language=gold.get("language"), published=published)
        )
    for _ in store.add_articles(made):
        pass
    server = Server(folder / "project.db")
    server.start()
    try:
        with _window() as page:
            hands = Counting(page, server.url, "ana")
            known: set[str] = set()
            own: Counter[str] = Counter()
            for each, gold in zip(made, lines, strict=True):
                hands.open(each.id, each.text)
                page.evaluate(f"(() => {{ {modules}\n{_PLANNER} }})()")
                work = Work(hands, gold, known, labels)
                work.do()
                own += work.own
    finally:
        server.kill()
    written = {
        line["id"]: line for line in map(orjson.loads, write_export(store, folder / "out").read_bytes().splitlines())
    }
    if wrong := [
        each for own_id, gold in zip(made, lines, strict=True) for each in _differences(written[own_id.id], gold)
    ]:
        raise RuntimeError("\n".join(["what is saved is not the gold:", *wrong]))
    return _figures(hands, own, lines)


def _labels() -> bytes:
    loaded = schema.load(schema.SCHEMAS / "news.yaml")
    return orjson.dumps([
        {"key": each.key, "quotation": each.quotation, "attributes": [{"type": one.type} for one in each.attributes.values()]}
        for each in loaded.labels.values()
    ])  # fmt: skip


@contextmanager
def _window() -> Iterator[Any]:
    path = chromium()
    if not path:
        raise RuntimeError("there is no Chromium; install one or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        try:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_init_script(path=EYES)
            yield context.new_page()
        finally:
            browser.close()


def _said(line: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """What was marked, without ids: spans with whom or when they mean, and links."""
    [annotation] = line["annotations"]
    names = line.get("entries", {}).get("source", {})
    places: dict[str, Any] = {}
    spans = []
    for span in annotation["spans"]:
        attributes = span["attributes"]
        value = attributes.get("value") or {}
        places[span["id"]] = [span["label"], span["fragments"]]
        spans.append([*places[span["id"]], names.get(attributes.get("who")), value.get("edtf")])
    links = [[each["type"], places[each["from"]], places[each["to"]]] for each in annotation["relations"]]
    return sorted(spans, key=orjson.dumps), sorted(links, key=orjson.dumps)


def _differences(saved: dict[str, Any], gold: dict[str, Any]) -> list[str]:
    """Where what is saved is not the gold."""
    found = []
    for ours, theirs in zip(_said(saved), _said(gold), strict=True):
        found += [f"{gold['id']}: {each} too much" for each in ours if each not in theirs]
        found += [f"{gold['id']}: {each} missing" for each in theirs if each not in ours]
    return found


def _figures(hands: Counting, own: Counter[str], lines: list[dict[str, Any]]) -> list[Figure]:
    spans = [span for line in lines for span in line["annotations"][0]["spans"]]
    links = [each for line in lines for each in line["annotations"][0]["relations"]]
    values = [span for span in spans if span["attributes"].get("value")]
    speakers = [span for span in spans if span["attributes"].get("who")]
    quotes = [span for span in spans if span["label"] == "quote"]

    def keys(kind: str, *but: str) -> int:
        return sum(count for purpose, count in hands.keys.items() if purpose.split()[0] == kind and purpose not in but)

    dates = ("span claimed_date", "link claimed_in", "link anchored_to")
    record = keys("span", *dates) + keys("link", *dates) + keys("who")
    time = sum(hands.strokes.values()) * _KEY + (len(spans) + len(links) + len(values)) * _THOUGHT
    made = len(spans) - own.total()
    return [
        Figure("actions a span marked by itself", keys("span") / own.total(), "keys", Goal("most", 4), f"{own.total()} spans"),
        Figure("actions a link", keys("link") / len(links), "keys", Goal("most", 2), f"{len(links)} links, which make {made} spans"),
        Figure("actions a date value", keys("value") / len(values), "keys", Goal("most", 3), f"{len(values)} values"),
        Figure("actions to say who a speaker is", keys("who") / len(speakers), "keys", None, f"{len(speakers)} speakers, new names typed"),
        Figure("actions a full record", record / len(quotes), "keys", Goal("most", 12), f"{len(quotes)} quotes with cue, speaker, entity"),
        Figure("clicks and drags, pointer travel", 0, "px"),
        Figure("keystroke-level time a record", time / len(quotes), "s", None, "with the dates and their values"),
    ]  # fmt: skip
