// @ts-check
import { composes, make } from "./dom.js";
import { dateInWords } from "./edtf.js";
import { EVERYTHING, Search, choicesOf, isDay, pieces, tally } from "./search.js";
import { shownTitle } from "./title.js";

/**
 * @typedef {import("./client.js").Found} Found
 * @typedef {import("./search.js").Wanted} Wanted
 */

/** The words shown for each status of an article. @type {Record<string, string>} */
const STATUSES = { new: "not started", open: "in progress", submitted: "✓ submitted", skipped: "skipped" };
const DAYS_LOOK = "a day, month or year: 2018-11-04, 2018-11, 2018";
/** So many pixels from its end, the list goes on. */
const AHEAD = 400;

/** The sheet of all articles: words and filters find them, Enter opens one. It keeps its search while the page lives. */
export class Browse {
  /**
   * @param {object} host
   * @param {Pick<import("./client.js").Api, "search" | "facets">} host.api
   * @param {{key: string, title: string}[]} host.flags
   * @param {() => string | null} host.here  id of the article that is open
   * @param {(article: string) => void} host.open
   */
  constructor(host) {
    this.host = host;
    this.search = new Search({
      find: (wanted, limit, offset) => host.api.search(wanted, limit, offset),
      take: (found) => this.root.checkVisibility() && host.open(found.id),
      onchange: () => this.draw(),
      timers: { set: (action, wait) => setTimeout(action, wait), clear: (handle) => clearTimeout(handle) },
    });
    this.field = make("input", {
      type: "search",
      class: "sw-input",
      role: "combobox",
      "aria-label": "Search articles",
      "aria-controls": "sw-founds",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      placeholder: "search articles",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
    });
    const select = (/** @type {string} */ label) => make("select", { class: "sw-input", "aria-label": label });
    const day = (/** @type {string} */ label, /** @type {string} */ placeholder) =>
      make("input", {
        type: "text",
        class: "sw-input",
        "aria-label": label,
        title: DAYS_LOOK,
        placeholder,
        maxlength: 10,
        autocomplete: "off",
        spellcheck: "false",
      });
    this.filters = {
      outlet: select("Outlet"),
      status: select("Status"),
      flag: select("Flag"),
      from: day("Published from", "from date"),
      to: day("Published until", "to date"),
    };
    this.days = make("div", { class: "sw-browse-days" }, this.filters.from, "–", this.filters.to);
    this.count = make("span", { class: "sw-quiet", role: "status", "data-sw": "found-count" });
    this.clear = make(
      "button",
      { type: "button", class: "sw-button sw-small", onclick: () => this.forget() },
      "Show all",
    );
    this.list = make("ul", { class: "sw-founds", role: "listbox", id: "sw-founds", "aria-label": "Articles" });
    this.more = make(
      "button",
      { type: "button", class: "sw-button sw-small", onclick: () => this.search.more() },
      "More",
    );
    this.scroller = make(
      "div",
      { class: "sw-browse-list", onscroll: () => this.near() && this.search.more() },
      this.list,
      this.more,
    );
    this.root = make(
      "div",
      { class: "sw-browse" },
      make(
        "div",
        { class: "sw-browse-top" },
        this.field,
        make(
          "div",
          { class: "sw-browse-filters" },
          this.filters.outlet,
          this.filters.status,
          this.filters.flag,
          this.days,
        ),
        make("div", { class: "sw-browse-note" }, this.count, this.clear),
      ),
      this.scroller,
    );
    this.root.addEventListener("input", () => this.look());
    this.root.addEventListener("keydown", (event) => this.key(event));
    /** The rows as they are listed. @type {Found[]} */
    this.drawn = [];
    this.chosen = -1;
  }

  /** Goes into the search, which is the one left before, and brings it up to date. */
  begin() {
    this.field.focus();
    this.field.select();
    this.search.again();
    this.fillFilters();
  }

