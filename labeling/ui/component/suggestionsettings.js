// @ts-check
import { storeOf } from "./tabs.js";

/** How certain suggestions must be for all in a paragraph to be accepted at once, until someone sets it otherwise. */
const CERTAIN = 0.9;

/** What a person has set for suggestions, kept in this browser. */
export class SuggestionSettings {
  /** @param {string} project @param {string} annotator */
  constructor(project, annotator) {
    this.store = storeOf(() => localStorage);
    this.prefix = `saywhen/suggestions/${project}/${encodeURIComponent(annotator)}/`;
  }

  /** Labels without suggestions; "" stands for all. @returns {Set<string>} */
  get without() {
    return new Set(JSON.parse(this.store.getItem(`${this.prefix}without`) ?? "[]"));
  }

  /** How certain suggestions must be to be accepted with the others in a paragraph, from 0 to 1. @returns {number} */
  get threshold() {
    return Number(this.store.getItem(`${this.prefix}threshold`)) || CERTAIN;
  }

  set threshold(value) {
    this.store.setItem(`${this.prefix}threshold`, String(value));
  }

  /** Turns suggestions on or off: for a label, or with "" all of them. @param {string} label @param {boolean} on */
  toggle(label, on) {
    const { without } = this;
    if (on) without.delete(label);
    else without.add(label);
    this.store.setItem(`${this.prefix}without`, JSON.stringify([...without]));
  }
}
