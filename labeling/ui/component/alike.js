// @ts-check
import { make } from "./dom.js";
import { reviewKey } from "./reviewcommands.js";
import { excerpt } from "./wording.js";
import { many } from "./quantities.js";

/** @typedef {{article: string, title: string | null, disagreement: string, take: string, version: string | null, before: string, words: string, after: string}} AlikePlace */

/** The same disagreement elsewhere: places where what was decided last can be taken too, as one act. */
export class Alike {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
    /** @type {AlikePlace[]} */
    this.places = [];
    this.asks = 0; // how often places were asked for, so that a late answer is known
    this.root = make("div", { class: "sw-follow", "data-sw": "alike" });
    this.root.hidden = true;
  }

  forget() {
    this.places = [];
    this.asks += 1;
  }

  /** @param {{article: string, question: string}} decided */
  async look({ article, question }) {
    const asked = ++this.asks;
    const found = await this.page.api.reviewAlike(article, question).then(
      (answer) => answer.found,
      () => [],
    );
    if (asked !== this.asks) return;
    this.places = found;
    this.draw();
  }

  takeOffered() {
    if (this.places.length) this.take();
    else this.page.tell("No similar places are listed.");
  }

  /** Takes the same at every place of the list that is ticked. */
  take() {
    const { page } = this;
    const boxes = /** @type {HTMLInputElement[]} */ ([...this.root.querySelectorAll("input")]);
    const ticked = this.places.filter((_, at) => boxes[at]?.checked);
    page.acts.add(
      ticked.map(({ article, disagreement, take, version }) => {
        if (article === page.article?.article.id) page.sent.add(disagreement);
        const step = { kind: "decide", article, disagreement, take, version, note: "the same as elsewhere" };
        return { number: page.outbox.put(step), article, question: disagreement };
      }),
    );
    this.forget();
    if (page.sent.has(page.current)) page.current = page.nextLeft() ?? page.current;
    page.draw();
    page.text.reveal();
    const one = ticked.length === 1;
    page.tell(`Applied in ${ticked.length} place${one ? "" : "s"}; press ${reviewKey("undo")} to undo.`);
  }

  draw() {
    this.root.hidden = !this.places.length;
    if (!this.places.length) return this.root.replaceChildren();
    const rows = this.places.map((place) => this.row(place));
    const title = `Apply to ${many(rows.length, "similar place")}?`;
    const take = make(
      "button",
      {
        type: "button",
        class: "sw-button sw-small sw-primary",
        "data-sw": "take-alike",
        onclick: () => (this.take(), this.page.focusText()),
      },
      "Apply ",
      make("kbd", { class: "sw-kbd", text: reviewKey("alike") }),
    );
    const head = make(
      "div",
      { class: "sw-follow-head" },
      make("span", { class: "sw-follow-title", text: title }),
      take,
    );
    this.root.replaceChildren(head, ...rows);
  }

  /** @param {AlikePlace} place @returns {HTMLElement} */
  row({ disagreement, title, before, words, after }) {
    const box = make("input", { type: "checkbox", value: disagreement });
    box.checked = true;
    return make(
      "label",
      { class: "sw-flag sw-alike-one" },
      box,
      make(
        "span",
        { class: "sw-words", dir: "auto" },
        before.replace(/\s+/gu, " "),
        make("b", { text: excerpt(words, 60) }),
        after.replace(/\s+/gu, " "),
      ),
      make("span", { class: "sw-quiet", text: title ?? "" }),
    );
  }
}
