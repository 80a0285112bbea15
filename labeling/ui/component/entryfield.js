// @ts-check
import { Combo } from "./combo.js";
import { entryIds, listedWith } from "./kinds.js";

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
/** What stands between registry and name where an id is made of both: the unit separator. */
const SEPARATOR = String.fromCharCode(0x1f);

/** The control of an entry of a registry, or of several: there, what is chosen is added, and what is there can be removed. @param {Attribute} attribute @param {Surroundings} around @returns {import("./controls.js").Control} */
export function registryControl(attribute, around) {
  const registry = attribute.registry ?? "";
  const { several = false } = attribute;
  /** @type {string[]} */
  let present = [];
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
      if (!several || !present.length || around.unasked())
        return { choices: await entryChoices(registry, around, typed, replacing) };
      const held = present;
      const adding = {
        ...around,
        set: (/** @type {any} */ id, /** @type {import("./annotation.js").Op[]} */ before = []) =>
          around.set(oneOrSeveral([...held, id]), before),
        mentioned: (/** @type {string} */ of) => around.mentioned(of).filter(({ id }) => !held.includes(id)),
      };
      const added = await entryChoices(registry, adding, typed, replacing);
      const removed = held.map((id) => ({
        title: `Remove “${around.nameOf(registry, id)}”`,
        detail: "chosen",
        pick: () => around.set(oneOrSeveral(held.filter((each) => each !== id))),
      }));
      return { choices: typed ? added : [...added, ...removed] };
    },
  });
  return {
    element: combo.element,
    sync: (value) => {
      present = entryIds(value);
      const names = present.map((id) => around.nameOf(registry, id));
      combo.sync(listedWith("and", names));
    },
    focus: () => combo.input.focus(),
  };
}

/** A value of entries as it is kept: nothing, the id of one, or a list. @param {string[]} ids @returns {string | string[] | null} */
function oneOrSeveral(ids) {
  const kept = [...new Set(ids)];
  return kept.length > 1 ? kept : (kept[0] ?? null);
}

/** Words as a name: without quotation marks and punctuation around. @param {string} words @returns {string} */
function asName(words) {
  return words.replace(/\s+/gu, " ").replace(/^["“”„«»\s]+|["“”„«»,.;:\s]+$/gu, "");
}

/**
 * Returns the choices: entries that the article names or the registry finds, and names to create entries from. Nothing is offered that would
 * only be a guess: Enter takes the first one.
 * @param {string} registry @param {Surroundings} around @param {string} typed "" where nothing is typed @param {boolean} replacing whether another entry than the present one is wanted @returns {Promise<Choice[]>}
 */
export async function entryChoices(registry, around, typed, replacing) {
  const full = asName(around.words());
  const words = full.length > LONGEST_NAME ? `${full.slice(0, LONGEST_NAME - 1)}…` : full;
  const lexicon = around.lexicon();
  const head = around.names ? headName(words, ownName(around)?.name, lexicon) : "";
  const query = typed || (replacing ? "" : around.repeats ? full : head);
  const { entries } =
    query || replacing ? await around.api.registry(registry, query, around.article()) : { entries: [] };
  const here = around.mentioned(registry);
  const names = new Map([
    ...here.map(({ id }) => /** @type {[string, string]} */ ([id, around.nameOf(registry, id)])),
    ...entries.map(({ id, name }) => /** @type {[string, string]} */ ([id, name])),
  ]);
  const found = new Set(entries.map(({ id }) => id));
  const again = (/** @type {string} */ id) => lexicon.folded(names.get(id) ?? "") === lexicon.folded(full);
  const nearby = here.filter(({ id, same }) => {
    if (typed) return found.has(id);
    if (around.repeats && !replacing) return same || again(id); // a quote says something new, unless its words are repeated
    return same || !head || found.has(id);
  });
  const others = [...found].filter((id) => typed || replacing || !around.repeats || again(id));
  const same = new Set(nearby.filter((each) => each.same).map(({ id }) => id));
  const last = (/** @type {string} */ id) =>
    !same.has(id) && !lexicon.isPlural(typed || words) && lexicon.isJoint(names.get(id) ?? "") ? 1 : 0;
  const ids = [...new Set([...nearby.map(({ id }) => id), ...others])].sort((one, other) => last(one) - last(other));
  const choices = ids.slice(0, MOST_ENTRIES).map((id) => {
    const title = names.get(id) ?? "";
    const detail = here.some((each) => each.id === id) ? "in this article" : "";
    return { title, detail, pick: () => around.set(id, [{ kind: "register", registry, id, name: title }]) };
  });
  const nameable = typed || (around.names && !lexicon.isPronoun(words));
  const fresh = nameable ? newNames(around, typed, typed ? asName(typed) : words, [...names.values()]) : [];
  const makes = await Promise.all(
    fresh.map(async (name) => {
      const id = await madeId(registry, name, around.newId);
      const pick = () => around.set(id, [{ kind: "register", registry, id, name }]);
      return { title: `Create “${name}”`, detail: "new", pick };
    }),
  );
  const first = !typed && !same.size && isFresh(words, head, lexicon);
  if (typed || head) return [...choices, ...makes];
  const before = first ? 0 : 1; // a description that isn't of the likeliest entry is most often of a new one
  return [...choices.slice(0, before), ...makes, ...choices.slice(before)];
}

