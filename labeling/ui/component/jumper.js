// @ts-check
import { jumpsFrom, wordsFrom } from "./jumping.js";
import { latinKey } from "./keymap.js";

/** @typedef {import("./jumping.js").Jump} Jump */

/** Going to any visible word, or selecting up to it: by its first letter, then by the letter that stands on it. */
export class Jumper {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.waiting = false;
    this.extend = false;
    /** The targets of the letters shown. @type {Jump[]} */
    this.jumps = [];
    /** What of a code of two letters has been typed. */
    this.typed = "";
  }

  /** Waits for a word's first letter. @param {boolean} extend whether the words up to it are taken along */
  begin(extend) {
    this.waiting = true;
    this.extend = extend;
    this.desk.keyboard.focusText();
    this.desk.hint(
      extend ? "Select up to which word? Type its first letter." : "Jump to which word? Type its first letter.",
    );
    this.desk.say("first letter of the word");
  }

  end() {
    this.waiting = false;
    this.desk.hint("");
    if (this.jumps.length) this.desk.view.letters.draw([]);
    this.jumps = [];
    this.typed = "";
    this.desk.hints.draw();
  }

  /** @returns {import("./hints.js").KeyHint[]} */
  keys() {
    if (!this.jumps.length) return [];
    return [
      ["letter", this.extend ? "select up to the word" : "jump to the word"],
      [this.desk.keymap.keyOf("leave"), "cancel"],
    ];
  }

  /** A click ends the waiting, and is nothing else's. @returns {false} */
  pick() {
    this.interrupt();
    return false;
  }

  interrupt() {
    if (this.waiting) this.end();
  }

  placed() {
    if (this.jumps.length) this.draw();
  }

  /** @param {KeyboardEvent} event a key while it waits */
  key(event) {
    if (event.repeat) return;
    const key = latinKey(event);
    if (key.length !== 1 || event.ctrlKey || event.metaKey) return this.end();
    if (!this.jumps.length) {
      // A letter of another script may be meant as such, or be what a Latin keyboard has there.
      const own = key === event.key || event.key.length !== 1 ? [] : this.seen(event.key);
      return own.length ? this.show(event.key, own) : this.show(key, this.seen(key));
    }
    const typed = this.typed + key.toLowerCase();
    const left = this.jumps.filter(({ letter }) => letter.startsWith(typed));
    if (left.length && left[0].letter !== typed) {
      this.typed = typed;
      this.jumps = left;
      return this.draw();
    }
    this.end();
    if (left.length) this.go(left[0]);
  }

  /** The visible words that begin with a character. @param {string} typed @returns {import("./tokens.js").Stretch[]} */
  seen(typed) {
    const { tokens, view } = this.desk;
    return wordsFrom(tokens, view.geometry.paragraphsSeen(), typed).filter((word) => view.geometry.sees(word));
  }

  /** Puts letters on the visible words that begin with what was typed; goes to a single one at once. @param {string} typed @param {import("./tokens.js").Stretch[]} words those that are visible */
  show(typed, words) {
    const jumps = jumpsFrom(words, this.desk.cursor.point);
    if (jumps.length < 2) this.end();
    if (!jumps.length) return this.desk.hint(`No visible word begins with “${typed}”.`);
    if (jumps.length === 1) return this.go(jumps[0]);
    this.jumps = jumps;
    this.draw();
    const without = words.length - jumps.length;
    this.desk.hint(without ? `${without} words further away have no letters.` : "");
    this.desk.hints.draw();
    this.desk.say(`${jumps.length} words`);
  }

  draw() {
    this.desk.view.letters.draw(
      this.jumps.map(({ letter, word: { start, end } }) => ({
        letter: letter.slice(this.typed.length),
        span: { id: `word:${start}`, label: "", fragments: [[start, end]], attributes: {} },
        linked: null,
        made: false,
      })),
    );
  }

  /** @param {Jump} jump */
  go({ word: { start, end } }) {
    const { desk } = this;
    if (this.extend && desk.active && (!desk.cursor.selection || desk.marking.ahead))
      return desk.marking.stretchTo({ start, end });
    if (this.extend) desk.cursor.move(start >= (desk.cursor.anchor ?? desk.cursor.point) ? end : start, true);
    else desk.cursor.put(start);
    desk.caret.follow(this.extend);
  }
}
