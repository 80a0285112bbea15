import assert from "node:assert/strict";
import test from "node:test";
import { hangingDates, reread } from "../../labeling/ui/component/rereading.js";
import { Annotation } from "../../labeling/ui/component/annotation.js";
import { Schema } from "../../labeling/ui/component/schema.js";

const reading = (edtf, timex3 = null, mod = null) => ({
  edtf,
  timex3,
  mod,
  timex_type: "DATE",
  anchor: "publication",
  explain: "",
});
const FRIDAY = { edtf: "2018-11-09", timex3: "2018-11-09", words: "Friday", against: "2018-11-04" };
const BEFORE = [reading("2018-11-02", "2018-11-02"), reading("2018-11-09", "2018-11-09")];
const NOW = [reading("2018-11-09", "2018-11-09"), reading("2018-11-16", "2018-11-16")];

test("the reading that was chosen is chosen again", () => {
  assert.deepEqual(reread(FRIDAY, BEFORE, NOW, "2018-11-12"), {
    value: { edtf: "2018-11-16", timex3: "2018-11-16", words: "Friday", against: "2018-11-12" },
  });
});

test("a modifier and a TIMEX3 value that the new reading lacks go", () => {
  const value = { edtf: "2018~", timex3: "2018", mod: "APPROX", words: "then", against: "2018-11-04" };
  assert.deepEqual(reread(value, [reading("2018~", "2018", "APPROX")], [reading("2019")], "2019-01-01"), {
    value: { edtf: "2019", words: "then", against: "2019-01-01" },
  });
});

test("where there are fewer readings now, one that says the same stays, or else the first is taken", () => {
  assert.equal(reread(FRIDAY, BEFORE, [reading("2018-11-09", "2018-11-09")], "2018-11-12"), null);
  assert.equal(reread(FRIDAY, BEFORE, [reading("2018-11-16")], "2018-11-12").value.edtf, "2018-11-16");
});

test("words that say the same against any date do not hang on one", () => {
  const value = { edtf: "2018-12-06", words: "6 December 2018", against: "2018-11-04" };
  assert.equal(reread(value, [reading("2018-12-06")], [reading("2018-12-06")], "2018-11-12"), null);
});

test("a value changed by hand after it was read is left alone", () =>
  assert.equal(reread({ ...FRIDAY, edtf: "2018-11-30" }, BEFORE, NOW, "2018-11-12"), null));

test("words that say nothing now have no new value", () => {
  assert.deepEqual(reread(FRIDAY, BEFORE, [], null), { value: null });
  assert.deepEqual(reread(FRIDAY, BEFORE, [reading(null, "P2D")], null), { value: null });
});

test("only values that words were read for, against another date, hang on it; in reading order", () => {
  const attributes = [
    { key: "value", title: "date", type: "date" },
    { key: "note", title: "note", type: "text" },
  ];
  const schema = new Schema({
    name: "t",
    version: 1,
    labels: [{ key: "date", title: "Date", colour: "#000", attributes }],
    relations: [],
    registries: [],
  });
  const span = (id, start, value) => ({
    id,
    label: "date",
    fragments: [[start, start + 5]],
    attributes: { value, note: "x" },
  });
  const spans = [
    span("later", 40, FRIDAY),
    span("typed", 30, { edtf: "2018" }),
    span("without", 20, { edtf: "2018", words: "2018" }),
    span("now", 10, { ...FRIDAY, against: "2018-11-12" }),
    span("first", 0, FRIDAY),
  ];
  const annotation = new Annotation({ revision: 1, status: "open", published: null, spans, relations: [] });
  assert.deepEqual(
    hangingDates(annotation, schema, "2018-11-12").map(({ id, name }) => [id, name]),
    [
      ["first", "value"],
      ["later", "value"],
    ],
  );
});
