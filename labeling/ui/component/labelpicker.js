// @ts-check
import { Combo } from "./combo.js";
import { make } from "./dom.js";

/** @typedef {import("./schema.js").Label} Label */

/** How high the list of labels can be, in pixels. */
const MOST_HIGH = 260;
const LEAST_HIGH = 60;

/** Labels whose name has what was typed, those that begin with it first, then those that the article has most of. @param {Label[]} labels @param {string} typed @param {Map<string, number>} counts spans by label @returns {Label[]} */
export function labelsNamed(labels, typed, counts) {
  const wanted = typed.trim().toLowerCase();
  const place = (/** @type {Label} */ { key, title }) => {
    const at = [title.toLowerCase().indexOf(wanted), key.indexOf(wanted)].filter((each) => each >= 0);
    return at.length ? Math.min(1, ...at) : -1;
  };
  return labels
    .filter((label) => place(label) >= 0)
    .sort((a, b) => place(a) - place(b) || (counts.get(b.key) ?? 0) - (counts.get(a.key) ?? 0));
}

/** A field that lists all labels by name, for those that have no key of their own. */
export class LabelPicker {
  /**
   * @param {Label[]} labels
   * @param {object} host
   * @param {(label: string) => void} host.label
   * @param {() => Map<string, number>} host.counts spans of the article by label
   * @param {() => void} host.done the field has lost the focus
   */
  constructor(labels, { label, counts, done }) {
    const combo = new Combo({
      label: "Label",
      placeholder: "Label …",
      pause: 0,
      find: async (typed) => {
        const found = labelsNamed(labels, typed, counts());
        const choices = found.map(({ key, title, hotkey }) => ({
          title,
          detail: hotkey ?? "",
          pick: () => label(key),
        }));
        return { choices, note: choices.length ? "" : "No label has this name." };
      },
      clear: () => {},
      done: () => combo.input.blur(),
    });
    this.combo = combo;
    this.root = make("div", { class: "sw-picker" }, combo.element);
    combo.input.addEventListener("blur", done);
  }

  get open() {
    return document.activeElement === this.combo.input;
  }

  begin() {
    this.combo.input.value = "";
    this.combo.input.focus({ preventScroll: true });
  }

  /** Opens its list on the side of the field that has room for it. @param {number} above pixels that are visible there @param {number} below */
  fit(above, below) {
    const upward = below < MOST_HIGH && above > below;
    this.root.classList.toggle("sw-upward", upward);
    this.combo.list.style.maxHeight = `${Math.max(LEAST_HIGH, Math.min(MOST_HIGH, upward ? above : below))}px`;
  }
}
