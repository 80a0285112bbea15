// @ts-check
import { keyed, Later, make } from "./dom.js";
import { madeId } from "./entryfield.js";
import { storeOf } from "./tabs.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {{article: string, title: string | null, outlet: string | null, span: string, start: number, text: string, entry: string | null, name: string | null, score: number}} Version  a quote that may be the same utterance, or a date that may be of the same event; `entry` is null if it has none yet
 */

/** The registry of utterances, and the flag of a quote that is a part of one; the registry of events. */
const UTTERANCES = "utterance";
const PART_FLAG = "part";
const EVENTS = "event";
const LONGEST_UTTERANCE = 80;
/** Quotes whose likeliest other version is less likely are passed over on the way to the next one to link. */
const LIKELY_SAME = 0.5;

/** The attribute of a label that names utterances, or events. @param {import("./schema.js").Label | undefined} label @returns {import("./schema.js").Attribute | undefined} */
export function linkedBy(label) {
  const found = label?.attributes.filter(({ several }) => !several) ?? [];
  return found.find(({ registry }) => registry === UTTERANCES) ?? found.find(({ registry }) => registry === EVENTS);
}

/** Whether a label has a flag for a part of an utterance. @param {import("./schema.js").Label | undefined} label @returns {boolean} */
export function hasPart(label) {
  return label?.attributes.some(({ key, type }) => key === PART_FLAG && type === "flag") ?? false;
}

/** The name of an utterance that a quote begins. @param {string} words @returns {string} */
export function utteranceName(words) {
  const plain = words.replace(/\s+/gu, " ").replace(/^["“”„«»\s]+|["“”„«»,.;:\s]+$/gu, "");
  return plain.length > LONGEST_UTTERANCE ? `${plain.slice(0, LONGEST_UTTERANCE - 1)}…` : plain;
}

/** The ops that give spans an entry of the registry of an attribute, and say of the first one that it is a part. @param {string[]} spans @param {import("./schema.js").Attribute} attribute @param {{id: string, name: string}} entry @param {boolean} part @returns {Op[]} */
export function versionOps(spans, { key, registry }, { id, name }, part) {
  return /** @type {Op[]} */ ([
    { kind: "register", registry, id, name },
    ...spans.map((span) => ({ kind: "set", id: span, name: key, value: id })),
    ...(part ? [{ kind: "set", id: spans[0], name: PART_FLAG, value: true }] : []),
  ]);
}

