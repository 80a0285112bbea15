// @ts-check
import { Later, make } from "./dom.js";
import { quotationType } from "./quotation.js";
import { excerpt, Wording } from "./wording.js";
import { Form } from "./form.js";
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./annotation.js").Relation} Relation
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {{element: HTMLElement, top: HTMLElement, open: boolean}} Card  `open`: it shows its form
 * @typedef {object} PanelHost  what the panel asks of the workspace
 * @property {import("./client.js").Api} api
 * @property {Schema} schema
 * @property {Wording} wording
 * @property {() => Annotation} annotation
 * @property {(ops: Op[]) => void} act
 * @property {(id: string) => void} activate
 * @property {() => void} toText
 * @property {(type: string, out: boolean) => void} link
 * @property {(command: string) => void} run
 * @property {(id: string, attribute: import("./schema.js").Attribute, reading: import("./client.js").Reading, value: any) => void} fill
 * @property {(id: string, label: string) => void} relabel
 * @property {(id: string, fragment: number) => void} dropFragment
 * @property {() => string | null} against
 * @property {() => string | null} language
 * @property {(id: string, attribute: string) => string} remark  what is to be said of a date's value
 * @property {() => string} newId
 * @property {(command: string) => string} keyOf
 */

/** Cards are kept in groups of so many: a group out of sight is neither laid out nor painted, and there are few groups to watch. */
const GROUP = 25;
/** How many cards are made at a time; keys get in between. */
const AT_ONCE = 60;

/** The cards beside the text: what is marked, in reading order; the active one open. */
export class Panel {
  /** @param {PanelHost} host */
  constructor(host) {
    this.host = host;
    this.schema = host.schema;
    this.count = make("span", { class: "sw-count" });
    const button = (/** @type {string} */ text, /** @type {string} */ command, /** @type {string} */ title) =>
      make("button", { type: "button", class: "sw-icon", title: `${title} (${host.keyOf(command)})`, "aria-label": title, onclick: () => host.run(command), text });
    this.undo = button("↶", "undo", "Undo");
    this.redo = button("↷", "redo", "Redo");
    this.head = make("div", { class: "sw-panel-head" }, this.count, make("span", { class: "sw-grow" }), this.undo, this.redo, button("?", "help", "All keys"));
    this.list = make("div", { class: "sw-cards", role: "list", "aria-label": "Marks in reading order" });
    this.empty = make("div", { class: "sw-empty" });
    this.sheet = make("div", { class: "sw-sheet", tabindex: "-1" });
    this.sheet.hidden = true;
    this.foot = make("div", { class: "sw-foot", role: "note" });
    this.foot.hidden = true;
    this.root = make("aside", { class: "sw-panel", "aria-label": "Marks" }, this.head, this.empty, this.list, this.foot, this.sheet);
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    /** @type {Map<string, Form>} */
    this.forms = new Map();
    this.active = "";
    this.opened = ""; // the card that shows its form
    /** The group of the open card: its lists of choices may hang out of it. @type {HTMLElement | null} */
    this.here = null;
    this.shown = false; // whether the active card is to be brought into sight
    this.complete = true;
    this.later = new Later("painted", () => this.fill(AT_ONCE));
  }

  clear() {
    this.later.cancel();
    this.cards.clear();
    this.active = "";
    this.opened = "";
    this.here = null;
    this.shown = false;
    this.complete = false;
    this.list.replaceChildren();
    this.list.scrollTop = 0;
    this.foot.hidden = true;
    this.sheet.hidden = true;
  }

  /**
   * Shows marks as they now are, and which is active. The cards of an article just opened follow some at a time.
   * @param {string} active @param {Iterable<string> | null} ids of the marks that look different; null: all
   */
  draw(active, ids) {
    const spans = this.host.annotation().spans;
    for (const id of ids ?? new Set([...this.cards.keys(), ...spans.keys()])) {
      const span = spans.get(id);
      const card = this.cards.get(id);
      if (!span) {
        card?.element.remove();
        this.cards.delete(id);
        if (id === this.opened) this.opened = "";
      } else if (card) {
        this.drawTop(card, span);
        this.place(card.element, span);
      } else if (this.complete) this.add(span);
    }
    if (spans.has(active) && !this.cards.has(active)) this.fill(Infinity);
    if (active !== this.active) {
      this.light(this.active, false);
      this.active = active;
      this.light(active, true);
    }
    const count = spans.size === 1 ? "1 mark" : `${spans.size} marks`;
    if (this.count.textContent !== count) this.count.textContent = count;
    this.empty.hidden = spans.size > 0;
    if (!spans.size && !this.empty.firstChild) this.drawEmpty();
    if (this.opened !== this.active) this.close(this.opened);
    this.open();
    if (this.shown) this.bring();
    this.shown = false;
    if (!this.complete) this.later.ask();
  }

