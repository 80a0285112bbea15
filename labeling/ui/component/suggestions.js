// @ts-check
import { addOp, judgeOp } from "./annotation.js";
import { opsWithin } from "./linking.js";
import { chosenPart, optionAt, optionsOf } from "./suggestionchoices.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./schema.js").Schema} Schema
 * @typedef {{id: string | null, name: string, score: number, made?: string}} EntryChoice  `id`: null if the entry isn't in the registry yet; `made`: the id that it then gets
 * @typedef {{fragments: [number, number][], score: number, attributes: Record<string, any>, entity: {attribute: string, registry: string, choices: EntryChoice[]} | null}} PartChoice
 * @typedef {{relation: string, label: string, choices?: PartChoice[], to?: string}} SuggestedPart  `to`: the id of the suggestion that it leads to
 * @typedef {{attributes: Record<string, any>, explain: string, score: number}} SuggestedReading
 * @typedef {object} Suggestion  a whole record that is proposed
 * @property {string} id
 * @property {string} kind
 * @property {string} [suggester]  who made it, if the answer has suggestions by several
 * @property {string} [version]
 * @property {number} score  how likely all of it is right, from 0 to 1
 * @property {string} label  of its head
 * @property {[number, number][]} fragments  of its head, half-open, in code points
 * @property {Record<string, any>} attributes
 * @property {SuggestedPart[]} parts
 * @property {SuggestedReading[]} [readings]
 * @property {string} origin
 * @property {string[]} why
 * @property {{fragments: [number, number][], score: number}[]} [extents]  where else its head may begin and end, likeliest first
 * @property {Record<string, number>} [rivals]  the suggestions that it excludes, with how likely they are: once they are rejected, it is likelier
 * @property {boolean} [moved]  whether its head has another extent than was proposed first
 * @property {{article: string, title: string | null} | null} [place]  where the same words are marked
 * @typedef {{suggester: string, version: string, suggestions: Suggestion[]}} SuggestionData
 * @typedef {{ops: Op[], head: string, linked: Map<string, string>}} Accepted  the ops that accept a suggestion; the ids of the span that heads the record and of those linked with it, by relation
 */

/** From which score on a suggestion is more likely right than not: only these are underlined in the text. */
const LIKELY = 0.5;
/** Nothing is more certain than this once what it excludes is rejected. */
const MOST_CERTAIN = 0.99;

/** The suggestions for an article that wait for a verdict, most certain first. */
export class Suggestions {
  /** @param {SuggestionData | null} data */
  constructor(data) {
    this.suggester = data?.suggester ?? "";
    this.version = data?.version ?? "";
    const sorted = [...(data?.suggestions ?? [])].sort((one, other) => other.score - one.score);
    /** @type {Map<string, Suggestion>} */
    this.byId = new Map();
    // Of several suggesters' suggestions for the same place, the likeliest is shown.
    for (const each of sorted) if (!this.byId.has(each.id)) this.byId.set(each.id, each);
    this.all = [...this.byId.values()];
  }

  /** Those that are neither judged nor marked already, of labels that aren't switched off. @param {Annotation} annotation @param {ReadonlySet<string>} without labels @returns {Suggestion[]} */
  open(annotation, without) {
    const spans = annotation.ordered();
    const open = this.all.filter(
      ({ id, label, fragments }) =>
        !annotation.judgments.has(id) &&
        !without.has(label) &&
        !spans.some((span) => span.label === label && sharesText(span.fragments, fragments)),
    );
    const now = open.map((each) => likelierNow(each, annotation));
    return now.some((each, at) => each !== open[at]) ? now.sort((one, other) => other.score - one.score) : open;
  }
}

