"""The browser's copy of an annotation and the server's are the same thing: one log, replayed on both sides."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import tools
from conftest import TEXT

from labeling import dates, schema
from labeling.annotation import ops
from labeling.annotation import state as annotation
from labeling.annotation.requirements import missing
from labeling.annotation.state import annotation_of
from labeling.dataset import annotation_values
from labeling.errors import DateError, OpError

ROOT = Path(__file__).parent.parent

_REPLAY = """
    import { readFileSync } from "node:fs";
    import { Annotation } from "./labeling/ui/component/annotation.js";
    import { Schema } from "./labeling/ui/component/schema.js";
    const { schema: data, cases } = JSON.parse(readFileSync(0, "utf8"));
    const schema = new Schema(data);
    const done = cases.map(({ log, text }) => {
      const points = [...text];
      const slice = (start, end) => points.slice(start, end).join("");
      const state = new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] }, {}, schema);
      // Without the order in which values came, which is not part of the annotation.
      const plain = (value) => JSON.stringify(value, (_, each) => (each && !Array.isArray(each) && typeof each === "object" ? Object.fromEntries(Object.entries(each).sort()) : each));
      const byId = (map) => [...map.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      const content = (state) => plain([state.ordered(), byId(state.relations), byId(state.comments), byId(state.judgments), state.published]);
      const shown = ({ status, skipReason, published, relations, comments, judgments }, spans) => ({ status, skip_reason: skipReason, published, spans, relations: [...relations.values()], comments: [...comments.values()], ...(judgments.size ? { judgments: [...judgments.values()] } : {}) });
      const back = [];
      for (const op of log) {
        const before = content(state);
        const inverse = state.inverse(op, slice);
        const undone = state.copy();
        state.apply(op);
        undone.apply(op);
        for (const each of inverse) undone.apply(each);
        back.push(["submit", "skip", "reopen", "register"].includes(op.kind) || content(undone) === before);
      }
      return { state: shown(state, state.ordered()), missing: schema.missing(state).map(({ id }) => id), back };
    });
    console.log(JSON.stringify(done));
