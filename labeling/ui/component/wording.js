// @ts-check
import { quotationType } from "./quotation.js";
import { LINK, Schema } from "./schema.js";
import { dateOf, entryIds, kindOf, listedWith, whoOf } from "./kinds.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./schema.js").Attribute} Attribute
 */

/** @param {string} words @param {number} length @returns {string} */
export function excerpt(words, length) {
  const line = words.slice(0, 4 * length).replace(/\s+/gu, " ");
  return line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line;
}

/** Words in quotation marks, unless they begin with one of their own. @param {string} words @returns {string} */
export function quoted(words) {
  return /^[“”„‟"«»‹›‘‚']/u.test(words) ? words : `“${words}”`;
}

/** The names of spans and their values on the page. */
export class Wording {
  /** @param {Schema} schema @param {() => Annotation} annotation @param {(start: number, end: number) => string} slice reads the article @param {(registry: string, id: string) => void} unknown receives an entry whose name is not known */
  constructor(schema, annotation, slice, unknown) {
    this.schema = schema;
    this.annotation = annotation;
    this.slice = slice;
    this.unknown = unknown;
  }

  /** A span's words in the article. @param {Span} span @returns {string} */
  words(span) {
    return span.fragments.map(([start, end]) => this.slice(start, end)).join(" … ");
  }

  /** @param {string} label @returns {string} */
  label(label) {
    return this.schema.label.get(label)?.title ?? label;
  }

  /** Returns the attribute or relation that a label requires. @param {string} label @param {string} name its key @returns {string} */
  requirement(label, name) {
    return (
      this.schema.relation.get(name)?.title ??
      this.schema.label.get(label)?.attributes.find(({ key }) => key === name)?.title ??
      (name === LINK ? "link" : name)
    );
  }

  /** Returns a requirement as a noun: an attribute's title, or the labels that a link leads to. @param {string} label @param {string} name its key @returns {string} */
  required(label, name) {
    const relation = this.schema.relation.get(name);
    return relation
      ? relation.to.map((each) => this.label(each).toLowerCase()).join(" or ")
      : this.requirement(label, name).toLowerCase();
  }

  /** @param {string} flag @returns {string} */
  flag(flag) {
    return this.schema.flags.find(({ key }) => key === flag)?.title ?? flag;
  }

  /** A span in a sentence, for those who hear it: label, words, values, links, what is missing. @param {Span} span @returns {string} */
  describe(span) {
    const annotation = this.annotation();
    const label = this.schema.label.get(span.label);
    const type = label?.quotation ? `, ${quotationType(this.slice, span.fragments)}` : "";
    const parts = [`${this.label(span.label)}${type}: ${excerpt(this.words(span), 80)}`];
    for (const attribute of label?.attributes ?? []) {
      const value = span.attributes[attribute.key];
      if (value === undefined) continue;
      const only = kindOf(attribute).shown === "title";
      parts.push(only ? attribute.title : `${attribute.title} ${this.bare(attribute, value)}`);
    }
    for (const { type, from, to } of annotation.relationsOf(span.id)) {
      const other = annotation.spans.get(from === span.id ? to : from);
      if (other)
        parts.push(
          `${from === span.id ? "" : `${this.label(other.label)} `}${this.schema.relation.get(type)?.title} ${excerpt(this.name(other), 40)}`,
        );
    }
    for (const { id, what } of this.schema.missing(annotation)) if (id === span.id) parts.push(`“${what}” is missing`);
    return parts.join("; ");
  }

  /** @param {string} registry @param {string} id @returns {string} */
  entry(registry, id) {
    const name = this.annotation().entries[registry]?.[id];
    if (name === undefined) this.unknown(registry, id);
    return name ?? "…";
  }

  /** Returns the name of a span: its registry entry's name or, failing that, its text; for a date, always its text. @param {Span} span @returns {string} */
  name(span) {
    const label = this.schema.label.get(span.label);
    if (dateOf(label)) return this.words(span);
    for (const { key, registry } of label?.quotation ? [] : whoOf(label)) {
      const ids = entryIds(span.attributes[key]);
      if (ids.length)
        return listedWith(
          "and",
          ids.map((id) => this.entry(registry ?? "", id)),
        );
    }
    return this.words(span);
  }

  /** A value alone in words, shortened where it can be of any length. @param {Attribute} attribute @param {any} value @returns {string} */
  bare(attribute, value) {
    const kind = kindOf(attribute);
    const words = kind.words(value, attribute, (registry, id) => this.entry(registry, id));
    return kind.long ? excerpt(words, 40) : words;
  }

  /** A value as a card shows it, with the attribute's title where it can't be understood without. @param {Attribute} attribute @param {any} value @returns {string} */
  value(attribute, value) {
    const { shown } = kindOf(attribute);
    if (shown === "title") return attribute.title;
    return shown === "titled" ? `${attribute.title}: ${this.bare(attribute, value)}` : this.bare(attribute, value);
  }
}
