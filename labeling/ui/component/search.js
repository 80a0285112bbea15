// @ts-check
import { many, thousands } from "./quantities.js";

/**
 * @typedef {{q: string, outlet: string, status: string, flag: string, from: string, to: string}} Wanted  words, and what the articles are filtered by; "" where anything will do
 * @typedef {import("./client.js").Found} Found
 * @typedef {import("./client.js").Facets} Facets
 */

/** The number of articles requested at a time. */
const PAGE = 50;
/** The most that the server gives at a time. */
const LIMIT = 200;
/** Milliseconds of rest in typing before a search. */
const REST = 120;

/** Milliseconds until a search that got no answer is tried again. */
const SOON = 2000;

/** @type {Wanted} */
export const EVERYTHING = Object.freeze({ q: "", outlet: "", status: "", flag: "", from: "", to: "" });

/** A search for articles and what has been found: more of it as it is asked for; only the answer to the newest question counts. */
export class Search {
  /**
   * @param {object} parts
   * @param {(wanted: Wanted, limit: number, offset: number) => Promise<{total: number, unread: number, rows: Found[]}>} parts.find
   * @param {(found: Found) => void} parts.take  receives the article that was chosen
   * @param {() => void} parts.onchange
   * @param {import("./outbox.js").Timers} parts.timers
   */
  constructor({ find, take, onchange, timers }) {
    this.find = find;
    this.taken = take;
    this.onchange = onchange;
    this.timers = timers;
    /** @type {Wanted} */
    this.wanted = EVERYTHING;
    /** @type {Found[]} */
    this.rows = [];
    this.total = 0;
    this.unread = 0; // articles that are new to the server's index: they may have the words too
    this.at = 0; // the row that Enter takes
    this.error = "";
    this.answered = false; // whether the rows are what is wanted
    this.asking = false;
    this.takeWhenFound = false;
    this.turn = 0;
    /** @type {any} */
    this.timer = null;
  }

  /** Whether any word or filter is set. */
  get narrowed() {
    return Object.values(this.wanted).some(Boolean);
  }

  /** Looks for something else once the typing rests. @param {Wanted} wanted @param {number} [rest] milliseconds */
  look(wanted, rest = REST) {
    this.wanted = { ...wanted };
    this.answered = false;
    this.takeWhenFound = false;
    this.turn++; // what is on its way answers another question
    this.timers.clear(this.timer);
    this.timer = this.timers.set(() => this.ask(PAGE, 0, ""), rest);
  }

  /** Looks for the same again, for work has continued since: as much of it as there is, with the same article chosen. */
  again() {
    this.timers.clear(this.timer);
    return this.ask(Math.min(LIMIT, Math.max(PAGE, this.rows.length)), 0, this.rows[this.at]?.id ?? "");
  }

  more() {
    if (this.answered && !this.asking && this.rows.length < this.total) return this.ask(PAGE, this.rows.length, "");
  }

  /** Goes up or down the rows. @param {number} by */
  step(by) {
    this.at = Math.min(Math.max(this.at + by, 0), Math.max(this.rows.length - 1, 0));
    if (this.at > this.rows.length - PAGE / 5) this.more();
    this.onchange();
  }

  /** Takes the active article: what the words typed are about to find, not what the words before them found. */
  take() {
    if (this.error) this.look(this.wanted, 0);
    if (!this.answered) this.takeWhenFound = true;
    else if (this.rows[this.at]) this.taken(this.rows[this.at]);
  }

  /** @param {number} limit @param {number} offset @param {string} chosen id of the article to stay at */
  async ask(limit, offset, chosen) {
    const turn = ++this.turn;
    this.asking = true;
    try {
      const { total, unread, rows } = await this.find(this.wanted, limit, offset);
      if (turn !== this.turn) return;
      this.total = total;
      this.unread = unread;
      this.rows = [...this.rows.slice(0, offset), ...rows];
      if (!offset)
        this.at = Math.max(
          0,
          rows.findIndex(({ id }) => id === chosen),
        );
      this.answered = true;
      this.error = "";
      if (unread) this.timer = this.timers.set(() => this.again(), 0);
    } catch (error) {
      if (turn !== this.turn) return;
      const { status, message } = /** @type {import("./client.js").RequestError} */ (error);
      this.error = message;
      if (!status || status >= 500) this.timer = this.timers.set(() => this.ask(limit, offset, chosen), SOON);
    }
    this.asking = false;
    this.onchange();
    if (this.takeWhenFound && this.unread && !this.rows.length) return; // may be among those
    if (this.takeWhenFound && !this.error) this.take();
    this.takeWhenFound = false;
  }
}

/** A text cut where ranges of its code points begin and end; they are in order and apart. @param {string} text @param {[number, number][]} ranges @returns {{text: string, found: boolean}[]} */
export function pieces(text, ranges) {
  const points = [...text];
  const cuts = [0, ...ranges.flat(), points.length];
  return cuts
    .slice(1)
    .map((end, index) => ({ text: points.slice(cuts[index], end).join(""), found: index % 2 === 1 }))
    .filter((piece) => piece.text);
}

/** Returns the options of a filter, most articles first, if it would exclude any article; and always the option it is set to. @param {Record<string, number>} counts articles by value @param {number} total @param {string} set @returns {[value: string, articles: number][]} */
export function choicesOf(counts, total, set) {
  const choices = Object.entries(counts);
  if (set && !Object.hasOwn(counts, set)) choices.push([set, 0]);
  return set || choices.some(([, articles]) => articles < total) ? choices : [];
}

/** Returns whether a text is a day, month or year to search for. @param {string} written @returns {boolean} */
export function isDay(written) {
  return /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/u.test(written);
}

/** Returns the number of results shown, and of all, in words. @param {Search} search @returns {string} */
export function tally({ rows, total, unread, error, wanted, narrowed }) {
  if (error) return error;
  if (unread) return `${thousands(total)} so far; ${many(unread, "article is", "articles are")} still being indexed`;
  if (total === 0)
    return wanted.q ? "no article contains these words" : narrowed ? "no article matches" : "no articles yet";
  return rows.length < total ? `${thousands(rows.length)} of ${thousands(total)}` : many(total, "article");
}
