// @ts-check
import { parted } from "./candidates.js";
import { dateOf, kindOf, whoOf } from "./kinds.js";
import { latinKey, showKey } from "./keymap.js";
import { linkChoices, linkOps } from "./linking.js";
import { namesake, remembered } from "./mentions.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./linking.js").Link} Link
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./linking.js").LinkChoice} LinkChoice
 */

/** The key that links to the nearest. */
const NEAREST_KEY = "Enter";

/** Linking by letters: from the active span to what is visible, labeled or not. */
export class Linker {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** The targets of the letters while a link is being made. @type {LinkChoice[] | null} */
    this.choices = null;
    this.all = false; // links are drawn, not only those of the active record
    this.askedFor = ""; // the span that was active when a field was opened by itself
    this.goesOn = false; // what is likely to be marked next is selected once that field is left
  }

  /** Puts letters on what the active span can be linked to. @param {Link[]} links */
  beginLink(links) {
    const span = this.desk.annotation.spans.get(this.desk.active);
    if (!span)
      return this.desk.hint(
        `Select a span first (${this.desk.keymap.keysOf("next-mark", "previous-mark", "edit")}), then link it.`,
      );
    if (!links.length)
      return this.desk.hint(`A ${this.desk.wording.label(span.label).toLowerCase()} has no links of this type.`);
    const near = (/** @type {string} */ key) => {
      const label = this.desk.schema.label.get(key);
      return label ? this.desk.candidates.near(span.fragments, label).map((found) => parted(found, label)) : [];
    };
    const choices = linkChoices(this.desk.annotation, span, links, near);
    if (!choices.length) {
      const wanted = new Set(
        links
          .flatMap(({ type, out }) => (out ? type.to : type.from))
          .map((key) => this.desk.wording.label(key).toLowerCase()),
      );
      return this.desk.hint(`Nothing to link to yet. First label a ${[...wanted].join(" or ")}.`);
    }
    this.choices = choices;
    this.desk.root.classList.add("sw-linking");
    this.desk.view.letters.draw(choices);
    this.desk.hint("");
    this.desk.hints.draw();
    this.desk.keyboard.focusText();
    this.desk.say(
      `link: ${choices
        .slice(0, 5)
        .map(({ letter, span }) => `${letter}, ${excerpt(this.desk.wording.words(span), 30)}`)
        .join("; ")}`,
    );
  }

  get waiting() {
    return this.choices !== null;
  }

  /** @returns {import("./hints.js").KeyHint[]} */
  keys() {
    return [
      ["letter", "link"],
      [showKey(NEAREST_KEY), "link the nearest"],
      [this.desk.keymap.keyOf("leave"), "cancel"],
    ];
  }

  /** @param {string[]} ids the marks under a click, innermost last @returns {boolean} */
  pick(ids) {
    if (!this.choices) return false;
    const [choice] = this.choices
      .filter(({ span }) => ids.includes(span.id))
      .sort((a, b) => ids.indexOf(b.span.id) - ids.indexOf(a.span.id));
    if (choice) this.link(choice);
    else this.endLink();
    return true;
  }

  interrupt() {
    this.endLink();
    this.askedFor = "";
    this.goesOn = false;
  }

  placed() {
    if (this.choices) this.desk.view.letters.draw(this.choices);
  }

  toggleAll() {
    this.all = !this.all;
    this.desk.hint(this.all ? "Showing all links." : "Showing the links of the active record only.");
    this.desk.layout.frame.ask();
  }

  /** The links to draw: those of the active span's record, or all. @returns {{from: Span, to: Span, title: string}[]} */
  shown() {
    const { active, annotation, schema, view } = this.desk;
    if (!active && !this.all) return [];
    const shown = new Set([active, ...view.lit]);
    return [...annotation.relations.values()].flatMap(({ type, from, to }) => {
      if (!this.all && !(shown.has(from) && shown.has(to))) return [];
      const [one, two] = [annotation.spans.get(from), annotation.spans.get(to)];
      return one && two ? [{ from: one, to: two, title: schema.relation.get(type)?.title ?? type }] : [];
    });
  }

  /** @param {KeyboardEvent} event a key while letters are shown */
  key(event) {
    const key = latinKey(event);
    const choice =
      key === NEAREST_KEY ? this.choices?.[0] : this.choices?.find(({ letter }) => letter === key.toLowerCase());
    if (choice && !event.ctrlKey && !event.metaKey) this.link(choice);
    else this.endLink();
  }

  endLink() {
    if (!this.choices) return;
    this.choices = null;
    this.desk.root.classList.remove("sw-linking");
    this.desk.view.letters.draw([]);
    this.desk.drawStatus();
  }

  /** @param {LinkChoice} choice */
  link(choice) {
    const { type, linked, made } = choice;
    const words = this.desk.wording.words(choice.span);
    const span = made
      ? { ...choice.span, attributes: this.rememberedFor(choice.span.label, choice.span) }
      : choice.span;
    const from = this.desk.active;
    const ops = linkOps(
      this.desk.annotation,
      from,
      { ...choice, span },
      () => this.desk.newId(),
      this.desk.wording.slice,
    );
    this.endLink();
    if (!ops) return this.desk.hint(`“${type.title}” is limited to ${type.max}; remove one first.`, "bad");
    if (made && Object.keys(span.attributes).length) this.desk.completing.unasked.add(ops[0].id);
    const before = this.desk.completing.replaced(choice);
    this.desk.act([...before, ...ops]);
    this.desk.say(linked ? `no longer ${type.title}` : `${type.title} ${excerpt(words, 60)}`);
    if (before.length)
      this.desk.hint(`“${type.title}” replaced. ${this.desk.keymap.keyOf("undo")} takes it back; link again to add.`);
    if (made) this.ask(ops[0].id, from);
  }

  /** Returns the entry chosen earlier for the same words, or the one that a name within them can only mean. @param {string} key of the label @param {{fragments: [number, number][]}} span @returns {Record<string, any>} */
  rememberedFor(key, { fragments }) {
    const label = this.desk.schema.label.get(key);
    const { annotation, candidates, wording } = this.desk;
    if (!label) return {};
    const words = wording.words(/** @type {Span} */ ({ fragments }));
    const known = remembered(annotation, label, words, (span) => wording.words(span), candidates.lexicon);
    if (Object.keys(known).length || label.quotation || dateOf(label)) return known;
    const own = candidates.names.filter(({ start, end }) => fragments.some(([from, to]) => from <= start && end <= to));
    const [attribute] = whoOf(label);
    if (!attribute?.registry || own.length !== 1) return {}; // of several names (“Brook’s deputy, Dov Marrick”), someone has to say which
    const entries = Object.entries(annotation.entries[attribute.registry] ?? {});
    const nameOf = (/** @type {Stretch} */ { start, end }) => wording.slice(start, end);
    const id = namesake(nameOf(own[0]), entries, candidates.names.map(nameOf), candidates.lexicon);
    return id ? { [attribute.key]: id } : {};
  }

  /** Asks for what a span that was made by linking stands for, then goes back to the span it was linked from. @param {string} id @param {string} back @returns {boolean} whether there is anything to ask */
  ask(id, back) {
    const span = this.desk.annotation.spans.get(id);
    const label = this.desk.schema.label.get(span?.label ?? "");
    const [first] = label?.attributes ?? [];
    if (!first || label?.quotation || !kindOf(first).denotes || span?.attributes[first.key] !== undefined) return false;
    this.desk.activate(id);
    this.askedFor = back;
    this.desk.details.later.now();
    this.desk.details.panel.edit(first.key);
    return true;
  }
}
