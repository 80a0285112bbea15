// @ts-check

/** The closing quotation marks by opening mark: the table of `labeling/dataset/lines.py`, which a test compares with this module. */
const CLOSES = new Map([
  ["“", '”“‟"'],
  ["”", '”“"'],
  ["„", '“”‟"'],
  ["‟", '”"'],
  ['"', '"”“'],
  ["«", "»"],
  ["»", "«»"],
  ["「", "」"],
  ["『", "』"],
  ["《", "》"],
  ["〝", "〞〟"],
  ["＂", "＂"],
]);
const MARKS = new RegExp(`[${[...CLOSES].flat().join("")}]`, "gu");
/** Typewriters' double quotation marks, which are read as one straight mark and a character that is no word. */
const TYPED = /''|``/gu;
const WORDS = /[\p{L}\p{N}]/u;
const BLANK = "\\t-\\r\\x1c-\\x1f\\x85\\p{Z}";
const BLANK_FIRST = new RegExp(`^[${BLANK}]`, "u");
const SINGLE_CLOSE = new RegExp(`(?<=[^${BLANK}])[’'›](?![\\p{L}\\p{N}_])`, "u");
const PARAGRAPH = new RegExp(`\\n[${BLANK}]*$`, "u");

/** The characters before an opening mark. */
const OPENERS = /[\s([{—–-]/u;
/** The characters between the last word and the closing mark that are inside the quotation: “…,” he said. */
const STOPS = /^\s?[.,;:!?…]+/u;

/**
 * A selection with the quotation marks around it included or excluded, as the label set wants it.
 * @param {(start: number, end: number) => string} read the article's text between two points
 * @param {number} start @param {number} end in code points, half-open
 * @param {"in" | "out"} policy
 * @returns {{start: number, end: number}}
 */
export function withMarks(read, start, end, policy) {
  const typed = withTypedMarks(read, start, end, policy);
  if (typed) return typed;
  const closes = (/** @type {string} */ opening, /** @type {string} */ mark) =>
    mark !== "" && (CLOSES.get(opening) ?? "").includes(mark);
  const first = read(start, start + 1);
  const last = read(end - 1, end);
  // French sets its marks apart by a space, which goes with them.
  if (policy === "out") {
    const without = (/** @type {number} */ from, /** @type {number} */ to) => {
      const words = read(from, to);
      return words.trim()
        ? { start: from + words.length - words.trimStart().length, end: to - words.length + words.trimEnd().length }
        : { start, end };
    };
    if (end - start < 3) return { start, end };
    const inner = read(start + 1, end - 1);
    if (closes(first, last) && balanced(inner)) return without(start + 1, end - 1);
    if (CLOSES.has(first) && balanced(inner + last)) return without(start + 1, end);
    if (isClosing(last) && balanced(first + inner)) return without(start, end - 1);
    return { start, end };
  }
  const stops = end + (STOPS.exec(read(end, end + 4))?.[0].length ?? 0);
  const opening = start - (/^«\s$/u.test(read(Math.max(0, start - 2), start)) ? 2 : 1);
  const closing = stops + (/^\s»$/u.test(read(stops, stops + 2)) ? 1 : 0);
  const before = start > 0 ? read(opening, opening + 1) : "";
  const after = read(closing, closing + 1);
  if (closes(before, after) && balanced(read(start, end))) return { start: opening, end: closing + 1 };
  if (closes(first, after) && balanced(read(start + 1, end))) return { start, end: closing + 1 };
  if (closes(before, last) && balanced(read(start, end - 1))) return { start: opening, end };
  return { start, end };
}

/** The same for quotation marks of two apostrophes; null where there are none. @param {(start: number, end: number) => string} read @param {number} start @param {number} end @param {"in" | "out"} policy @returns {{start: number, end: number} | null} */
function withTypedMarks(read, start, end, policy) {
  const opens = (/** @type {number} */ at) => at >= 0 && /^(?:''|``)$/u.test(read(at, at + 2));
  const closes = (/** @type {number} */ at) => read(at, at + 2) === "''";
  if (policy === "out") {
    if (end - start < 5 || !opens(start) || !closes(end - 2) || /''|``/u.test(read(start + 2, end - 2))) return null;
    return { start: start + 2, end: end - 2 };
  }
  const stops = end + (STOPS.exec(read(end, end + 4))?.[0].length ?? 0);
  return opens(start - 2) && closes(stops) && !/''|``/u.test(read(start, stops))
    ? { start: start - 2, end: stops + 2 }
    : null;
}

/** @param {string} mark @returns {boolean} */
function isClosing(mark) {
  return [...CLOSES.values()].some((marks) => marks.includes(mark));
}

/** Returns whether every quotation mark in a text has its partner there; if not, one around the text may belong to another quotation. @param {string} words @returns {boolean} */
function balanced(words) {
  const open = [];
  let last = -1; // where a mark opened
  for (const { 0: mark, index } of words.matchAll(MARKS)) {
    // Most marks open in one language and close in another: what stands before one decides.
    const opens =
      CLOSES.has(mark) && (!isClosing(mark) || index === 0 || last === index - 1 || OPENERS.test(words[index - 1]));
    if (opens) [last] = [index, open.push(mark)];
    else if (!CLOSES.get(open.pop() ?? "")?.includes(mark)) return false;
  }
  return !open.length;
}

/**
 * Returns the type of a quote: direct if all of its words are in double quotation marks, mixed if some are, indirect if none are.
 *
 * One that touches the quote's start from outside counts as its own. One that opens again at the start of a
 * paragraph goes on with the same quotation; one that is never closed holds to the end of its fragment.
 * @param {(start: number, end: number) => string} read the article's text between two points
 * @param {[number, number][]} fragments in code points, half-open
 * @returns {"direct" | "mixed" | "indirect"}
 */
export function quotationType(read, fragments) {
  const plainly = (/** @type {number} */ start, /** @type {number} */ end) => read(start, end).replace(TYPED, '\0"');
  let [inside, outside] = [false, false];
  for (const [start, end] of fragments) {
    const words = plainly(start, end);
    const around = [...plainly(Math.max(0, start - 2), start)];
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
