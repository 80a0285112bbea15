// @ts-check
import { kindOf } from "./kinds.js";

/**
 * @typedef {{key: string, title: string}} Option
 * @typedef {{key: string, title: string, type: import("./kinds.js").KindName, options?: Option[], registry?: string, several?: boolean, unit?: string | null, min?: number | null, max?: number | null, integer?: boolean, required?: boolean, unless?: string[], fills?: Record<string, string>, guideline?: string | null}} Attribute
 * @typedef {{key: string, title: string, hotkey?: string | null, colour: string, line?: string, guideline?: string | null, overlap?: string, fragments?: boolean, quotation?: boolean, marks?: "in" | "out" | null, linked?: boolean, attributes: Attribute[]}} Label
 * @typedef {{key: string, title: string, from: string[], to: string[], min?: number | null, max?: number | null, hotkey?: string | null}} RelationType
 * @typedef {{command: string, keys: string[], title: string, group: string}} Command  what the workspace does at a key: moves take Shift to extend the selection
 * @typedef {{name: string, version: number, title?: string, labels: Label[], relations: RelationType[], registries: {key: string, title: string}[], records?: any[], flags?: {key: string, title: string, guideline?: string}[], snap?: string, commands: Command[]}} SchemaData
 * @typedef {import("./annotation.js").Annotation} Annotation
 */

/** The key by which a span's want of any link is waived. */
export const LINK = "linked";

/** The label set, looked up by key. */
export class Schema {
  /** @param {SchemaData} data */
  constructor(data) {
    this.data = data;
    this.labels = data.labels;
    this.relations = data.relations;
    this.flags = data.flags ?? [];
    /** @type {Map<string, Label>} */
    this.label = new Map(data.labels.map((label) => [label.key, label]));
    /** @type {Map<string, number>} */
    this.index = new Map(data.labels.map((label, index) => [label.key, index]));
    /** @type {Map<string, RelationType>} */
    this.relation = new Map(data.relations.map((relation) => [relation.key, relation]));
    this.kinds = this.kindsOf(data.records ?? []);
  }

  /** Returns the types of record that a label heads: the relation (with its direction) that excludes it, and those of its parts. @param {any[]} records */
  kindsOf(records) {
    /** @type {Map<string, {unless: string, links: {type: RelationType, out: boolean}[]}[]>} */
    const kinds = new Map();
    for (const { head, unless, parts } of records) {
      const link = (/** @type {string} */ key) => {
        const type = this.relation.get(key);
        return type ? [{ type, out: type.from.includes(head) }] : [];
      };
      const kind = {
        unless: unless ? `${unless} ${link(unless)[0]?.out ? ">" : "<"}` : "",
        links: Object.values(parts ?? {}).flatMap(link),
      };
      kinds.set(head, [...(kinds.get(head) ?? []), kind]);
    }
    return kinds;
  }

  /** Returns whether a span of `label` can have this value. @param {string} label @param {string} name @param {any} value @returns {boolean} */
  accepts(label, name, value) {
    const attribute = this.label.get(label)?.attributes.find(({ key }) => key === name);
    return attribute !== undefined && kindOf(attribute).accepts(value, attribute);
  }

  /** Returns whether a relation can go from one label to another. @param {string} type @param {string} from @param {string} to @returns {boolean} */
  joins(type, from, to) {
    const relation = this.relation.get(type);
    return relation !== undefined && relation.from.includes(from) && relation.to.includes(to);
  }

  /** Returns whether a span of `label` must have this attribute, or a relation of this type. @param {string} label @param {string} name @returns {boolean} */
  requires(label, name) {
    const relation = this.relation.get(name);
    return Boolean(
      this.label.get(label)?.attributes.find(({ key }) => key === name)?.required ||
      (name === LINK && this.label.get(label)?.linked) ||
      (relation?.min && relation.from.includes(label)),
    );
  }

  /** Returns the options that digits set on a span of `label`, in order: the options of its first choice, or if it has none its flags. @param {string} label @returns {{name: string, value: string | true, title: string}[]} */
  numbered(label) {
    const attributes = this.label.get(label)?.attributes ?? [];
    const choice = attributes.find((attribute) => kindOf(attribute).control === "select");
    const options = choice?.options?.map(({ key, title }) => ({
      name: choice.key,
      value: key,
      title: `${choice.title}: ${title}`,
    }));
    return (
      options ??
      attributes
        .filter((attribute) => kindOf(attribute).control === "checkbox")
        .map(({ key, title }) => ({ name: key, value: /** @type {true} */ (true), title }))
    ).slice(0, 9);
  }

  /** Relation types that a span of `label` can have, as their start and as their end. @param {string} label @returns {{type: RelationType, out: boolean}[]} */
  linksOf(label) {
    return [
      ...this.relations.filter((type) => type.from.includes(label)).map((type) => ({ type, out: true })),
      ...this.relations
        .filter((type) => type.to.includes(label) && !type.from.includes(label))
        .map((type) => ({ type, out: false })),
    ];
  }

  /**
   * The relation types that `hotkey` makes from or to a span of `label`; where none of the label's own has that key and the key is a
   * linking key at all, every relation of the label, so that one key links anything.
   * @param {string} hotkey @param {string} label @returns {{type: RelationType, out: boolean}[]}
   */
  linksByKey(hotkey, label) {
    const links = this.linksOf(label);
    const own = links.filter(({ type }) => type.hotkey === hotkey);
    return own.length ? own : links;
  }

  /** Returns the requirements of the label set that are neither met nor waived, in reading order: `name` is the key to waive. @param {Annotation} annotation @returns {{id: string, name: string, what: string}[]} */
  missing(annotation) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    const linked = new Set();
    for (const { from, to, type } of annotation.relations.values()) {
      counts.set(`${type} ${from}`, (counts.get(`${type} ${from}`) ?? 0) + 1);
      linked.add(from).add(to);
    }
    const found = [];
    for (const span of annotation.ordered()) {
      const waived = (/** @type {string} */ name) => Object.hasOwn(span.waivers ?? {}, name);
      const label = this.label.get(span.label);
      for (const { key, title, required, unless = [] } of label?.attributes ?? []) {
        if (required && [key, ...unless].every((name) => span.attributes[name] === undefined) && !waived(key))
          found.push({ id: span.id, name: key, what: title.toLowerCase() });
      }
      for (const { key, title, min, from } of this.relations) {
        if (min && from.includes(span.label) && (counts.get(`${key} ${span.id}`) ?? 0) < min && !waived(key))
          found.push({ id: span.id, name: key, what: title });
      }
      if (label?.linked && !linked.has(span.id) && !waived(LINK)) found.push({ id: span.id, name: LINK, what: "link" });
    }
    return found;
  }
}
