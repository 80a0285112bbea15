// @ts-check
import { Combo } from "./combo.js";

/**
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./combo.js").Choice} Choice
 * @typedef {import("./controls.js").Surroundings} Surroundings
 */

/** The most entries that are offered. */
const MOST_ENTRIES = 8;
/** The most names of the article that are offered for the text typed. */
const MOST_NAMES = 3;
const LONGEST_NAME = 80;

/** The control of an entry of a registry. @param {Attribute} attribute @param {Surroundings} around @returns {import("./controls.js").Control} */
export function registryControl(attribute, around) {
  const registry = attribute.registry ?? "";
  /** @type {Combo} */
  const combo = new Combo({
    label: attribute.title,
    placeholder: "type to search",
    pause: 80,
    done: around.done,
    clear: () => around.set(null),
    find: async (query) => {
      const typed = combo.typed ? query : "";
      const replacing = !typed && query !== "" && query === combo.value; // all that stands in the field is selected
      return { choices: await entryChoices(registry, around, typed, replacing) };
    },
  });
  return {
    element: combo.element,
    sync: (value) => combo.sync(value ? around.nameOf(registry, value) : ""),
    focus: () => combo.input.focus(),
  };
}

/** Words as a name: without quotation marks and punctuation around. @param {string} words @returns {string} */
function asName(words) {
  return words.replace(/\s+/gu, " ").replace(/^["“”„«»\s]+|["“”„«»,.;:\s]+$/gu, "");
}

/**
 * Returns the choices: entries that the article names or the registry finds, and names to create entries from.
 * @param {string} registry @param {Surroundings} around @param {string} typed "" where nothing is typed @param {boolean} replacing whether another entry than the present one is wanted @returns {Promise<Choice[]>}
 */
async function entryChoices(registry, around, typed, replacing) {
  const full = asName(around.words());
  const words = full.length > LONGEST_NAME ? `${full.slice(0, LONGEST_NAME - 1)}…` : full;
  const capital = around.names ? lastCapital(words, around.lexicon()) : "";
  const { entries } = await around.api.registry(registry, typed || (replacing ? "" : capital));
  const here = around.mentioned(registry);
  const names = new Map([
    ...here.map(({ id }) => /** @type {[string, string]} */ ([id, around.nameOf(registry, id)])),
    ...entries.map(({ id, name }) => /** @type {[string, string]} */ ([id, name])),
  ]);
  const found = new Set(entries.map(({ id }) => id));
  const nearby = here.filter(({ id, same }) => (typed ? found.has(id) : same || !capital || found.has(id)));
  const choices = [...new Set([...nearby.map(({ id }) => id), ...found])].slice(0, MOST_ENTRIES).map((id) => {
    const title = names.get(id) ?? "";
    const detail = here.some((each) => each.id === id) ? "in this article" : "";
    return { title, detail, pick: () => around.set(id, [{ kind: "register", registry, id, name: title }]) };
  });
  const makes = newNames(around, typed, typed ? asName(typed) : words, [...names.values()]).map((name) => {
    const id = around.newId();
    const pick = () => around.set(id, [{ kind: "register", registry, id, name }]);
    return { title: `Create “${name}”`, detail: "new", pick };
  });
  const fresh = !typed && isFresh(words, capital, around) && !nearby.some(({ same }) => same);
  return fresh ? [...makes, ...choices] : [...choices, ...makes];
}

/** The last capitalised word that is no pronoun and no article. @param {string} words @param {import("./lexicon.js").Lexicon} lexicon @returns {string} */
function lastCapital(words, lexicon) {
  const names = (/** @type {string} */ word) =>
    /^\p{Lu}/u.test(word) && !lexicon.isPronoun(word) && !lexicon.isArticle(word);
  return words.split(" ").findLast(names) ?? "";
}

/** Returns whether words only refer back to a name: a pronoun, or a noun with “the” or “this”. @param {string} words @param {string} capital @param {Surroundings} around @returns {boolean} */
function isFresh(words, capital, around) {
  if (!around.names) return words.length > 40;
  return !capital && !around.lexicon().isPronoun(words) && !around.lexicon().isDefinite(words);
}

/** Names for a new entry, likeliest first: those in the article that begin as is typed, or that the span's own words have. @param {Surroundings} around @param {string} typed @param {string} name of the span's words, or what is typed @param {string[]} known @returns {string[]} */
function newNames(around, typed, name, known) {
  const all = around.names?.() ?? [];
  const begun = (/** @type {string} */ each) =>
    each
      .toLowerCase()
      .split(/\s+/u)
      .some((word) => word.startsWith(typed.toLowerCase()));
  const own = all.filter(({ start, end }) => around.within([start, end])).slice(-1); // “the minister, Anna Brook” is Anna Brook
  const likely = typed ? all.filter((each) => begun(each.name)).slice(0, MOST_NAMES) : own;
  const there = new Set(known.map((each) => each.toLowerCase()));
  const names = [...likely.map((each) => each.name), name];
  return [...new Map(names.map((each) => [each.toLowerCase(), each])).values()].filter(
    (each) => each && !there.has(each.toLowerCase()),
  );
}
