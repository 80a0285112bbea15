import assert from "node:assert/strict";
import test from "node:test";
import { Annotation, joinFragment, readingOrder, uuid7, stretchedTo } from "../../labeling/ui/component/annotation.js";
import { cut, lanesOf } from "../../labeling/ui/component/segments.js";

const TEXT = "“We will,” he said, “go on Friday.” — 😀 the end of it";
const slice = (start, end) => [...TEXT].slice(start, end).join("");
const fragment = (start, end) => ({ start, end, quote: slice(start, end) });
/** A cue carries no note, and only a quote is said by anyone and must be. */
const RULES = {
  accepts: (label, name) => label !== "cue" || name !== "note",
  joins: (_, from) => from === "quote",
  requires: (label) => label === "quote",
};
const empty = () =>
  new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] }, {}, RULES);
const byId = (map) => [...map.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
const content = (annotation) => ({
  spans: annotation.ordered(),
  relations: byId(annotation.relations),
  comments: byId(annotation.comments),
  judgments: byId(annotation.judgments),
  published: annotation.published,
});

/** A small random number generator, so that a failure can be seen again. */
function dice(seed) {
  return (sides) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * sides);
  };
}

function randomOp(roll) {
  const id = `s${roll(5)}`;
  const start = roll(40);
  const fragments = [fragment(start, start + 1 + roll(8))];
  return [
    () => ({
      kind: "add",
      id,
      label: ["quote", "speaker"][roll(2)],
      fragments,
      attributes: roll(2) ? { note: "x" } : {},
    }),
    () => ({ kind: "change", id, label: "cue" }),
    () => ({ kind: "change", id, fragments }),
    () => ({ kind: "set", id, name: ["note", "borderline"][roll(2)], value: [null, "a", true][roll(3)] }),
    () => ({ kind: "waive", id, name: ["note", "said_by"][roll(2)], reason: [null, "a", "b"][roll(3)] }),
    () => ({ kind: "remove", id }),
    () => ({ kind: "relate", id: `r${roll(4)}`, type: "said_by", from: id, to: `s${roll(5)}` }),
    () => ({ kind: "unrelate", id: `r${roll(4)}` }),
    () => ({
      kind: "comment",
      id: `c${roll(3)}`,
      span: [null, id][roll(2)],
      flag: [null, "ask"][roll(2)],
      text: ["a", "b"][roll(2)],
    }),
    () => ({ kind: "uncomment", id: `c${roll(3)}` }),
    () => ({ kind: "publish", value: roll(2) ? "2018-11-04" : null, basis: "stated" }),
    () => ({
      kind: "judge",
      id: `quote:${roll(3)}`,
      suggester: "default",
      version: "1",
      verdict: [null, "accepted", "corrected", "rejected"][roll(4)],
      spans: roll(2) ? [id] : [],
    }),
  ][roll(12)]();
}

test("the inverse of any op brings back the content, whatever came before", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed);
    const annotation = empty();
    for (let step = 0; step < 30; step++) {
      const op = randomOp(roll);
      const before = content(annotation);
      const inverse = annotation.inverse(op, slice);
      const after = annotation.copy();
      after.apply(op);
      for (const back of inverse) after.apply(back);
      assert.deepEqual(content(after), before, `seed ${seed}, step ${step}: ${JSON.stringify(op)}`);
      annotation.apply(op);
    }
  }
});

test("a changed label drops what it cannot carry", () => {
  const annotation = empty();
  for (const id of ["a", "b"])
    annotation.apply({
      kind: "add",
      id,
      label: "quote",
      fragments: [fragment(0, 3)],
      attributes: { note: "x", borderline: true },
    });
  annotation.apply({ kind: "relate", id: "r", type: "said_by", from: "a", to: "b" });
  annotation.apply({ kind: "change", id: "a", label: "cue" });
  assert.deepEqual(annotation.spans.get("a").attributes, { borderline: true });
  assert.equal(annotation.relations.size, 0);
});

test("a waiver stays under the value that makes it moot, and goes with a label that does not require it", () => {
  const annotation = empty();
  annotation.apply({ kind: "add", id: "a", label: "quote", fragments: [fragment(0, 3)] });
  annotation.apply({ kind: "waive", id: "a", name: "note", reason: "x" });
  annotation.apply({ kind: "set", id: "a", name: "note", value: "y" });
  assert.deepEqual(annotation.spans.get("a").waivers, { note: "x" });
  annotation.apply({ kind: "change", id: "a", label: "cue" });
  assert.equal("waivers" in annotation.spans.get("a"), false);
});

test("a copy goes its own way", () => {
  const one = empty();
  one.apply({ kind: "add", id: "a", label: "quote", fragments: [fragment(0, 3)] });
  const two = one.copy();
  two.apply({ kind: "set", id: "a", name: "note", value: "x" });
  two.apply({ kind: "add", id: "b", label: "quote", fragments: [fragment(4, 6)] });
  two.apply({ kind: "comment", id: "c", text: "x" });
  assert.deepEqual([one.spans.size, one.spans.get("a").attributes, one.comments.size], [1, {}, 0]);
});

