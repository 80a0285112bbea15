// @ts-check
import { keyed, make } from "./dom.js";
import { Draft } from "./draft.js";
import { kindOf, numberTyped } from "./kinds.js";
import { showKey } from "./keymap.js";
import { plainValue } from "./lanes.js";
import { valueShown } from "./question.js";
import { dateValue } from "./reading.js";
import { DRAFT_KEYS } from "./reviewcommands.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./lanes.js").Question} Question
 * @typedef {import("./lanes.js").Drawn} Drawn
 * @typedef {import("./lanes.js").DrawnLink} DrawnLink
 * @typedef {import("./schema.js").Attribute} Attribute
 */

/** Drawing a disagreement again, where no version will do: spans in the text, their attributes and links in the panel. */
export class Drafting {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
    /** @type {Draft | null} */
    this.draft = null;
  }

  begin() {
    const { page } = this;
    const { question } = page;
    if (!question) return;
    const base =
      question.versions.find(({ id, spans }) => id === question.preselected?.version && spans.length) ??
      question.versions.find(({ spans }) => spans.length) ??
      question.versions[0];
    this.draft = new Draft(base);
    page.text.cursor.put(question.start);
    page.draw();
    page.focusText();
    page.say(
      `Redrawing: select words, then press a label's key. ${showKey(DRAFT_KEYS.save)} saves, ${showKey(DRAFT_KEYS.cancel)} cancels`,
    );
  }

  take() {
    const { question, text } = this.page;
    if (question && this.draft) this.page.decide(question, { take: "anew", ...this.draft.asSent(text.slice) });
  }

  /** @param {string} label */
  mark(label) {
    const { page } = this;
    const { selection } = page.text.cursor;
    if (!this.draft || !selection)
      return page.tell(`Select words first, with the mouse or with ${page.keymap.extendKey}.`);
    this.draft.mark(label, selection);
    page.text.cursor.put(selection.end);
    page.draw();
  }

  /** The keys while redrawing. @returns {import("./hints.js").KeyHint[]} */
  keys() {
    return [
      [this.page.keymap.extendKey, "select"],
      [showKey(DRAFT_KEYS.save), "save"],
      [showKey(DRAFT_KEYS.cancel), "cancel"],
    ];
  }

  /** @param {KeyboardEvent} event @param {string} stroke @returns {boolean} whether it means something here */
  key(event, stroke) {
    const { page, draft } = this;
    if (!draft) return false;
    if (stroke === DRAFT_KEYS.save) return (this.take(), true);
    if (DRAFT_KEYS.remove.includes(stroke) && draft.active >= 0) return (draft.remove(draft.active), page.draw(), true);
    const action = page.keymap.find(event, page.mac);
    if (action?.kind === "label") return (this.mark(action.label), true);
    if (action?.kind !== "command") return false;
    if (action.command === "add-fragment") {
      if (page.text.cursor.selection && draft.addFragment(page.text.cursor.selection)) page.draw();
      return true;
    }
    if (!page.text.cursor.run(action.command, action.extend)) return false;
    page.text.sights = [page.text.cursor.point];
    page.text.drawCaret();
    return true;
  }

  /** @param {() => void} action what changes the draft */
  change(action) {
    action();
    this.page.draw();
  }

  /** The draft on the panel. @param {Draft} draft @param {Question} question @returns {HTMLElement[]} */
  editor(draft, question) {
    const spans = draft.spans.map((span, at) => this.span(draft, question, span, at));
    const links = this.links(draft, question);
    return [
      make("p", { class: "sw-quiet", text: "Redrawing: select words in the text, then press a label's key." }),
      ...spans,
      ...(links.length ? [make("div", { class: "sw-flags" }, ...links)] : []),
      this.labels(),
      this.buttons(),
    ];
  }

  /** @param {Draft} draft @param {Question} question @param {Drawn} span @param {number} at @returns {HTMLElement} */
  span(draft, question, span, at) {
    const { schema } = this.page;
    const top = make(
      "button",
      {
        type: "button",
        class: "sw-card-top",
        "aria-pressed": String(at === draft.active),
        onclick: () => this.change(() => (draft.active = at)),
      },
      make("span", { class: "sw-offer-label", text: schema.label.get(span.label)?.title ?? span.label }),
      " ",
      make("span", { class: "sw-words", text: excerpt(this.words(span), 120) }),
    );
    const remove = make("button", {
      type: "button",
      class: "sw-icon",
      title: "Remove",
      "aria-label": "Remove this span",
      text: "×",
      onclick: () => this.change(() => draft.remove(at)),
    });
    const attributes = schema.label.get(span.label)?.attributes ?? [];
    const fields = attributes
      .filter((attribute) => !kindOf(attribute).free)
      .flatMap((attribute) => this.field(draft, question, span, at, attribute));
    return make(
      "div",
      { class: `sw-draft-span${at === draft.active ? " sw-here" : ""}`, "data-sw": "draft-span" },
      make("div", { class: "sw-line" }, top, remove),
      make("div", { class: "sw-fields" }, ...fields),
    );
  }

  /** @param {import("./lanes.js").Place} place @returns {string} */
  words({ fragments }) {
    return fragments.map(([start, end]) => this.page.text.slice(start, end)).join(" … ");
  }

  /** An attribute's values to choose from, and where it can be typed a field. @param {Draft} draft @param {Question} question @param {Drawn} span @param {number} at @param {Attribute} attribute @returns {HTMLElement[]} */
  field(draft, question, span, at, attribute) {
    const { page } = this;
    const { key, title } = attribute;
    const kind = kindOf(attribute);
    const now = span.attributes[key];
    const versions = question.versions.flatMap(({ spans }) => spans.map(({ attributes }) => attributes[key]));
    /** @type {Map<string, any>} */
    const values = new Map();
    for (const value of [now, ...versions, ...kind.values(attribute, page.article?.entries ?? {})])
      if (value !== undefined) values.set(plainValue(value), value);
    if (!kind.typed && !values.size) return [];
    const select = make(
      "select",
      {
        class: "sw-input",
        "aria-label": title,
        "data-attribute": key,
        onchange: () => this.change(() => draft.set(at, key, values.get(select.value) ?? null)),
      },
      make("option", { value: "", text: "none" }),
      ...[...values].map(([plain, value]) =>
        make("option", { value: plain, text: valueShown(page.schema, page.entry, span.label, key, value) }),
      ),
    );
    select.value = now === undefined ? "" : plainValue(now);
    const typed = kind.typed
      ? [
          make("input", {
            class: "sw-input",
            "aria-label": `${title}, ${kind.typed.how}`,
            placeholder: kind.typed.example,
            onchange: (/** @type {any} */ event) => this.readTyped(draft, at, attribute, event.target.value),
          }),
        ]
      : [];
    return [make("span", { class: "sw-field-name", text: title }), make("div", {}, select, ...typed)];
  }

  /** The links that can be drawn, those that are ticked. @param {Draft} draft @param {Question} question @returns {HTMLElement[]} */
  links(draft, question) {
    const { article, questions, schema } = this.page;
    const others = [
      ...(article?.agreed ?? []),
      ...questions.filter(({ id }) => id !== question.id).flatMap(({ versions: [first] }) => first.spans),
    ];
    const offered = [
      ...draft.links,
      ...question.versions.flatMap(({ links }) => links),
      ...draft.linkOffers(schema.relations, others),
    ];
    /** @type {Map<string, DrawnLink>} */
    const links = new Map(offered.map((link) => [JSON.stringify(link), link]));
    const drawn = new Set(draft.links.map((link) => JSON.stringify(link)));
    return [...links].map(([key, link]) => {
      const box = make("input", {
        type: "checkbox",
        onchange: () => this.change(() => draft.link(link, box.checked)),
      });
      box.checked = drawn.has(key);
      const [from, to] = [link.from, link.to].map((place) => excerpt(this.words(place), 40));
      return make(
        "label",
        { class: "sw-flag" },
        box,
        `${from} – ${schema.relation.get(link.type)?.title ?? link.type} – ${to}`,
      );
    });
  }

  /** @returns {HTMLElement} */
  labels() {
    const { page } = this;
    const buttons = page.schema.labels.map(({ key, title, hotkey }) =>
      make(
        "button",
        {
          type: "button",
          class: "sw-link-button",
          "data-label": key,
          onclick: () => (this.mark(key), page.focusText()),
        },
        title,
        ...(hotkey ? [make("kbd", { class: "sw-kbd", text: hotkey })] : []),
      ),
    );
    const lead = make("span", { class: "sw-quiet", text: "label the selection:" });
    return make("div", { class: "sw-link-buttons" }, lead, ...buttons);
  }

  /** @returns {HTMLElement} */
  buttons() {
    const leave = () => {
      this.draft = null;
      this.page.draw();
      this.page.focusText();
    };
    return make(
      "div",
      { class: "sw-tools sw-draft-tools" },
      make("button", {
        type: "button",
        class: "sw-button sw-small sw-primary",
        "data-sw": "take-draft",
        text: keyed("Save", showKey(DRAFT_KEYS.save)),
        onclick: () => this.take(),
      }),
      make("button", {
        type: "button",
        class: "sw-button sw-small",
        text: keyed("Cancel", showKey(DRAFT_KEYS.cancel)),
        onclick: leave,
      }),
    );
  }

  /** Takes over what was typed for an attribute. @param {Draft} draft @param {number} at @param {Attribute} attribute @param {string} words */
  async readTyped(draft, at, attribute, words) {
    if (kindOf(attribute).control === "date") return this.readDate(draft, at, attribute.key, words);
    const { value, error } = numberTyped(words, attribute);
    if (value === null) return this.page.tell(`${error}.`, true);
    draft.set(at, attribute.key, value);
    this.page.draw();
  }

  /** @param {Draft} draft @param {number} at @param {string} name @param {string} words */
  async readDate(draft, at, name, words) {
    const { page } = this;
    const span = draft.spans[at];
    const { published, language } = page.article?.article ?? {};
    try {
      const { readings, error } = await page.api.dates(words, published?.value ?? null, language ?? null);
      const reading = readings.find(({ edtf }) => edtf !== null) ?? readings[0];
      if (!reading) return page.tell(error ?? "That isn't a date.", true);
      if (draft.spans[at] !== span) return; // it has been drawn over since
      draft.set(at, name, dateValue(reading, words, null));
      page.draw();
    } catch (error) {
      page.tell(/** @type {Error} */ (error).message, true);
    }
  }
}
