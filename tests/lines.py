"""Lines of `saywhen/1` that are hard on formats, and random ones; and the line that a reader's result stands for."""

from __future__ import annotations

import re
from typing import Any

import orjson
from hypothesis import strategies as st

from labeling import dataset, sample, schema
from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.formats.marked import Marked, empty_annotation

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
SAMPLE = [orjson.loads(line) for line in sample.gold_path().read_bytes().splitlines()]

#: Texts with what formats stumble over. Every other word is marked, and some things more (see `hard`).
TEXTS = {
    "plain": "“We go on Friday,” she said. “And then home.”",
    "emoji": "😀👩‍👩‍👧 “We go,” 🗓️ said 🧑🏽‍🚀 Zoé on Friday 🏳️‍🌈.",
    "combining": "“Cafe\u0301,” said Zoe\u0308 on Frida\u0302y.",
    "right to left": "قال الوزير «سنعود يوم الجمعة» وفق وكالة فارس.",
    "mixed directions": "He said “سنعود” on יום שישי (Friday) to Reuters.",
    "CJK": "新华社说：「星期五我们回来。」部长表示。",
    "spaces": "“We\u00a0go,”\u2009said\u3000Zoé \t on\n\n  Friday .",
    "lines": "Headline\n\n“We go,\n“and stay,” she said.\n\nOn Friday.\n— End",
    "markup": "She <b>said</b> & wrote: \"a,b;c\t'd' \\n =1+1 #x\" -- O B-quote ]]> --> Friday.",
}


def hard(name: str, text: str) -> dict[str, Any]:
    """Return the line of a text with two annotators' work: nested, overlapping, fragmented, linked, one with nothing."""
    made = article.make(
        text, title=f"{name}: a, b", outlet="The “Post”", url="https://example.org/a?b=1&c=2", published="2018-11-04"
    )
    words = [(at.start(), at.end()) for at in _words(made.text)]
    third = max(1, len(words) // 3)
    spans = [
        _span("s1", "quote", [(words[0][0], words[-1][1])], utterance="u1"),
        _span("s2", "quote", [(words[0][0], words[0][1]), (words[-1][0], words[-1][1])]),
        _span("s3", "speaker", [words[third]], who="p1", anonymous=True),
        _span("s4", "speaker", [(words[third][0], words[min(third + 1, len(words) - 1)][1])]),
        _span("s5", "claimed_date", [words[-1]], value={"edtf": "2018-11-09"}, note="a “note”, with\na line"),
        _span("s6", "cue", [words[third]]),
    ]
    relations = [
        {"id": "r1", "type": "said_by", "from": "s1", "to": "s3"},
        {"id": "r2", "type": "said_by", "from": "s2", "to": "s4"},
        {"id": "r3", "type": "claimed_in", "from": "s5", "to": "s1"},
        {"id": "r4", "type": "cued_by", "from": "s1", "to": "s6"},
    ]
    comments = [{"id": "c1", "span": "s1", "flag": "ask", "text": "Whose words?"}]
    return line_of(
        made,
        {
            "ana": {**empty_annotation(), "spans": spans, "relations": relations, "comments": comments},
            "ben": {**empty_annotation(), "published": {"value": "2018-11-05", "basis": "stated"}},
        },
        {"utterance": {"u1": "To go"}, "source": {"p1": "Zoé Café"}},
    )


def line_of(made: Article, work: dict[str, dict[str, Any]], entries: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the line of an article and plain annotations, as an export writes it (all at revision 1)."""
    held = [(name, 1, orjson.loads(orjson.dumps(_ordered(values)))) for name, values in work.items()]
    return orjson.loads(orjson.dumps(dataset.article_line(made, held, NEWS, entries)))


def line_read(marked: Marked) -> dict[str, Any]:
    """Return the line of what a reader yielded; compare it with the line that was written."""
    return line_of(marked.article, marked.work, marked.entries)


def _ordered(values: dict[str, Any]) -> dict[str, Any]:
    """Return plain values with the spans in reading order, as the store gives them."""
    return {
        **values,
        "spans": sorted(
            values["spans"], key=lambda span: (span["fragments"][0][0], -span["fragments"][-1][1], span["id"])
        ),
    }


def _span(id: str, label: str, fragments: list[tuple[int, int]], **attributes: Any) -> dict[str, Any]:
    return {"id": id, "label": label, "fragments": [list(part) for part in fragments], "attributes": attributes}


def _words(text: str) -> list[Any]:
    return list(re.finditer(r"[\u3000-\u9fff]|[^\s\u3000-\u9fff]+", text))


HARD = {name: hard(name, text) for name, text in TEXTS.items()}
#: An article that no one was asked about, and one that someone looked at and found nothing in.
HARD["nobody"] = line_of(article.make("Nobody has looked at this."), {}, {})
HARD["nothing"] = line_of(article.make("Somebody has looked at this."), {"ana": empty_annotation()}, {})

_TEXT = st.text(st.sampled_from("ab cé😀\u0301\u00a0\n\tع新“”\"'&<,;=-#\\"), min_size=1, max_size=60)


@st.composite
def lines(draw: st.DrawFn, annotators: int = 2) -> dict[str, Any]:
    """Draw a line: any text, up to so many annotators, spans that nest, overlap and have fragments, links, values."""
    made = article.make("x" + draw(_TEXT))
    size = len(made.text)
    work = {}
    for name in ["ana", "ben", "cyd"][: draw(st.integers(0, annotators))]:
        spans = []
        for number in range(draw(st.integers(0, 5))):
            count = draw(st.sampled_from([1, 1, 1, 2, 3]))
            cuts = sorted(draw(st.sets(st.integers(0, size), min_size=2, max_size=2 * count)))
            cuts = cuts[: len(cuts) // 2 * 2]
            label = draw(st.sampled_from(["quote", "cue", "speaker", "claimed_date"]))
            if label == "claimed_date":
                cuts = [cuts[0], cuts[-1]]
            values: dict[str, Any] = {}
            if label == "claimed_date" and draw(st.booleans()):
                values["value"] = {
                    "edtf": draw(
                        st.sampled_from(["2018-11-08", "2018-11-08/2018-11-11", "2019~", "[2019-01-17,2019-01-18]"])
                    )
                }
            if label == "speaker" and draw(st.booleans()):
                values |= {"who": draw(st.sampled_from(["p1", "p2"])), "plural": True}
            if label == "quote" and draw(st.booleans()):
                values["note"] = draw(_TEXT).strip() or "x"
            spans.append(_span(f"{name}{number}", label, list(zip(cuts[::2], cuts[1::2], strict=True)), **values))
        relations = []
        ends = {"said_by": ("quote", "speaker"), "cued_by": ("quote", "cue"), "claimed_in": ("claimed_date", "quote")}
        for kind, (source, target) in ends.items():
            sources = [span["id"] for span in spans if span["label"] == source]
            targets = [span["id"] for span in spans if span["label"] == target]
            if sources and targets and draw(st.booleans()):
                one, two = draw(st.sampled_from(sources)), draw(st.sampled_from(targets))
                relations.append({"id": f"{name}-{kind}", "type": kind, "from": one, "to": two})
        work[name] = {**empty_annotation(), "spans": spans, "relations": relations}
    return line_of(made, work, {"source": {"p1": "Zoé", "p2": "新华社"}})