const GONE = [
  { kind: "set", id: "gone", name: "note", value: "x" },
  { kind: "change", id: "gone", label: "cue" },
  { kind: "waive", id: "gone", name: "note", reason: "x" },
  { kind: "remove", id: "gone" },
  { kind: "relate", id: "r", type: "said_by", from: "a", to: "gone" },
  { kind: "unrelate", id: "gone" },
  { kind: "comment", id: "c", span: "gone", text: "x" },
  { kind: "uncomment", id: "gone" },
  { kind: "add", id: "a", label: "cue", fragments: [fragment(0, 1)] },
];
for (const op of GONE) {
  test(`${op.kind} with a target that is gone or taken changes nothing`, () => {
    const annotation = empty();
    annotation.apply({ kind: "add", id: "a", label: "quote", fragments: [fragment(0, 3)] });
    const before = JSON.stringify(content(annotation));
    assert.equal(annotation.apply(op), false);
    assert.equal(JSON.stringify(content(annotation)), before);
  });
}

test("removing a span removes the relations that touch it, from either end", () => {
  const annotation = empty();
  for (const id of ["a", "b", "c"]) annotation.apply({ kind: "add", id, label: "quote", fragments: [fragment(0, 3)] });
  annotation.apply({ kind: "relate", id: "r1", type: "said_by", from: "a", to: "b" });
  annotation.apply({ kind: "relate", id: "r2", type: "said_by", from: "c", to: "a" });
  annotation.apply({ kind: "relate", id: "r3", type: "said_by", from: "c", to: "b" });
  annotation.apply({ kind: "remove", id: "a" });
  assert.deepEqual([...annotation.relations.keys()], ["r3"]);
});

test("removing a span removes the comments on it, and leaves those on the article", () => {
  const annotation = empty();
  annotation.apply({ kind: "add", id: "a", label: "quote", fragments: [fragment(0, 3)] });
  annotation.apply({ kind: "comment", id: "c1", span: "a", flag: "ask" });
  annotation.apply({ kind: "comment", id: "c2", text: "whose article is this?" });
  annotation.apply({ kind: "comment", id: "c2", text: "this is a table" });
  annotation.apply({ kind: "remove", id: "a" });
  assert.deepEqual([...annotation.comments.values()], [{ id: "c2", span: null, flag: null, text: "this is a table" }]);
  assert.deepEqual(
    annotation.commentsOn(null).map(({ id }) => id),
    ["c2"],
  );
});

test("the first op opens a new annotation and edits leave a submitted one submitted", () => {
  const annotation = empty();
  annotation.apply({ kind: "publish", value: "2018", basis: "stated" });
  assert.equal(annotation.status, "open");
  annotation.apply({ kind: "submit" });
  annotation.apply({ kind: "publish", value: null, basis: null });
  assert.equal(annotation.status, "submitted");
});

test("reading order is first start, then the longer span, then id", () => {
  const span = (id, ...fragments) => ({ id, label: "quote", fragments, attributes: {} });
  const spans = [span("b", [0, 5]), span("c", [0, 3], [7, 9]), span("a", [0, 5]), span("d", [2, 3])];
  assert.deepEqual(
    spans.sort(readingOrder).map(({ id }) => id),
    ["c", "a", "b", "d"],
  );
});

const JOINS = [
  [
    "apart",
    [[0, 3]],
    5,
    8,
    [
      [0, 3],
      [5, 8],
    ],
  ],
  [
    "before",
    [[5, 8]],
    0,
    3,
    [
      [0, 3],
      [5, 8],
    ],
  ],
  ["touching", [[0, 3]], 3, 8, [[0, 8]]],
  [
    "over two",
    [
      [0, 3],
      [5, 8],
    ],
    2,
    6,
    [[0, 8]],
  ],
  ["inside", [[0, 9]], 2, 6, [[0, 9]]],
];
for (const [name, pairs, start, end, expected] of JOINS) {
  test(`a fragment ${name} is joined in`, () => assert.deepEqual(joinFragment(pairs, start, end), expected));
}

test("segments cover a stretch without gaps, and each says exactly what lies over it", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const roll = dice(seed);
    const pieces = Array.from({ length: roll(8) }, (_, index) => {
      const start = roll(30);
      return { id: `p${index}`, start, end: start + 1 + roll(12) };
    });
    const segments = cut(5, 25, pieces);
    assert.equal(segments[0].start, 5);
    assert.equal(segments.at(-1).end, 25);
    segments.forEach((segment, index) => {
      if (index) assert.equal(segment.start, segments[index - 1].end);
      for (let point = segment.start; point < segment.end; point++) {
        assert.deepEqual(
          segment.ids,
          pieces.filter(({ start, end }) => start <= point && point < end).map(({ id }) => id),
        );
      }
    });
  }
});

