// @ts-check
import { kindOf } from "./kinds.js";
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./client.js").Reading} Reading
 * @typedef {{edtf?: string, timex3?: string, mod?: string, words?: string, against?: string}} DateValue
 * @typedef {{id: string, name: string, value: DateValue & {words: string, against: string}}} Hanging  a span's attribute that was read in words against another publication date than the present one
 */

/** The dates that were read against another publication date than `published`, in reading order. @param {Annotation} annotation @param {Schema} schema @param {string | null} published EDTF @returns {Hanging[]} */
export function hangingDates(annotation, schema, published) {
  const found = [];
  for (const { id, label, attributes } of annotation.ordered()) {
    for (const attribute of schema.label.get(label)?.attributes ?? []) {
      const { key } = attribute;
      const value = attributes[key];
      if (
        kindOf(attribute).denotes === "when" &&
        value?.words &&
        value.edtf &&
        value.against &&
        value.against !== published
      )
        found.push({ id, name: key, value });
    }
  }
  return found;
}

/**
 * A date value read again: the reading that was chosen among those of `before` is chosen again among those of `now`.
 * @param {DateValue} value @param {Reading[]} before what its words said @param {Reading[]} now what they say @param {string | null} against the publication date `now` is read against, EDTF
 * @returns {{value: DateValue | null} | null} the new value, null if the words say none now; null altogether where nothing changes, or the value was changed by hand after it was read
 */
export function reread(value, before, now, against) {
  const same = (/** @type {Reading} */ { edtf, mod }) =>
    edtf === value.edtf && (mod ?? undefined) === (value.mod ?? undefined);
  const [earlier, later] = [before, now].map((readings) => readings.filter(({ edtf }) => edtf !== null));
  const chosen = earlier.findIndex(same);
  if (chosen < 0) return null;
  const reading = later[chosen] ?? later.find(same) ?? later[0];
  if (!reading) return { value: null };
  if (same(reading)) return null;
  const { timex3: _, mod: __, ...rest } = value;
  return {
    value: {
      ...rest,
      edtf: /** @type {string} */ (reading.edtf),
      ...(reading.timex3 ? { timex3: reading.timex3 } : {}),
      ...(reading.mod ? { mod: reading.mod } : {}),
      ...(against ? { against } : {}),
    },
  };
}