"""


def _draw(draw: random.Random, number: int) -> dict[str, Any]:
    id, other = draw.choice("abcdefgh"), draw.choice("abcdefgh")
    start = draw.randrange(len(TEXT) - 12)
    fragments = [(start, start + draw.randint(1, 8))]
    if draw.random() < 0.2:
        fragments.append((fragments[0][1] + 1, fragments[0][1] + 3))
    parts = [{"start": low, "end": high, "quote": TEXT[low:high]} for low, high in fragments]
    label = draw.choice(["quote", "cue", "speaker", "claimed_date"])
    value = draw.choice([None, True, "x", "planned", "e1", {"edtf": "2018-11-02"}])
    name = draw.choice(["note", "borderline", "plural", "modality", "value", "who", "utterance"])
    kinds: list[dict[str, Any]] = [
        {"kind": "add", "id": id, "label": label, "fragments": parts},
        {"kind": "add", "id": id, "label": label, "fragments": parts, "attributes": {name: value}},
        {"kind": "change", "id": id, "label": label},
        {"kind": "change", "id": id, "fragments": parts},
        {"kind": "set", "id": id, "name": name, "value": value},
        {"kind": "set", "id": id, "name": name, "value": value},
        {"kind": "waive", "id": id, "name": draw.choice(["note", "said_by", "value", "who"]), "reason": draw.choice([None, "x", "y"])},
        {"kind": "remove", "id": id},
        {"kind": "relate", "id": f"r{id}{other}", "type": draw.choice(["said_by", "claimed_in", "cued_by"]), "from": id, "to": other},
        {"kind": "relate", "id": f"r{other}{id}", "type": "said_by", "from": id, "to": other},
        {"kind": "unrelate", "id": f"r{id}{other}"},
        {"kind": "comment", "id": f"c{other}", "span": draw.choice([None, id]), "flag": draw.choice([None, "ask"]), "text": draw.choice(["x", "y"])},
        draw.choice([{"kind": "comment", "id": f"c{id}", "flag": "unclear"}, {"kind": "uncomment", "id": f"c{id}"}]),
        {"kind": "judge", "id": f"quote:{other}", "suggester": "default", "version": "1", "verdict": draw.choice([None, "accepted", "rejected"]), "spans": [id]},
        draw.choice([
            {"kind": "publish", "value": draw.choice([None, "2018-11-04"]), "basis": None},
            {"kind": "publish", "value": None, "basis": "unknown"},
            {"kind": "publish", "value": "2018-11", "basis": "inferred"},
            {"kind": "register", "registry": "source", "id": "e1", "name": "Zoé"},
            {"kind": "submit"}, {"kind": "reopen"}, {"kind": "skip", "reason": "x"}, {"kind": "skip"},
        ]),
    ]  # fmt: skip
    return {"number": number, **draw.choice(kinds)}


def _strict(news: schema.Schema) -> schema.Schema:
    """The default label set with more that is required."""
    text = news.source
    for asked in ("{type: text, title: note}", "{type: registry, registry: event"):
        assert asked in text
        text = text.replace(asked, asked.replace("{type", "{required: true, type"))
    return schema.parse(text)


@pytest.mark.slow
def test_a_log_ends_in_the_same_annotation_in_the_browser_and_on_the_server(news: schema.Schema) -> None:
    strict = _strict(news)
    cases, expected = [], []
    accepted = 0
    for seed in range(500):
        draw = random.Random(seed)
        state, entries, log = annotation.Annotation(), {}, []
        for number in range(1, draw.randint(5, 60)):
            values = _draw(draw, number)
            try:
                touched = annotation.apply(
                    state, ops.load(values), TEXT, strict, lambda registry, id, known=entries: known.get((registry, id))
                )
            except OpError:
                continue
            entries.update({(registry, id): name for registry, id, name in touched.entries})
            log.append(values)
        accepted += len(log)
        cases.append({"log": log, "text": TEXT})
        values = json.loads(json.dumps(annotation_values(state)))
        assert annotation_of(values) == state, "plain values tell all of an annotation"
        expected.append({"state": values, "missing": [id for id, _ in missing(state, strict)]})
    assert accepted > 3000
    command = [*tools.node(), "--input-type=module", "--eval", _REPLAY]
    message = json.dumps({"schema": strict.as_json(), "cases": cases})
    done = subprocess.run(command, cwd=ROOT, input=message.encode(), capture_output=True, check=True)
    for case, mine, theirs in zip(cases, expected, json.loads(done.stdout), strict=True):
        assert theirs["state"] == mine["state"], case["log"]
        assert theirs["missing"] == mine["missing"]
        left = [op for op, back in zip(case["log"], theirs["back"], strict=True) if not back]
        assert left == [], "an op and its inverse leave something behind"


_REREAD = """
    import { readFileSync } from "node:fs";
    import { reread } from "./labeling/ui/component/rereading.js";
    const cases = JSON.parse(readFileSync(0, "utf8"));
    console.log(JSON.stringify(cases.map(({ value, before, now, against }) => reread(value, before, now, against))));
"""


def test_a_date_read_again_says_the_same_in_the_browser_and_on_the_server() -> None:
    words = [
        "Friday",
        "this week",
        "end of November",
        "early next year",
        "6 December 2018",
        "two days ago",
        "by Monday",
    ]
    cases, expected = [], []
    for text, against in itertools.product(words, ["2018-11-05", "2018-11-09", "2019-02-28", "2020"]):
        before = [reading.as_json() for reading in dates.read(text, "2018-11-04")]
        try:
            now = [reading.as_json() for reading in dates.read(text, against)]
        except DateError:
            now = []
        for reading in before:
            parts = {key: reading[key] for key in ("edtf", "timex3", "mod") if reading[key]}
            value = {**parts, "words": text, "against": "2018-11-04"}
            cases.append({"value": value, "before": before, "now": now, "against": against})
            expected.append(dates.reread(value, against) if now else None)
    done = subprocess.run(
        [*tools.node(), "--input-type=module", "--eval", _REREAD],
        cwd=ROOT,
        input=json.dumps(cases).encode(),
        capture_output=True,
        check=True,
    )
    for case, mine, theirs in zip(cases, expected, json.loads(done.stdout), strict=True):
        value = case["value"]
        if theirs is None:  # nothing to follow: the server's answer differs in the date it names alone
            assert mine is not None
            assert (mine["edtf"], mine.get("mod")) == (value["edtf"], value.get("mod")), case
        else:
            assert theirs["value"] == mine, case
