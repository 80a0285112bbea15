// @ts-check
import { Later, make } from "./dom.js";
import { valueInWords } from "./calendar.js";
import { dateInWords } from "./edtf.js";
import { showKey } from "./keymap.js";
import { hangingDates, reread } from "./rereading.js";
import { excerpt } from "./wording.js";
import { many } from "./quantities.js";

/**
 * @typedef {import("./rereading.js").Hanging} Hanging
 * @typedef {import("./rereading.js").DateValue} DateValue
 * @typedef {import("./client.js").Reading} Reading
 * @typedef {Hanging & {now: DateValue | null}} Change  `now`: how its words read today; null if not at all
 * @typedef {object} FollowHost
 * @property {import("./client.js").Api} api
 * @property {import("./schema.js").Schema} schema
 * @property {() => import("./annotation.js").Annotation} annotation
 * @property {() => string | null} against  the publication date, EDTF
 * @property {() => string | null} language  the article's, BCP 47
 * @property {(ops: import("./annotation.js").Op[]) => void} act
 * @property {(id: string) => void} activate  without taking the focus
 * @property {() => void} done  back to the text
 * @property {(ids: string[]) => void} remarked  receives the spans whose remark changed
 * @property {(text: string) => void} tell
 * @property {string} key  that opens the list
 */

/** The keys of the list. */
const FOLLOW_KEYS = { all: "a", keep: "Escape" };

/** The values relative to a publication date that has since been corrected, each with its new reading; a value changes only on request. */
export class FollowList {
  /** @param {FollowHost} host */
  constructor(host) {
    this.host = host;
    this.element = make("section", {
      class: "sw-follow",
      "aria-label": "Dates that use another publication date",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    });
    this.element.hidden = true;
    /** The readings of words, by words and publication date; null while a request is under way. @type {Map<string, Reading[] | null>} */
    this.readings = new Map();
    /** @type {Change[]} */
    this.changes = [];
    this.shown = "";
    /** The publication date that was last looked at; undefined in an article just opened. @type {string | null | undefined} */
    this.seen = undefined;
    this.corrected = false; // the list is to open once the readings are there
    this.later = new Later("painted", () => this.look());
  }

  /** Forgets the article. */
  clear() {
    this.later.cancel();
    this.readings.clear();
    this.changes = [];
    this.shown = "";
    this.seen = undefined;
    this.corrected = false;
    this.element.hidden = true;
  }

  /** Returns the line about a value. @param {string} id @param {string} name @returns {string} */
  remark(id, name) {
    const change = this.changes.find((each) => each.id === id && each.name === name);
    return change ? `relative to ${dateInWords(change.value.against)}` : "";
  }

  /** Finds what has changed; readings not known yet are asked for, and it looks again. */
  look() {
    const { host } = this;
    const against = host.against();
    if (this.seen !== undefined && this.seen !== against) this.corrected = true;
    this.seen = against;
    let waiting = false;
    const read = (/** @type {string} */ words, /** @type {string | null} */ day) => {
      const of = JSON.stringify([words, day]);
      const known = this.readings.get(of);
      if (known) return known;
      waiting = true;
      if (known === undefined) this.ask(of, words, day);
      return null;
    };
    /** @type {Change[]} */
    const changes = [];
    for (const hanging of hangingDates(host.annotation(), host.schema, against)) {
      const [before, now] = [read(hanging.value.words, hanging.value.against), read(hanging.value.words, against)];
      const change = before && now && reread(hanging.value, before, now, against);
      if (change) changes.push({ ...hanging, now: change.value });
    }
    if (waiting) return;
    const shown = JSON.stringify([changes, against]);
    const open = this.corrected && changes.length > 0;
    this.corrected = false;
    if (shown === this.shown) return;
    this.shown = shown;
    const touched = new Set([...this.changes, ...changes].map(({ id }) => id));
    this.changes = changes;
    if (open) {
      this.element.hidden = false;
      host.tell(`${counted(changes.length)} use another publication date; press ${host.key} to update them.`);
    }
    this.draw();
    host.remarked([...touched]);
  }

