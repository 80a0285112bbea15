import assert from "node:assert/strict";
import test from "node:test";
import { countedAs, dateValue, readingOps } from "../../labeling/ui/component/reading.js";

const VALUE = { key: "value", title: "date", type: "date", fills: { timex_type: "kind", anchor: "from" } };
const choice = (key, ...options) => ({
  key,
  title: key,
  type: "choice",
  options: options.map((each) => ({ key: each, title: each })),
});
const LABEL = {
  key: "claimed_date",
  title: "Date",
  colour: "#000",
  attributes: [VALUE, choice("kind", "DATE", "TIME", "DURATION"), choice("from", "publication", "explicit")],
};

const reading = (edtf, timex_type, anchor) => ({ edtf, timex3: null, mod: null, timex_type, anchor, explain: "" });
const FRIDAY = reading("2018-11-09", "DATE", "publication");

/** Takes a reading in and returns the attributes after it, and what was filled in. */
function take(attributes, given, filled) {
  const value = dateValue(given, "words", null);
  const result = readingOps(
    { id: "d", label: "claimed_date", fragments: [[0, 5]], attributes },
    LABEL,
    VALUE,
    given,
    value,
    filled,
  );
  const after = { ...attributes };
  for (const { kind, id, name, value } of result.ops) {
    assert.deepEqual([kind, id], ["set", "d"]);
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return { after, filled: result.filled };
}

test("a reading sets the date and fills in what is unset", () => {
  assert.deepEqual(take({}, FRIDAY).after, {
    value: { edtf: "2018-11-09", words: "words" },
    kind: "DATE",
    from: "publication",
  });
});

test("words are kept with a value, not what was typed as it is", () => {
  const since = { ...reading("2018-07", "DATE", "explicit"), mod: "SINCE" };
  for (const [typed, words] of [
    ["2018-07 SINCE", undefined],
    ["2018-07", undefined],
    ["since July", "since July"],
  ]) {
    assert.equal(dateValue(since, typed, null).words, words);
  }
});

test("what someone chose stays", () => {
  assert.equal(take({ kind: "TIME" }, FRIDAY).after.kind, "TIME");
});

test("what an earlier reading filled in follows the next one", () => {
  const first = take({}, FRIDAY);
  const second = take(first.after, reading("2018-11-09T10:00", "TIME", null), first.filled);
  assert.deepEqual([second.after.kind, second.after.from], ["TIME", undefined]);
});

test("what was filled in and then changed by hand stays", () => {
  const first = take({}, FRIDAY);
  assert.equal(take({ ...first.after, kind: "DURATION" }, FRIDAY, first.filled).after.kind, "DURATION");
});

test("what has no place on the calendar keeps its TIMEX3 value, and counts from nothing", () => {
  const soon = { ...reading(null, "DATE", null), timex3: "FUTURE_REF" };
  const value = { timex3: "FUTURE_REF", words: "words" };
  assert.deepEqual(take({}, soon).after, { value, kind: "DATE" });
  const first = take({}, FRIDAY);
  assert.deepEqual(take(first.after, soon, first.filled).after, { value, kind: "DATE" });
  assert.deepEqual(dateValue(soon, "FUTURE_REF", "2018-11-04"), { timex3: "FUTURE_REF" });
  const long = { ...reading(null, "DURATION", null), timex3: "P1.5W", mod: "MORE_THAN" };
  assert.deepEqual(dateValue(long, "P1.5W MORE_THAN", null), { timex3: "P1.5W", mod: "MORE_THAN" });
});

test("a typed value is counted from what the marked words are counted from, or from nothing", () => {
  const own = [
    { reading: reading("2018-11-02", "DATE", "publication"), words: "Friday" },
    { reading: FRIDAY, words: "Friday" },
  ];
  const typed = (edtf) => countedAs(own, { reading: reading(edtf, "DATE", "explicit"), words: edtf }).anchor;
  assert.equal(typed("2018-11-09"), "publication");
  assert.equal(typed("2018-11-10"), null);
  assert.equal(countedAs([], { reading: reading("2018-11-09", "DATE", "explicit"), words: "x" }).anchor, null);
  assert.equal(countedAs(own, { reading: FRIDAY, words: "Friday" }).anchor, "publication");
});

test("a choice without that option stays unset", () => {
  assert.deepEqual(take({}, reading("2018", "SET", "other_date")).after, { value: { edtf: "2018", words: "words" } });
});

test("a date that fills nothing in only gets its value", () => {
  const plain = { ...VALUE, fills: undefined };
  const { ops } = readingOps(
    { id: "d", label: "claimed_date", fragments: [[0, 5]], attributes: {} },
    LABEL,
    plain,
    FRIDAY,
    dateValue(FRIDAY, "2018-11-09", "2018-11-04"),
    {},
  );
  assert.deepEqual(ops, [
    { kind: "set", id: "d", name: "value", value: { edtf: "2018-11-09", against: "2018-11-04" } },
  ]);
});
