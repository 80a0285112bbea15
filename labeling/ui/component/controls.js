// @ts-check
import { composes, make } from "./dom.js";
import { dateControl } from "./datefield.js";
import { registryControl } from "./entryfield.js";
import { kindOf } from "./kinds.js";
import { numberControl } from "./numberfield.js";

/**
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./client.js").Api} Api
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(value: any) => void} sync
 * @property {() => void} focus
 * @property {(likeliest: boolean) => Promise<boolean>} [accept]  takes over what the span's words say, where they say one thing only, or else the likeliest; whether they do
 * @typedef {object} Surroundings
 * @property {Api} api
 * @property {(value: any, before?: Op[]) => void} set  null takes the value away; `before` are ops that go first
 * @property {(id: string, reading: import("./client.js").Reading, value: any) => void} fill  sets what a reading of a date says
 * @property {() => string} id  the span's
 * @property {() => boolean} unasked  whether it has got its entry without a question: another one replaces it
 * @property {() => void} done  back to the text
 * @property {() => string} words  the span's own words
 * @property {null | (() => (import("./tokens.js").Stretch & {name: string})[])} names  the names in the article, where a span's words name its entry, as a speaker's do and a quote's or a date's do not
 * @property {boolean} repeats  whether the span is a quote, whose entry is known only where its words are repeated
 * @property {() => import("./lexicon.js").Lexicon} lexicon  words of the article's language that names are compared by
 * @property {(stretch: [number, number]) => boolean} within  whether a stretch is a part of the span
 * @property {(value: any) => string} digit  the key that sets the attribute to a value
 * @property {(registry: string) => {id: string, same: boolean}[]} mentioned  entries of the registry that the article's marks name, likeliest for the span first
 * @property {() => string | null} against  the publication date, EDTF
 * @property {() => string | null} language  the article's, BCP 47
 * @property {() => string} before  the sentence up to the span
 * @property {() => string} article  its id
 * @property {() => string} acceptKey  the key that takes over what the words say
 * @property {() => string} remark  what is to be said of the value: against which date it was read, if not against this one
 * @property {(registry: string, id: string) => string} nameOf
 * @property {() => string} newId
 */

/** @type {Record<import("./kinds.js").ControlName, (attribute: Attribute, around: Surroundings) => Control>} */
export const CONTROLS = {
  select: choiceControl,
  text: textControl,
  checkbox: flagControl,
  date: dateControl,
  entry: registryControl,
  number: numberControl,
};

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
export function controlFor(attribute, around) {
  return CONTROLS[kindOf(attribute).control](attribute, around);
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function flagControl(attribute, around) {
  const box = make("input", { type: "checkbox", onchange: () => around.set(box.checked ? true : null) });
  const element = make(
    "label",
    { class: "sw-flag", title: attribute.guideline, "data-digit": around.digit(true) || null },
    box,
    make("span", { text: attribute.title }),
  );
  return { element, sync: (value) => (box.checked = value === true), focus: () => box.focus() };
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function choiceControl(attribute, around) {
  const select = make(
    "select",
    { class: "sw-input", "aria-label": attribute.title, onchange: () => around.set(select.value || null) },
    make("option", { value: "", text: "–" }),
    ...(attribute.options ?? []).map(({ key, title }) =>
      make("option", { value: key, text: [title, around.digit(key)].join("  ").trim() }),
    ),
  );
  select.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    around.done();
  });
  return { element: select, sync: (value) => (select.value = value ?? ""), focus: () => select.focus() };
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function textControl(attribute, around) {
  let value = "";
  const input = make("input", {
    type: "text",
    class: "sw-input",
    "aria-label": attribute.title,
    autocomplete: "off",
    maxlength: 2000,
  });
  const commit = () => {
    const typed = input.value.trim();
    if (typed !== value) around.set(typed || null);
  };
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => {
    if (composes(event) || event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    commit();
    around.done();
  });
  const sync = (/** @type {string | undefined} */ next) => {
    value = next ?? "";
    if (document.activeElement !== input) input.value = value;
  };
  return { element: input, sync, focus: () => input.focus() };
}