/**
 * The entry that a full name can only mean: the only one of this name; or a new one, if no other has its last word. With `described`, the words are no name
 * but mention someone for the first time, and mean a new entry if none is called so. Null where someone has to say.
 * @param {string} registry @param {string} name @param {boolean} described
 * @param {{api: import("./client.js").Api, article: string, lexicon: import("./lexicon.js").Lexicon, newId: () => string}} about
 * @returns {Promise<{id: string, name: string} | null>}
 */
export async function clearEntry(registry, name, described, { api, article, lexicon, newId }) {
  const own = asName(name);
  const wordsOf = (/** @type {string} */ each) => lexicon.folded(each).split(" ");
  try {
    const last = wordsOf(own).at(-1) ?? "";
    const [{ entries: named }, { entries }] = await Promise.all(
      [lexicon.folded(own), last].map((query) => api.registry(registry, query, article)),
    );
    const alike = named.filter((each) => lexicon.folded(each.name) === lexicon.folded(own));
    if (alike.length && described) return null; // perhaps another one
    if (alike.length) return alike.length === 1 ? { id: alike[0].id, name: alike[0].name } : null;
    const others = !described && entries.some((each) => wordsOf(each.name).includes(last));
    return others ? null : { id: await madeId(registry, own, newId), name: own };
  } catch {
    return null; // offline: the field asks
  }
}

/**
 * The id of a new entry, as `made_id` makes it in Python. It follows from the name: people who are not shown each other's entries create the
 * same one, and agree.
 * @param {string} registry @param {string} name @param {() => string} newId @returns {Promise<string>}
 */
export async function madeId(registry, name, newId) {
  if (!globalThis.crypto?.subtle) return newId(); // browsers have it on loopback and with TLS only
  const bytes = new TextEncoder().encode([registry, name].join(SEPARATOR));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The word that a name is found by: its last one. Empty where the words end with no name (“a senior E.U. envoy”). @param {string} words @param {string | undefined} own a name within the words @param {import("./lexicon.js").Lexicon} lexicon @returns {string} */
function headName(words, own, lexicon) {
  const last = (own ?? words).split(" ").at(-1) ?? "";
  return /^\p{Lu}/u.test(last) && !lexicon.isPronoun(last) && !lexicon.isArticle(last) ? last : "";
}

/** Whether words hardly mean an entry that there is: no name ends them, and they don't refer back. @param {string} words @param {string} head @param {import("./lexicon.js").Lexicon} lexicon @returns {boolean} */
function isFresh(words, head, lexicon) {
  return !head && (lexicon.isIndefinite(words) || !(lexicon.isPronoun(words) || lexicon.isDefinite(words)));
}

/** The last name of the article within a span: “the minister, Anna Brook” is Anna Brook. @param {Surroundings} around */
function ownName(around) {
  return (around.names?.() ?? []).filter(({ start, end }) => around.within([start, end])).at(-1);
}

/** The full name that the last of some words can only be of in the article: “President Brook” is Anna Brook. @template {{name: string}} N @param {string} words @param {N[]} all names of the article @param {import("./lexicon.js").Lexicon} lexicon @returns {N | undefined} */
function fullName(words, all, lexicon) {
  const last = headName(words, undefined, lexicon);
  const full = last ? all.filter(({ name }) => name.split(" ").length > 1 && name.split(" ").at(-1) === last) : [];
  return new Set(full.map(({ name }) => lexicon.folded(name))).size === 1 ? full[0] : undefined;
}

/** Names for a new entry, likeliest first: those in the article that begin as is typed, or that the span's own words have. @param {Surroundings} around @param {string} typed @param {string} name of the span's words, or what is typed @param {string[]} known @returns {string[]} */
function newNames(around, typed, name, known) {
  const all = around.names?.() ?? [];
  const begun = (/** @type {string} */ each) =>
    each
      .toLowerCase()
      .split(/\s+/u)
      .some((word) => word.startsWith(typed.toLowerCase()));
  const own = ownName(around) ?? fullName(name, all, around.lexicon());
  const likely = typed ? all.filter((each) => begun(each.name)).slice(0, MOST_NAMES) : own ? [own] : [];
  const there = new Set(known.map((each) => each.toLowerCase()));
  const names = [...likely.map((each) => each.name), name];
  return [...new Map(names.map((each) => [each.toLowerCase(), each])).values()].filter(
    (each) => each && !there.has(each.toLowerCase()),
  );
}
