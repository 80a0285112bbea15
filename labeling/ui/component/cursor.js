// @ts-check
import { Tokens } from "./tokens.js";

/** @typedef {import("./tokens.js").Stretch} Stretch */

/** The target of each move, from a cursor. @type {Record<string, (cursor: Cursor, extend: boolean) => number>} */
export const MOVES = {
  "character-left": (cursor) => cursor.tokens.character(cursor.point, cursor.onward("left")),
  "character-right": (cursor) => cursor.tokens.character(cursor.point, cursor.onward("right")),
  "word-left": (cursor, extend) => cursor.word(cursor.onward("left"), extend),
  "word-right": (cursor, extend) => cursor.word(cursor.onward("right"), extend),
  "line-up": (cursor) => cursor.line(-1),
  "line-down": (cursor) => cursor.line(1),
  "line-start": ({ lines, point }) => lines.lineBorder(point, -1),
  "line-end": ({ lines, point }) => lines.lineBorder(point, 1),
  "page-up": ({ lines, point }) => lines.pageFrom(point, -1),
  "page-down": ({ lines, point }) => lines.pageFrom(point, 1),
  "paragraph-up": ({ tokens, point }) => tokens.paragraphBorder(point, -1),
  "paragraph-down": ({ tokens, point }) => tokens.paragraphBorder(point, 1),
  "sentence-back": ({ tokens, point }) => tokens.sentenceBorder(point, -1),
  "sentence-on": ({ tokens, point }) => tokens.sentenceBorder(point, 1),
  "text-start": ({ tokens }) => tokens.paragraphs[0]?.start ?? 0,
  "text-end": ({ tokens }) => tokens.paragraphs.at(-1)?.end ?? 0,
};

/** The caret and the selection it draws behind it: between `anchor` and `point`, both in code points. */
export class Cursor {
  /** @param {import("./lines.js").Lines} lines of the text as it is laid out @param {boolean} snapping */
  constructor(lines, snapping) {
    this.lines = lines;
    this.snapping = snapping;
    this.tokens = new Tokens("");
    this.point = 0;
    /** The start of the selection; null without one. @type {number | null} */
    this.anchor = null;
    /** Whether this selection is of single characters whatever `snapping` says. */
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

  /** The selected range, extended to whole words unless single characters are wanted. @returns {Stretch | null} */
  get selection() {
    if (this.anchor === null || this.anchor === this.point) return null;
    const [start, end] = [Math.min(this.anchor, this.point), Math.max(this.anchor, this.point)];
    return this.exact || !this.snapping ? { start, end } : this.tokens.snap(start, end);
  }

  /**
   * Carries out a move.
   * @param {string} command @param {boolean} extend @returns {boolean} whether it is one
   */
  run(command, extend) {
    const move = Object.hasOwn(MOVES, command) ? MOVES[command] : null;
    if (!move) return false;
    if (!/^(?:line|page)-(?:up|down)$/u.test(command)) this.goal = null;
    this.move(move(this, extend), extend, command.startsWith("character-"));
    return true;
  }

  /** Returns the direction in the text of a key to the left or right, by the writing direction of the paragraph. @param {"left" | "right"} way @returns {1 | -1} */
  onward(way) {
    return (way === "right") === !this.tokens.paragraphAt(this.point)?.leftward ? 1 : -1;
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

  /** The point a line down or up. @param {1 | -1} direction @returns {number} */
  line(direction) {
    const moved = this.lines.line(this.point, direction, this.goal);
    this.goal = moved.goal;
    return moved.point;
  }
}
