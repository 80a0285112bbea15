import assert from "node:assert/strict";
import test from "node:test";
import { Annotation } from "../../labeling/ui/component/annotation.js";
import { linkChoices, linkOps, linksAround, recordLinks } from "../../labeling/ui/component/linking.js";

const SAID_BY = { key: "said_by", title: "said by", from: ["quote"], to: ["speaker"], min: 1, max: null };
const CLAIMED_IN = { key: "claimed_in", title: "claimed in", from: ["claimed_date"], to: ["quote"], max: 1 };
const TWICE = { key: "twice", title: "twice", from: ["quote"], to: ["speaker"], max: 2 };

const span = (id, label, ...fragments) => ({ id, label, fragments, attributes: {} });
const state = (spans, relations = []) =>
  new Annotation({ revision: 1, status: "open", published: null, spans, relations });
const newId = () => "new";
const slice = (start, end) => `${start}-${end}`;

const QUOTE = span("q", "quote", [100, 120], [140, 160]);
const SPANS = [
  QUOTE,
  span("far", "speaker", [0, 5]),
  span("near", "speaker", [165, 170]),
  span("between", "speaker", [130, 135]),
  span("inside", "speaker", [105, 110]),
  span("date", "claimed_date", [150, 155]),
];

test("what can be linked comes nearest first, by the gap to the nearest part", () => {
  assert.deepEqual(
    linkChoices(state(SPANS), QUOTE, [{ type: SAID_BY, out: true }]).map(({ span, letter }) => [span.id, letter]),
    [
      ["inside", "a"],
      ["between", "s"],
      ["near", "d"],
      ["far", "f"],
    ],
  );
});

test("a date is linked with the innermost quote around it, unless it has such a link or is none of its parts", () => {
  const labels = new Map([["quote", { quotation: true }]]);
  const inner = span("inner", "quote", [145, 160]);
  const links = [
    { type: CLAIMED_IN, out: true },
    { type: { ...CLAIMED_IN, key: "often", max: null }, out: true },
  ];
  const around = (spans, date, relations) =>
    linksAround(state(spans, relations), date, links, labels).map(({ type, span }) => [type.key, span.id]);
  const [date] = SPANS.filter(({ id }) => id === "date");
  assert.deepEqual(around([...SPANS, inner], date), [["claimed_in", "inner"]]);
  assert.deepEqual(around(SPANS, date), [["claimed_in", "q"]]);
  assert.deepEqual(around(SPANS, span("gap", "claimed_date", [121, 139])), []);
  assert.deepEqual(around(SPANS, date, [{ id: "r", type: "claimed_in", from: "date", to: "far" }]), []);
});

test("a link can be made from its other end", () => {
  const choices = linkChoices(state(SPANS), SPANS[1], [{ type: SAID_BY, out: false }]);
  assert.deepEqual(
    choices.map(({ span, out }) => [span.id, out]),
    [["q", false]],
  );
  assert.deepEqual(linkOps(state(SPANS), "far", choices[0], newId, slice), [
    { kind: "relate", id: "new", type: "said_by", from: "q", to: "far" },
  ]);
});

test("a choice that is linked already is unlinked", () => {
  const linked = state(SPANS, [{ id: "r", type: "said_by", from: "q", to: "near" }]);
  const choice = linkChoices(linked, QUOTE, [{ type: SAID_BY, out: true }]).find(({ span }) => span.id === "near");
  assert.deepEqual(linkOps(linked, "q", choice, newId, slice), [{ kind: "unrelate", id: "r" }]);
});

test("where one link is allowed, a new one takes the old one's place", () => {
  const other = span("q2", "quote", [200, 210]);
  const linked = state([...SPANS, other], [{ id: "r", type: "claimed_in", from: "date", to: "q" }]);
  const choice = linkChoices(linked, SPANS[5], [{ type: CLAIMED_IN, out: true }]).find(({ span }) => span.id === "q2");
  assert.deepEqual(
    linkOps(linked, "date", choice, newId, slice).map(({ kind, id }) => [kind, id]),
    [
      ["unrelate", "r"],
      ["relate", "new"],
    ],
  );
});

test("where two are allowed, there is no third", () => {
  const linked = state(
    SPANS,
    ["near", "far"].map((to) => ({ id: to, type: "twice", from: "q", to })),
  );
  const choice = linkChoices(linked, QUOTE, [{ type: TWICE, out: true }]).find(({ span }) => span.id === "inside");
  assert.equal(linkOps(linked, "q", choice, newId, slice), null);
});

test("what is not marked yet can be linked too, in its place among what is, and is made with the link", () => {
  const likely = () => [
    { start: 121, end: 124 },
    { start: 164, end: 171 },
    { start: 200, end: 205 },
  ];
  const choices = linkChoices(state(SPANS), QUOTE, [{ type: SAID_BY, out: true }], likely);
  assert.deepEqual(
    choices.map(({ span, made }) => (made ? span.fragments[0] : span.id)),
    ["inside", [121, 124], "between", "near", [200, 205], "far"],
  );
  assert.deepEqual(linkOps(state(SPANS), "q", choices[1], newId, slice), [
    { kind: "add", id: "new", label: "speaker", fragments: [{ start: 121, end: 124, quote: "121-124" }] },
    { kind: "relate", id: "new", type: "said_by", from: "q", to: "new" },
  ]);
});

test("a record is linked at once: one link to each label, to what is marked there or to what could be, none of a kind that is there", () => {
  const CUED_BY = { key: "cued_by", title: "introduced by", from: ["quote"], to: ["cue"] };
  const RELAYED_BY = { key: "relayed_by", title: "passed on by", from: ["quote"], to: ["speaker"] };
  const links = [SAID_BY, CUED_BY, RELAYED_BY, CLAIMED_IN].map((type) => ({ type, out: type.from.includes("quote") }));
  const nearest = (label) =>
    ({
      speaker: { start: 164, end: 170 },
      cue: {
        start: 121,
        end: 125,
        fragments: [
          [121, 122],
          [124, 125],
        ],
      },
    })[label];
  const made = (relations) =>
    recordLinks(state(SPANS, relations), QUOTE, links, nearest).map(({ type, span, made }) => [
      type.key,
      span.id,
      made,
    ]);
  assert.deepEqual(made([]), [
    ["said_by", "near", false],
    ["cued_by", "cue:121-125", true],
  ]);
  assert.deepEqual(made([{ id: "r", type: "said_by", from: "q", to: "far" }]), [["cued_by", "cue:121-125", true]]);
  const [, cue] = recordLinks(state(SPANS), QUOTE, links, nearest);
  assert.deepEqual(cue.span.fragments, [
    [121, 122],
    [124, 125],
  ]);
});
