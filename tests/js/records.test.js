import assert from "node:assert/strict";
import test from "node:test";
import { Annotation } from "../../labeling/ui/component/annotation.js";
import { itemsOf, relativesOf, spansOf } from "../../labeling/ui/component/records.js";
import { Schema } from "../../labeling/ui/component/schema.js";

const schema = new Schema({
  name: "news",
  version: 1,
  registries: [],
  labels: ["quote", "cue", "speaker", "claimed_date"].map((key) => ({
    key,
    title: key,
    colour: "#000",
    attributes: [],
  })),
  relations: [
    { key: "said_by", title: "said by", from: ["quote"], to: ["speaker"] },
    { key: "cued_by", title: "introduced by", from: ["quote"], to: ["cue"] },
    { key: "claimed_in", title: "claimed in", from: ["claimed_date"], to: ["quote"], max: 1 },
    { key: "anchored_to", title: "counted from", from: ["claimed_date"], to: ["claimed_date"] },
  ],
  records: [
    { key: "quote", head: "quote", parts: { speakers: "said_by", cues: "cued_by", dates: "claimed_in" }, unless: null },
    { key: "claim", head: "claimed_date", parts: {}, unless: "claimed_in" },
  ],
});
const span = (id, label, start, end) => ({ id, label, fragments: [[start, end]], attributes: {} });
const link = (type, from, to) => ({ id: `${from}-${to}`, type, from, to });
const SPANS = [
  span("d0", "claimed_date", 0, 5),
  span("q1", "quote", 10, 40),
  span("d1", "claimed_date", 20, 25),
  span("s1", "speaker", 42, 50),
  span("c1", "cue", 51, 55),
  span("q2", "quote", 60, 90),
  span("c2", "cue", 95, 99),
];
const LINKS = [
  link("said_by", "q1", "s1"),
  link("cued_by", "q1", "c1"),
  link("claimed_in", "d1", "q1"),
  link("said_by", "q2", "s1"),
  link("anchored_to", "d1", "d0"),
];
const state = (spans = SPANS, relations = LINKS) =>
  new Annotation({ revision: 1, status: "open", published: null, spans, relations });
const listed = (annotation) =>
  itemsOf(annotation, schema).map((item) =>
    spansOf(item)
      .map(({ id }) => id)
      .join(" "),
  );

test("the panel lists records with their parts in the schema's order, and marks that are in none, by the place of the head", () => {
  assert.deepEqual(listed(state()), ["d0", "q1 s1 c1 d1", "q2 s1", "c2"]);
});

test("a date that is not claimed in a quote is a record of its own, and says which link it has not", () => {
  const [first, second] = itemsOf(state(), schema);
  assert.deepEqual([first.unlinked?.key, second.unlinked], ["claimed_in", null]);
});

test("without links every mark stands for itself", () => {
  assert.deepEqual(listed(state(SPANS, [])), ["d0", "q1", "d1", "s1", "c1", "q2", "c2"]);
});

test("several parts of one kind come in the order of the text", () => {
  assert.deepEqual(listed(state(SPANS, [link("cued_by", "q2", "c2"), link("cued_by", "q2", "c1")]))[4], "q2 c1 c2");
});

for (const [id, expected, why] of [
  ["q1", ["c1", "d1", "s1"], "a quote lights its parts"],
  ["c1", ["d1", "q1", "s1"], "a part of one record lights the rest of it"],
  ["s1", ["q1", "q2"], "a speaker of two quotes lights both, not their other parts"],
  ["d1", ["c1", "d0", "q1", "s1"], "a date claimed in a quote lights the quote's record and what it is counted from"],
  ["c2", [], "a mark without links lights nothing"],
]) {
  test(why, () => assert.deepEqual([...relativesOf(state(), schema, id)].sort(), expected));
}
