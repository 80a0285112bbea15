// @ts-check
import { make } from "./article.js";
import { quotationType } from "./around.js";
import { readingOrder } from "./annotation.js";
import { controlFor, dateInWords } from "./controls.js";
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./annotation.js").Relation} Relation
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./controls.js").Control} Control
 * @typedef {object} PanelHost  what the panel asks of the workspace
 * @property {import("./client.js").Api} api
 * @property {() => Annotation} annotation
 * @property {(ops: Op[]) => void} act
 * @property {(id: string) => void} activate
 * @property {() => void} toText
 * @property {(type: string, out: boolean) => void} link
 * @property {(command: string) => void} run
 * @property {(span: Span) => string} words
 * @property {(start: number, end: number) => string} slice
 * @property {(id: string, label: string) => void} relabel
 * @property {(id: string, fragment: number) => void} dropFragment
 * @property {() => string | null} against
 * @property {() => string} newId
 * @property {(command: string) => string} keyOf
 */

/** @param {string} words @param {number} length @returns {string} */
export function excerpt(words, length) {
  const line = words.replace(/\s+/gu, " ");
  return line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line;
}

/** The cards beside the text: what is marked, in reading order; the active one open. */
export class Panel {
  /** @param {Schema} schema @param {PanelHost} host */
  constructor(schema, host) {
    this.schema = schema;
    this.host = host;
    this.count = make("span", { class: "sw-count" });
    this.filter = "";
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
    /** @type {Map<string, {element: HTMLElement, span: Span, key: string, active: boolean, sync: (() => void) | null, controls: Map<string, Control>}>} */
    this.cards = new Map();
    this.active = "";
    /** @type {string[]} */
    this.order = [];
  }

  clear() {
    this.cards.clear();
    this.order = [];
    this.active = "";
    this.list.replaceChildren();
    this.foot.hidden = true;
    this.sheet.hidden = true;
  }

  /** @param {string} active @returns {void} */
  draw(active) {
    const annotation = this.host.annotation();
    const ordered = [...annotation.spans.values()].sort(readingOrder);
    /** @type {Map<string, Relation[]>} */
    const relations = new Map();
    for (const relation of annotation.relations.values()) {
      for (const end of [relation.from, relation.to]) {
        const list = relations.get(end);
        if (list) list.push(relation);
        else relations.set(end, [relation]);
      }
    }
    this.active = active;
    for (const span of ordered) this.drawCard(span, relations.get(span.id) ?? [], span.id === active);
    const ids = ordered.map(({ id }) => id);
    if (ids.length !== this.order.length || ids.some((id, index) => id !== this.order[index])) {
      for (const [id, card] of this.cards) {
        if (annotation.spans.has(id)) continue;
        card.element.remove();
        this.cards.delete(id);
      }
      let next = this.list.firstElementChild;
      for (const id of ids) {
        const element = this.cards.get(id)?.element;
        if (!element) continue;
        if (element === next) next = next.nextElementSibling;
        else this.list.insertBefore(element, next);
      }
      this.order = ids;
    }
    this.count.textContent = ids.length === 1 ? "1 mark" : `${ids.length} marks`;
    this.empty.hidden = ids.length > 0;
    if (!ids.length && !this.empty.firstChild) {
      this.empty.append(
        make("p", { text: "Nothing is marked yet." }),
        make("p", {}, "Select words in the text, then press a label’s key:"),
        make("ul", {}, ...this.schema.labels.map((label, index) => make("li", {}, make("kbd", { class: "sw-kbd", text: label.hotkey ?? "" }), make("span", { class: "sw-chip", style: `--sw-tint:var(--sw-c${index})`, text: label.title })))),
        make("p", { text: "With nothing selected, the key takes the quotation, name or date at the caret." }),
      );
    }
  }

