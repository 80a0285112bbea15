// @ts-check

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./client.js").Reading} Reading
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./schema.js").Label} Label
 * @typedef {{reading: Reading, words: string}} WordsRead
 */

/** Returns the value stored for a reading: words without a date on the calendar have only a TIMEX3 value. @param {Reading} reading @param {string} words @param {string | null} against @returns {Record<string, string> | null} null if there is neither */
export function dateValue({ edtf, timex3, mod }, words, against) {
  if (!edtf && !timex3) return null;
  /** @type {Record<string, string>} */
  const value = {};
  if (edtf) value.edtf = edtf;
  if (timex3) value.timex3 = timex3;
  if (mod) value.mod = mod;
  const typed = edtf ?? timex3;
  if (words !== typed && words !== `${typed} ${mod}`) value.words = words.slice(0, 200);
  if (against && edtf) value.against = against;
  return value;
}

/**
 * Returns a reading of what was typed, counted from what the span's own words are counted from: a typed value says nothing of it.
 * @param {WordsRead[]} own what the span's words say @param {WordsRead} read @returns {Reading} without `anchor` where they don't say this value
 */
export function countedAs(own, { reading, words }) {
  if (own.some((each) => each.words === words)) return reading;
  const same = own.find((each) => each.reading.edtf === reading.edtf && each.reading.timex3 === reading.timex3);
  return { ...reading, anchor: same?.reading.anchor ?? null };
}

/**
 * The ops that take a reading over: the date's value, and what the date fills in beside it. A choice that someone made
 * stays; one that an earlier reading made (`filled`) follows the new one.
 * @param {Span} span @param {Label} label @param {Attribute} attribute the date @param {Reading} reading @param {any} value null: none
 * @param {Record<string, string>} [filled] what an earlier reading filled in, by attribute
 * @returns {{ops: Op[], filled: Record<string, string>}} the ops, and what is filled in now
 */
export function readingOps(span, label, attribute, reading, value, filled = {}) {
  /** @type {Op[]} */
  const ops = [];
  if (value !== null || span.attributes[attribute.key] !== undefined)
    ops.push({ kind: "set", id: span.id, name: attribute.key, value });
  /** @type {Record<string, string>} */
  const now = {};
  for (const [part, name] of Object.entries(attribute.fills ?? {})) {
    const there = span.attributes[name];
    if (there !== undefined && there !== filled[name]) continue;
    const wanted = /** @type {Record<string, any>} */ (reading)[part] ?? undefined;
    const fits = label.attributes.find(({ key }) => key === name)?.options?.some(({ key }) => key === wanted);
    const next = fits ? wanted : undefined;
    if (next !== undefined) now[name] = next;
    if (next !== there) ops.push({ kind: "set", id: span.id, name, value: next ?? null });
  }
  return { ops, filled: now };
}
