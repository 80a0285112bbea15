// @ts-check

/** The most digits of a number, and the most after the point: numbers of this size are never rounded. As in `numbers.py`. */
const NUMBER_DIGITS = 15;
const NUMBER_PLACES = 9;

/**
 * The number that is written in decimal digits with a decimal point, or why it is none. It is never rounded.
 * @param {string} words @returns {{value: number, error: ""} | {value: null, error: string}}
 */
export function parseNumber(words) {
  const typed = words.trim();
  const found = /^([+\-−]?)([0-9]*)(?:\.([0-9]*))?$/u.exec(typed);
  if (!found || !(found[2] || found[3])) {
    const shown = typed.length > 40 ? `${typed.slice(0, 39)}…` : typed;
    return { value: null, error: `“${shown}” is not a number; write digits and a decimal point, such as 1250.5` };
  }
  const whole = found[2].replace(/^0+/u, "");
  const fraction = (found[3] ?? "").replace(/0+$/u, "");
  const digits = (whole + fraction).replace(/^0+/u, "").length;
  if (digits > NUMBER_DIGITS || whole.length > NUMBER_DIGITS || fraction.length > NUMBER_PLACES)
    return {
      value: null,
      error: `a number has at most ${NUMBER_DIGITS} digits, ${NUMBER_PLACES} of them after the point; round it`,
    };
  const size = Number(`${whole || "0"}.${fraction || "0"}`);
  return { value: found[1] === "-" || found[1] === "−" ? 0 - size : size, error: "" };
}

/** A number in decimal digits with a decimal point, as `parseNumber` reads it. @param {number} value @returns {string} */
export function decimal(value) {
  // JavaScript writes what is smaller than a millionth with an exponent.
  return value !== 0 && Math.abs(value) < 1e-6 ? value.toFixed(NUMBER_PLACES).replace(/0+$/u, "") : String(value);
}

/** Returns whether a value is a number with no more digits than allowed. @param {any} value @returns {boolean} */
export function isExact(value) {
  return typeof value === "number" && Number.isFinite(value) && parseNumber(decimal(value)).value === value;
}
