// @ts-check
import { make } from "./dom.js";
import { reviewKey } from "./reviewcommands.js";
import { excerpt } from "./wording.js";

/** Why the next decision is taken: a note, and the clause of the guideline it rests on. */
export class Why {
  /** @param {{label: string, text: string}[]} clauses @param {import("./schema.js").Schema} schema */
  constructor(clauses, schema) {
    this.note = make("input", {
      class: "sw-input",
      "aria-label": "Reason for the next decision",
      placeholder: `Reason for the next decision (${reviewKey("why")})`,
      maxlength: 2000,
    });
    this.clause = make(
      "select",
      { class: "sw-input", "aria-label": "Guideline clause" },
      make("option", { value: "", text: "no guideline clause" }),
      ...clauses.map(({ label, text }) => {
        const title = schema.label.get(label)?.title ?? label;
        return make("option", { value: text, text: `${title}: ${excerpt(text.replace(/[*`]/gu, ""), 90)}` });
      }),
    );
    this.root = make("div", { class: "sw-why", "data-sw": "why" }, this.note, this.clause);
  }

  /** Returns the reason given for a decision, and clears it for the next one. @returns {{note?: string, clause?: string}} */
  take() {
    const [note, clause] = [this.note.value.trim(), this.clause.value];
    this.note.value = this.clause.value = "";
    return { ...(note ? { note } : {}), ...(clause ? { clause } : {}) };
  }
}
