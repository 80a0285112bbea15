// @ts-check
import { Tokens } from "./tokens.js";
import { ArticleView } from "./article.js";

/** @typedef {import("./tokens.js").Stretch} Stretch */

/** The caret and the selection it draws behind it: between `anchor` and `point`, both in code points. */
export class Cursor {
  /** @param {ArticleView} view @param {boolean} snapping */
  constructor(view, snapping) {
    this.view = view;
    this.snapping = snapping;
    this.tokens = new Tokens("");
    this.point = 0;
    /** Where the selection began; null without one. @type {number | null} */
    this.anchor = null;
    /** Whether this selection takes single characters whatever `snapping` says. */
    this.exact = false;
    /** The distance from the column's left that moves by line keep to. @type {number | null} */
    this.goal = null;
  }

  /** @param {Tokens} tokens */
  open(tokens) {
    this.tokens = tokens;
    this.put(tokens.paragraphs[0]?.start ?? 0);
  }

  /** Stands at a point, with nothing selected. @param {number} point */
  put(point) {
    this.point = point;
    this.goal = null;
    this.drop();
  }

  drop() {
    this.anchor = null;
    this.exact = false;
  }

  /** @param {number} start @param {number} end @param {boolean} [exact] */
  select(start, end, exact = false) {
    this.anchor = start;
    this.point = end;
    this.exact = exact;
    this.goal = null;
  }

  /** Goes to a point, and takes the selection along or leaves it. @param {number} point @param {boolean} extend @param {boolean} [exact] from here on by single characters */
  move(point, extend, exact = false) {
    if (extend) {
      this.anchor ??= this.point;
      this.exact ||= exact;
    } else this.drop();
    this.point = point;
  }

  /** What is selected, grown to whole words unless single characters are wanted. @returns {Stretch | null} */
  get selection() {
    if (this.anchor === null || this.anchor === this.point) return null;
    const [start, end] = [Math.min(this.anchor, this.point), Math.max(this.anchor, this.point)];
    return this.exact || !this.snapping ? { start, end } : this.tokens.snap(start, end);
  }

  /**
   * Carries out a command of the group «Move».
   * @param {string} command @param {boolean} extend @returns {boolean} whether it is one
   */
  run(command, extend) {
    const by = { "line-up": -1, "line-down": 1, "page-up": -1, "page-down": 1 }[command];
    if (!by) this.goal = null;
    const point = by ? this.across(command, /** @type {1 | -1} */ (by)) : this.along(command, extend);
    if (point === null) return false;
    this.move(point, extend, command.startsWith("character-"));
    return true;
  }

  /** Where a move along the text ends. @param {string} command @param {boolean} extend @returns {number | null} */
  along(command, extend) {
    const { tokens, point, view } = this;
    switch (command) {
      case "word-right":
      case "word-left":
        return this.word(this.onward(command), extend);
      case "character-right":
      case "character-left":
        return tokens.character(point, this.onward(command));
      case "line-start":
      case "line-end":
        return view.lineBorder(point, command === "line-end" ? 1 : -1);
      case "paragraph-down":
      case "paragraph-up":
        return tokens.paragraphBorder(point, command === "paragraph-down" ? 1 : -1);
      case "sentence-on":
      case "sentence-back":
        return tokens.sentenceBorder(point, command === "sentence-on" ? 1 : -1);
      case "text-start":
        return tokens.paragraphs[0]?.start ?? 0;
      case "text-end":
        return tokens.paragraphs[tokens.paragraphs.length - 1]?.end ?? 0;
      default:
        return null;
    }
  }

  /** Which way through the text a key to the left or right goes: with its paragraph's writing. @param {string} command @returns {1 | -1} */
  onward(command) {
    return command.endsWith("right") === !this.tokens.paragraphAt(this.point)?.leftward ? 1 : -1;
  }

  /** The word border a selection or a bare caret goes to; a selection never jumps over its anchor. @param {1 | -1} direction @param {boolean} extend @returns {number} */
  word(direction, extend) {
    const { tokens, point } = this;
    const anchor = this.anchor ?? point;
    if (direction > 0) {
      const next = tokens.wordBorder(point, 1, extend && point >= anchor ? "end" : "start");
      return extend && point < anchor ? Math.min(next, anchor) : next;
    }
    const next = tokens.wordBorder(point, -1, extend && point > anchor ? "end" : "start");
    if (!extend || point <= anchor) return next;
    return next === point ? anchor : Math.max(next, anchor);
  }

  /** Where a move across lines ends. @param {string} command @param {1 | -1} direction @returns {number} */
  across(command, direction) {
    const { view, point } = this;
    if (command.startsWith("line-")) {
      const moved = view.line(point, direction, this.goal);
      this.goal = moved.goal;
      return moved.point;
    }
    return view.pageFrom(point, direction);
  }
}