/** The likeliest other versions of the active quote, or events of the active date, with a key each for the same one, a part of it, and another one. */
export class Versions {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** By span. @type {Map<string, Version[]>} */
    this.found = new Map();
    this.asking = false;
    /** Whether each answer selects the next quote or date to link. */
    this.walking = false;
    this.store = storeOf(() => localStorage);
    this.prefix = `saywhen/versions/${desk.data.project}/${encodeURIComponent(desk.data.annotator)}/`;
    this.root = make("section", { class: "sw-suggestions", "aria-label": "Other versions", "data-sw": "versions" });
    this.root.hidden = true;
    desk.suggesting.card.root.after(this.root);
    this.later = new Later("painted", () => this.draw());
  }

  clear() {
    this.found.clear();
  }

  /** Another span is made active, or none. */
  interrupt() {
    this.walking = false;
  }

  /** The active span, if it can have an utterance or an event and has none. @returns {Span | null} */
  get open() {
    const span = this.desk.annotation.spans.get(this.desk.active);
    return span && this.isOpen(span) ? span : null;
  }

  /** @param {Span} span @returns {boolean} */
  isOpen(span) {
    const attribute = linkedBy(this.desk.schema.label.get(span.label));
    return attribute !== undefined && span.attributes[attribute.key] === undefined;
  }

  /** What is left to offer for a span: not what was said to be another one. @param {Span} span @returns {Version[]} */
  left(span) {
    const others = new Set(JSON.parse(this.store.getItem(this.keyOf(span)) ?? "[]"));
    return (this.found.get(span.id) ?? []).filter(({ article, span: id }) => !others.has(`${article} ${id}`));
  }

  /** @param {Span} span @returns {string} */
  keyOf(span) {
    return `${this.prefix}${this.desk.article?.id ?? ""}/${span.id}`;
  }

  /** Shows what is offered for the active span, and asks for it once the span is saved. */
  draw() {
    const { open } = this;
    const versions = open ? this.left(open) : [];
    this.root.hidden = !versions.length;
    if (open ? !this.found.has(open.id) : this.walking && !this.found.size) this.fetch();
    if (!versions.length || !open) return this.root.replaceChildren();
    const label = this.desk.schema.label.get(open.label);
    const event = linkedBy(label)?.registry === EVENTS;
    this.root.dataset.of = open.id;
    this.root.replaceChildren(
      make("div", {
        class: "sw-suggestions-head",
        text: event ? "Which event is dated?" : "The same utterance elsewhere?",
      }),
      ...versions.map((version, at) => this.shown(version, at, event, hasPart(label))),
    );
  }

  /** @param {Version} version @param {number} at the keys are for the first @param {boolean} event whether it is an event @param {boolean} part whether it can be a part @returns {HTMLElement} */
  shown({ article, span: id, title, outlet, text, entry, name, score }, at, event, part) {
    const where = article === this.desk.article?.id ? "this article" : (outlet ?? title ?? "another article");
    const button = (/** @type {string} */ words, /** @type {string} */ command) => {
      const key = this.desk.keymap.keyOf(command);
      return make(
        "button",
        {
          type: "button",
          class: command === "same-version" ? "sw-button sw-small sw-primary" : "sw-button sw-small",
          title: keyed(words, key),
          onclick: () => this.desk.run(command, false),
        },
        words,
        make("kbd", { class: "sw-kbd", text: key }),
      );
    };
    const likely = event ? "" : `${Math.round(score * 100)} %`;
    return make(
      "div",
      {
        class: "sw-suggestion",
        "data-sw": "version",
        "data-article": article,
        "data-span": id,
        "data-entry": entry ?? "",
      },
      make("p", { class: "sw-suggested", dir: "auto", text: excerpt(text, 160) }),
      make("p", { class: "sw-quiet", text: [where, likely, entry ? (name ?? "") : ""].filter(Boolean).join(" · ") }),
      make(
        "div",
        { class: "sw-suggestion-tools" },
        ...(at > 0
          ? [
              make("button", {
                type: "button",
                class: "sw-button sw-small",
                text: "Same",
                onclick: () => this.take(false, at),
              }),
            ]
          : [
              button("Same", "same-version"),
              ...(part ? [button("Part of it", "part-version")] : []),
              button("Not the same", "other-version"),
            ]),
      ),
    );
  }

  async fetch() {
    const { article, outbox, api } = this.desk;
    if (!article || !outbox || this.asking || outbox.pending.length) return; // once everything is saved
    this.asking = true;
    /** @type {Record<string, Version[]>} */
    let versions = {};
    try {
      ({ versions } = await api.versions(article.id));
    } catch {
      // people label as ever
    } finally {
      this.asking = false;
    }
    if (article.id !== this.desk.article?.id) return;
    this.found = new Map(Object.entries(versions));
    for (const id of this.desk.annotation.spans.keys()) if (!this.found.has(id)) this.found.set(id, []);
    if (this.walking && !(this.open && this.left(this.open).length)) this.onward();
    this.later.ask();
  }

  /** Selects the next quote or date that can be linked; from then on, each answer selects the one after it. */
  next() {
    if (this.found.size) return this.onward();
    this.walking = true;
    return this.fetch();
  }

  /** Selects the next span after the active one, or after the caret, for which something likely is offered. */
  onward() {
    const { annotation, active, cursor } = this.desk;
    const ordered = annotation.ordered();
    const at = ordered.findIndex(({ id }) => id === active);
    const rest = at < 0 ? ordered.filter(({ fragments }) => fragments[0][0] >= cursor.point) : ordered.slice(at + 1);
    const span = rest.find((each) => this.isOpen(each) && this.left(each).some(({ score }) => score >= LIKELY_SAME));
    this.walking = false;
    if (!span) return this.desk.hint("No more quotes or dates to link in this article.");
    this.desk.activate(span.id, { reveal: true });
    this.walking = true;
  }

  /** Gives the active span the entry of one of what is offered, the likeliest by default. @param {boolean} part whether it is a part of it only @param {number} [at] */
  async take(part, at = 0) {
    const { desk, open } = this;
    const { article } = desk;
    const version = open ? this.left(open)[at] : undefined;
    const here = version?.article === article?.id;
    const label = desk.schema.label.get(open?.label ?? "");
    const attribute = linkedBy(label);
    if (!open || !version || !attribute) return desk.hint(NO_VERSION);
    if (part && !hasPart(label)) return desk.hint(NO_PART);
    const name = version.name ?? utteranceName(desk.wording.words(open));
    const { registry = UTTERANCES } = attribute;
    const entry = { id: version.entry ?? (await madeId(registry, name, () => desk.newId())), name };
    if (!version.entry && !here && !(await this.linkElsewhere(version, attribute, entry))) return;
    if (article !== desk.article || this.open?.id !== open.id) return; // someone went on meanwhile
    const spans = !version.entry && here ? [open.id, version.span] : [open.id];
    desk.act(versionOps(spans, attribute, entry, part));
    this.found.clear(); // what was linked is offered with its entry now
    desk.say(`${part ? "Part of" : "The same as"} “${name}”`);
  }

  /** Gives a span of one's own work on another article its entry. @param {Version} version @param {import("./schema.js").Attribute} attribute @param {{id: string, name: string}} entry @returns {Promise<boolean>} whether that was saved */
  async linkElsewhere({ article, span }, attribute, entry) {
    const ops = versionOps([span], attribute, entry, false).map((op, at) => ({ ...op, number: at + 1 }));
    try {
      const { refused } = await this.desk.api.ops(
        article,
        /** @type {any} */ ({ client: this.desk.newId(), revision: 0, ops }),
      );
      if (refused.length) this.desk.hint(`The other article can't be changed: ${refused[0].reason}`, "bad");
      return !refused.length;
    } catch (error) {
      this.desk.hint(/** @type {Error} */ (error).message, "bad");
      return false;
    }
  }

  /** Offers the next version in place of one that is another utterance, or event; after the last one, goes on. */
  refuse() {
    const { open, walking } = this;
    const [version] = open ? this.left(open) : [];
    if (!open || !version) return this.desk.hint(NO_VERSION);
    const others = JSON.parse(this.store.getItem(this.keyOf(open)) ?? "[]");
    this.store.setItem(this.keyOf(open), JSON.stringify([...others, `${version.article} ${version.span}`]));
    this.later.ask();
    this.desk.say(
      linkedBy(this.desk.schema.label.get(open.label))?.registry === EVENTS
        ? "Not the same event"
        : "Not the same utterance",
    );
    if (walking && !this.left(open).length) this.onward();
  }
}

const NO_PART = "The label set has no flag “part” for this label.";
const NO_VERSION = "Nothing is offered. Select a quote without an utterance or a date without an event.";
