// @ts-check
import { dateOf, kindOf, whoOf } from "./kinds.js";
import { latinKey, showKey } from "./keymap.js";
import { linkChoices, linkOps, linksAround, recordLinks } from "./linking.js";
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
    this.askedFor = ""; // the span that was active when a field of another one was opened by itself
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
      return label
        ? this.desk.candidates
            .near(span.fragments, label)
            .map(({ start, end }) => /** @type {[number, number]} */ ([start, end]))
        : [];
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
    this.desk.act(ops);
    this.desk.say(linked ? `no longer ${type.title}` : `${type.title} ${excerpt(words, 60)}`);
    if (made) this.ask(ops[0].id, from);
  }

  /** Marks the offer that is selected, if one is; then links a quote with what most likely belongs to it, or gives a date its likeliest reading. */
  async completeRecord() {
    const { desk } = this;
    const offer = desk.marking.offered();
    if (offer) desk.marking.addSpan(offer.label, offer);
    const span = desk.annotation.spans.get(desk.active);
    const date = dateOf(desk.schema.label.get(span?.label ?? ""));
    if (span && date) await this.completeDate(span, date);
    else this.linkRecord();
  }

  /** Links a date with the quote around it, and gives it the likeliest reading of its words; without one, opens its field. @param {Span} span @param {import("./schema.js").Attribute} date */
  async completeDate(span, date) {
    const { desk } = this;
    const links = linksAround(desk.annotation, span, desk.schema.linksOf(span.label), desk.schema.label);
    desk.act(
      links.flatMap(
        (choice) => linkOps(desk.annotation, span.id, choice, () => desk.newId(), desk.wording.slice) ?? [],
      ),
    );
    if (span.attributes[date.key] === undefined) await desk.marking.acceptDate({ likeliest: true });
  }

  /** Links the active head of a record with what most likely belongs to it, in one step. */
  linkRecord() {
    const { desk } = this;
    const head = desk.annotation.spans.get(desk.active);
    const kinds = desk.schema.kinds.get(head?.label ?? "");
    if (!head || !kinds)
      return desk.hint(`Select a quote first (${desk.keymap.keysOf("next-mark", "previous-mark", "edit")}).`);
    const partners = desk.candidates.partners(
      head.fragments,
      desk.schema.labels.filter((label) => !label.quotation && !dateOf(label)),
    );
    const choices = recordLinks(
      desk.annotation,
      head,
      kinds.flatMap(({ links }) => links),
      (label) => partners.get(label),
    );
    if (!choices.length) return desk.hint("No likely cue or speaker found nearby.");
    let asked = "";
    const ops = choices.flatMap((choice) => {
      const span = choice.made
        ? { ...choice.span, attributes: this.rememberedFor(choice.span.label, choice.span) }
        : choice.span;
      const made = linkOps(desk.annotation, head.id, { ...choice, span }, () => desk.newId(), desk.wording.slice) ?? [];
      if (choice.made && desk.schema.label.get(span.label)?.attributes.length) asked = made[0].id;
      return made;
    });
    desk.act(ops);
    desk.say(choices.map(({ type, span }) => `${type.title} ${excerpt(desk.wording.words(span), 60)}`).join(", "));
    if (asked) this.ask(asked, head.id);
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

  /** Asks for what a span that was made by linking stands for, then goes back to the span it was linked from. @param {string} id @param {string} back */
  ask(id, back) {
    const span = this.desk.annotation.spans.get(id);
    const label = this.desk.schema.label.get(span?.label ?? "");
    const [first] = label?.attributes ?? [];
    if (!first || label?.quotation || !kindOf(first).denotes || span?.attributes[first.key] !== undefined) return;
    this.desk.activate(id);
    this.askedFor = back;
    this.desk.details.later.now();
    this.desk.details.panel.edit(first.key);
  }
}
