// @ts-check

/**
 * @typedef {{start: number, end: number, quote: string}} Fragment
 * @typedef {{id: string, label: string, fragments: [number, number][], attributes: Record<string, any>, waivers?: Record<string, string>}} Span  `waivers` only where there are any; they count while what they waive is not there
 * @typedef {{id: string, type: string, from: string, to: string}} Relation
 * @typedef {{id: string, span: string | null, flag: string | null, text: string}} Comment  on a span, or on the article where span is null
 * @typedef {{id: string, suggester: string, version: string, verdict: string, spans: string[]}} Judgment  what became of a suggestion; `spans`: those made from it
 * @typedef {{value: string | null, basis: string}} Published
 * @typedef {{revision: number, status: string, skip_reason?: string | null, published: Published | null, spans: Span[], relations: Relation[], comments?: Comment[], judgments?: Judgment[]}} Snapshot
 * @typedef {Record<string, any> & {kind: string}} Op
 * @typedef {{accepts: (label: string, name: string, value: any) => boolean, joins: (type: string, from: string, to: string) => boolean, requires: (label: string, name: string) => boolean}} Rules
 */

/** @type {Rules} */
const ANYTHING = { accepts: () => true, joins: () => true, requires: () => true };

/** An annotator's work on one article. Spans, relations, comments and judgments are never changed in place, so that two states may share them. */
export class Annotation {
  /** @param {Snapshot} snapshot @param {Record<string, Record<string, string>>} [entries] names of registry entries @param {Rules} [rules] what a label can carry */
  constructor(snapshot, entries = {}, rules = ANYTHING) {
    this.rules = rules;
    this.revision = snapshot.revision;
    this.status = snapshot.status;
    /** Why the article was skipped, where that was said. @type {string | null} */
    this.skipReason = snapshot.skip_reason ?? null;
    this.published = snapshot.published;
    /** @type {Map<string, Span>} */
    this.spans = new Map(snapshot.spans.map((span) => [span.id, span]));
    /** @type {Map<string, Relation>} */
    this.relations = new Map(snapshot.relations.map((relation) => [relation.id, relation]));
    /** @type {Map<string, Comment>} */
    this.comments = new Map((snapshot.comments ?? []).map((comment) => [comment.id, comment]));
    /** By the id of the suggestion. @type {Map<string, Judgment>} */
    this.judgments = new Map((snapshot.judgments ?? []).map((judgment) => [judgment.id, judgment]));
    /** @type {Record<string, Record<string, string>>} */
    this.entries = { ...entries };
    /** The spans in reading order, from the first time they are asked for. States may share it: it is replaced, never changed. @type {readonly Span[] | null} */
    this.order = null;
  }

  /** A state that can go its own way. @returns {Annotation} */
  copy() {
    const other = Object.create(Annotation.prototype);
    return Object.assign(other, this, {
      spans: new Map(this.spans),
      relations: new Map(this.relations),
      comments: new Map(this.comments),
      judgments: new Map(this.judgments),
    });
  }

  /** Applies one op; one whose target is gone changes nothing (refusing is the server's business). @param {Op} op @returns {boolean} whether anything changed */
  apply(op) {
    const changed = this.take(op);
    if (changed && this.status === "new") this.status = "open";
    return changed;
  }

