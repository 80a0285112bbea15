import assert from "node:assert/strict";
import test from "node:test";
import { labelsNamed } from "../../labeling/ui/component/labelpicker.js";

const label = (key, title) => ({ key, title, colour: "#000", attributes: [] });
const labels = [label("artwork", "Work of art"), label("event", "Event"), label("party", "Part"), label("art", "Art")];
const keys = (typed, counts = []) => labelsNamed(labels, typed, new Map(counts)).map(({ key }) => key);

test("with nothing typed, the labels that the article has most of stand first", () => {
  assert.deepEqual(keys("", [["event", 3]]), ["event", "artwork", "party", "art"]);
});

test("labels are found by any part of their name or key, those that begin with it first", () => {
  assert.deepEqual(keys("art"), ["artwork", "art", "party"]);
  assert.deepEqual(keys("WORK OF"), ["artwork"]);
  assert.deepEqual(keys("nothing"), []);
});
