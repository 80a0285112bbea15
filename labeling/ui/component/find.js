// @ts-check
import { composes, keyed, make } from "./dom.js";
import { showKey, strokeOf } from "./keymap.js";
import { Tokens } from "./tokens.js";

/** @typedef {import("./tokens.js").Stretch} Stretch */

/** The keys of the find bar. */
const FIND_KEYS = { next: "Enter", previous: "Shift+Enter", close: "Escape" };
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Characters that show nothing inside of a word: soft hyphens, joiners, signs of direction and the like. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Returns text as a search compares it: without invisible characters, case, diacritics and kinds of quotation marks, apostrophes, dashes and spaces. @param {string} text @returns {string} */
export function folded(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(INVISIBLE, "")
    .replace(/[‘’‚‛ʼ′]/gu, "'")
    .replace(/[“”„‟«»″]/gu, '"')
    .replace(/[‐-―−]/gu, "-")
    .replace(/\s/gu, " ")
    .toLowerCase();
}

/** Returns the ranges of words in a text, in code points; none if there are no words. @param {Tokens} tokens @param {string} words @returns {Stretch[]} */
export function occurrences(tokens, words) {
  const wanted = folded(words).replace(/ +/gu, " ").trim();
  if (!wanted) return [];
  const { text } = tokens.offsets;
  // What a character folds to may be longer or shorter than it is: each folded unit knows where it came from.
  let plain = "";
  /** @type {number[]} */
  const from = [];
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    const part = folded(segment);
    if (part === " " && plain.endsWith(" ")) continue;
    for (let unit = 0; unit < part.length; unit++) from.push(index);
    plain += part;
  }
  from.push(text.length);
  /** @type {Stretch[]} */
  const found = [];
  for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + wanted.length)) {
    let end = at + wanted.length;
    while (end < plain.length && from[end] === from[end - 1]) end++; // the character that the last unit is of, as a whole
    const stretch = { start: tokens.offsets.points(from[at]), end: tokens.offsets.points(from[end]) };
    if (stretch.start >= (found.at(-1)?.end ?? 0)) found.push(stretch); // twice in one character is once
  }
  return found;
}

/** The field in which words are looked for in the text. */
export class FindBar {
  /**
   * @param {object} host
   * @param {(found: Stretch[], at: number) => void} host.show marks what was found, and one of it
   * @param {(stretch: Stretch | null) => void} host.leave goes back to the text, to what was found
   */
  constructor(host) {
    this.host = host;
    this.tokens = new Tokens("");
    this.field = make("input", {
      type: "search",
      class: "sw-input",
      "aria-label": "Find in the text",
      placeholder: "find in the text",
      spellcheck: "false",
    });
    this.count = make("span", { class: "sw-quiet", role: "status" });
    const button = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ onclick) =>
      make("button", { type: "button", class: "sw-icon", title, "aria-label": title, onclick, text });
    this.root = make(
      "div",
      { class: "sw-find", role: "search" },
      this.field,
      this.count,
      button("↑", keyed("Previous match", showKey(FIND_KEYS.previous)), () => this.step(-1)),
      button("↓", keyed("Next match", showKey(FIND_KEYS.next)), () => this.step(1)),
      button("×", keyed("Close", showKey(FIND_KEYS.close)), () => this.close()),
    );
    this.root.hidden = true;
    /** @type {Stretch[]} */
    this.found = [];
    this.at = -1;
    this.point = 0;
    this.field.addEventListener("input", () => this.search());
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {Tokens} tokens @param {number} point where the caret stands: the search begins there */
  open(tokens, point) {
    this.tokens = tokens;
    this.point = point;
    this.root.hidden = false;
    this.field.focus();
    this.field.select();
    this.search();
  }

  close() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    const found = this.found[this.at] ?? null;
    this.found = [];
    this.host.show([], -1);
    this.host.leave(found);
  }

  search() {
    this.found = occurrences(this.tokens, this.field.value);
    this.at = this.found.length
      ? Math.max(
          0,
          this.found.findIndex(({ start }) => start >= this.point),
        )
      : -1;
    this.tell();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    if (!this.found.length) return;
    this.at = (this.at + direction + this.found.length) % this.found.length;
    this.tell();
  }

  tell() {
    this.count.textContent = this.found.length
      ? `${this.at + 1} of ${this.found.length}`
      : this.field.value.trim()
        ? "no matches"
        : "";
    this.host.show(this.found, this.at);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const stroke = strokeOf(event);
    if (composes(event) || !Object.values(FIND_KEYS).includes(stroke)) return;
    event.preventDefault();
    event.stopPropagation();
    if (stroke === FIND_KEYS.close) this.close();
    else this.step(stroke === FIND_KEYS.next ? 1 : -1);
  }
}