  /** @param {Op} op @returns {boolean} */
  take(op) {
    const span = this.spans.get(op.id);
    switch (op.kind) {
      case "add":
        if (span) return false;
        this.put(undefined, {
          id: op.id,
          label: op.label,
          fragments: pairsOf(op.fragments),
          attributes: valuesOf(op.attributes ?? {}),
        });
        return true;
      case "change": {
        if (!span) return false;
        const lost = this.lostBy(span, op.label);
        for (const relation of lost.relations) this.relations.delete(relation.id);
        const attributes = { ...span.attributes };
        for (const name of lost.names) delete attributes[name];
        const waivers = { ...span.waivers };
        for (const name of lost.waivers) delete waivers[name];
        this.put(
          span,
          withWaivers(
            {
              id: op.id,
              label: op.label ?? span.label,
              fragments: op.fragments ? pairsOf(op.fragments) : span.fragments,
              attributes,
            },
            waivers,
          ),
        );
        return true;
      }
      case "set": {
        if (!span) return false;
        this.put(span, { ...span, attributes: valuesOf({ ...span.attributes, [op.name]: op.value }) });
        return true;
      }
      case "waive": {
        if (!span) return false;
        const { [op.name]: _, ...waivers } = span.waivers ?? {};
        this.put(span, withWaivers(span, op.reason === null ? waivers : { ...waivers, [op.name]: op.reason }));
        return true;
      }
      case "remove":
        if (!span) return false;
        this.put(span, undefined);
        for (const relation of this.relationsOf(op.id)) this.relations.delete(relation.id);
        for (const comment of this.commentsOn(op.id)) this.comments.delete(comment.id);
        return true;
      case "relate":
        if (this.relations.has(op.id) || !this.spans.has(op.from) || !this.spans.has(op.to)) return false;
        this.relations.set(op.id, { id: op.id, type: op.type, from: op.from, to: op.to });
        return true;
      case "unrelate":
        return this.relations.delete(op.id);
      case "comment":
        if (op.span && !this.spans.has(op.span)) return false;
        this.comments.set(op.id, { id: op.id, span: op.span ?? null, flag: op.flag ?? null, text: op.text ?? "" });
        return true;
      case "uncomment":
        return this.comments.delete(op.id);
      case "judge": {
        const { id, suggester, version, verdict, spans = [] } = op;
        if (verdict === null) this.judgments.delete(id);
        else this.judgments.set(id, { id, suggester, version, verdict, spans });
        return true;
      }
      case "publish":
        // As the server has it: a value without a basis counts as metadata, a basis without a value as known to be unknown.
        this.published =
          op.value === null && op.basis === null ? null : { value: op.value, basis: op.basis ?? "metadata" };
        return true;
      case "register":
        this.entries = { ...this.entries, [op.registry]: { ...this.entries[op.registry], [op.id]: op.name } };
        return true;
      case "submit":
      case "skip":
      case "reopen":
        this.status = op.kind === "submit" ? "submitted" : op.kind === "skip" ? "skipped" : "open";
        this.skipReason = (op.kind === "skip" && op.reason) || null;
        return true;
      case "migrate":
        if (op.state) this.become(op.state);
        return true;
      default:
        return false;
    }
  }

  /** Takes on another state whole: the label set has changed, and the server says what that made of this. @param {Omit<Snapshot, "revision">} state */
  become({ spans, relations, comments, judgments, published, status, skip_reason }) {
    this.spans = new Map(spans.map((span) => [span.id, span]));
    this.relations = new Map(relations.map((relation) => [relation.id, relation]));
    this.comments = new Map((comments ?? []).map((comment) => [comment.id, comment]));
    this.judgments = new Map((judgments ?? []).map((judgment) => [judgment.id, judgment]));
    this.order = null;
    this.published = published;
    this.status = status;
    this.skipReason = skip_reason ?? null;
  }

