// @ts-check

/** What closes a quotation that a mark opened: the table of `labeling/dataset.py`, which a test holds this module against. */
const CLOSES = new Map([
  ["“", "”“‟\""],
  ["”", "”“\""],
  ["„", "“”‟\""],
  ["‟", "”\""],
  ['"', "\"”“"],
  ["«", "»"],
  ["»", "«»"],
  ["「", "」"],
  ["『", "』"],
  ["《", "》"],
  ["〝", "〞〟"],
  ["＂", "＂"],
]);
const MARKS = new RegExp(`[${[...CLOSES].flat().join("")}]`, "gu");
const WORDS = /[\p{L}\p{N}]/u;
const BLANK = "\\t-\\r\\x1c-\\x1f\\x85\\p{Z}";
const BLANK_FIRST = new RegExp(`^[${BLANK}]`, "u");
const SINGLE_CLOSE = new RegExp(`(?<=[^${BLANK}])[’'›](?![\\p{L}\\p{N}_])`, "u");
const PARAGRAPH = new RegExp(`\\n[${BLANK}]*$`, "u");

/**
 * How much of a quote stands in double quotation marks: all of its words (direct), some (mixed), or none (indirect).
 *
 * A mark that touches the quote's start from outside counts as its own. A mark that opens again at the start of a
 * paragraph goes on with the same quotation; one that is never closed holds to the end of its fragment.
 * @param {(start: number, end: number) => string} read the article's text between two points
 * @param {[number, number][]} fragments in code points, half-open
 * @returns {"direct" | "mixed" | "indirect"}
 */
export function quotationType(read, fragments) {
  let [inside, outside] = [false, false];
  for (const [start, end] of fragments) {
    const words = read(start, end);
    const around = [...read(Math.max(0, start - 2), start)];
    const before = around.pop() ?? "";
    // A mark before the quote opens it only if it does not close what stands before that.
    let opened = CLOSES.has(before) && !BLANK_FIRST.test(words) && !WORDS.test(around[0] ?? "") ? before : "";
    const take = (/** @type {string} */ part) => {
      if (!WORDS.test(part)) return;
      if (opened) inside = true;
      else outside = true;
    };
    if (/^[‘'‹].*[’'›]$/su.test(words) && !SINGLE_CLOSE.test(words.slice(0, -1))) {
      opened = words[0];
      take(words);
      continue;
    }
    let at = 0;
    for (const { 0: mark, index } of words.matchAll(MARKS)) {
      const part = words.slice(at, index);
      take(part);
      at = index + 1;
      if (!opened) opened = CLOSES.has(mark) ? mark : "";
      else if (CLOSES.get(opened)?.includes(mark) && !PARAGRAPH.test(part)) opened = "";
    }
    take(words.slice(at));
  }
  if (!inside) return "indirect";
  return outside ? "mixed" : "direct";
}
