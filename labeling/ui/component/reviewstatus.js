// @ts-check
import { keyed, make } from "./dom.js";
import { REVIEW_COMMANDS, reviewKey } from "./reviewcommands.js";
import { many } from "./quantities.js";

/** So long a hint stands, and one of an error, in milliseconds. */
const HINT_TIME = 4000;
const ERROR_TIME = 8000;

/** The review page's status line: what is saved, hints and keys, how far the project is. */
export class ReviewStatus {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
    this.saved = make("span", { class: "sw-saved", "data-sw": "saved", "data-state": "saved", role: "status" });
    this.hints = make("div", { class: "sw-hints" });
    this.progress = make("span", { class: "sw-progress", "data-sw": "progress" });
    this.live = make("div", { class: "sw-live", "aria-live": "polite", "data-sw": "live" });
    const next = make(
      "button",
      { type: "button", class: "sw-button", "data-sw": "next-article", onclick: () => page.goArticle(1) },
      "Next article",
    );
    const previous = page.tool("←", keyed("Previous article", reviewKey("previous-article")), "previous-article", () =>
      page.goArticle(-1),
    );
    this.root = make("footer", { class: "sw-status" }, this.saved, this.hints, this.progress, previous, next);
  }

  drawSaved() {
    const { outbox, acts } = this.page;
    const { pending, failed } = outbox ?? { pending: [], failed: "" };
    const decided = acts.list.reduce((sum, { steps }) => sum + steps.length, 0);
    const state = !pending.length ? (failed ? "error" : "saved") : failed ? "offline" : "saving";
    const text =
      {
        saved: decided ? `saved · ${decided}` : "",
        saving: "saving …",
        offline: `offline, ${pending.length} unsaved`,
        error: failed,
      }[state] ?? "";
    this.saved.dataset.state = state;
    if (this.saved.textContent !== text) this.saved.textContent = text;
  }

  drawProgress() {
    const { open, total, count, pending } = this.page.queue;
    const looking = pending ? ` · ${pending} not checked yet` : "";
    this.progress.textContent = `${open} of ${total} left in ${many(count, "article")}${looking}`;
    this.progress.dataset.open = String(open);
    if (!this.hints.querySelector(".sw-hint")) this.drawKeys();
  }

  drawKeys() {
    const keys = this.page.drafting.draft
      ? this.page.drafting.keys()
      : REVIEW_COMMANDS.flatMap(({ name, hint }) => (hint ? [[reviewKey(name), hint]] : []));
    this.hints.replaceChildren(
      ...keys.map(([key, meaning]) =>
        make("span", { class: "sw-hint-key" }, make("kbd", { class: "sw-kbd", text: key }), meaning),
      ),
    );
  }

  /** @param {string} text @param {boolean} bad */
  tell(text, bad) {
    this.hints.replaceChildren(make("span", { class: `sw-hint${bad ? " sw-bad" : ""}`, "data-sw": "hint", text }));
    this.say(text);
    const end = () => {
      if (this.hints.textContent !== text) return;
      this.hints.replaceChildren();
      this.drawProgress();
    };
    setTimeout(end, bad ? ERROR_TIME : HINT_TIME);
  }

  /** @param {string} text */
  say(text) {
    this.live.textContent = text;
  }
}