test("spans that overlap, gaps included, never share a lane, and the outer one comes first", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const roll = dice(seed);
    const spans = Array.from({ length: 12 }, (_, index) => {
      const start = roll(60);
      const end = start + 1 + roll(20);
      const fragments = roll(3)
        ? [[start, end]]
        : [
            [start, end],
            [end + 3, end + 6],
          ];
      return { id: `s${index}`, label: "quote", fragments, attributes: {} };
    }).sort(readingOrder);
    const lanes = lanesOf(spans);
    for (const [index, a] of spans.entries())
      for (const b of spans.slice(index + 1))
        if (b.fragments[0][0] < a.fragments.at(-1)[1]) assert.notEqual(lanes.get(a.id), lanes.get(b.id));
  }
  const nested = [
    { id: "outer", fragments: [[0, 9]] },
    { id: "inner", fragments: [[2, 4]] },
  ];
  assert.deepEqual(
    [...lanesOf(nested)],
    [
      ["outer", 0],
      ["inner", 1],
    ],
  );
});

test("a UUIDv7 has its form and sorts by time", () => {
  const random = new Uint8Array(10).fill(255);
  const one = uuid7(1700000000000, random);
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(one < uuid7(1700000000001, new Uint8Array(10)));
});

const openState = (spans, relations = []) =>
  new Annotation({ revision: 1, status: "open", published: null, spans, relations });
const bare = (id, start, end) => ({ id, label: "quote", fragments: [[start, end]], attributes: {} });

test("the reading order keeps up with every op, and a copy keeps its own", () => {
  const state = openState([bare("b", 5, 9), bare("a", 0, 20), bare("c", 5, 12)]);
  const before = state.ordered().map(({ id }) => id);
  const copy = state.copy();
  const at = (start, end) => [{ start, end, quote: "" }];
  for (const op of [
    { kind: "add", id: "d", label: "quote", fragments: at(5, 12) },
    { kind: "change", id: "a", fragments: at(6, 7) },
    { kind: "set", id: "b", name: "note", value: "x" },
    { kind: "remove", id: "c" },
    { kind: "add", id: "e", label: "quote", fragments: at(0, 1) },
  ]) {
    state.apply(op);
    assert.deepEqual(state.ordered(), [...state.spans.values()].sort(readingOrder), op.kind);
  }
  assert.deepEqual(
    state.ordered().map(({ id }) => id),
    ["e", "d", "b", "a"],
  );
  assert.deepEqual(
    copy.ordered().map(({ id }) => id),
    before,
  );
});

for (const [name, op, touched] of [
  ["a set attribute", { kind: "set", id: "q", name: "note", value: "x" }, ["q", "s"]],
  ["a waiver", { kind: "waive", id: "q", name: "note", reason: "x" }, ["q", "s"]],
  ["a comment", { kind: "comment", id: "c", span: "p", text: "x" }, ["p"]],
  ["a comment on the article", { kind: "comment", id: "c", text: "x" }, []],
  ["a removed end", { kind: "remove", id: "s" }, ["q", "s"]],
  ["a new link", { kind: "relate", id: "r2", type: "said_by", from: "p", to: "s" }, ["p", "s"]],
  ["a link taken away", { kind: "unrelate", id: "r" }, ["q", "s"]],
  ["a new span", { kind: "add", id: "n", label: "quote", fragments: [{ start: 0, end: 1, quote: "" }] }, ["n"]],
  ["a submission", { kind: "submit" }, []],
]) {
  test(`${name} touches ${touched.join(", ") || "nothing"}`, () => {
    const before = openState(
      [bare("q", 0, 5), bare("s", 6, 9), bare("p", 20, 30)],
      [{ id: "r", type: "said_by", from: "q", to: "s" }],
    );
    const after = before.copy();
    after.apply(op);
    assert.deepEqual([...after.changedSince(before)].sort(), touched);
  });
}

test("a mark reaches to a word on either side, with its quotation marks where that is wanted, and never over its own parts", () => {
  const asIs = (stretch) => stretch;
  const marksIn = ({ start, end }) => ({ start: start - 1, end: end + 1 });
  assert.deepEqual(stretchedTo([[8, 13]], { start: 20, end: 24 }, asIs), [[8, 24]]);
  assert.deepEqual(stretchedTo([[8, 13]], { start: 0, end: 3 }, asIs), [[0, 13]]);
  assert.deepEqual(stretchedTo([[8, 30]], { start: 14, end: 18 }, asIs), [[8, 18]]);
  assert.deepEqual(stretchedTo([[9, 11]], { start: 12, end: 16 }, marksIn), [[8, 17]], "both marks, not one");
  assert.deepEqual(
    stretchedTo(
      [
        [0, 3],
        [14, 18],
      ],
      { start: 20, end: 24 },
      asIs,
    ),
    [
      [0, 3],
      [14, 24],
    ],
  );
  assert.deepEqual(
    stretchedTo(
      [
        [0, 3],
        [4, 9],
      ],
      { start: 10, end: 12 },
      marksIn,
    ),
    [[0, 13]],
  );
  assert.equal(
    stretchedTo(
      [
        [0, 3],
        [14, 18],
      ],
      { start: 4, end: 7 },
      asIs,
    ),
    null,
  );
});