/** A suggestion as likely as it is once its rivals are rejected. @param {Suggestion} suggestion @param {Annotation} annotation @returns {Suggestion} */
function likelierNow(suggestion, { judgments }) {
  const gone = Object.entries(suggestion.rivals ?? {}).filter(([id]) => judgments.get(id)?.verdict === "rejected");
  if (!gone.length) return suggestion;
  const left = gone.reduce((product, [, chance]) => product * (1 - chance), 1);
  return { ...suggestion, score: Math.min(MOST_CERTAIN, suggestion.score / Math.max(1 - MOST_CERTAIN, left)) };
}

/** A suggestion whose head begins and ends elsewhere. @param {Suggestion} suggestion @param {number} at 0 as it is proposed, or else which of the other extents @returns {Suggestion} */
export function withExtent(suggestion, at) {
  const other = suggestion.extents?.[at - 1];
  return other ? { ...suggestion, fragments: other.fragments, moved: true } : suggestion;
}

/** @param {Suggestion} suggestion @returns {boolean} whether it is more likely right than not */
export function isLikely({ score }) {
  return score >= LIKELY;
}

/** The dates that belong to a quote that is suggested: those in it, but for those that belong to another one. @param {Suggestion} quote @param {Suggestion[]} open what waits for a verdict @param {Annotation} annotation @returns {Suggestion[]} the likely ones, in reading order */
export function datesIn(quote, open, annotation) {
  const ids = new Set(open.map(({ id }) => id));
  const belongs = (/** @type {Suggestion} */ { readings, parts, fragments: [[start, end]] }) => {
    const [{ to = quote.id } = {}] = parts;
    const others = to !== quote.id && (ids.has(to) || annotation.judgments.get(to)?.spans.length);
    return readings && !others && quote.fragments.some(([from, until]) => from <= start && end <= until);
  };
  const dates = open.filter((each) => each.id !== quote.id && isLikely(each) && belongs(each));
  return dates.sort((one, other) => one.fragments[0][0] - other.fragments[0][0]);
}

/** The spans that a suggestion proposes, its head first, with the choice that has been made. @param {Suggestion} suggestion @param {number} chosen which of its options, from 0 @returns {{span: Span, part: SuggestedPart | null, choice: PartChoice | null, entry: EntryChoice | undefined}[]} */
export function proposed(suggestion, chosen) {
  const option = optionAt(suggestion, chosen);
  const reading = suggestion.readings?.[option.reading];
  const head = {
    id: suggestion.id,
    label: suggestion.label,
    fragments: suggestion.fragments,
    attributes: { ...suggestion.attributes, ...reading?.attributes },
  };
  const varies = chosenPart(suggestion);
  return [
    { span: head, part: null, choice: null, entry: undefined },
    ...suggestion.parts.flatMap((part) => {
      const choice = (part.choices ?? [])[part === varies ? option.choice : 0];
      if (!choice) return [];
      const { fragments, attributes, entity } = choice;
      const span = { id: `${suggestion.id}/${part.relation}`, label: part.label, fragments, attributes };
      return [{ span, part, choice, entry: entity?.choices[part === varies ? option.entry : 0] }];
    }),
  ];
}

/** The frames around what a suggestion proposes, with the digits that choose among its speakers. @param {Suggestion} shown @param {number} chosen which of its options, from 0 @param {Suggestion[]} dates accepted with it @returns {import("./pencils.js").PencilMark[]} */
export function pencilMarks(shown, chosen, dates) {
  const heads = [...proposed(shown, chosen), ...dates.flatMap((each) => proposed(each, 0))];
  const marks = heads.map(({ span }) => ({ span, digit: "" }));
  const { label = "", choices = [] } = ((shown.readings?.length ?? 0) < 2 && chosenPart(shown)) || {};
  for (const [at, { choice }] of choices.length ? optionsOf(shown).entries() : []) {
    const { fragments } = choices[choice];
    const taken = marks.find(({ span }) => span.label === label && String(span.fragments) === String(fragments));
    const digit = String(at + 1);
    if (taken) taken.digit += taken.digit ? ` ${digit}` : digit;
    else marks.push({ span: { id: `${shown.id}/${at}`, label, fragments, attributes: {} }, digit });
  }
  return marks;
}

