// @ts-check
import { Later } from "./dom.js";
import { SuggestionCard } from "./suggestioncard.js";
import { mentioned } from "./mentions.js";
import { askedIn, decidedEntries, nameEntries, optionsOf, withEntries } from "./suggestionchoices.js";
import { suggestionHints, takeSuggestionKey } from "./suggestionkeys.js";
import { SuggestionSettings } from "./suggestionsettings.js";
import {
  Suggestions,
  acceptOps,
  datesIn,
  isLikely,
  linksTo,
  pencilMarks,
  rejectOp,
  withExtent,
} from "./suggestions.js";
import { excerpt } from "./wording.js";
import { many } from "./quantities.js";

/** @typedef {import("./suggestions.js").Suggestion} Suggestion */

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
    this.extent = 0; // where its head begins and ends: as it is proposed, or else which of the other extents
    this.withDates = true; // whether the dates in a quote are accepted with it
    this.asOf = ""; // the publication date that dates were read against
    this.resumes = ""; // the suggestion that is shown once a field is left opened by `askIn`
    this.turn = 0; // of the article: an answer that comes too late is of another one
    this.settings = new SuggestionSettings(desk.data.project, desk.data.annotator);
    this.card = new SuggestionCard(desk.wording, {
      accept: () => this.accept(),
      reject: () => this.reject(),
      choose: (at) => this.choose(at),
      step: (direction) => this.step(direction),
      explain: () => this.explain(),
      dates: () => this.leaveDates(),
      ask: () => this.accept("field"),
      extend: () => this.nextExtent(),
      close: () => this.end(),
      start: () => this.step(1),
      toggle: (label, on) => this.toggle(label, on),
      threshold: (value) => (this.settings.threshold = value),
      paragraph: () => this.acceptParagraph(),
    });
    desk.details.panel.head.after(this.card.root);
    this.later = new Later("painted", () => this.draw());
  }

  get waiting() {
    return this.shown !== null;
  }

  /** Asks for the suggestions of the article that has been opened; without an answer there are none, and nothing else changes. */
  async fetch() {
    const turn = ++this.turn;
    const { article, outbox } = this.desk;
    this.asOf = JSON.stringify(outbox?.base.published ?? null);
    if (!article || this.settings.without.has("")) return this.later.ask();
    try {
      const data = await this.desk.api.suggestions(article.id);
      await nameEntries(data.suggestions, () => this.desk.newId());
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

  clear() {
    this.turn++;
    this.suggestions = new Suggestions(null);
    this.end();
  }

  interrupt() {
    this.resumes = "";
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
    const { without } = this.settings;
    return without.has("") || this.desk.submitting.done ? [] : this.suggestions.open(this.desk.annotation, without);
  }

  /** The suggestion that is shown, with the extent chosen and the entries that follow from what is marked. @returns {Suggestion | null} */
  current() {
    return this.shown && this.asDecided(withExtent(this.shown, this.extent), this.desk.annotation);
  }

  /** The dates in the quote that is shown. @returns {Suggestion[]} */
  datesInside() {
    return this.shown ? datesIn(withExtent(this.shown, this.extent), this.open(), this.desk.annotation) : [];
  }

  /** The dates that are accepted with the quote that is shown. @returns {Suggestion[]} */
  dates() {
    return this.withDates ? this.datesInside() : [];
  }

  /** @param {Suggestion} suggestion @param {import("./annotation.js").Annotation} annotation @returns {Suggestion} */
  asDecided(suggestion, annotation) {
    const { wording, candidates, linker, schema } = this.desk;
    const { lexicon } = candidates;
    const words = (/** @type {import("./annotation.js").Span} */ span) => wording.words(span);
    /** @type {import("./suggestionchoices.js").Knowing} */
    const knowing = {
      remembered: (span) => linker.rememberedFor(span.label, span),
      mentioned: (registry, span) =>
        mentioned(annotation, registry, span, schema.label, words, lexicon).map(({ id }) => id),
      folded: (text) => lexicon.folded(text),
      words,
    };
    const decided = decidedEntries(this.suggestions.all, annotation, knowing);
    return withEntries(suggestion, decided, annotation, knowing);
  }

  /** Shows what waits after the annotation has changed. */
  draw() {
    const open = this.open();
    const { shown } = this;
    if (shown) this.shown = open.find(({ id }) => id === shown.id) ?? null;
    this.desk.view.shades.pencil(
      open.filter(isLikely).flatMap(({ fragments }) => fragments.map(([start, end]) => ({ start, end }))),
    );
    this.card.draw({
      open,
      shown: this.current(),
      dates: this.datesInside(),
      withDates: this.withDates,
      chosen: this.chosen,
      why: this.why,
      without: this.settings.without,
      threshold: this.settings.threshold,
      labels: [...new Set(this.suggestions.all.map(({ label }) => label))],
      key: this.desk.keymap.keyOf("next-suggestion"),
    });
    if (!this.shown) this.desk.view.pencils.draw([]);
    this.desk.hints.draw();
  }

  drawMarks() {
    const shown = this.current();
    if (!shown) return;
    this.desk.view.pencils.draw(pencilMarks(shown, this.chosen, this.dates()));
  }

  /** Shows the next suggestion, or the one before; the first time the most certain. @param {1 | -1} direction */
  step(direction) {
    const { desk } = this;
    if (this.settings.without.has("")) {
      this.toggle("", true);
      return desk.hint("Suggestions are on.");
    }
    const open = this.open();
    if (!open.length) {
      this.end();
      return desk.hint(this.suggestions.all.length ? "No suggestions left." : "No suggestions for this article.");
    }
    const { shown } = this;
    const at = shown ? open.findIndex(({ id }) => id === shown.id) : direction > 0 ? -1 : 0;
    this.show(open[(at + direction + open.length) % open.length]);
  }

  /** @param {Suggestion} suggestion */
  show(suggestion) {
    const { desk } = this;
    if (desk.active) desk.activate("");
    this.shown = suggestion;
    this.chosen = 0;
    this.extent = 0;
    this.why = false;
    this.withDates = true;
    desk.hint("");
    desk.caret.put(suggestion.fragments[0][0]);
    const last = suggestion.fragments[suggestion.fragments.length - 1][1];
    desk.layout.sights = [last, suggestion.fragments[0][0]];
    this.draw();
    desk.layout.frame.ask();
    desk.keyboard.focusText();
    this.tell();
  }

  /** Reads out the suggestion that is shown. */
  tell() {
    const shown = this.current();
    if (shown) this.desk.say(this.card.aloud(shown, this.chosen, this.dates()));
  }

  end() {
    this.shown = null;
    this.later.ask();
  }

  /** @returns {import("./hints.js").KeyHint[]} */
  keys() {
    return suggestionHints(this);
  }

  /** @param {KeyboardEvent} event a key while a suggestion is shown */
  key(event) {
    takeSuggestionKey(this, event);
  }

  /** Chooses an option of the suggestion that is shown, to be accepted. @param {number} at from 0 */
  choose(at) {
    const shown = this.current();
    if (!shown || at >= optionsOf(shown).length) return;
    this.chosen = at;
    this.draw();
    this.desk.layout.frame.ask();
    this.tell();
  }

  /** Accepts the suggestion with an option. @param {number} at from 0 @param {boolean} [edit] */
  acceptOption(at, edit = false) {
    const shown = this.current();
    if (!shown || at >= optionsOf(shown).length) return;
    this.chosen = at;
    this.accept(edit);
  }

  /** Leaves the dates of a quote to be suggested by themselves, or includes them again. */
  leaveDates() {
    this.withDates = !this.withDates;
    this.draw();
    this.desk.layout.frame.ask();
    this.tell();
  }

  /** Shows where else the head of the suggestion may begin and end; after the last extent the first again. */
  nextExtent() {
    const { shown } = this;
    this.extent = (this.extent + 1) % ((shown?.extents?.length ?? 0) + 1);
    this.draw();
    this.desk.layout.frame.ask();
    this.tell();
  }

  explain() {
    this.why = !this.why;
    this.draw();
    if (this.shown && this.why) this.desk.say(this.shown.why.join("; "));
  }

  /** Marks all that is shown, and goes on to the next suggestion; or stays to edit it; or asks for another entity or date first. @param {boolean | "field"} [edit] */
  accept(edit = false) {
    const { shown, desk } = this;
    if (!shown) return;
    const state = desk.annotation.copy();
    const dates = this.dates();
    const ops = dates.flatMap((each) => this.opsOf(each, 0, state).ops);
    const made = this.opsOf(withExtent(shown, this.extent), this.chosen, state);
    const following = this.following(shown, dates);
    this.shown = null;
    this.named([...ops, ...made.ops]);
    desk.act([...ops, ...made.ops]);
    desk.say(`accepted: ${excerpt(desk.wording.words({ ...shown, id: "" }), 60)}`);
    if (edit === "field") this.askIn(shown, made, following);
    else if (edit) desk.activate(made.head, { reveal: true, focus: true });
    else if (following) this.show(following);
    else this.end();
  }

  /** Opens the field for another entity or date of a suggestion that has been accepted. @param {Suggestion} accepted @param {import("./suggestions.js").Accepted} made @param {Suggestion} [following] */
  askIn(accepted, { head, linked }, following) {
    const { desk } = this;
    const asked = askedIn(accepted, desk.schema);
    if (!asked) return desk.activate(head, { reveal: true, focus: true });
    desk.details.supply(asked.relation ? (linked.get(asked.relation) ?? head) : head, asked.attribute);
    this.resumes = following?.id ?? "";
  }

  /** Goes on to the suggestion after the one whose field has been left. */
  resume() {
    const { resumes } = this;
    this.resumes = "";
    if (!resumes) return;
    const open = this.open();
    const next = open.find(({ id }) => id === resumes) ?? open[0];
    if (next) this.show(next);
  }

  /** Takes note of spans whose entries come from suggestions: an entry that someone chooses replaces it. @param {import("./annotation.js").Op[]} ops */
  named(ops) {
    for (const { kind, id, attributes = {} } of ops)
      if (kind === "add" && Object.keys(attributes).length) this.desk.completing.unasked.add(id);
  }

  reject() {
    const { shown, desk } = this;
    if (!shown) return;
    const rivals = this.open().filter((each) => shown.id in (each.rivals ?? {}));
    const next = this.following(shown);
    this.shown = null;
    desk.act([rejectOp(shown, this.suggestions)]);
    desk.say("rejected");
    const likelier = this.open().find((each) => isLikely(each) && rivals.some(({ id }) => id === each.id));
    const following = likelier ?? next; // what is likely now that this isn't stands at the same place
    if (following) this.show(following);
    else this.end();
  }

  /** Accepts all suggestions that begin in the paragraph of the one shown and are certain enough, as one action. */
  acceptParagraph() {
    const { shown, desk } = this;
    if (!shown) return;
    const { threshold } = this.settings;
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
    const ops = ordered.flatMap((each) => this.opsOf(each, 0, state).ops);
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

  /** The ops that accept a suggestion, applied to a state. @param {Suggestion} suggestion @param {number} chosen @param {import("./annotation.js").Annotation} state */
  opsOf(suggestion, chosen, state) {
    const { desk } = this;
    const made = acceptOps(
      this.asDecided(suggestion, state),
      chosen,
      this.suggestions,
      state,
      desk.schema,
      (span) => desk.linker.rememberedFor(span.label, span),
      () => desk.newId(),
      desk.wording.slice,
    );
    for (const op of made.ops) state.apply(op);
    return made;
  }

  /** The suggestion that comes after one. @param {Suggestion} suggestion @param {Suggestion[]} [without] those that are accepted with it @returns {Suggestion | undefined} */
  following(suggestion, without = []) {
    const gone = without.map(({ id }) => id);
    const open = this.open().filter(({ id }) => !gone.includes(id));
    const at = open.findIndex(({ id }) => id === suggestion.id);
    return open[at + 1] ?? (at > 0 ? open[0] : undefined);
  }

  /** Turns suggestions on or off: for a label, or with "" all of them. @param {string} label @param {boolean} on */
  toggle(label, on) {
    this.settings.toggle(label, on);
    if (label === "") this.shown = null;
    if (label === "" && on && !this.suggestions.all.length) this.fetch();
    else this.draw();
  }
}
