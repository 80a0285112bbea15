// @ts-check
import { valueInWords } from "./calendar.js";
import { decimal, isExact, parseNumber } from "./numbers.js";

/**
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./schema.js").Label} Label
 * @typedef {"choice" | "text" | "flag" | "date" | "registry" | "number"} KindName
 * @typedef {"select" | "text" | "checkbox" | "date" | "entry" | "number"} ControlName
 * @typedef {(registry: string, id: string) => string} NameOf
 * @typedef {object} Kind  what depends on what sort of value an attribute holds; as `labeling/schema/kinds` has it
 * @property {ControlName} control  how a value is given
 * @property {(value: any, attribute: Attribute) => boolean} accepts  whether an attribute can have the value
 * @property {(value: any, attribute: Attribute, nameOf: NameOf) => string} words  the value alone in words
 * @property {"alone" | "titled" | "title"} shown  on a card: its words alone, with the attribute's title before them, or the title only
 * @property {"who" | "when" | null} denotes  what it says of the span
 * @property {boolean} free  people's own words, in which no one need agree
 * @property {boolean} long  whether its words can be of any length
 * @property {(attribute: Attribute, entries: Record<string, Record<string, string>>) => any[]} values  what can be chosen
 * @property {{how: string, example: string} | null} typed  how a reviewer types another value
 */

/** @type {NonNullable<Kind["values"]>} */
const noValues = () => [];

/** @type {Record<KindName, Kind>} */
export const ATTRIBUTE_KINDS = {
  choice: {
    control: "select",
    accepts: (value, { options }) => (options ?? []).some(({ key }) => key === value),
    words: (value, { options }) => options?.find(({ key }) => key === value)?.title ?? value,
    shown: "alone",
    denotes: null,
    free: false,
    long: false,
    values: ({ options }) => (options ?? []).map(({ key }) => key),
    typed: null,
  },
  text: {
    control: "text",
    accepts: (value) => typeof value === "string",
    words: String,
    shown: "titled",
    denotes: null,
    free: true,
    long: true,
    values: noValues,
    typed: null,
  },
  flag: {
    control: "checkbox",
    accepts: (value) => value === true,
    words: () => "yes",
    shown: "title",
    denotes: null,
    free: false,
    long: false,
    values: () => [true],
    typed: null,
  },
  date: {
    control: "date",
    accepts: (value) => value !== null && typeof value === "object",
    words: (value) => valueInWords(value),
    shown: "alone",
    denotes: "when",
    free: false,
    long: false,
    values: noValues,
    typed: { how: "in words", example: "or in words: 4 November 2018" },
  },
  registry: {
    control: "entry",
    accepts: (value, { several }) => (several && Array.isArray(value) ? value.length > 1 : typeof value === "string"),
    words: (value, { registry }, nameOf) =>
      listedWith(
        "and",
        entryIds(value).map((id) => nameOf(registry ?? "", id)),
      ),
    shown: "alone",
    denotes: "who",
    free: false,
    long: true,
    values: ({ registry }, entries) => Object.keys(entries[registry ?? ""] ?? {}),
    typed: null,
  },
  number: {
    control: "number",
    accepts: (value, attribute) => isExact(value) && inRange(value, attribute),
    words: (value, { unit }) => (unit ? `${decimal(value)} ${unit}` : decimal(value)),
    shown: "titled",
    denotes: null,
    free: false,
    long: false,
    values: noValues,
    typed: { how: "as a number", example: "or another number" },
  },
};

/** The ids of the entries that a value names: of one entry it is the id itself, of several a list. @param {any} value @returns {string[]} */
export function entryIds(value) {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

/** Words as a list in a sentence. @param {string} word the last two are joined by @param {string[]} words @returns {string} */
export function listedWith(word, words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} ${word} ${words[words.length - 1]}` : (words[0] ?? "");
}

/** @param {Attribute} attribute @returns {Kind} */
export function kindOf(attribute) {
  return ATTRIBUTE_KINDS[attribute.type];
}

/** The first attribute of a label that says when: what a span of the label dates. @param {Label | undefined} label @returns {Attribute | undefined} */
export function dateOf(label) {
  return label?.attributes.find((attribute) => kindOf(attribute).denotes === "when");
}

/** The attributes of a label that say who. @param {Label | undefined} label @returns {Attribute[]} */
export function whoOf(label) {
  return (label?.attributes ?? []).filter((attribute) => kindOf(attribute).denotes === "who");
}

/** @param {number} value @param {Attribute} attribute @returns {boolean} */
function inRange(value, { min, max, integer }) {
  return (min ?? -Infinity) <= value && value <= (max ?? Infinity) && (!integer || Number.isInteger(value));
}

/** Returns the numbers that an attribute accepts, in words. @param {Attribute} attribute @returns {string} */
export function numbersTaken({ min = null, max = null, integer }) {
  const noun = integer ? "a whole number" : "a number";
  if (min !== null && max !== null) return `${noun} from ${decimal(min)} to ${decimal(max)}`;
  return min !== null
    ? `${noun} of ${decimal(min)} or more`
    : max !== null
      ? `${noun} of ${decimal(max)} or less`
      : noun;
}

/** The number that was typed for an attribute, or why it can't have it. @param {string} words @param {Attribute} attribute @returns {{value: number, error: ""} | {value: null, error: string}} */
export function numberTyped(words, attribute) {
  const found = parseNumber(words);
  if (found.value === null || inRange(found.value, attribute)) return found;
  return { value: null, error: `${attribute.title}: enter ${numbersTaken(attribute)}` };
}