  /** @param {Span} span @param {Relation[]} relations @param {boolean} active */
  drawCard(span, relations, active) {
    const annotation = this.host.annotation();
    const others = relations.map((relation) => {
      const other = annotation.spans.get(relation.from === span.id ? relation.to : relation.from);
      return `${relation.id} ${other ? JSON.stringify([other.fragments, other.attributes]) : ""}`;
    });
    const key = others.join("|");
    const card = this.cards.get(span.id);
    if (card && card.active === active && card.key === key && (card.span === span || JSON.stringify(card.span) === JSON.stringify(span))) {
      card.span = span;
      return;
    }
    if (card && card.active && active && card.span.label === span.label) {
      card.span = span;
      card.key = key;
      card.sync?.();
      return;
    }
    const index = this.schema.index.get(span.label) ?? 0;
    const element = card?.element ?? make("div", { "data-sw": "card", "data-span": span.id, role: "listitem" });
    element.className = active ? "sw-card sw-open" : "sw-card";
    element.style.setProperty("--sw-tint", `var(--sw-c${index})`);
    const entry = { element, span, key, active, sync: /** @type {(() => void) | null} */ (null), controls: new Map() };
    this.cards.set(span.id, entry);
    const top = make("button", { type: "button", class: "sw-card-top", "aria-expanded": active ? "true" : "false", onclick: () => this.host.activate(span.id) });
    element.replaceChildren(top);
    const drawTop = () => {
      const now = entry.span;
      top.replaceChildren(
        make("span", { class: "sw-chip", text: this.schema.label.get(now.label)?.title ?? now.label }),
        make("span", { class: "sw-words", text: excerpt(this.host.words(now), active ? 160 : 90) }),
      );
    };
    drawTop();
    if (!active) {
      const summary = this.summary(span, relations);
      if (summary.length) top.append(make("span", { class: "sw-summary" }, ...summary));
      return;
    }
    const body = this.openBody(entry, drawTop);
    element.append(body);
  }

  /** @param {Span} span @param {Relation[]} relations @returns {HTMLElement[]} */
  summary(span, relations) {
    const annotation = this.host.annotation();
    const label = this.schema.label.get(span.label);
    const parts = [];
    if (label?.quotation) parts.push(make("span", { class: "sw-quiet", text: quotationType(this.host.words(span)) }));
    const attributes = (/** @type {boolean} */ dates) => {
      for (const attribute of label?.attributes ?? []) {
        if ((attribute.type === "date") !== dates) continue;
        const value = span.attributes[attribute.key];
        if (value !== undefined) parts.push(make("span", { text: this.valueInWords(attribute, value) }));
        else if (attribute.required) parts.push(make("span", { class: "sw-lacks", text: `${attribute.title} ?` }));
      }
    };
    attributes(true);
    for (const type of this.schema.relations) {
      if (!type.from.includes(span.label)) continue;
      const ends = relations.filter((relation) => relation.type === type.key && relation.from === span.id);
      for (const { to } of ends) {
        const other = annotation.spans.get(to);
        if (other) parts.push(make("span", { text: `${type.title} ${excerpt(this.nameOf(other), 32)}` }));
      }
      if (type.min && ends.length < type.min) parts.push(make("span", { class: "sw-lacks", text: `${type.title} ?` }));
    }
    attributes(false);
    return parts;
  }

  /** What a span stands for: its registry entry's name, or else its words. @param {Span} span @returns {string} */
  nameOf(span) {
    for (const attribute of this.schema.label.get(span.label)?.attributes ?? []) {
      const value = span.attributes[attribute.key];
      if (attribute.type === "registry" && value && this.schema.label.get(span.label)?.quotation !== true) return this.entryName(attribute.registry ?? "", value);
    }
    return this.host.words(span);
  }

  /** @param {string} registry @param {string} id @returns {string} */
  entryName(registry, id) {
    return this.host.annotation().entries[registry]?.[id] ?? id;
  }

  /** @param {import("./schema.js").Attribute} attribute @param {any} value @returns {string} */
  valueInWords(attribute, value) {
    switch (attribute.type) {
      case "flag":
        return attribute.title;
      case "date":
        return `${dateInWords(value.edtf)}${value.mod ? ` (${value.mod})` : ""}`;
      case "registry":
        return excerpt(this.entryName(attribute.registry ?? "", value), 40);
      case "choice":
        return attribute.options?.find(({ key }) => key === value)?.title ?? value;
      default:
        return `${attribute.title}: ${excerpt(value, 40)}`;
    }
  }

