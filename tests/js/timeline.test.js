import assert from "node:assert/strict";
import test from "node:test";
import { Annotation, fragmentsOf } from "../../labeling/ui/component/annotation.js";
import { Schema } from "../../labeling/ui/component/schema.js";
import { eventsOf, opsBetween, stateAt } from "../../labeling/ui/component/timeline.js";

const TEXT = "“We meet on Sunday,” Mike Pompeo said. “Not this week,” Kim told Yonhap. And so on, and so forth.";
const slice = (start, end) => TEXT.slice(start, end);
const schema = new Schema({
  name: "news",
  version: 1,
  registries: [{ key: "source", title: "People" }],
  flags: [{ key: "ask", title: "Ask" }],
  labels: [
    { key: "quote", title: "Quote", colour: "#000", attributes: [{ key: "note", title: "note", type: "text" }] },
    {
      key: "speaker",
      title: "Speaker",
      colour: "#000",
      attributes: [
        { key: "who", title: "who this is", type: "registry", registry: "source" },
        { key: "anonymous", title: "unnamed", type: "flag" },
      ],
    },
  ],
  relations: [{ key: "said_by", title: "said by", from: ["quote"], to: ["speaker"], min: 1 }],
});
const empty = () =>
  new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] }, {}, schema);
const logged = (...ops) =>
  ops.map((op, index) => ({ ...op, client: "c", number: index + 1, revision: index + 1, at: "2026-03-02T10:00:00Z" }));
const add = (id, label, start, end) => ({ kind: "add", id, label, fragments: fragmentsOf([[start, end]], slice) });
const LOG = logged(
  add("q", "quote", 0, 20),
  { kind: "register", registry: "source", id: "p", name: "Mike Pompeo" },
  { ...add("s", "speaker", 21, 32), attributes: { who: "p" } },
  { kind: "relate", id: "r", type: "said_by", from: "q", to: "s" },
  { kind: "set", id: "s", name: "anonymous", value: true },
  { kind: "comment", id: "k", span: "q", flag: "ask", text: "really?" },
  { kind: "unrelate", id: "r" },
  { kind: "waive", id: "q", name: "said_by", reason: "a question" },
  { kind: "remove", id: "s" },
  { kind: "submit" },
);

test("a log is shown in the words of the article, registry entries only where they are used", () => {
  assert.deepEqual(
    eventsOf(LOG, { source: { p: "Mike Pompeo" } }, schema, slice).map(({ words }) => words),
    [
      "Quote marked: ““We meet on Sunday,”".replace("““", "“").replace("”", "”"),
      "Speaker marked: “Mike Pompeo”",
      "quote ““We meet on Sunday,” said by speaker “Mike Pompeo”".replace("““", "“"),
      "unnamed of speaker “Mike Pompeo”: yes",
      "Comment on quote ““We meet on Sunday,”: Ask, really?".replace("““", "“"),
      "Link removed: quote “We meet on Sunday,” said by speaker “Mike Pompeo”",
      "“said by” of quote “We meet on Sunday,”: waived, a question",
      "Removed: speaker “Mike Pompeo”",
      "Submitted",
    ],
  );
});

test("what was refused is shown with its reason and counts for nothing", () => {
  const log = logged(add("q", "quote", 0, 20), { kind: "remove", id: "gone", refused: "span gone is not there" });
  const [, second] = eventsOf(log, {}, schema, slice);
  assert.deepEqual([second.words, second.refused], ["Removed: an unknown span", "span gone is not there"]);
  assert.equal(stateAt(log, 2, {}, schema).spans.size, 1);
});

test("the state after a revision is what the ops up to it make", () => {
  assert.deepEqual(
    [1, 3, 4, 9].map((revision) => {
      const state = stateAt(LOG, revision, {}, schema);
      return [state.spans.size, state.relations.size];
    }),
    [
      [1, 0],
      [2, 0],
      [2, 1],
      [1, 0],
    ],
  );
});

/** A small generator of numbers, the same at each run. */
function numbers(seed) {
  return (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
}

function scribble(state, random) {
  for (let step = random(30); step > 0; step--) {
    const ids = [...state.spans.keys()];
    const id = ids[random(ids.length || 1)];
    const start = random(80);
    const pick = random(9);
    if (pick < 3 || !id)
      state.apply(add(`s${random(12)}`, ["quote", "speaker"][random(2)], start, start + 1 + random(12)));
    else if (pick === 3) state.apply({ kind: "change", id, label: ["quote", "speaker"][random(2)] });
    else if (pick === 4) state.apply({ kind: "change", id, fragments: fragmentsOf([[start, start + 3]], slice) });
    else if (pick === 5)
      state.apply({
        kind: "set",
        id,
        ...(state.spans.get(id).label === "quote"
          ? { name: "note", value: [null, "a", "b"][random(3)] }
          : { name: "anonymous", value: random(2) === 1 }),
      });
    else if (pick === 6) state.apply({ kind: "remove", id });
    else if (pick === 7)
      state.apply({
        kind: "comment",
        id: `k${random(4)}`,
        span: [null, id][random(2)],
        flag: null,
        text: `t${random(3)}`,
      });
    else {
      const other = ids.find((each) => state.spans.get(each).label === "speaker");
      if (other && state.spans.get(id).label === "quote")
        state.apply({ kind: "relate", id: `r${random(6)}`, type: "said_by", from: id, to: other });
    }
  }
  return state;
}
const plain = ({ spans, relations, comments, published }) =>
  [spans, relations, comments].map((map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))).concat([published]);

test("the ops between two states lead from one to the other, whatever they are", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = numbers(seed);
    const [now, then] = [scribble(empty(), random), scribble(empty(), random)];
    const state = now.copy();
    for (const op of opsBetween(now, then, slice))
      assert.ok(state.apply(op), `seed ${seed}: ${JSON.stringify(op)} changes nothing`);
    assert.deepEqual(plain(state), plain(then), `seed ${seed}`);
  }
});

test("what was done under an earlier version of the label set is shown but can't be restored", () => {
  const state = {
    status: "open",
    skip_reason: null,
    published: null,
    spans: [{ id: "q", label: "quote", fragments: [[0, 20]], attributes: { note: "x" } }],
    relations: [],
    comments: [],
  };
  const log = logged(
    { ...add("q", "words", 0, 20) },
    { kind: "migrate", since: 1, version: 2, state },
    { kind: "set", id: "q", name: "note", value: "y" },
  );
  const events = eventsOf(log, {}, schema, slice);
  assert.deepEqual(
    events.map(({ closed }) => closed),
    [true, false, false],
  );
  assert.equal(events[1].words, "The label set is now version 2: spans migrated");
  assert.deepEqual(stateAt(log, 2, {}, schema).spans.get("q"), state.spans[0]);
});
