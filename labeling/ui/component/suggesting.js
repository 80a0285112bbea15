// @ts-check
import { madeId } from "./entryfield.js";
import { digitOf, latinKey, strokeOf } from "./keymap.js";
import { Later } from "./dom.js";
import { storeOf } from "./tabs.js";
import { SuggestionCard } from "./suggestioncard.js";
import { Suggestions, acceptOps, choiceCount, chosenPart, isLikely, proposed, rejectOp } from "./suggestions.js";
import { excerpt } from "./wording.js";
import { many } from "./quantities.js";

/** @typedef {import("./suggestions.js").Suggestion} Suggestion */

/** Keys while a suggestion is shown; the others do what they always do. */
const ACCEPT_KEY = "Enter";
const EDIT_KEY = "Shift+Enter";
const REJECT_KEYS = ["x", "Delete", "Backspace"];
const WHY_KEY = "w";
const PARAGRAPH_KEY = "Shift+p";
/** How certain suggestions must be for all in a paragraph to be accepted at once, until someone sets it otherwise. */
const CERTAIN = 0.9;

/** Going through suggestions, most certain first: each is accepted, corrected or rejected; none is taken by itself. */
export class Suggesting {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.suggestions = new Suggestions(null);
    /** The one that is shown; null for none. @type {Suggestion | null} */
    this.shown = null;
    /** Which of its choices is taken, from 0. */
    this.chosen = 0;
    this.why = false;
    this.asOf = ""; // the publication date that dates were read against
    this.turn = 0; // of the article: an answer that comes too late is of another one
    this.store = storeOf(() => localStorage);
    this.prefix = `saywhen/suggestions/${desk.data.project}/${encodeURIComponent(desk.data.annotator)}/`;
    this.card = new SuggestionCard(desk.wording, {
      accept: () => this.accept(),
      reject: () => this.reject(),
      choose: (at) => this.choose(at),
      step: (direction) => this.step(direction),
      explain: () => this.explain(),
      close: () => this.end(),
      start: () => this.step(1),
      toggle: (label, on) => this.toggle(label, on),
      threshold: (value) => this.setThreshold(value),
      paragraph: () => this.acceptParagraph(),
    });
    desk.details.panel.head.after(this.card.root);
    this.later = new Later("painted", () => this.draw());
  }

  get waiting() {
    return this.shown !== null;
  }

  /** Labels without suggestions, by this person's choice; "" stands for all. @returns {Set<string>} */
  get without() {
    return new Set(JSON.parse(this.store.getItem(`${this.prefix}without`) ?? "[]"));
  }

  /** @returns {number} */
  get threshold() {
    return Number(this.store.getItem(`${this.prefix}threshold`)) || CERTAIN;
  }

  /** Asks for the suggestions of the article that has been opened; without an answer there are none, and nothing else changes. */
  async fetch() {
    const turn = ++this.turn;
    const { article, outbox } = this.desk;
    this.asOf = JSON.stringify(outbox?.base.published ?? null);
    if (!article || this.without.has("")) return this.later.ask();
    try {
      const data = await this.desk.api.suggestions(article.id);
      await this.nameEntries(data);
      if (turn !== this.turn) return;
      this.suggestions = new Suggestions(data);
      this.shown = this.suggestions.byId.get(this.shown?.id ?? "") ?? null;
    } catch {
      // A server without suggestions, or one whose suggester fails: people label as ever.
    }
    if (turn === this.turn) this.later.ask();
  }

  /** Asks again once another publication date is saved: dates are read against it. */
  renew() {
    if (JSON.stringify(this.desk.outbox?.base.published ?? null) !== this.asOf) this.fetch();
  }

  /** Gives entries that would be new the ids that follow from their names, so that everyone creates the same ones. @param {import("./suggestions.js").SuggestionData} data */
  async nameEntries({ suggestions }) {
    const entities = suggestions.flatMap(({ parts }) =>
      parts.flatMap(({ choices = [] }) => choices.flatMap(({ entity }) => (entity ? [entity] : []))),
    );
    await Promise.all(
      entities.map(async ({ registry, choices: [entry] }) => {
        if (entry && entry.id === null) entry.made = await madeId(registry, entry.name, () => this.desk.newId());
      }),
    );
  }

  clear() {
    this.turn++;
    this.suggestions = new Suggestions(null);
    this.end();
  }

  interrupt() {
    if (this.shown) this.end();
  }

  /** A click leaves the suggestions, and is nothing else's. @returns {false} */
  pick() {
    this.interrupt();
    return false;
  }

  placed() {
    if (this.shown) this.drawMarks();
  }

  /** Those that wait for a verdict. @returns {Suggestion[]} */
  open() {
    const without = this.without;
    return without.has("") || this.desk.submitting.done ? [] : this.suggestions.open(this.desk.annotation, without);
  }

  /** Shows what waits after the annotation has changed. */
  draw() {
    const open = this.open();
    if (this.shown && !open.includes(this.shown)) this.shown = null;
    this.desk.view.shades.pencil(
      open.filter(isLikely).flatMap(({ fragments }) => fragments.map(([start, end]) => ({ start, end }))),
    );
    this.card.draw({
      open,
      shown: this.shown,
      chosen: this.chosen,
      why: this.why,
      without: this.without,
      threshold: this.threshold,
      labels: [...new Set(this.suggestions.all.map(({ label }) => label))],
      key: this.desk.keymap.keyOf("next-suggestion"),
    });
    if (!this.shown) this.desk.view.pencils.draw([]);
    this.desk.hints.draw();
  }

  drawMarks() {
    const { shown, desk } = this;
    if (!shown) return;
    const marks = proposed(shown, this.chosen).map(({ span }) => ({ span, digit: "" }));
    const varies = (shown.readings ?? []).length > 1 ? undefined : chosenPart(shown);
    for (const [at, { fragments }] of (varies?.choices ?? []).slice(0, choiceCount(shown)).entries()) {
      const taken = marks.find(
        ({ span }) => span.label === varies?.label && String(span.fragments) === String(fragments),
      );
      if (taken) taken.digit = String(at + 1);
      else
        marks.push({
          span: { id: `${shown.id}/${at}`, label: varies?.label ?? "", fragments, attributes: {} },
          digit: String(at + 1),
        });
    }
    desk.view.pencils.draw(marks);
  }

  /** Shows the next suggestion, or the one before; the first time the most certain. @param {1 | -1} direction */
  step(direction) {
    const { desk } = this;
    if (this.without.has("")) {
      this.toggle("", true);
      return desk.hint("Suggestions are on.");
    }
    const open = this.open();
    if (!open.length) {
      this.end();
      return desk.hint(this.suggestions.all.length ? "No suggestions left." : "No suggestions for this article.");
    }
    const at = this.shown ? open.indexOf(this.shown) : direction > 0 ? -1 : 0;
    this.show(open[(at + direction + open.length) % open.length]);
  }

  /** @param {Suggestion} suggestion */
  show(suggestion) {
    const { desk } = this;
    if (desk.active) desk.activate("");
    this.shown = suggestion;
    this.chosen = 0;
    this.why = false;
    desk.hint("");
    desk.caret.put(suggestion.fragments[0][0]);
    const last = suggestion.fragments[suggestion.fragments.length - 1][1];
    desk.layout.sights = [last, suggestion.fragments[0][0]];
    this.draw();
    desk.layout.frame.ask();
    desk.keyboard.focusText();
    desk.say(this.card.aloud(suggestion, this.chosen));
  }

  end() {
    this.shown = null;
    this.later.ask();
  }

  /** @returns {import("./hints.js").KeyHint[]} */
  keys() {
    if (!this.shown) return [];
    const count = choiceCount(this.shown);
    return [
      [ACCEPT_KEY, "accept"],
      ["x", "reject"],
      ...(count > 1 ? [/** @type {import("./hints.js").KeyHint} */ ([`1 … ${count}`, "choose"])] : []),
      [this.desk.keymap.keyOf("next-suggestion"), "next"],
      ["Shift+Enter", "accept and edit"],
      ["Shift+P", "accept the paragraph"],
      [WHY_KEY, "why"],
      [this.desk.keymap.keyOf("leave"), "close"],
    ];
  }

  /** @param {KeyboardEvent} event a key while a suggestion is shown */
  key(event) {
    const { desk, shown } = this;
    if (!shown) return;
    const stroke = strokeOf(event, desk.mac);
    const digit = /^[1-9]$/u.test(latinKey(event)) ? latinKey(event) : digitOf(event);
    if (event.repeat) return;
    if (stroke === ACCEPT_KEY) return this.accept();
    if (stroke === EDIT_KEY) return this.accept(true);
    if (REJECT_KEYS.includes(stroke)) return this.reject();
    if (stroke === PARAGRAPH_KEY) return this.acceptParagraph();
    if (stroke === WHY_KEY) return this.explain();
    if (digit) return this.choose(Number(digit) - 1);
    const action = desk.keymap.find(event, desk.mac);
    const command = action?.kind === "command" ? action.command : "";
    if (["next-suggestion", "next-mark"].includes(command)) return this.step(1);
    if (command === "previous-mark") return this.step(-1);
    if (command === "undo" || command === "redo") return desk.run(command, false);
    this.end();
    if (command !== "leave" && action) desk.keyboard.act(action);
  }

  /** @param {number} at a choice, from 0 */
  choose(at) {
    const { shown, desk } = this;
    if (!shown || at >= choiceCount(shown)) return;
    this.chosen = at;
    this.draw();
    desk.layout.frame.ask();
    desk.say(this.card.aloud(shown, at));
  }

  explain() {
    this.why = !this.why;
    this.draw();
    if (this.shown && this.why) this.desk.say(this.shown.why.join("; "));
  }

  /** Marks all that is shown, and goes on to the next suggestion, or stays to edit it. @param {boolean} [edit] */
  accept(edit = false) {
    const { shown, desk } = this;
    if (!shown) return;
    const { ops, head } = this.opsOf(shown, this.chosen, desk.annotation);
    const following = this.following(shown);
    this.shown = null;
    this.named(ops);
    desk.act(ops);
    desk.say(`accepted: ${excerpt(desk.wording.words({ ...shown, id: "" }), 60)}`);
    if (edit) desk.activate(head, { reveal: true, focus: true });
    else if (following) this.show(following);
    else this.end();
  }

  /** Takes note of spans whose entries come from suggestions: an entry that someone chooses replaces it. @param {import("./annotation.js").Op[]} ops */
  named(ops) {
    for (const { kind, id, attributes = {} } of ops)
      if (kind === "add" && Object.keys(attributes).length) this.desk.completing.unasked.add(id);
  }

  reject() {
    const { shown, desk } = this;
    if (!shown) return;
    const following = this.following(shown);
    this.shown = null;
    desk.act([rejectOp(shown, this.suggestions)]);
    desk.say("rejected");
    if (following) this.show(following);
    else this.end();
  }

  /** Accepts all suggestions that begin in the paragraph of the one shown and are certain enough, as one action. */
  acceptParagraph() {
    const { shown, desk } = this;
    if (!shown) return;
    const { threshold } = this;
    const paragraph = desk.tokens.paragraphAt(shown.fragments[0][0]);
    const inside = this.open().filter(
      ({ fragments: [[start]], score }) =>
        paragraph && start >= paragraph.start && start < paragraph.end && score >= threshold,
    );
    const percent = Math.round(threshold * 100);
    if (!inside.length) return desk.hint(`No suggestion in this paragraph is at least ${percent} % certain.`);
    const state = desk.annotation.copy();
    // Dates come after the quotes that they are linked to.
    const ordered = inside.sort((one, other) => linksTo(one) - linksTo(other));
    const ops = ordered.flatMap((each) => {
      const made = this.opsOf(each, 0, state).ops;
      for (const op of made) state.apply(op);
      return made;
    });
    this.shown = null;
    this.named(ops);
    desk.act(ops);
    const [next] = this.open();
    if (next) this.show(next);
    else this.end();
    desk.hint(
      `${many(inside.length, "suggestion")} of at least ${percent} % accepted. Press ${desk.keymap.keyOf("undo")} to undo.`,
    );
  }

  /** @param {Suggestion} suggestion @param {number} chosen @param {import("./annotation.js").Annotation} annotation */
  opsOf(suggestion, chosen, annotation) {
    const { desk } = this;
    return acceptOps(
      suggestion,
      chosen,
      this.suggestions,
      annotation,
      desk.schema,
      (span) => desk.linker.rememberedFor(span.label, span),
      () => desk.newId(),
      desk.wording.slice,
    );
  }

  /** The suggestion that comes after one. @param {Suggestion} suggestion @returns {Suggestion | undefined} */
  following(suggestion) {
    const open = this.open();
    const at = open.indexOf(suggestion);
    return open[at + 1] ?? (at > 0 ? open[0] : undefined);
  }

  /** Turns suggestions on or off: for a label, or with "" all of them. @param {string} label @param {boolean} on */
  toggle(label, on) {
    const { without } = this;
    if (on) without.delete(label);
    else without.add(label);
    this.store.setItem(`${this.prefix}without`, JSON.stringify([...without]));
    if (label === "") this.shown = null;
    if (label === "" && on && !this.suggestions.all.length) this.fetch();
    else this.draw();
  }

  /** @param {number} value from 0 to 1 */
  setThreshold(value) {
    this.store.setItem(`${this.prefix}threshold`, String(value));
  }
}

/** @param {Suggestion} suggestion @returns {number} 1 if it leads to another one */
function linksTo({ parts }) {
  return Number(parts.some(({ to }) => to !== undefined));
}
