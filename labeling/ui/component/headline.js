// @ts-check
import { make } from "./dom.js";
import { dateInWords } from "./edtf.js";
import { shownTitle } from "./title.js";
import { excerpt } from "./wording.js";
import { Combo } from "./combo.js";

/**
 * @typedef {import("./annotation.js").Published} Published
 * @typedef {import("./client.js").Article} Article
 */

const UNKNOWN = "unknown";
const BASES = ["stated", "metadata", "url", "inferred", UNKNOWN];

/** The headline, the outlet and the publication date, which can be set. */
export class Headline {
  /**
   * @param {HTMLElement} element
   * @param {object} host
   * @param {import("./client.js").Api} host.api
   * @param {(value: string | null, basis: string | null) => void} host.publish  no value and no basis: as it was imported
   * @param {() => void} host.done  back to the text
   * @param {string} host.key  that edits the date
   */
  constructor(element, host) {
    this.element = element;
    this.host = host;
    /** @type {Article | null} */
    this.article = null;
    /** The date set by the annotator; null if the imported date is used. @type {Published | null} */
    this.own = null;
    this.shown = "";
    this.dateline = make("div", { class: "sw-dateline" });
  }

  /** @returns {Published | null} */
  get published() {
    return this.own ?? this.article?.published ?? null;
  }

  /** @param {Article} article @param {Published | null} own */
  show(article, own) {
    const editing = this.article?.id === article.id && this.editing;
    this.article = article;
    this.own = own;
    const shown = JSON.stringify([article.id, this.published, own !== null]);
    if (shown === this.shown) return;
    this.shown = shown;
    if (!editing) this.draw(); // a basis just chosen must not close the field in which the date is to be typed
  }

  get editing() {
    return this.dateline.querySelector(".sw-publication") !== null;
  }

  draw() {
    const { article, published, own } = this;
    if (!article) return;
    const whose = own ? ", set by you" : "";
    const date = make("button", {
      type: "button",
      class: published?.value ? "sw-published" : "sw-published sw-lacks",
      "data-sw": "published",
      title: `Publication date: ${published?.value ? `${published.value}, ${published.basis}${whose}` : "unknown"} (${this.host.key})`,
      onclick: () => this.edit(),
    });
    if (published?.value)
      date.append(
        dateInWords(published.value),
        make("span", { class: "sw-basis", text: own ? `${published.basis}, by you` : published.basis }),
      );
    else date.textContent = "publication date unknown — set it";
    this.dateline = make("div", { class: "sw-dateline" });
    if (article.outlet) this.dateline.append(make("span", { class: "sw-outlet", text: article.outlet }));
    this.dateline.append(date);
    if (article.url) {
      const safe = /^https?:\/\//iu.test(article.url);
      const shown = excerpt(article.url.replace(/^https?:\/\/(www\.)?/iu, ""), 48);
      this.dateline.append(
        safe
          ? make("a", {
              class: "sw-url",
              href: article.url,
              target: "_blank",
              rel: "noopener noreferrer",
              text: shown,
              title: article.url,
            })
          : make("span", { class: "sw-url", text: shown }),
      );
    }
    this.element.replaceChildren(
      this.dateline,
      make("h1", { class: "sw-title", dir: "auto", text: shownTitle(article.title, article.text) }),
    );
  }

  /** Leaves the field for the date, if it is open. @returns {boolean} whether it was */
  leave() {
    if (!this.editing) return false;
    this.draw();
    return true;
  }

  edit() {
    const { article, published, host } = this;
    if (!article) return;
    const basis = make(
      "select",
      { class: "sw-input", "aria-label": "Where the publication date comes from" },
      ...BASES.map((name) => make("option", { value: name, text: name })),
    );
    basis.value = published ? published.basis : "inferred";
    const done = () => {
      this.draw();
      host.done();
    };
    /** The day in the field, which a basis chosen later is that of. */
    let day = published?.value ?? null;
    const publish = (/** @type {string | null} */ value) => {
      if (value === null) basis.value = UNKNOWN;
      else {
        day = value;
        if (basis.value === UNKNOWN) basis.value = "inferred";
      }
      host.publish(value, basis.value);
      combo.sync(value ?? "");
    };
    const combo = new Combo({
      label: "Publication date",
      placeholder: "4 November 2018",
      pause: 120,
      clear: () => publish(null),
      done,
      find: async (query) => {
        if (!query) return { choices: [], note: "" };
        const { readings, error } = await host.api.dates(query, published?.value ?? null, article.language);
        const dated = readings.flatMap(({ edtf, explain }) =>
          edtf === null ? [] : [{ title: explain, detail: edtf, pick: () => publish(edtf) }],
        );
        return {
          choices: dated,
          note: error ?? (dated.length ? "" : "That isn't a calendar date. Enter a day, such as 4 November 2018."),
        };
      },
    });
    combo.sync(published?.value ?? "");
    basis.addEventListener("change", () => {
      if (basis.value === UNKNOWN) publish(null);
      else if (day) publish(day);
      combo.input.value = combo.value;
    });
    basis.addEventListener("keydown", (event) => {
      if (event.key === "Enter") done();
    });
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      make("button", { type: "button", class: "sw-button sw-small", text, onclick });
    const imported = this.own ? [button("as imported", () => (host.publish(null, null), done()))] : [];
    this.dateline.replaceChildren(
      make(
        "div",
        { class: "sw-publication" },
        make("span", { class: "sw-quiet", text: "published" }),
        combo.element,
        basis,
        ...imported,
        button("done", done),
      ),
    );
    combo.input.focus();
  }
}
