// @ts-check
import { keyed, make } from "./dom.js";
import { dateOf, kindOf } from "./kinds.js";
import { excerpt } from "./wording.js";
import { mentioned } from "./mentions.js";
import { controlFor } from "./controls.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./annotation.js").Relation} Relation
 * @typedef {import("./controls.js").Control} Control
 * @typedef {import("./schema.js").Label} Label
 * @typedef {import("./panel.js").PanelHost} PanelHost
 */

/** The form for spans of one label. It is built once and shown for whichever span of that label is active. */
export class Form {
  /** @param {Label} label @param {PanelHost} host */
  constructor(label, host) {
    this.label = label;
    this.host = host;
    /** @type {Span} */
    this.span = { id: "", label: label.key, fragments: [], attributes: {} };
    /** @type {Map<string, Control>} */
    this.controls = new Map();
    this.fields = make("div", { class: "sw-fields" });
    this.flags = make("div", { class: "sw-flags" });
    this.links = make("div", { class: "sw-card-links" });
    this.fragments = make("div", { class: "sw-fragments" });
    this.linksShown = "";
    const numbered = host.schema.numbered(label.key);
    for (const attribute of label.attributes) {
      const control = controlFor(attribute, {
        api: host.api,
        set: (value, before = []) => {
          host.asked(this.span.id);
          host.act([
            ...before.filter((op) => host.annotation().entries[op.registry]?.[op.id] !== op.name),
            { kind: "set", id: this.span.id, name: attribute.key, value },
          ]);
        },
        fill: (id, reading, value) => host.fill(id, attribute, reading, value),
        id: () => this.span.id,
        unasked: () => host.unasked(this.span.id),
        done: host.toText,
        words: () => host.wording.words(this.span),
        mentioned: (registry) =>
          mentioned(
            host.annotation(),
            registry,
            this.span,
            host.schema.label,
            (span) => host.wording.words(span),
            host.lexicon(),
          ),
        against: host.against,
        language: host.language,
        article: host.article,
        before: () => host.before(this.span),
        acceptKey: () => host.keyOf("accept-date"),
        remark: () => host.remark(this.span.id, attribute.key),
        nameOf: (registry, entry) => host.wording.entry(registry, entry),
        newId: host.newId,
        digit: (value) =>
          (numbered.findIndex((each) => each.name === attribute.key && each.value === value) + 1 || "").toString(),
        lexicon: host.lexicon,
        repeats: Boolean(label.quotation),
        names: label.quotation || dateOf(label) ? null : () => host.names(),
        within: ([start, end]) => this.span.fragments.some(([from, to]) => from <= start && end <= to),
      });
      this.controls.set(attribute.key, control);
      if (kindOf(attribute).control === "checkbox") this.flags.append(control.element);
      else
        this.fields.append(
          make("div", { class: "sw-field-name", title: attribute.guideline, text: attribute.title }),
          control.element,
        );
    }
    this.relabel = make(
      "select",
      {
        class: "sw-input sw-relabel",
        "aria-label": "Label",
        onchange: () => {
          host.relabel(this.span.id, this.relabel.value);
          this.relabel.value = label.key;
        },
      },
      ...host.schema.labels.map(({ key, title }) => make("option", { value: key, text: title })),
    );
    this.relabel.value = label.key;
    const tool = (/** @type {string} */ text, /** @type {string} */ command, /** @type {string} */ title) =>
      make("button", {
        type: "button",
        class: "sw-tool",
        title: keyed(title, host.keyOf(command)),
        "aria-label": title,
        onclick: () => host.run(command),
        text,
      });
    const tools = make(
      "div",
      { class: "sw-tools" },
      this.relabel,
      make(
        "span",
        { class: "sw-group" },
        tool("⇤", "start-back", "Move the start back by a word"),
        tool("↦", "start-on", "Move the start forward by a word"),
      ),
      make(
        "span",
        { class: "sw-group" },
        tool("↤", "end-back", "Move the end back by a word"),
        tool("⇥", "end-on", "Move the end forward by a word"),
      ),
      make("span", { class: "sw-grow" }),
      tool("Remove", "remove", "Remove this span"),
    );
    this.element = make("div", { class: "sw-card-body" }, this.fragments, this.links, this.fields, this.flags, tools);
  }

  /** Shows a span. Text typed for another span is saved first. @param {Span} span @param {Relation[]} listed links that its card does not show already @param {Relation[]} relations all its links */
  show(span, listed, relations) {
    if (span.id !== this.span.id) {
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      if (focused && this.element.contains(focused)) focused.blur();
    }
    this.span = span;
    for (const [name, control] of this.controls) control.sync(span.attributes[name]);
    this.drawFragments();
    this.drawLinks(listed, relations);
  }