/** @param {Suggestion} suggestion @returns {number} 1 if it leads to another one */
export function linksTo({ parts }) {
  return Number(parts.some(({ to }) => to !== undefined));
}

/**
 * The ops that add all spans of a suggestion and record the verdict. What is marked already is linked, not marked twice.
 * @param {Suggestion} suggestion @param {number} chosen which of its options, from 0: the first was proposed, another one corrects it
 * @param {{suggester: string, version: string, all?: Suggestion[]}} by `all`: others that may link to this one @param {Annotation} annotation @param {Schema} schema
 * @param {(span: Span) => Record<string, any>} remembered the entry chosen earlier for a span's words
 * @param {() => string} newId @param {(start: number, end: number) => string} slice reads the article
 * @returns {Accepted}
 */
export function acceptOps(suggestion, chosen, by, annotation, schema, remembered, newId, slice) {
  /** @type {Op[]} */
  const ops = [];
  /** @type {string[]} */
  const made = [];
  const state = annotation.copy();
  const carry = (/** @type {Op} */ op) => {
    state.apply(op);
    ops.push(op);
  };
  const marked = (
    /** @type {Span} */ span,
    /** @type {PartChoice | null} */ choice,
    /** @type {EntryChoice | undefined} */ entry,
  ) => {
    const there = sameIn(state, span.label, span.fragments);
    if (there) return there.id;
    const id = newId();
    const attributes = { ...span.attributes };
    const { attribute = "", registry = "" } = choice?.entity ?? {};
    if (entry && schema.label.get(span.label)?.attributes.some(({ key }) => key === attribute)) {
      const entryId = entry.id ?? idByName(state, registry, entry.name) ?? entry.made ?? newId();
      carry({ kind: "register", registry, id: entryId, name: entry.name });
      attributes[attribute] = entryId;
    } else if (choice) Object.assign(attributes, remembered(span));
    carry(addOp({ ...span, id, attributes }, slice));
    made.push(id);
    return id;
  };
  const [{ span: headSpan }, ...others] = proposed(suggestion, chosen);
  const head = marked(headSpan, null, undefined);
  const link = (/** @type {string} */ type, /** @type {string} */ other, /** @type {string} */ label) => {
    const out = schema.joins(type, suggestion.label, label);
    relate(type, ...(out ? /** @type {const} */ ([head, other]) : /** @type {const} */ ([other, head])));
  };
  const relate = (/** @type {string} */ type, /** @type {string} */ from, /** @type {string} */ to) => {
    const relation = schema.relation.get(type);
    const there = [...state.relations.values()].filter((each) => each.type === type && each.from === from);
    const full = relation?.max !== null && relation?.max !== undefined && there.length >= relation.max;
    if (from === to || full || there.some((each) => each.to === to)) return;
    carry({ kind: "relate", id: newId(), type, from, to });
  };
  /** @type {Map<string, string>} */
  const linked = new Map();
  for (const { span, part, choice, entry } of others)
    if (part) {
      linked.set(part.relation, marked(span, choice, entry));
      link(part.relation, linked.get(part.relation) ?? "", span.label);
    }
  for (const { relation, label, to } of suggestion.parts) {
    const target = to === undefined ? undefined : spanOf(to, label, state);
    if (to && target && !isLeft(suggestion.fragments, to, state.spans.get(target))) link(relation, target, label);
  }
  // What was accepted before this one is linked to it now.
  for (const { id, label, parts } of by.all ?? []) {
    const source = state.judgments.get(id)?.spans.find((span) => state.spans.get(span)?.label === label);
    const before = source && state.spans.get(source)?.fragments;
    for (const { relation, to } of parts)
      if (before && to === suggestion.id && !isLeft(before, to, state.spans.get(head))) relate(relation, source, head);
  }
  const quote = state.spans.get(head);
  for (const op of quote ? opsWithin(state, quote, schema, newId, slice) : []) carry(op);
  const verdict = chosen || suggestion.moved ? "corrected" : "accepted";
  carry(judgeOp(suggestion.id, { ...suggesterOf(suggestion, by), verdict, spans: made }));
  return { ops, head, linked };
}

