// @ts-check

/** Converts between Unicode code points (Python's offsets) and UTF-16 units (JavaScript's) for one text. */
export class Offsets {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** Unit index of every character that takes two units; empty for most texts. @type {number[]} */
    this.pairs = [];
    if (/[\ud800-\udbff][\udc00-\udfff]/.test(text)) {
      for (let unit = 0; unit < text.length; unit++) {
        if (/** @type {number} */ (text.codePointAt(unit)) > 0xffff) this.pairs.push(unit++);
      }
    }
    /** Length in code points. */
    this.length = text.length - this.pairs.length;
  }

  /** The unit at which code point number `point` starts. @param {number} point @returns {number} */
  units(point) {
    const pairs = this.pairs;
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[middle] - middle < point) low = middle + 1;
      else high = middle;
    }
    return point + low;
  }

  /** The code point that `unit` lies in; a unit inside a pair gives that pair's point. @param {number} unit @returns {number} */
  points(unit) {
    const pairs = this.pairs;
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[middle] + 1 < unit) low = middle + 1;
      else high = middle;
    }
    return (low < pairs.length && pairs[low] + 1 === unit ? unit - 1 : unit) - low;
  }

  /** The text of `[start, end)`, both in code points. @param {number} start @param {number} end @returns {string} */
  slice(start, end) {
    return this.text.slice(this.units(start), this.units(end));
  }
}