  drawFragments() {
    const { host, span } = this;
    const several = span.fragments.length > 1;
    this.fragments.hidden = !several;
    if (!several && !this.fragments.firstChild) return;
    this.fragments.replaceChildren(
      ...(several ? span.fragments : []).map(([start, end], index) =>
        make(
          "div",
          { class: "sw-row" },
          make("span", { class: "sw-quiet", text: `fragment ${index + 1}` }),
          make("span", { class: "sw-row-words", text: excerpt(host.wording.slice(start, end), 60) }),
          make("button", {
            type: "button",
            class: "sw-icon",
            title: "Remove this fragment",
            "aria-label": `Remove fragment ${index + 1}`,
            onclick: () => host.dropFragment(span.id, index),
            text: "×",
          }),
        ),
      ),
    );
  }

  /** @param {Relation[]} listed @param {Relation[]} relations */
  drawLinks(listed, relations) {
    const { host, span } = this;
    const { wording, schema } = host;
    const annotation = host.annotation();
    /** @type {{relation: Relation, title: string, other: Span, name: string}[]} */
    const rows = [];
    const types = schema.linksOf(span.label);
    for (const { type } of types) {
      for (const relation of listed) {
        if (relation.type !== type.key) continue;
        const forth = relation.from === span.id;
        const other = annotation.spans.get(forth ? relation.to : relation.from);
        if (other)
          rows.push({
            relation,
            title: forth ? type.title : `${type.title} ←`,
            other,
            name: excerpt(wording.name(other), 60),
          });
      }
    }
    const needed = new Set(
      types
        .filter(
          ({ type, out }) =>
            out && type.min && !relations.some((relation) => relation.type === type.key && relation.from === span.id),
        )
        .map(({ type }) => type.key),
    );
    const shown = JSON.stringify([rows.map(({ relation, name, other }) => [relation, name, other.label]), [...needed]]);
    if (shown === this.linksShown) return;
    this.linksShown = shown;
    const buttons = types.map(({ type, out }) =>
      make(
        "button",
        {
          type: "button",
          class: out && needed.has(type.key) ? "sw-link-button sw-needed" : "sw-link-button",
          "data-relation": type.key,
          title: out ? `Link: ${type.title}` : `Link from there: ${type.title}`,
          onclick: () => host.link(type.key, out),
        },
        out ? type.title : `← ${type.title}`,
        ...(type.hotkey ? [make("kbd", { class: "sw-kbd", text: type.hotkey })] : []),
      ),
    );
    if (host.schema.kinds.get(span.label)?.some(({ links }) => links.length) || dateOf(this.label))
      buttons.unshift(
        make(
          "button",
          {
            type: "button",
            class: "sw-link-button",
            "data-sw": "propose",
            title: dateOf(this.label)
              ? "Accept the likeliest date and link it with its quote"
              : "Link with the likeliest cue and speaker",
            onclick: () => host.run("record"),
          },
          "likeliest",
          make("kbd", { class: "sw-kbd", text: host.keyOf("record") }),
        ),
      );
    this.links.replaceChildren(
      ...rows.map(({ relation, title, other, name }) =>
        make(
          "div",
          { class: "sw-row" },
          make("span", { class: "sw-quiet", text: title }),
          make("button", {
            type: "button",
            class: "sw-row-words sw-go",
            style: `--sw-tint:var(--sw-c${schema.index.get(other.label) ?? 0})`,
            title: excerpt(wording.words(other), 300),
            onclick: () => host.activate(other.id),
            text: name,
          }),
          make("button", {
            type: "button",
            class: "sw-icon",
            title: "Remove this link",
            "aria-label": `Remove link ${title}`,
            onclick: () => host.act([{ kind: "unrelate", id: relation.id }]),
            text: "×",
          }),
        ),
      ),
      ...(buttons.length
        ? [make("div", { class: "sw-link-buttons" }, make("span", { class: "sw-quiet", text: "link" }), ...buttons)]
        : []),
    );
  }

  /** Puts the keyboard into an attribute's field, or into the first one. @param {string} [name] @returns {boolean} whether there was one */
  focus(name) {
    const control = name ? this.controls.get(name) : this.controls.values().next().value;
    if (control) control.focus();
    else /** @type {HTMLElement | null} */ (this.element.querySelector("button, select"))?.focus();
    return control !== undefined;
  }
}