  /** Makes cards that are missing, in reading order. @param {number} most */
  fill(most) {
    const missing = this.host.annotation().ordered().filter(({ id }) => !this.cards.has(id));
    for (const span of missing.slice(0, most)) this.add(span);
    this.complete = missing.length <= most;
    if (!this.complete) this.later.ask();
  }

  drawEmpty() {
    this.empty.append(
      make("p", { text: "Nothing is marked yet." }),
      make("p", {}, "Select words in the text, then press a label’s key:"),
      make("ul", {}, ...this.schema.labels.map((label, index) => make("li", {}, make("kbd", { class: "sw-kbd", text: label.hotkey ?? "" }), make("span", { class: "sw-chip", style: `--sw-tint:var(--sw-c${index})`, text: label.title })))),
      make("p", { text: "With nothing selected, the key takes the quotation, name or date at the caret." }),
    );
  }

  /** @param {Span} span @returns {Card} */
  add(span) {
    const top = make("button", { type: "button", class: "sw-card-top", "aria-expanded": "false", onclick: () => this.host.activate(span.id) });
    const element = make("div", { class: "sw-card", "data-sw": "card", "data-span": span.id, role: "listitem" }, top);
    const card = { element, top, open: false };
    this.cards.set(span.id, card);
    this.drawTop(card, span);
    this.place(element, span);
    if (span.id === this.active) this.light(span.id, true);
    return card;
  }

  /** Puts a card where it belongs: before the next one in reading order. @param {HTMLElement} element @param {Span} span */
  place(element, span) {
    const ordered = this.host.annotation().ordered();
    let next;
    for (let at = ordered.indexOf(span) + 1; at < ordered.length && !next; at++) next = this.cards.get(ordered[at].id)?.element;
    if (next) {
      if (next.previousElementSibling !== element) next.before(element);
      return;
    }
    let group = this.list.lastElementChild;
    if (group?.lastElementChild === element) return;
    if (!group || group.childElementCount >= GROUP) {
      group = make("div", { class: "sw-group-of-cards", role: "none" });
      this.list.append(group);
    }
    group.append(element);
  }

  /** @param {string} id @param {boolean} on */
  light(id, on) {
    const card = this.cards.get(id);
    card?.element.classList.toggle("sw-open", on);
    card?.top.setAttribute("aria-expanded", String(on));
  }

  /** Draws what a closed card shows, and an open one above its form. @param {Card} card @param {Span} span */
  drawTop({ element, top, open }, span) {
    const { wording } = this.host;
    element.style.setProperty("--sw-tint", `var(--sw-c${this.schema.index.get(span.label) ?? 0})`);
    const words = make("span", { class: "sw-words", dir: "auto", text: excerpt(wording.words(span), open ? 160 : 90) });
    const summary = open ? [] : this.summary(span, this.host.annotation().relationsOf(span.id));
    top.replaceChildren(make("span", { class: "sw-chip", text: wording.label(span.label) }), words, ...(summary.length ? [make("span", { class: "sw-summary" }, ...summary)] : []));
  }

  /** Gives the active card its form. */
  open() {
    const span = this.host.annotation().spans.get(this.active);
    const card = this.cards.get(this.active);
    if (!span || !card) return;
    const label = this.schema.label.get(span.label);
    if (!label) return;
    let form = this.forms.get(label.key);
    if (!form) {
      form = new Form(label, this.host);
      this.forms.set(label.key, form);
    }
    form.show(span, this.host.annotation().relationsOf(span.id));
    const group = card.element.parentElement;
    if (group !== this.here) {
      this.here?.classList.remove("sw-here");
      group?.classList.add("sw-here");
      this.here = group;
    }
    if (card.open && card.element.lastElementChild === form.element) return;
    this.opened = this.active;
    card.open = true;
    this.drawTop(card, span);
    card.element.replaceChildren(card.top, form.element);
  }

  /** @param {string} id */
  close(id) {
    const card = this.cards.get(id);
    this.opened = "";
    if (!card) return;
    const span = this.host.annotation().spans.get(id);
    card.open = false;
    card.element.replaceChildren(card.top);
    if (span) this.drawTop(card, span);
  }

