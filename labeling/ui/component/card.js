// @ts-check
import { commentLine } from "./comments.js";
import { keyed, make } from "./dom.js";
import { kindOf } from "./kinds.js";
import { quotationType } from "./quotation.js";
import { LINK } from "./schema.js";
import { excerpt, quoted } from "./wording.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./records.js").Item} Item
 * @typedef {import("./panel.js").PanelHost} PanelHost
 * @typedef {{element: HTMLElement, line: HTMLElement, top: HTMLElement, unlink: HTMLButtonElement}} Row  a span's line in a card; an open one has its form below
 */

/** The card of a record: its head, what is linked to it, what is missing or waived, a line each. */
export class Card {
  /** @param {PanelHost} host @param {Item} item */
  constructor(host, item) {
    this.host = host;
    this.item = item;
    this.element = make("div", {
      class: "sw-record",
      "data-sw": "record",
      "data-head": item.head.id,
      role: "listitem",
    });
    /** The lines of its spans, by id. @type {Map<string, Row>} */
    this.rows = new Map();
    /** @type {HTMLElement[]} */
    this.notes = [];
    this.open = ""; // the span whose form is shown
  }

  /** Draws what the record now is. The line that is open stays where it is: someone may be typing in it. @param {Item} item @param {{id: string, name: string, what: string}[]} missing of the head and of its parts */
  draw(item, missing) {
    this.item = item;
    const { schema } = this.host;
    this.element.style.setProperty("--sw-tint", `var(--sw-c${schema.index.get(item.head.label) ?? 0})`);
    /** @type {Map<string, Row>} */
    const rows = new Map();
    const row = (/** @type {Span} */ span, /** @type {string} */ title) => {
      if (rows.has(span.id)) return;
      const there = this.rows.get(span.id) ?? this.row(span);
      rows.set(span.id, there);
      there.element.dataset.sw = span === item.head ? "card" : "part";
      there.element.style.setProperty("--sw-tint", `var(--sw-c${schema.index.get(span.label) ?? 0})`);
      if (span === item.head) this.drawHead(there, span);
      else this.drawPart(there, span, title);
    };
    row(item.head, "");
    for (const { type, out, spans } of item.parts)
      for (const span of spans) row(span, out ? type.title : this.host.wording.label(span.label));
    this.rows = rows;
    const comments = [...rows.keys()].flatMap((id) => this.host.annotation().commentsOn(id));
    this.notes = [
      ...missing.map((each) => this.drawMissing(each)),
      ...[...rows.keys()].flatMap((id) => this.drawWaivers(id)),
      ...comments.map((each) => commentLine(each, this.host)),
    ];
    this.arrange([...[...rows.values()].map(({ element }) => element), ...this.notes]);
  }