/** The op that rejects a suggestion. @param {Suggestion} suggestion @param {{suggester: string, version: string}} by @returns {Op} */
export function rejectOp(suggestion, by) {
  return judgeOp(suggestion.id, { ...suggesterOf(suggestion, by), verdict: "rejected", spans: [] });
}

/** Who made a suggestion: its own suggester, or else the one of the whole answer. @param {Suggestion} suggestion @param {{suggester: string, version: string}} by @returns {{suggester: string, version: string}} */
function suggesterOf({ suggester, version }, by) {
  return suggester && version ? { suggester, version } : { suggester: by.suggester, version: by.version };
}

/** The ops that record that accepted suggestions are corrected by an action; one that judges a suggestion itself corrects no other, though it links to its spans. @param {Annotation} annotation before the action @param {Op[]} ops of the action @returns {Op[]} */
export function correctionOps(annotation, ops) {
  if (!annotation.judgments.size || ops.some(({ kind }) => kind === "judge")) return [];
  const changed = new Set(
    ops.flatMap(({ kind, id, from, to }) =>
      ["change", "set", "remove"].includes(kind) ? [id] : kind === "relate" ? [from, to] : [],
    ),
  );
  return [...annotation.judgments.values()]
    .filter(({ verdict, spans }) => verdict === "accepted" && spans.some((span) => changed.has(span)))
    .map((judgment) => judgeOp(judgment.id, { ...judgment, verdict: "corrected" }));
}

/** Whether something stood in what a suggestion proposed, but doesn't in what that has become: someone has moved its end. @param {[number, number][]} fragments @param {string} to the id of the suggestion @param {Span | undefined} span that it has become @returns {boolean} */
function isLeft(fragments, to, span) {
  const holds = (/** @type {[number, number][]} */ around) =>
    fragments.every(([start, end]) => around.some(([from, until]) => from <= start && end <= until));
  return holds(fragmentsIn(to)) && span !== undefined && !holds(span.fragments);
}

/** The span that a suggestion has become, or that covers the same words. @param {string} id of the suggestion @param {string} label @param {Annotation} annotation @returns {string | undefined} */
function spanOf(id, label, annotation) {
  const made = annotation.judgments.get(id)?.spans.find((span) => annotation.spans.get(span)?.label === label);
  if (made) return made;
  const pairs = fragmentsIn(id);
  return annotation.ordered().find((span) => span.label === label && sharesText(span.fragments, pairs))?.id;
}

/** The fragments that the id of a suggestion names. @param {string} id @returns {[number, number][]} */
export function fragmentsIn(id) {
  return id
    .slice(id.indexOf(":") + 1)
    .split(".")
    .map((pair) => /** @type {[number, number]} */ (pair.split("-").map(Number)));
}

/** @param {Annotation} annotation @param {string} label @param {[number, number][]} fragments @returns {Span | undefined} */
function sameIn(annotation, label, fragments) {
  return annotation.ordered().find((span) => span.label === label && String(span.fragments) === String(fragments));
}

/** The entry of a registry with a name that the article has already. @param {Annotation} annotation @param {string} registry @param {string} name @returns {string | undefined} */
function idByName(annotation, registry, name) {
  return Object.entries(annotation.entries[registry] ?? {}).find(([, each]) => each === name)?.[0];
}

/** @param {[number, number][]} some @param {[number, number][]} others @returns {boolean} */
function sharesText(some, others) {
  return some.some(([start, end]) => others.some(([from, to]) => from < end && start < to));
}
