import assert from "node:assert/strict";
import test from "node:test";
import { Offsets } from "../../labeling/ui/component/offsets.js";

const TEXTS = [
  ["empty", ""],
  ["ASCII", "Hello"],
  ["no-break spaces and curly marks", "“a\u00a0b” — c"],
  ["emoji", "a😀b😀😀c"],
  ["an emoji sequence", "👩‍👩‍👧 family"],
  ["only emoji", "😀😀"],
  ["Arabic", "قال الوزير"],
  ["rare Chinese", "𠮷野家 said 𠮷"],
  ["combining marks", "e\u0301te\u0301 🇫🇷"],
];

for (const [name, text] of TEXTS) {
  const offsets = new Offsets(text);
  const points = [...text];

  test(`the length of ${name} is its number of code points`, () => assert.equal(offsets.length, points.length));

  test(`a point of ${name} goes to units and back`, () => {
    for (let point = 0; point <= points.length; point++) {
      assert.equal(offsets.units(point), points.slice(0, point).join("").length);
      assert.equal(offsets.points(offsets.units(point)), point);
    }
  });

  test(`a slice of ${name} is what code points say`, () => {
    for (let start = 0; start <= points.length; start++)
      for (let end = start; end <= points.length; end++)
        assert.equal(offsets.slice(start, end), points.slice(start, end).join(""));
  });
}

test("a unit inside a pair is the pair's own point", () => {
  assert.equal(new Offsets("a😀b").points(2), 1);
  assert.equal(new Offsets("😀😀").points(3), 1);
});
