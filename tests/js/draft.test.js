import assert from "node:assert/strict";
import test from "node:test";
import { Draft } from "../../labeling/ui/component/draft.js";

const quote = { label: "quote", fragments: [[0, 10]], attributes: { headline: true } };
const speaker = { label: "speaker", fragments: [[20, 30]], attributes: {} };
const link = {
  type: "said_by",
  from: { label: "quote", fragments: [[0, 10]] },
  to: { label: "speaker", fragments: [[20, 30]] },
};

test("a stretch gives the span of its label other ends, and its links and values stay", () => {
  const draft = new Draft({ spans: [quote, speaker], links: [link] });
  draft.mark("speaker", { start: 16, end: 30 });
  assert.deepEqual(draft.spans[1].fragments, [[16, 30]]);
  assert.deepEqual(draft.links[0].to.fragments, [[16, 30]]);
  assert.deepEqual(draft.spans[0].attributes, { headline: true });
  draft.mark("cue", { start: 12, end: 15 });
  assert.equal(draft.spans.length, 3);
  assert.deepEqual(speaker.fragments, [[20, 30]]);
});

test("what is removed takes its links along; a fragment is joined where it touches", () => {
  const draft = new Draft({ spans: [quote, speaker], links: [link] });
  draft.remove(1);
  assert.deepEqual([draft.spans.length, draft.links.length, draft.active], [1, 0, 0]);
  draft.addFragment({ start: 14, end: 18 });
  draft.addFragment({ start: 10, end: 12 });
  assert.deepEqual(draft.spans[0].fragments, [
    [0, 12],
    [14, 18],
  ]);
});

test("the active span stays the active one when one before it is removed; waivers stay with their span", () => {
  const draft = new Draft({ spans: [quote, { ...speaker, waivers: { who: "unnamed" } }], links: [] });
  draft.active = 1;
  draft.remove(0);
  assert.equal(draft.active, 0);
  assert.deepEqual(draft.asSent(() => "").spans[0].waivers, { who: "unnamed" });
});

test("links that no one drew are offered, to what is drawn and to the nearest around", () => {
  const relations = [{ key: "said_by", from: ["quote"], to: ["speaker"] }];
  const draft = new Draft({ spans: [speaker], links: [] });
  const quotes = [100, 40, 60].map((start) => ({
    id: "x",
    label: "quote",
    fragments: [[start, start + 9]],
    attributes: {},
  }));
  assert.deepEqual(
    draft.linkOffers(relations, quotes).map(({ type, from, to }) => [type, from.fragments[0][0], to.label]),
    [
      ["said_by", 40, "speaker"],
      ["said_by", 60, "speaker"],
    ],
  );
  draft.mark("quote", { start: 0, end: 10 });
  assert.deepEqual(draft.linkOffers(relations, []), [link]);
});

test("what is reported has each fragment's words; no value is no attribute", () => {
  const draft = new Draft({ spans: [quote], links: [] });
  draft.set(0, "headline", false);
  draft.set(0, "utterance", "u1");
  assert.deepEqual(draft.asSent((start, end) => "0123456789".slice(start, end)).spans, [
    { label: "quote", attributes: { utterance: "u1" }, fragments: [{ start: 0, end: 10, quote: "0123456789" }] },
  ]);
});
