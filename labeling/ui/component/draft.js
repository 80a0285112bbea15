// @ts-check

/**
 * @typedef {import("./lanes.js").Content} Content
 * @typedef {import("./lanes.js").Drawn} Drawn
 * @typedef {import("./lanes.js").DrawnLink} DrawnLink
 * @typedef {import("./lanes.js").Place} Place
 */

/** So many ends of a link are offered of each kind: what is drawn, and what stands around. */
const NEAREST = 2;

/** A draft of a reviewer: spans and links that start as one annotator's version and are then redrawn. Nothing is changed in place. */
export class Draft {
  /** @param {Content} content */
  constructor({ spans, links }) {
    this.spans = spans.map((span) => ({ ...span, attributes: { ...span.attributes } }));
    this.links = links.slice();
    this.active = this.spans.length ? 0 : -1;
  }

  /** Marks a stretch: the span of that label that it touches, or the active one if it is the only one of it, takes its ends; else it is a new one. @param {string} label @param {{start: number, end: number}} stretch */
  mark(label, { start, end }) {
    const same = this.spans.flatMap((span, at) => (span.label === label ? [at] : []));
    const touched = same.find((at) => this.spans[at].fragments.some(([from, to]) => from < end && start < to));
    const at = touched ?? (same.length === 1 ? same[0] : -1);
    if (at < 0) {
      this.active = this.spans.push({ label, fragments: [[start, end]], attributes: {} }) - 1;
      return;
    }
    this.move(at, [[start, end]]);
    this.active = at;
  }

  /** Gives a span other ends; links go with it. @param {number} at @param {[number, number][]} fragments */
  move(at, fragments) {
    const { label, fragments: before } = this.spans[at];
    const was = JSON.stringify([label, before]);
    const follow = (/** @type {import("./lanes.js").Place} */ end) =>
      JSON.stringify([end.label, end.fragments]) === was ? { label, fragments } : end;
    this.links = this.links.map(({ type, from, to }) => ({ type, from: follow(from), to: follow(to) }));
    this.spans[at] = { ...this.spans[at], fragments };
  }

  /** Adds a fragment to the active span. @param {{start: number, end: number}} stretch @returns {boolean} */
  addFragment({ start, end }) {
    const span = this.spans[this.active];
    if (!span) return false;
    /** @type {[number, number][]} */
    const joined = [];
    const sorted = /** @type {[number, number][]} */ ([...span.fragments, [start, end]]).sort((a, b) => a[0] - b[0]);
    for (const [from, to] of sorted) {
      const last = joined[joined.length - 1];
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    this.move(this.active, joined);
    return true;
  }

  /** @param {number} at */
  remove(at) {
    const [{ label, fragments }] = this.spans.splice(at, 1);
    const gone = JSON.stringify([label, fragments]);
    this.links = this.links.filter(
      ({ from, to }) => ![from, to].some((end) => JSON.stringify([end.label, end.fragments]) === gone),
    );
    this.active = Math.min(this.active - (at < this.active ? 1 : 0), this.spans.length - 1);
  }

  /** @param {number} at @param {string} name @param {any} value null or false: none */
  set(at, name, value) {
    const { [name]: _, ...attributes } = this.spans[at].attributes;
    this.spans[at] = {
      ...this.spans[at],
      attributes: value === null || value === false || value === "" ? attributes : { ...attributes, [name]: value },
    };
  }

  /** @param {DrawnLink} link @param {boolean} drawn */
  link(link, drawn) {
    const key = JSON.stringify(link);
    this.links = this.links.filter((each) => JSON.stringify(each) !== key);
    if (drawn) this.links.push(link);
  }

  /**
   * Links that no one drew and that could be: from and to what is drawn, to the nearest that are drawn too and the nearest of the others.
   * @param {{key: string, from: string[], to: string[]}[]} relations @param {Place[]} others what stands around, marked by annotators @returns {DrawnLink[]}
   */
  linkOffers(relations, others) {
    const place = (/** @type {Place} */ { label, fragments }) => ({ label, fragments });
    const same = (/** @type {Place} */ one, /** @type {Place} */ two) =>
      JSON.stringify(place(one)) === JSON.stringify(place(two));
    const apart = (/** @type {Place} */ one, /** @type {Place} */ two) =>
      Math.max(
        0,
        two.fragments[0][0] - one.fragments[one.fragments.length - 1][1],
        one.fragments[0][0] - two.fragments[two.fragments.length - 1][1],
      );
    /** @type {Map<string, DrawnLink>} */
    const found = new Map();
    for (const span of this.spans) {
      const near = (/** @type {string[]} */ labels, /** @type {Place[]} */ places) =>
        places
          .filter((each) => labels.includes(each.label) && !same(each, span))
          .sort((a, b) => apart(span, a) - apart(span, b))
          .slice(0, NEAREST);
      for (const { key, from, to } of relations) {
        const ends = (/** @type {string[]} */ labels) => [...near(labels, this.spans), ...near(labels, others)];
        const links = [
          ...(from.includes(span.label)
            ? ends(to).map((end) => ({ type: key, from: place(span), to: place(end) }))
            : []),
          ...(to.includes(span.label)
            ? ends(from).map((end) => ({ type: key, from: place(end), to: place(span) }))
            : []),
        ];
        for (const link of links) found.set(JSON.stringify(link), link);
      }
    }
    return [...found.values()];
  }

  /** The draft as the server accepts it, each fragment with its words. @param {(start: number, end: number) => string} slice @returns {{spans: any[], links: DrawnLink[]}} */
  asSent(slice) {
    return {
      spans: this.spans.map(({ label, fragments, attributes, waivers }) => ({
        label,
        attributes,
        ...(waivers ? { waivers } : {}),
        fragments: fragments.map(([start, end]) => ({ start, end, quote: slice(start, end) })),
      })),
      links: this.links,
    };
  }
}
