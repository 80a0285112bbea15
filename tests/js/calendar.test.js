import assert from "node:assert/strict";
import test from "node:test";
import { calendarOf, valueInWords } from "../../labeling/ui/component/calendar.js";

const PUBLISHED = "2018-11-04"; // a Sunday
const SIGNS = { "": ".", whole: "#", interval: "=", "one-of": "o", "all-of": "+", some: "x", frame: "_" };

/** A calendar in a line: a sign a cell, capitals of what it says around it: ( and ) ends of marks, * publication, ~ and ? how sure, P the modifier's part, < > open, ! unknown. */
function drawn(value, published = PUBLISHED) {
  const calendar = calendarOf(typeof value === "string" ? { edtf: value } : value, published);
  if (!calendar) return null;
  const line = calendar.cells.map((cell, index) => {
    if (cell.gap) return "…";
    const beyond = { open: index ? ">" : "<", unknown: "!", "": "" }[cell.beyond];
    return `${index ? "" : beyond}${cell.begins ? "(" : ""}${cell.part ? "P" : SIGNS[cell.mark]}${cell.approximate ? "~" : ""}${cell.uncertain ? "?" : ""}${cell.ends ? ")" : ""}${cell.published ? "*" : ""}${index ? beyond : ""}`;
  });
  return `${calendar.unit} ${line.join("")}`;
}

const CASES = [
  ["a day before the publication", "2018-11-02", "day ...........(#)..*......."],
  ["the day of publication", "2018-11-04", "day .............(#)*......."],
  ["an interval", "2018-11-08/2018-11-11", "day .......*...(====)......."],
  ["one of two days", "[2018-11-08,2018-11-09]", "day .......*...(o)(o)........."],
  ["both of two days", "{2018-11-08,2018-11-10}", "day .......*...(+).(+)........"],
  ["an open end", "2018-11-08/..", "day .......*...(===========>"],
  ["an open start", "../2018-11-08", "day <==============*====)..."],
  ["an unknown end", "2018-11-08/", "day .......*...(===========!"],
  ["about a day", "2018-11-08~", "day .......*...(#~).........."],
  ["perhaps a day", "2018-11-08?", "day .......*...(#?).........."],
  ["an interval of which only the end is doubtful", "2018-11-08/2018-11-11%", "day .......*...(====~?)......."],
  [
    "the end of a week",
    { edtf: "2018-11-08/2018-11-11", mod: "END", timex3: "2018-W45" },
    "day .......*(___PPPP).......",
  ],
  [
    "a week's late part, the week being the value",
    { edtf: "2018-11-05/2018-11-11", mod: "END", timex3: "2018-W45" },
    "day .......*(_____PP).......",
  ],
  ["a season", "2018-22", "month ...(###)...*..."],
  ["some month of a year", "2018-XX", "month .(xxxxxxxxxxx*x)."],
  ["the middle of a year", { edtf: "2019-05/2019-08", mod: "MID", timex3: "2019" }, "month ..*.(____PPPP____)."],
  ["an early year", { edtf: "2019", mod: "START", timex3: "2019" }, "month ..*.(PPPP________)."],
  ["a decade", "201X", "year ..(xxxxxxxxx*x).."],
  ["the late nineties", { edtf: "1997/1999", mod: "END", timex3: "199" }, "year ..(_______PPP)..…...*.."],
  ["a year long ago", "1944-06-06", "year ..(#)..…...*.."],
  ["a century", "18XX", "decade .(xxxxxxxxxx)............*."],
  ["beyond the calendar", "Y-12000", null],
  ["no year", "XXXX-12-25", null],
];
for (const [what, value, expected] of CASES) {
  test(`${what} ${expected ? `is shown as ${expected}` : "is not shown"}`, () => assert.equal(drawn(value), expected));
}

test("days are shown up to six weeks from the publication, months up to three years, years beyond", () => {
  const unit = (edtf) => calendarOf({ edtf }, PUBLISHED).unit;
  assert.deepEqual(["2018-12-16", "2018-12-17", "2021-11-01", "2021-12"].map(unit), ["day", "month", "month", "year"]);
});

test("a strip has no more cells than can be told apart, whatever the value", () => {
  for (const edtf of [
    "2018-12-16",
    "2018-09-23/2018-12-16",
    "2015-12/2021-10",
    "0001/2018",
    "1500/..",
    "[1900,2000]",
    "19XX",
    "../1066",
  ]) {
    const { cells } = calendarOf({ edtf }, PUBLISHED);
    assert.ok(cells.length <= 63, `${edtf}: ${cells.length}`);
    assert.equal(cells.filter(({ published }) => published).length, 1, edtf);
    assert.ok(
      cells.some(({ mark }) => mark),
      edtf,
    );
  }
});

test("weeks of days are whole, and named by month in full", () => {
  const { cells, groups } = calendarOf({ edtf: "2018-11-08" }, PUBLISHED);
  assert.deepEqual([cells.length % 7, cells[0].name, cells.filter(({ rest }) => rest).length], [0, "29", 6]);
  assert.deepEqual(groups, [
    { names: ["October 2018", "Oct 2018", "Oct"], count: 3 },
    { names: ["November 2018", "Nov 2018", "Nov"], count: 18 },
  ]);
});

test("without a publication date the value is shown by itself", () =>
  assert.equal(drawn("2018-11-08", null), "day ..........(#).........."));
test("a publication date that is a month marks all its days", () =>
  assert.equal(calendarOf({ edtf: "2018-11-08" }, "2018-11").cells.filter(({ published }) => published).length, 30));

test("a modifier is said where the value is not that part already", () => {
  assert.equal(valueInWords({ edtf: "2018", mod: "START", timex3: "2018" }), "2018, early part");
  assert.equal(valueInWords({ edtf: "2018-11-08/2018-11-11", mod: "END", timex3: "2018-W45" }), "8–11 Nov 2018");
  assert.equal(
    valueInWords({ edtf: "2018-11-05/2018-11-11", mod: "END", timex3: "2018-W45" }),
    "5–11 Nov 2018, late part",
  );
  assert.equal(valueInWords({ edtf: "2018~", mod: "APPROX" }), "about 2018");
  assert.equal(valueInWords({ timex3: "FUTURE_REF" }), "some time in the future");
  assert.equal(valueInWords({ timex3: "P1.5W", mod: "MORE_THAN" }), "P1.5W, more than this");
  assert.equal(calendarOf({ timex3: "FUTURE_REF" }, "2018-11-04"), null);
});
