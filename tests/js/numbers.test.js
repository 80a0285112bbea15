import assert from "node:assert/strict";
import test from "node:test";
import { kindOf, numberTyped } from "../../labeling/ui/component/kinds.js";
import { decimal, isExact, parseNumber } from "../../labeling/ui/component/numbers.js";

test("a number is written with a decimal point, whatever the browser's language", () => {
  for (const [words, value] of [
    ["1250.5", 1250.5],
    [" −3 ", -3],
    ["+7", 7],
    ["007", 7],
    [".5", 0.5],
    ["2.50", 2.5],
    ["-0", 0],
    ["0.000000001", 1e-9],
    ["999999999999999", 999999999999999],
  ]) {
    assert.deepEqual(parseNumber(words), { value, error: "" });
    assert.equal(Object.is(parseNumber(words).value, -0), false);
  }
  for (const words of ["1,5", "1 000", "1e3", "NaN", "Infinity", "-", ".", "", "12 people", "٣"])
    assert.match(parseNumber(words).error, /is not a number; write digits and a decimal point/u);
});

test("what could only be kept rounded is refused", () => {
  for (const words of ["1234567890123456", "0.1234567891", "123456789.1234567", "1000000000000000"])
    assert.match(parseNumber(words).error, /at most 15 digits, 9 of them after the point/u);
});

test("a number is shown without an exponent, and read as the same again", () => {
  for (const [value, words] of [
    [1e-9, "0.000000001"],
    [-2.5e-7, "-0.00000025"],
    [123456.789, "123456.789"],
    [0, "0"],
  ]) {
    assert.equal(decimal(value), words);
    assert.equal(parseNumber(words).value, value);
  }
  for (const value of [NaN, Infinity, 1e15, 1e21, 0.1 + 0.2, 1e-300, "3", null, true])
    assert.equal(isExact(value), false);
});

test("a number outside of its attribute's range gets a message that says what fits", () => {
  const amount = {
    key: "n",
    title: "Dead",
    type: /** @type {const} */ ("number"),
    min: 0,
    max: 10,
    integer: true,
    unit: "people",
  };
  assert.deepEqual(numberTyped("10", amount), { value: 10, error: "" });
  for (const words of ["11", "-1", "2.5"])
    assert.deepEqual(numberTyped(words, amount), { value: null, error: "Dead: enter a whole number from 0 to 10" });
  assert.equal(numberTyped("11", { ...amount, max: null }).value, 11);
  assert.equal(numberTyped("-1", { ...amount, max: null }).error, "Dead: enter a whole number of 0 or more");
  assert.equal(
    kindOf(amount).words(10, amount, () => ""),
    "10 people",
  );
  for (const value of [11, 2.5, "3", NaN, true]) assert.equal(kindOf(amount).accepts(value, amount), false);
  assert.equal(kindOf(amount).accepts(0, amount), true);
});
