// @ts-check
import { make } from "./dom.js";
import { askLine } from "./prompt.js";
import { excerpt, quoted } from "./wording.js";

/** @typedef {import("./annotation.js").Op} Op */

/** Submitting an article, or skipping it, once everything is saved. */
export class Submitting {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.busy = false;
    this.insists = false; // the next press of the key submits in spite of what is missing
  }

  clear() {
    this.insists = false;
  }

  /** Returns whether the article is submitted or skipped. */
  get done() {
    return this.desk.annotation.status === "submitted" || this.desk.annotation.status === "skipped";
  }

  async submit() {
    if (!this.desk.outbox || this.busy) return;
    if (this.done) {
      this.desk.act([{ kind: "reopen" }]);
      return this.desk.hint("Article reopened.");
    }
    const missing = this.desk.schema.missing(this.desk.annotation);
    if (missing.length && !this.insists) {
      const first = missing[0];
      const span = this.desk.annotation.spans.get(first.id);
      const words = span ? quoted(excerpt(this.desk.wording.words(span), 28)) : "";
      this.desk.hint(
        missing.length === 1
          ? `“${first.what}” is missing for ${words}`
          : `${missing.length} required items are missing. The first: “${first.what}” for ${words}`,
        "bad",
        [
          make("button", {
            type: "button",
            class: "sw-button sw-small",
            "data-sw": "waive-first",
            title: this.desk.keymap.keyOf("waive"),
            text: "Waive …",
            onclick: () => this.desk.waiving.next(),
          }),
          make("button", {
            type: "button",
            class: "sw-button sw-small",
            "data-sw": "first-missing",
            text: "Go to the first",
            onclick: () => (this.desk.activate(first.id, { reveal: true, focus: true }), this.desk.hint("")),
          }),
          make("button", {
            type: "button",
            class: "sw-button sw-small",
            "data-sw": "submit-anyway",
            text: "Submit anyway",
            onclick: () => this.submit(),
          }),
        ],
      );
      this.insists = true;
      return;
    }
    this.insists = false;
    await this.finish({ kind: "submit" }, "submitted");
  }

  /** Ends the work on an article, once everything is saved, and goes on. @param {Op} op @param {string} status */
  async finish(op, status) {
    const outbox = this.desk.outbox;
    if (!outbox || this.busy) return;
    this.busy = true;
    this.desk.status.submit.disabled = true;
    const slow = setTimeout(() => this.desk.hint("Saving …"), 700);
    try {
      await outbox.flush();
      if (outbox !== this.desk.outbox) return;
      if (outbox.base.status !== status) {
        outbox.push([op]);
        this.desk.annotation = outbox.shown;
        this.desk.drawStatus();
        await outbox.flush();
      }
      if (outbox !== this.desk.outbox) return;
      if (outbox.base.status === status) await this.desk.opening.next();
    } finally {
      clearTimeout(slow);
      this.busy = false;
      this.desk.status.submit.disabled = false;
    }
  }

  askSkip() {
    if (!this.desk.article) return;
    askLine(this.desk, {
      question: "Skip this article",
      example: "reason (optional)",
      verb: "Skip",
      take: (reason) => {
        this.finish(reason ? { kind: "skip", reason } : { kind: "skip" }, "skipped");
        this.desk.hint("");
      },
    });
  }
}