  /**
   * The ops that bring back what `op` is about to change.
   * @param {Op} op @param {(start: number, end: number) => string} slice reads the article @returns {Op[]}
   */
  inverse(op, slice) {
    const span = this.spans.get(op.id);
    const relation = this.relations.get(op.id);
    const comment = this.comments.get(op.id);
    switch (op.kind) {
      case "add":
        return span ? [] : [{ kind: "remove", id: op.id }];
      case "change": {
        if (!span) return [];
        const lost = this.lostBy(span, op.label);
        return [
          {
            kind: "change",
            id: op.id,
            ...(op.label ? { label: span.label } : {}),
            ...(op.fragments ? { fragments: fragmentsOf(span.fragments, slice) } : {}),
          },
          ...lost.names.map((name) => ({ kind: "set", id: op.id, name, value: span.attributes[name] })),
          ...waiveOps(span, lost.waivers),
          ...lost.relations.map((each) => ({ kind: "relate", ...each })),
        ];
      }
      case "set":
        return span ? [{ kind: "set", id: op.id, name: op.name, value: span.attributes[op.name] ?? null }] : [];
      case "waive":
        return span ? [{ kind: "waive", id: op.id, name: op.name, reason: span.waivers?.[op.name] ?? null }] : [];
      case "remove":
        if (!span) return [];
        return [
          addOp(span, slice),
          ...waiveOps(span, Object.keys(span.waivers ?? {})),
          ...this.relationsOf(op.id).map((each) => ({ kind: "relate", ...each })),
          ...this.commentsOn(op.id).map((each) => ({ kind: "comment", ...each })),
        ];
      case "relate":
        return relation ? [] : [{ kind: "unrelate", id: op.id }];
      case "unrelate":
        return relation ? [{ kind: "relate", ...relation }] : [];
      case "comment":
        if (op.span && !this.spans.has(op.span)) return [];
        return [comment ? { kind: "comment", ...comment } : { kind: "uncomment", id: op.id }];
      case "uncomment":
        return comment ? [{ kind: "comment", ...comment }] : [];
      case "judge":
        return [judgeOp(op.id, this.judgments.get(op.id) ?? { ...op, verdict: null, spans: [] })];
      case "publish":
        return [{ kind: "publish", value: this.published?.value ?? null, basis: this.published?.basis ?? null }];
      default:
        return [];
    }
  }

  /** Puts a span in the place of another one; either may be missing. @param {Span | undefined} before @param {Span | undefined} after */
  put(before, after) {
    if (after) this.spans.set(after.id, after);
    else if (before) this.spans.delete(before.id);
    if (!this.order) return;
    const order = this.order.slice();
    if (before) order.splice(placeIn(order, before), 1);
    if (after) order.splice(placeIn(order, after), 0, after);
    this.order = order;
  }

  /** The spans that look different from what they were in another state: changed themselves, commented on, or linked to one that has. @param {Annotation} before @returns {Set<string>} */
  changedSince(before) {
    const changed = new Set();
    for (const [id, span] of this.spans) if (before.spans.get(id) !== span) changed.add(id);
    for (const id of before.spans.keys()) if (!this.spans.has(id)) changed.add(id);
    const touched = new Set(changed);
    for (const [one, other] of [
      [this, before],
      [before, this],
    ]) {
      for (const [id, relation] of one.relations) {
        const { from, to } = relation;
        if (other.relations.get(id) === relation && !changed.has(from) && !changed.has(to)) continue;
        touched.add(from).add(to);
      }
      for (const [id, comment] of one.comments)
        if (comment.span && other.comments.get(id) !== comment) touched.add(comment.span);
    }
    return touched;
  }

  /** Returns the values and links that a span cannot keep under another label. @param {Span} span @param {string | undefined} label @returns {{names: string[], waivers: string[], relations: Relation[]}} */
  lostBy(span, label) {
    if (!label || label === span.label) return { names: [], waivers: [], relations: [] };
    const labelOf = (/** @type {string} */ id) => (id === span.id ? label : (this.spans.get(id)?.label ?? ""));
    return {
      names: Object.keys(span.attributes).filter((name) => !this.rules.accepts(label, name, span.attributes[name])),
      waivers: Object.keys(span.waivers ?? {}).filter((name) => !this.rules.requires(label, name)),
      relations: this.relationsOf(span.id).filter(
        ({ type, from, to }) => !this.rules.joins(type, labelOf(from), labelOf(to)),
      ),
    };
  }

  /** @param {string} id @returns {Relation[]} */
  relationsOf(id) {
    return [...this.relations.values()].filter(({ from, to }) => from === id || to === id);
  }

  /** The comments on a span, or with null on the article. @param {string | null} id @returns {Comment[]} */
  commentsOn(id) {
    return [...this.comments.values()].filter(({ span }) => span === id);
  }

  /** All spans in reading order: first start, then the longer one, then id. @returns {readonly Span[]} */
  ordered() {
    this.order ??= [...this.spans.values()].sort(readingOrder);
    return this.order;
  }
}

