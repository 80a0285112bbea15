import assert from "node:assert/strict";
import test from "node:test";
import { dateInWords, dayNumber, dayOf, daysOf, parseEdtf } from "../../labeling/ui/component/edtf.js";

const WORDS = [
  ["2018-11-08", "8 Nov 2018", "Thu 8 Nov 2018"],
  ["2018-11", "Nov 2018"],
  ["2018", "2018"],
  ["-0043", "44 BC"],
  ["2018-24", "winter 2018/19"],
  ["2018-21", "spring 2018"],
  ["201X", "the 2010s"],
  ["18XX", "1800 to 1899"],
  ["2018-XX", "some month of 2018"],
  ["2018-11-XX", "some day of Nov 2018"],
  ["2018-06~", "about June 2018"],
  ["2018?", "2018 (uncertain)"],
  ["2018-11-08%", "about 8 Nov 2018 (uncertain)"],
  ["2018-11-08T10:00+09:00", "8 Nov 2018, 10:00 UTC+09:00"],
  ["2018-11-08/2018-11-11", "8–11 Nov 2018", "Thu 8 – Sun 11 Nov 2018"],
  ["2018-10-29/2018-11-04", "29 Oct – 4 Nov 2018", "Mon 29 Oct – Sun 4 Nov 2018"],
  ["2018-12-29/2019-01-04", "29 Dec 2018 – 4 Jan 2019"],
  ["2018-01/2018-04", "Jan to Apr 2018"],
  ["1939/1945", "1939 to 1945"],
  ["2018-11-08/..", "from 8 Nov 2018 on"],
  ["../2020", "until 2020"],
  ["2018/", "from 2018, end unknown"],
  ["[2019-01-17,2019-01-18]", "17 or 18 Jan 2019", "Thu 17 or Fri 18 Jan 2019"],
  ["{2018-11-01,2018-11-02,2018-12-01}", "1, 2 Nov and 1 Dec 2018"],
  ["[2015..2018]", "some time 2015 to 2018"],
  ["{2015,2017..2019}", "2015 and 2017 to 2019"],
  ["no date", "no date"],
  ["2018/2019/2020", "2018/2019/2020"],
];
for (const [edtf, words, withWeekdays] of WORDS) {
  test(`${edtf} is “${words}”`, () => {
    assert.equal(dateInWords(edtf), words);
    if (withWeekdays) assert.equal(dateInWords(edtf, { weekdays: true }), withWeekdays);
  });
}

test("a day keeps its number both ways, before year 100 too", () => {
  for (const [year, month, day] of [
    [2018, 11, 4],
    [1970, 1, 1],
    [44, 3, 15],
    [2000, 2, 29],
  ]) {
    const { weekday, ...same } = dayOf(dayNumber(year, month, day));
    assert.deepEqual(same, { year, month, day });
  }
  assert.equal(dayOf(dayNumber(2018, 11, 4)).weekday, 0);
});

const STRETCHES = [
  ["2018-11-08", "2018-11-08", "2018-11-08", false],
  ["2020-02", "2020-02-01", "2020-02-29", false],
  ["2018-24", "2018-12-01", "2019-02-28", false],
  ["201X", "2010-01-01", "2019-12-31", true],
  ["2018-1X", "2018-10-01", "2018-12-31", true],
  ["2018-02-3X", null],
  ["XXXX-12-25", null],
  ["Y12000", null],
];
for (const [edtf, from, to, some] of STRETCHES) {
  test(`${edtf} ${from ? `reaches from ${from} to ${to}` : "has no place on a calendar"}`, () => {
    const stretch = daysOf(parseEdtf(edtf).date);
    const shown = (number) =>
      [dayOf(number)].map(
        ({ year, month, day }) => `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`,
      )[0];
    assert.deepEqual(stretch && [shown(stretch.first), shown(stretch.last), stretch.some], from && [from, to, some]);
  });
}