  async fillFilters() {
    const facets = await this.host.api.facets().catch(() => null);
    if (!facets) return;
    const total = Object.values(facets.statuses).reduce((sum, articles) => sum + articles, 0);
    const { outlet, status, flag } = this.filters;
    const fill = (
      /** @type {HTMLSelectElement} */ filter,
      /** @type {string} */ any,
      /** @type {Record<string, number>} */ counts,
      /** @type {(value: string) => string} */ title,
    ) => {
      const set = filter.value;
      const choices = choicesOf(counts, total, set);
      filter.hidden = !choices.length;
      filter.replaceChildren(
        make("option", { value: "", text: any }),
        ...choices.map(([value, articles]) =>
          make("option", { value, text: `${title(value)} (${articles.toLocaleString("en-GB")})` }),
        ),
      );
      filter.value = set;
    };
    fill(outlet, "any outlet", facets.outlets, (value) => value);
    fill(status, "any status", facets.statuses, (value) => STATUSES[value] ?? value);
    fill(flag, "flagged or not", facets.flags, (value) => this.flag(value));
  }

  /** @param {string} key @returns {string} */
  flag(key) {
    return this.host.flags.find((flag) => flag.key === key)?.title ?? key;
  }

  look() {
    const { outlet, status, flag, from, to } = this.filters;
    const dayOf = (/** @type {HTMLInputElement} */ field) => {
      const written = field.value.trim();
      const fits = !written || isDay(written);
      field.setAttribute("aria-invalid", String(!fits));
      return fits ? written : "";
    };
    this.search.look({
      q: this.field.value.trim(),
      outlet: outlet.value,
      status: status.value,
      flag: flag.value,
      from: dayOf(from),
      to: dayOf(to),
    });
  }

  forget() {
    for (const field of [this.field, ...Object.values(this.filters)]) field.value = "";
    this.search.look(EVERYTHING, 0);
    this.field.focus();
  }

  near() {
    return this.scroller.scrollTop + this.scroller.clientHeight > this.scroller.scrollHeight - AHEAD;
  }

  draw() {
    const { rows, at, answered, error, total } = this.search;
    if (rows[0] !== this.drawn[0] || rows.length < this.drawn.length) {
      this.list.replaceChildren();
      this.drawn = [];
      this.chosen = -1;
      this.scroller.scrollTop = 0;
    }
    this.list.append(
      ...rows.slice(this.drawn.length).map((found, index) => this.row(found, this.drawn.length + index)),
    );
    this.drawn = rows;
    const bad = [this.filters.from, this.filters.to].some((field) => field.getAttribute("aria-invalid") === "true");
    if (bad) this.count.textContent = DAYS_LOOK;
    else if (answered || error) this.count.textContent = tally(this.search);
    this.clear.hidden = !this.search.narrowed;
    this.more.hidden = rows.length >= total;
    this.list.hidden = !rows.length;
    this.choose(at);
  }

  /** @param {number} at */
  choose(at) {
    const { children } = this.list;
    if (at === this.chosen) return;
    children[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = at;
    const row = children[at];
    if (!row) return this.field.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", row.id);
  }

  /** @param {Found} found @param {number} index @returns {HTMLElement} */
  row(found, index) {
    const { id, position, title, outlet, published, status, flags, snippet } = found;
    const words = pieces(snippet.text, snippet.ranges).map((piece) =>
      piece.found ? make("mark", { text: piece.text }) : piece.text,
    );
    const here = id === this.host.here();
    const about = [
      outlet ?? "",
      published ? dateInWords(published) : "",
      STATUSES[status] ?? status,
      here ? "open here" : "",
    ].filter(Boolean);
    return make(
      "li",
      {
        class: `sw-found sw-found-${status}`,
        role: "option",
        id: `sw-found-${index}`,
        "data-article": id,
        "aria-selected": "false",
        onclick: () => this.host.open(id),
      },
      make("span", { class: "sw-found-position", text: String(position) }),
      make("span", { class: "sw-found-title", dir: "auto", text: shownTitle(title, snippet.text) }),
      make(
        "span",
        { class: "sw-found-about" },
        ...about.map((text) => make("span", { dir: "auto", text })),
        ...flags.map((flag) => make("span", { class: "sw-flagged", text: this.flag(flag) })),
      ),
      make("span", { class: "sw-found-words", dir: "auto" }, snippet.start ? "… " : "", ...words),
    );
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (composes(event)) return;
    if (event.key !== "Escape" && !event.ctrlKey && !event.metaKey) event.stopPropagation(); // whatever is typed here is no command
    if (!(event.target instanceof HTMLInputElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (step === undefined) this.search.take();
    else this.search.step(step);
  }
}