/** @param {Span} a @param {Span} b @returns {number} */
export function readingOrder(a, b) {
  return a.fragments[0][0] - b.fragments[0][0] || endOf(b) - endOf(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Returns the index that `span` has, or would have, among spans in reading order. @param {readonly Span[]} ordered @param {Span} span @returns {number} */
function placeIn(ordered, span) {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (readingOrder(ordered[middle], span) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Attributes without those that are taken away: null, or a flag that is false. @param {Record<string, any>} attributes @returns {Record<string, any>} */
function valuesOf(attributes) {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== false),
  );
}

/** A span with these waivers, or without any. @param {Span} span @param {Record<string, string>} waivers @returns {Span} */
function withWaivers({ waivers: _, ...span }, waivers) {
  return Object.keys(waivers).length ? { ...span, waivers } : span;
}

/** The ops that give a span these waivers of its own again. @param {Span} span @param {string[]} names @returns {Op[]} */
function waiveOps(span, names) {
  return names.map((name) => ({ kind: "waive", id: span.id, name, reason: span.waivers?.[name] }));
}

/** Returns the end of a span. @param {Span} span @returns {number} */
export function endOf(span) {
  return span.fragments[span.fragments.length - 1][1];
}

/** @param {Fragment[]} fragments @returns {[number, number][]} */
function pairsOf(fragments) {
  return fragments.map(({ start, end }) => [start, end]);
}

/** Fragments as an op carries them, each with its text. @param {[number, number][]} pairs @param {(start: number, end: number) => string} slice @returns {Fragment[]} */
export function fragmentsOf(pairs, slice) {
  return pairs.map(([start, end]) => ({ start, end, quote: slice(start, end) }));
}

/** @param {Span} span @param {(start: number, end: number) => string} slice @returns {Op} */
export function addOp(span, slice) {
  const attributes = Object.keys(span.attributes).length ? { attributes: span.attributes } : {};
  return { kind: "add", id: span.id, label: span.label, fragments: fragmentsOf(span.fragments, slice), ...attributes };
}

/** The op that records what became of a suggestion; a verdict of null withdraws it. @param {string} id @param {Record<string, any>} judgment @returns {Op} */
export function judgeOp(id, { suggester, version, verdict, spans }) {
  return { kind: "judge", id, suggester, version, verdict, spans };
}

/** The pairs with `[start, end)` joined in, sorted; what overlaps or touches becomes one. @param {[number, number][]} pairs @param {number} start @param {number} end @returns {[number, number][]} */
export function joinFragment(pairs, start, end) {
  /** @type {[number, number][]} */
  const joined = [];
  for (const [from, to] of [...pairs, /** @type {[number, number]} */ ([start, end])].sort((a, b) => a[0] - b[0])) {
    const last = joined[joined.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/**
 * The pairs made to begin with a word that stands before them, or else to end with it; null where it stands before the last one.
 * @param {[number, number][]} pairs @param {{start: number, end: number}} word
 * @param {(stretch: {start: number, end: number}) => {start: number, end: number}} policy takes quotation marks in or leaves them out @returns {[number, number][] | null}
 */
export function stretchedTo(pairs, { start, end }, policy) {
  const first = start < pairs[0][0];
  const grown = pairs[first ? 0 : pairs.length - 1];
  if (!first && end <= grown[0]) return null;
  const taken = policy(first ? { start, end: grown[1] } : { start: grown[0], end });
  return joinFragment(
    pairs.filter((pair) => pair !== grown),
    taken.start,
    taken.end,
  );
}

/** A UUIDv7: sorts by time. @param {number} now milliseconds @param {Uint8Array} random 10 bytes @returns {string} */
export function uuid7(now, random) {
  const bytes = [];
  for (let shift = 40; shift >= 0; shift -= 8) bytes.push(Math.floor(now / 2 ** shift) & 255);
  bytes.push(0x70 | (random[0] & 15), random[1], 0x80 | (random[2] & 63), ...random.slice(3, 10));
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The annotation of no article. @returns {Annotation} */
export function emptyAnnotation() {
  return new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] });
}
