// @ts-check
import { keyed, Later, make } from "./dom.js";
import { madeId } from "./entryfield.js";
import { storeOf } from "./tabs.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {{article: string, title: string | null, outlet: string | null, span: string, start: number, text: string, entry: string | null, name: string | null, score: number}} Version  a quote that may be the same utterance; `entry` is null if it has no utterance yet
 */

/** The registry of utterances, and the flag of a quote that is a part of one. */
const UTTERANCES = "utterance";
const PART_FLAG = "part";
const LONGEST_UTTERANCE = 80;

/** The attribute of a label that names utterances. @param {import("./schema.js").Label | undefined} label @returns {import("./schema.js").Attribute | undefined} */
export function utteranceOf(label) {
  return label?.attributes.find(({ registry, several }) => registry === UTTERANCES && !several);
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

/** The ops that give spans an utterance, and say of the first one that it is a part. @param {string[]} spans @param {string} attribute @param {{id: string, name: string}} entry @param {boolean} part @returns {Op[]} */
export function versionOps(spans, attribute, { id, name }, part) {
  return /** @type {Op[]} */ ([
    { kind: "register", registry: UTTERANCES, id, name },
    ...spans.map((span) => ({ kind: "set", id: span, name: attribute, value: id })),
    ...(part ? [{ kind: "set", id: spans[0], name: PART_FLAG, value: true }] : []),
  ]);
}

/** The likeliest other versions of the active quote, with a key each for the same utterance, a part of it, and another one. */
export class Versions {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** By span. @type {Map<string, Version[]>} */
    this.found = new Map();
    this.asking = false;
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

  /** The active quote, if it can have an utterance and has none. @returns {Span | null} */
  get quote() {
    const { annotation, active, schema } = this.desk;
    const span = annotation.spans.get(active);
    const attribute = utteranceOf(schema.label.get(span?.label ?? ""));
    return span && attribute && span.attributes[attribute.key] === undefined ? span : null;
  }

  /** What is left to offer for a quote: not what was said to be another utterance. @param {Span} quote @returns {Version[]} */
  left(quote) {
    const others = new Set(JSON.parse(this.store.getItem(this.keyOf(quote)) ?? "[]"));
    return (this.found.get(quote.id) ?? []).filter(({ article, span }) => !others.has(`${article} ${span}`));
  }

  /** @param {Span} quote @returns {string} */
  keyOf(quote) {
    return `${this.prefix}${this.desk.article?.id ?? ""}/${quote.id}`;
  }

  /** Shows the versions of the active quote, and asks for them once the quote is saved. */
  draw() {
    const { quote } = this;
    const versions = quote ? this.left(quote) : [];
    this.root.hidden = !versions.length;
    if (quote && !this.found.has(quote.id)) this.fetch();
    if (!versions.length || !quote) return this.root.replaceChildren();
    const label = this.desk.schema.label.get(quote.label);
    this.root.replaceChildren(
      make("div", { class: "sw-suggestions-head", text: "The same utterance elsewhere?" }),
      ...versions.map((version, at) => this.shown(version, at === 0, hasPart(label))),
    );
  }

  /** @param {Version} version @param {boolean} first the keys are for it @param {boolean} part whether it can be a part @returns {HTMLElement} */
  shown({ article, title, outlet, text, name, score }, first, part) {
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
    return make(
      "div",
      { class: "sw-suggestion", "data-sw": "version" },
      make("p", { class: "sw-suggested", dir: "auto", text: excerpt(text, 160) }),
      make("p", {
        class: "sw-quiet",
        text: [where, `${Math.round(score * 100)} %`, name ?? ""].filter(Boolean).join(" · "),
      }),
      ...(first
        ? [
            make(
              "div",
              { class: "sw-suggestion-tools" },
              button("Same", "same-version"),
              ...(part ? [button("Part of it", "part-version")] : []),
              button("Not the same", "other-version"),
            ),
          ]
        : []),
    );
  }

  async fetch() {
    const { article, outbox, api } = this.desk;
    const { quote } = this;
    if (!article || !outbox || !quote || this.asking || outbox.pending.length) return; // once it is saved
    this.asking = true;
    try {
      const { versions } = await api.versions(article.id);
      if (article.id !== this.desk.article?.id) return;
      this.found = new Map(Object.entries(versions));
      if (!this.found.has(quote.id)) this.found.set(quote.id, []);
      this.later.ask();
    } catch {
      this.found.set(quote.id, []); // people label as ever
    } finally {
      this.asking = false;
    }
  }

  /** Gives the active quote the utterance of its likeliest version. @param {boolean} part whether it is a part of it only */
  async take(part) {
    const { desk, quote } = this;
    const { article } = desk;
    const [version] = quote ? this.left(quote) : [];
    const here = version?.article === article?.id;
    const label = desk.schema.label.get(quote?.label ?? "");
    const attribute = utteranceOf(label);
    if (!quote || !version || !attribute || (part && !hasPart(label))) return desk.hint(NO_VERSION);
    const name = version.name ?? utteranceName(desk.wording.words(quote));
    const entry = { id: version.entry ?? (await madeId(UTTERANCES, name, () => desk.newId())), name };
    if (!version.entry && !here && !(await this.linkElsewhere(version, attribute.key, entry))) return;
    if (article !== desk.article || this.quote?.id !== quote.id) return; // someone went on meanwhile
    const spans = !version.entry && here ? [quote.id, version.span] : [quote.id];
    desk.act(versionOps(spans, attribute.key, entry, part));
    this.found.clear(); // what was linked is offered with its utterance now
    desk.say(`${part ? "Part of" : "The same as"} “${name}”`);
  }

  /** Gives a quote of one's own work on another article its utterance. @param {Version} version @param {string} attribute @param {{id: string, name: string}} entry @returns {Promise<boolean>} whether that was saved */
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

  /** Offers the next version in place of one that is another utterance. */
  refuse() {
    const { quote } = this;
    const [version] = quote ? this.left(quote) : [];
    if (!quote || !version) return this.desk.hint(NO_VERSION);
    const others = JSON.parse(this.store.getItem(this.keyOf(quote)) ?? "[]");
    this.store.setItem(this.keyOf(quote), JSON.stringify([...others, `${version.article} ${version.span}`]));
    this.later.ask();
    this.desk.say("Not the same utterance");
  }
}

const NO_VERSION = "No other version is offered. Select a quote without an utterance.";
