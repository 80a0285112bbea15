// @ts-check
import { clearEntry } from "./entryfield.js";
import { dateOf, whoOf } from "./kinds.js";
import { linkOps, linksAround, opsWithin, recordLinks } from "./linking.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 */

/** So many milliseconds the registry may take to answer; after that, the field asks. */
const PATIENCE = 400;

/** Completing a record by one key: marking what is likely, with all that most likely belongs to it, and going on to what comes next. */
export class Completing {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.busy = false;
    this.overtaken = false; // someone goes on by hand while a server is asked: what comes then takes neither the focus nor the selection
    /** What has just been linked to a head, by relation; `made`: the span that was marked for it, "" if it was there. @type {{head: string, links: Map<string, {relation: string, made: string}>}} */
    this.fresh = { head: "", links: new Map() };
    /** The spans that have got their entry without a question. @type {Set<string>} */
    this.unasked = new Set();
  }

  /** @param {import("./workspace.js").Listen} on */
  listen(on) {
    const { keymap, mac, root } = this.desk;
    const overtake = () => (this.overtaken = true);
    on(root, "pointerdown", overtake, true);
    on(
      root,
      "keydown",
      (event) => {
        const action = keymap.find(/** @type {KeyboardEvent} */ (event), mac);
        if (action && !(action.kind === "command" && action.command === "record")) overtake();
      },
      true,
    );
  }

  clear() {
    this.fresh = { head: "", links: new Map() };
    this.unasked.clear();
  }

  /**
   * Marks what is selected, if anything is; links a quote with what most likely belongs to it, or gives a date its likeliest reading; then selects what
   * is likely to be marked next.
   */
  async run() {
    const { desk } = this;
    if (this.busy) return;
    this.busy = true;
    this.overtaken = false;
    desk.view.root.setAttribute("aria-busy", "true");
    try {
      const offer = desk.marking.offered();
      if (offer) desk.marking.addSpan(offer.label, offer);
      const span = desk.annotation.spans.get(desk.active);
      const date = dateOf(desk.schema.label.get(span?.label ?? ""));
      const complete = span && date ? await this.date(span, date) : await this.record();
      if (complete && !this.overtaken) desk.marking.goOn();
    } finally {
      this.busy = false;
      desk.view.root.removeAttribute("aria-busy");
    }
  }

  /**
   * Links a date with the quote around it, and gives it the likeliest reading of its words; without one, opens its field.
   * @param {Span} span @param {import("./schema.js").Attribute} date @returns {Promise<boolean>} whether nothing is asked
   */
  async date(span, date) {
    const { desk } = this;
    const links = linksAround(desk.annotation, span, desk.schema.linksOf(span.label), desk.schema.label);
    desk.act(
      links.flatMap(
        (choice) => linkOps(desk.annotation, span.id, choice, () => desk.newId(), desk.wording.slice) ?? [],
      ),
    );
    if (span.attributes[date.key] !== undefined || (await desk.marking.acceptDate({ likeliest: true }))) return true;
    if (desk.active === span.id && !this.overtaken) [desk.linker.askedFor, desk.linker.goesOn] = [span.id, true];
    return false;
  }

  /** Links the active head of a record with what most likely belongs to it, in one step. @returns {Promise<boolean>} whether nothing is asked, nor missing */
  async record() {
    const { desk } = this;
    const head = desk.annotation.spans.get(desk.active);
    const kinds = desk.schema.kinds.get(head?.label ?? "");
    if (!head || !kinds) {
      desk.hint(`Select a quote first (${desk.keymap.keysOf("next-mark", "previous-mark", "edit")}).`);
      return false;
    }
    const partners = desk.candidates.partners(
      head.fragments,
      desk.schema.labels.filter((label) => !label.quotation && !dateOf(label)),
    );
    const likely = () =>
      recordLinks(
        desk.annotation,
        head,
        kinds.flatMap(({ links }) => links),
        (label) => partners.get(label),
      );
    let choices = likely();
    if (!choices.length) {
      const linked = desk.annotation.relationsOf(head.id).some(({ from }) => from === head.id);
      if (!linked) {
        desk.hint("No likely cue or speaker found nearby.");
        this.fresh = { head: head.id, links: new Map() };
      }
      return linked;
    }
    const { article } = desk;
    let named = await Promise.all(
      choices.map(({ span, made }) => (made ? this.named(span) : { attributes: {}, ops: [] })),
    );
    if (desk.article !== article || !desk.annotation.spans.has(head.id)) return false;
    if (desk.linker.waiting) return false; // someone links by hand: letters stay on what they mean
    // What has been marked or linked meanwhile isn't done again.
    const place = (/** @type {import("./linking.js").LinkChoice} */ { type, span, made }) =>
      `${type.key} ${made ? span.fragments : span.id}`;
    const left = new Set(likely().map(place));
    named = named.filter((_, index) => left.has(place(choices[index])));
    choices = choices.filter((choice) => left.has(place(choice)));
    const here = desk.active === head.id;
    let asked = "";
    if (here) this.fresh = { head: head.id, links: new Map() };
    const ops = choices.flatMap((choice, index) => {
      const { attributes, ops: entries } = named[index];
      const span = choice.made ? { ...choice.span, attributes } : choice.span;
      const made = linkOps(desk.annotation, head.id, { ...choice, span }, () => desk.newId(), desk.wording.slice) ?? [];
      if (choice.made && desk.schema.label.get(span.label)?.attributes.length) asked = made[0].id;
      if (choice.made && Object.keys(attributes).length) this.unasked.add(made[0].id);
      const relation = made.find(({ kind }) => kind === "relate")?.id;
      if (relation && here) this.fresh.links.set(choice.type.key, { relation, made: choice.made ? made[0].id : "" });
      return [...entries, ...made];
    });
    desk.act([...ops, ...opsWithin(desk.annotation, head, desk.schema, () => desk.newId(), desk.wording.slice)]);
    if (!here || this.overtaken) return false; // someone has gone on meanwhile: what is linked stays, nothing more is asked
    desk.say(choices.map(({ type, span }) => `${type.title} ${excerpt(desk.wording.words(span), 60)}`).join(", "));
    if (!asked || !desk.linker.ask(asked, head.id)) return true;
    desk.linker.goesOn = true;
    return false;
  }

  /** The attributes of a span that is about to be marked: the entry that is known for its words, or that its name alone can mean, or a new one for someone mentioned for the first time; and the ops that make that one. @param {Span} span @returns {Promise<{attributes: Record<string, any>, ops: Op[]}>} */
  async named(span) {
    const { desk } = this;
    const known = this.desk.linker.rememberedFor(span.label, span);
    const [{ key = "", registry = "" } = {}] = whoOf(desk.schema.label.get(span.label));
    const name = desk.candidates.nameOf(span.fragments);
    const described = !name && desk.candidates.isNew(span.fragments);
    if (!registry || Object.keys(known).length || !(name || described)) return { attributes: known, ops: [] };
    const words = name ? desk.wording.slice(name.start, name.end) : desk.wording.words(span);
    const entry = await Promise.race([
      clearEntry(registry, words, described, {
        api: desk.api,
        article: desk.article?.id ?? "",
        lexicon: desk.candidates.lexicon,
        newId: () => desk.newId(),
      }),
      new Promise((/** @type {(late: null) => void} */ resolve) => setTimeout(resolve, PATIENCE, null)),
    ]);
    if (!entry) return { attributes: {}, ops: [] };
    return { attributes: { [key]: entry.id }, ops: [{ kind: "register", registry, ...entry }] };
  }

  /**
   * The ops that link a new span with the record just completed: where that has no such part, or in place of the one that was chosen for
   * it. `head`: that of the record; "" if the span is no part of it.
   * @param {Span} span @returns {{before: Op[], after: Op[], head: string}}
   */
  partOps(span) {
    const { annotation, candidates, schema } = this.desk;
    const head = annotation.spans.get(this.fresh.head);
    const none = { before: [], after: [], head: "" };
    if (schema.label.get(span.label)?.quotation) this.fresh = { head: "", links: new Map() };
    if (!head || span.label === head.label) return none;
    const [first, last] = candidates.reach(head.fragments);
    const links = (schema.kinds.get(head.label) ?? []).flatMap((kind) => kind.links);
    const link = links.find(({ type, out }) => out && type.to.includes(span.label));
    if (!link || span.fragments[0][0] < first || span.fragments[0][1] > last) return none;
    const { type } = link;
    const chosen = this.fresh.links.get(type.key)?.relation;
    const others = annotation.relationsOf(head.id).some(({ id, type: key }) => key === type.key && id !== chosen);
    if (others) return none;
    const before = this.replaced({ letter: "", span: head, type, out: false, linked: null, made: false });
    const relation = this.desk.newId();
    const after = [{ kind: "relate", id: relation, type: type.key, from: head.id, to: span.id }];
    return { before, after, head: head.id };
  }

  /** The ops that take away what has just been linked to a head by a relation: another choice replaces it. @param {import("./linking.js").LinkChoice} choice @returns {Op[]} */
  replaced({ span, type, out, linked }) {
    const { annotation, active } = this.desk;
    const there = !linked && this.fresh.head === (out ? active : span.id) && this.fresh.links.get(type.key);
    if (!there || !annotation.relations.has(there.relation)) return [];
    this.fresh.links.delete(type.key);
    // Only what nobody has worked on since it was marked.
    const alone =
      there.made &&
      annotation.relationsOf(there.made).length === 1 &&
      !annotation.commentsOn(there.made).length &&
      (this.unasked.has(there.made) || !Object.keys(annotation.spans.get(there.made)?.attributes ?? {}).length);
    return [alone ? { kind: "remove", id: there.made } : { kind: "unrelate", id: there.relation }];
  }
}