  /** @param {Span} span @param {Relation[]} relations @returns {HTMLElement[]} */
  summary(span, relations) {
    const { wording } = this.host;
    const annotation = this.host.annotation();
    const label = this.schema.label.get(span.label);
    const parts = [];
    if (label?.quotation) parts.push(make("span", { class: "sw-quiet", text: quotationType(wording.slice, span.fragments) }));
    const attributes = (/** @type {boolean} */ dates) => {
      for (const attribute of label?.attributes ?? []) {
        if ((attribute.type === "date") !== dates) continue;
        const value = span.attributes[attribute.key];
        const remark = dates ? this.host.remark(span.id, attribute.key) : "";
        if (value !== undefined) parts.push(make("span", { text: wording.value(attribute, value) }), ...(remark ? [make("span", { class: "sw-remark", text: remark })] : []));
        else if (attribute.required) parts.push(make("span", { class: "sw-lacks", text: `${attribute.title} ?` }));
      }
    };
    attributes(true);
    for (const type of this.schema.relations) {
      if (!type.from.includes(span.label)) continue;
      const ends = relations.filter((relation) => relation.type === type.key && relation.from === span.id);
      for (const { to } of ends) {
        const other = annotation.spans.get(to);
        if (other) parts.push(make("span", { text: `${type.title} ${excerpt(wording.name(other), 32)}` }));
      }
      if (type.min && ends.length < type.min) parts.push(make("span", { class: "sw-lacks", text: `${type.title} ?` }));
    }
    attributes(false);
    return parts;
  }

  /** Puts the keyboard into the active card: the attribute named, or the first one. @param {string} [name] @returns {boolean} whether there was one */
  edit(name) {
    const label = this.host.annotation().spans.get(this.active)?.label ?? "";
    return this.forms.get(label)?.focus(name) ?? false;
  }

  /** Takes over what the active mark's words say of a date, where they say one thing only. @param {string} name of the attribute @returns {Promise<boolean>} whether they do */
  async accept(name) {
    const label = this.host.annotation().spans.get(this.active)?.label ?? "";
    return (await this.forms.get(label)?.controls.get(name)?.accept?.()) ?? false;
  }

  /** Brings the active card into sight when it is next drawn. */
  reveal() {
    this.shown = true;
  }

  bring() {
    const element = this.cards.get(this.active)?.element;
    if (!element) return;
    const list = this.list.getBoundingClientRect();
    const card = element.getBoundingClientRect();
    if (card.top < list.top) this.list.scrollTop -= list.top - card.top + 8;
    else if (card.bottom > list.bottom) this.list.scrollTop += Math.min(card.bottom - list.bottom + 8, card.top - list.top - 8);
  }

  /** Shows a guideline at the foot of the panel; again, and it goes. @param {string} title @param {string | null | undefined} text Markdown */
  guideline(title, text) {
    if (!this.foot.hidden && this.foot.dataset.of === title) {
      this.foot.hidden = true;
      return;
    }
    this.foot.dataset.of = title;
    this.foot.hidden = false;
    this.foot.replaceChildren(make("h3", { text: title }), ...markdown(text ?? "The label set has no guideline for this label."));
  }

  /** @param {HTMLElement[] | null} content null closes the sheet */
  showSheet(content) {
    this.sheet.hidden = content === null;
    this.sheet.replaceChildren(...(content ?? []));
  }
}

/** The little Markdown that guidelines use: paragraphs, lists, headings, bold, emphasis, code. Built of elements, never parsed as HTML. @param {string} text @returns {HTMLElement[]} */
export function markdown(text) {
  const blocks = [];
  for (const block of text.trim().split(/\n\s*\n/u)) {
    /** @type {HTMLElement | null} */
    let list = null;
    let paragraph = "";
    const flush = () => {
      if (paragraph) blocks.push(make("p", {}, ...inline(paragraph)));
      paragraph = "";
    };
    for (const line of block.split("\n")) {
      const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/u.exec(line);
      const heading = /^#+\s+(.*)$/u.exec(line);
      if (heading) {
        flush();
        blocks.push(make("h4", {}, ...inline(heading[1])));
      } else if (item) {
        flush();
        if (!list) blocks.push((list = make("ul")));
        list.append(make("li", {}, ...inline(item[1])));
      } else if (list?.lastChild) /** @type {Element} */ (list.lastChild).append(" ", ...inline(line.trim()));
      else paragraph += (paragraph ? " " : "") + line.trim();
    }
    flush();
  }
  return blocks;
}

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/u).map((part) => {
    if (part.startsWith("**") && part.length > 4) return make("strong", { text: part.slice(2, -2) });
    if (part.startsWith("*") && part.length > 2) return make("em", { text: part.slice(1, -1) });
    if (part.startsWith("`") && part.length > 2) return make("code", { text: part.slice(1, -1) });
    return part;
  });
}