  /** @param {{element: HTMLElement, span: Span, sync: (() => void) | null, controls: Map<string, Control>}} card @param {() => void} drawTop @returns {HTMLElement} */
  openBody(card, drawTop) {
    const { host, schema } = this;
    const id = card.span.id;
    const label = schema.label.get(card.span.label);
    const fields = make("div", { class: "sw-fields" });
    const flags = make("div", { class: "sw-flags" });
    const links = make("div", { class: "sw-card-links" });
    const fragments = make("div", { class: "sw-fragments" });
    for (const attribute of label?.attributes ?? []) {
      const control = controlFor(attribute, {
        api: host.api,
        set: (value, before = []) => host.act([...before.filter((op) => this.entryName(op.registry, op.id) !== op.name), { kind: "set", id, name: attribute.key, value }]),
        done: host.toText,
        words: () => host.words(card.span),
        against: host.against,
        nameOf: (registry, entry) => this.entryName(registry, entry),
        newId: host.newId,
      });
      card.controls.set(attribute.key, control);
      if (attribute.type === "flag") flags.append(control.element);
      else fields.append(make("div", { class: "sw-field-name", title: attribute.guideline, text: attribute.title }), control.element);
    }
    const relabel = make(
      "select",
      { class: "sw-input sw-relabel", "aria-label": "Label", onchange: () => host.relabel(id, relabel.value) },
      ...schema.labels.map(({ key, title }) => make("option", { value: key, text: title })),
    );
    relabel.value = card.span.label;
    const tool = (/** @type {string} */ text, /** @type {string} */ command, /** @type {string} */ title) =>
      make("button", { type: "button", class: "sw-tool", title: `${title} (${host.keyOf(command)})`, "aria-label": title, onclick: () => host.run(command), text });
    const tools = make(
      "div",
      { class: "sw-tools" },
      relabel,
      make("span", { class: "sw-group" }, tool("⇤", "start-back", "Start a word back"), tool("↦", "start-on", "Start a word on")),
      make("span", { class: "sw-group" }, tool("↤", "end-back", "End a word back"), tool("⇥", "end-on", "End a word on")),
      make("span", { class: "sw-grow" }),
      tool("Remove", "remove", "Remove this mark"),
    );
    card.sync = () => {
      drawTop();
      for (const [name, control] of card.controls) control.sync(card.span.attributes[name]);
      this.drawLinks(links, card.span);
      const several = card.span.fragments.length > 1;
      fragments.hidden = !several;
      fragments.replaceChildren(
        ...(several ? card.span.fragments : []).map(([start, end], index) =>
          make("div", { class: "sw-row" }, make("span", { class: "sw-quiet", text: `part ${index + 1}` }), make("span", { class: "sw-row-words", text: excerpt(host.slice(start, end), 60) }), make("button", { type: "button", class: "sw-icon", title: "Remove this part", "aria-label": `Remove part ${index + 1}`, onclick: () => host.dropFragment(id, index), text: "×" })),
        ),
      );
    };
    card.sync();
    return make("div", { class: "sw-card-body" }, fragments, links, fields, flags, tools);
  }

  /** @param {HTMLElement} element @param {Span} span */
  drawLinks(element, span) {
    const { host, schema } = this;
    const annotation = host.annotation();
    const rows = [];
    const buttons = [];
    const seen = new Set();
    for (const { type, out } of schema.linksOf(span.label)) {
      for (const relation of annotation.relations.values()) {
        if (relation.type !== type.key || seen.has(relation.id) || (relation.from !== span.id && relation.to !== span.id)) continue;
        seen.add(relation.id);
        const forth = relation.from === span.id;
        const other = annotation.spans.get(forth ? relation.to : relation.from);
        if (!other) continue;
        rows.push(
          make(
            "div",
            { class: "sw-row" },
            make("span", { class: "sw-quiet", text: forth ? type.title : `${type.title} ←` }),
            make("button", { type: "button", class: "sw-row-words sw-go", style: `--sw-tint:var(--sw-c${schema.index.get(other.label) ?? 0})`, title: host.words(other), onclick: () => host.activate(other.id), text: excerpt(this.nameOf(other), 60) }),
            make("button", { type: "button", class: "sw-icon", title: "Remove this link", "aria-label": `Remove link ${type.title}`, onclick: () => host.act([{ kind: "unrelate", id: relation.id }]), text: "×" }),
          ),
        );
      }
      const needed = out && type.min && ![...annotation.relations.values()].some((relation) => relation.type === type.key && relation.from === span.id);
      buttons.push(
        make(
          "button",
          { type: "button", class: needed ? "sw-link-button sw-needed" : "sw-link-button", "data-relation": type.key, title: out ? `Link: ${type.title}` : `Link from there: ${type.title}`, onclick: () => host.link(type.key, out) },
          out ? type.title : `← ${type.title}`,
          ...(type.hotkey ? [make("kbd", { class: "sw-kbd", text: type.hotkey })] : []),
        ),
      );
    }
    element.replaceChildren(...rows, ...(buttons.length ? [make("div", { class: "sw-link-buttons" }, make("span", { class: "sw-quiet", text: "link" }), ...buttons)] : []));
  }

  /** Puts the keyboard into the active card: the attribute named, or the first one. @param {string} [name] @returns {boolean} whether there was one */
  edit(name) {
    const controls = this.cards.get(this.active)?.controls;
    const control = name ? controls?.get(name) : controls?.values().next().value;
    if (control) control.focus();
    else /** @type {HTMLElement | null} */ (this.cards.get(this.active)?.element.querySelector(".sw-card-body button, .sw-card-body select"))?.focus();
    return control !== undefined;
  }

  /** @param {string} id */
  reveal(id) {
    const element = this.cards.get(id)?.element;
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