  /** Brings the lines into their order, moving as few as can be. @param {HTMLElement[]} lines */
  arrange(lines) {
    const wanted = new Set(lines);
    for (const child of [...this.element.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
    let next = this.element.firstElementChild;
    for (const line of lines) {
      if (line === next) next = next.nextElementSibling;
      else this.element.insertBefore(line, next);
    }
  }

  /** @param {Span} span @returns {Row} */
  row({ id }) {
    // A field that is left takes what was typed, and lines may move before the button comes up: the press counts, not the click.
    const press = (/** @type {MouseEvent} */ event) => {
      if (event.button !== 0 || event.ctrlKey) return;
      event.preventDefault();
      this.host.choose(id, this);
    };
    const click = (/** @type {MouseEvent} */ event) => event.detail === 0 && this.host.choose(id, this); // by keyboard, or by a program that reads the page
    const top = make("button", {
      type: "button",
      class: "sw-card-top",
      "aria-expanded": "false",
      onmousedown: press,
      onclick: click,
    });
    const unlink = make("button", {
      type: "button",
      class: "sw-icon sw-unlink",
      title: "Remove this link",
      onclick: () => this.unlink(id),
      text: "×",
    });
    const line = make("div", { class: "sw-line" }, top, unlink);
    return { element: make("div", { class: "sw-card", "data-span": id }, line), line, top, unlink };
  }

  /** Takes the link between the head and a part away. @param {string} id of the part */
  unlink(id) {
    const { head, parts } = this.item;
    const part = parts.find(({ spans }) => spans.some((each) => each.id === id));
    const [from, to] = part?.out ? [head.id, id] : [id, head.id];
    const link = this.host
      .annotation()
      .relationsOf(id)
      .find((each) => each.type === part?.type.key && each.from === from && each.to === to);
    if (link) this.host.act([{ kind: "unrelate", id: link.id }]);
  }

  /** @param {Row} row @param {Span} span */
  drawHead({ top, unlink }, span) {
    unlink.hidden = true;
    const { wording, schema } = this.host;
    const open = span.id === this.open;
    const label = schema.label.get(span.label);
    const type = label?.quotation
      ? [make("span", { class: "sw-kind", text: quotationType(wording.slice, span.fragments) })]
      : [];
    const summary = open ? [] : this.summary(span);
    top.replaceChildren(
      make("span", { class: "sw-chip", text: wording.label(span.label) }),
      ...type,
      make("span", { class: "sw-words", dir: "auto", text: excerpt(wording.words(span), open ? 160 : 110) }),
      ...(summary.length ? [make("span", { class: "sw-summary" }, ...summary)] : []),
    );
  }

  /** @param {Row} row @param {Span} span @param {string} title how it is linked to the head */
  drawPart({ top, unlink }, span, title) {
    unlink.hidden = false;
    unlink.setAttribute("aria-label", `Remove link ${title}`);
    const { wording } = this.host;
    const words = excerpt(wording.words(span), 60);
    const name = excerpt(wording.name(span), 60);
    const summary = span.id === this.open ? [] : this.summary(span, name);
    top.replaceChildren(
      make("span", { class: "sw-part-title", text: title }),
      make(
        "span",
        { class: "sw-part-name", dir: "auto" },
        name,
        ...(name === words ? [] : [make("span", { class: "sw-quiet", text: ` ${quoted(words)}` })]),
        ...(summary.length ? [make("span", { class: "sw-summary" }, ...summary)] : []),
      ),
    );
  }

  /** Returns a span's values, and its links beyond its own card. @param {Span} span @param {string} [named] what is shown already @returns {HTMLElement[]} */
  summary(span, named = "") {
    const { wording, schema } = this.host;
    const annotation = this.host.annotation();
    const parts = [];
    const attributes = schema.label.get(span.label)?.attributes ?? [];
    const dates = attributes.filter((attribute) => kindOf(attribute).denotes === "when");
    for (const attribute of [...dates, ...attributes.filter((each) => !dates.includes(each))]) {
      const value = span.attributes[attribute.key];
      const text = value === undefined ? "" : wording.value(attribute, value);
      const remark = dates.includes(attribute) ? this.host.remark(span.id, attribute.key) : "";
      if (text && text !== named)
        parts.push(make("span", dates.includes(attribute) ? { class: "sw-value", text } : { text }));
      if (text && remark) parts.push(make("span", { class: "sw-remark", text: remark }));
    }
    const shown = new Set(this.item.parts.flatMap(({ spans }) => spans.map(({ id }) => id)).concat(this.item.head.id));
    for (const { type, from, to } of annotation.relationsOf(span.id)) {
      const other = annotation.spans.get(to);
      if (from === span.id && other && !shown.has(to))
        parts.push(make("span", { text: `${schema.relation.get(type)?.title} ${excerpt(wording.name(other), 32)}` }));
    }
    const { unlinked } = this.item;
    if (unlinked && span === this.item.head) parts.push(make("span", { text: `${unlinked.title} the article itself` }));
    return parts;
  }

  /** @param {{id: string, name: string, what: string}} lack @returns {HTMLElement} */
  drawMissing({ id, name, what }) {
    const { host } = this;
    const relation = name === LINK || host.schema.relation.has(name);
    return make(
      "div",
      { class: "sw-lack", "data-sw": "missing", "data-name": name },
      make(
        "button",
        {
          type: "button",
          class: "sw-lack-name",
          title: relation ? "Link it now" : "Fill it in now",
          onclick: () => host.supply(id, name),
        },
        what,
        make("span", { text: " ?" }),
      ),
      make("button", {
        type: "button",
        class: "sw-tool",
        title: keyed("Give a reason", host.keyOf("waive")),
        onclick: () => host.waive(id, name),
        text: `No ${host.wording.required(host.annotation().spans.get(id)?.label ?? "", name)} …`,
      }),
    );
  }

  /** @param {string} id @returns {HTMLElement[]} */
  drawWaivers(id) {
    const { host } = this;
    const span = host.annotation().spans.get(id);
    return Object.entries(span?.waivers ?? {}).map(([name, reason]) =>
      make(
        "div",
        { class: "sw-waived", "data-sw": "waived", "data-name": name },
        make("span", { class: "sw-part-title", text: `no “${host.wording.requirement(span?.label ?? "", name)}”` }),
        make("button", {
          type: "button",
          class: "sw-part-name",
          title: "Change the reason",
          onclick: () => host.waive(id, name),
          text: reason,
        }),
        make("button", {
          type: "button",
          class: "sw-icon",
          title: "Require it again",
          "aria-label": "Remove the waiver",
          onclick: () => host.act([{ kind: "waive", id, name, reason: null }]),
          text: "×",
        }),
      ),
    );
  }

  /** Shows a span's form below its line, or with "" none. @param {string} id @param {HTMLElement | null} form */
  show(id, form) {
    const before = this.open;
    this.open = id;
    for (const each of [before, id]) {
      const row = this.rows.get(each);
      if (!row) continue;
      const on = each === id && each !== "";
      row.element.classList.toggle("sw-open", on);
      row.top.setAttribute("aria-expanded", String(on));
      if (!on) row.element.replaceChildren(row.line);
      else if (form && row.element.lastElementChild !== form) row.element.replaceChildren(row.line, form);
    }
    this.element.classList.toggle("sw-holds", id !== "");
    if (before !== id) this.redrawRows([before, id]);
  }

  /** @param {string[]} ids */
  redrawRows(ids) {
    for (const id of ids) {
      const row = this.rows.get(id);
      const span = this.host.annotation().spans.get(id);
      if (!row || !span) continue;
      if (id === this.item.head.id) this.drawHead(row, span);
      else {
        const part = this.item.parts.find(({ spans }) => spans.some((each) => each.id === id));
        this.drawPart(row, span, part?.out ? part.type.title : this.host.wording.label(span.label));
      }
    }
  }
}