  /** @param {string} of @param {string} words @param {string | null} day */
  async ask(of, words, day) {
    this.readings.set(of, null);
    const mine = this.readings;
    try {
      const { readings } = await this.host.api.dates(words, day, this.host.language());
      mine.set(of, readings);
    } catch {
      mine.delete(of); // the next look asks again
      return;
    }
    this.later.ask();
  }

  draw() {
    const { changes } = this;
    const inside = this.element.contains(document.activeElement);
    const at = [...this.element.querySelectorAll(".sw-follow-one")].indexOf(
      /** @type {Element} */ (document.activeElement),
    );
    if (!changes.length) this.element.hidden = true;
    const published = this.host.against();
    const followed = changes.filter(({ now }) => now);
    const button = (/** @type {string} */ text, /** @type {string} */ key, /** @type {() => void} */ onclick) =>
      make(
        "button",
        { type: "button", class: "sw-button sw-small", onclick },
        text,
        " ",
        make("kbd", { class: "sw-kbd", text: key }),
      );
    this.element.replaceChildren(
      make(
        "div",
        { class: "sw-follow-head" },
        make("span", {
          class: "sw-follow-title",
          text: published
            ? `Published ${dateInWords(published)}: ${counted(changes.length)} would change`
            : `Without a publication date, ${counted(changes.length)} would have no value`,
        }),
        make("kbd", { class: "sw-kbd", text: this.host.key }),
      ),
      make("ul", { class: "sw-follow-list" }, ...changes.map((change) => make("li", {}, this.row(change)))),
      make(
        "div",
        { class: "sw-follow-foot" },
        ...(followed.length > 1 ? [button("Update all", FOLLOW_KEYS.all, () => this.follow(followed))] : []),
        button("Keep them", showKey(FOLLOW_KEYS.keep), () => this.leave()),
      ),
    );
    if (!inside) return;
    const rows = this.rows();
    if (this.element.hidden || !rows.length) this.host.done();
    else rows[Math.min(Math.max(at, 0), rows.length - 1)].focus();
  }

  /** @param {Change} change @returns {HTMLElement} */
  row(change) {
    const { value, now } = change;
    const words = (/** @type {DateValue} */ each) => valueInWords(each, { weekdays: true });
    return make(
      "button",
      {
        type: "button",
        class: "sw-follow-one",
        "aria-disabled": now ? null : "true",
        onfocus: () => this.host.activate(change.id),
        onclick: () => (now ? this.follow([change]) : undefined),
      },
      make("span", { class: "sw-words", dir: "auto", text: excerpt(value.words, 60) }),
      make("span", { class: "sw-follow-was", text: words(value) }),
      make("span", { class: "sw-follow-arrow", text: " → " }),
      make("span", { class: "sw-follow-now", text: now ? words(now) : "no reading" }),
    );
  }

  /** @returns {HTMLElement[]} */
  rows() {
    return /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll(".sw-follow-one")]);
  }

  /** @param {Change[]} changes */
  follow(changes) {
    this.host.act(changes.map(({ id, name, now }) => ({ kind: "set", id, name, value: now })));
    this.look();
  }

  /** Leaves the values as they are. */
  leave() {
    this.element.hidden = true;
    this.host.done();
  }

  /** Opens the list and puts the keyboard into it. @returns {boolean} whether there is anything in it */
  open() {
    if (!this.changes.length) return false;
    this.element.hidden = false;
    this.rows()[0].focus();
    return true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.rows();
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) rows[(at + step + rows.length) % rows.length].focus();
    else if (event.key === FOLLOW_KEYS.all) this.follow(this.changes.filter(({ now }) => now));
    else if (event.key === FOLLOW_KEYS.keep) this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @param {number} count @returns {string} */
function counted(count) {
  return many(count, "date");
}
