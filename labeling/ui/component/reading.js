// @ts-check

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./client.js").Reading} Reading
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./schema.js").Label} Label
 */

/** Returns the value stored for a reading; null if the words have no date on the calendar. @param {Reading} reading @param {string} words @param {string | null} against @returns {Record<string, string> | null} */
export function dateValue(reading, words, against) {
  if (reading.edtf === null) return null;
  /** @type {Record<string, string>} */
  const value = { edtf: reading.edtf };
  if (reading.timex3) value.timex3 = reading.timex3;
  if (reading.mod) value.mod = reading.mod;
  if (words !== reading.edtf && words !== `${reading.edtf} ${reading.mod}`) value.words = words.slice(0, 200);
  if (against) value.against = against;
  return value;
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
