// @ts-check
import { TAKES, reviewCommand, reviewKey } from "./reviewcommands.js";
import { many } from "./quantities.js";

/**
 * @typedef {{label: string, fragments: [number, number][]}} Place
 * @typedef {{label: string, fragments: [number, number][], attributes: Record<string, any>, waivers?: Record<string, string>}} Drawn  a span without an id
 * @typedef {{type: string, from: Place, to: Place}} DrawnLink
 * @typedef {{spans: Drawn[], links: DrawnLink[]}} Content
 * @typedef {Content & {id: string, lanes: string[]}} Version
 * @typedef {Content & {reviewer: string, own: boolean, took: string, note: string, clause: string, at: string, revision: number}} Decided
 * @typedef {{take: string, version?: string | null}} Taking
 * @typedef {Taking & {title: string, right: number, seen: number}} Suggested
 * @typedef {{id: string, kinds: string[], state: string, left: boolean, start: number, end: number, value: number, pattern: {key: string, title: string}, versions: Version[], takes: Record<string, Content>, preselected: Taking | null, partly?: Partly | null, suggested?: Suggested | null, content: Content | null, decisions: Decided[]}} Question
 * @typedef {{present: number, of: number, differs: string[]}} Partly  `present` of `of` annotators marked something; `differs`: the points on which no majority agrees
 * @typedef {{lane: string, name: string | null, comments: {flag: string | null, text: string, at: [number, number][] | null}[]}} Lane
 * @typedef {{article: import("./client.js").Article, sentences: [number, number][], policy: {rule: string, votes: number}, waiting: number, lanes: Lane[], agreed: import("./annotation.js").Span[], faults: {at: [number, number][], text: string}[], disagreements: Question[], entries: Record<string, Record<string, string>>}} ReviewView
 * @typedef {{key: string, title: string, taking: Taking, content: Content, lanes: string[]}} Offer
 */

/** The colors and lines of lanes; spans that are agreed on are gray and dotted. */
const LANE_COLORS = ["#2f6fb3", "#b3541e", "#2e8b57", "#8a3fa0", "#a3293b", "#00707a", "#6b6b00", "#3a3f8f"];
const LANE_LINES = ["solid", "dashed", "double", "wavy", "dotted"];
/** The number of letters of the text that a tag may cover. */
const TAG_WIDTH = 6;
const AGREED = { key: "agreed", colour: "#8a8f98", line: "dotted" };

/** A label set in which the lanes are the labels, for the view of the article. @param {import("./schema.js").SchemaData} data @param {string[]} lanes @returns {import("./schema.js").SchemaData} */
export function laneSchema(data, lanes) {
  const labels = [
    ...lanes.map((lane, at) => ({
      key: lane,
      title: `Lane ${lane}`,
      colour: LANE_COLORS[at % LANE_COLORS.length],
      line: LANE_LINES[at % LANE_LINES.length],
      attributes: [],
    })),
    { ...AGREED, title: "Agreed", attributes: [] },
  ];
  return { ...data, labels, relations: [], records: [] };
}

/** Each annotator's marks where a disagreement is, as spans whose label is the lane. @param {Question} question @returns {import("./annotation.js").Span[]} */
export function laneMarks(question) {
  return question.versions.flatMap(({ lanes, spans }) =>
    lanes.flatMap((lane) =>
      spans.map(({ fragments }, at) => ({ id: `${lane}-${at}`, label: lane, fragments, attributes: {} })),
    ),
  );
}

/** A tag for every place where marks begin, with the lanes that begin there or a few letters on: tags must not cover one another. @param {Question} question @returns {{lanes: string[], span: import("./annotation.js").Span}[]} */
export function laneTags(question) {
  const marks = laneMarks(question).sort((a, b) => a.fragments[0][0] - b.fragments[0][0]);
  /** @type {{lanes: string[], span: import("./annotation.js").Span}[]} */
  const tags = [];
  for (const span of marks) {
    const last = tags[tags.length - 1];
    if (last && span.fragments[0][0] - last.span.fragments[0][0] < TAG_WIDTH)
      last.lanes = [...new Set([...last.lanes, span.label])].sort();
    else tags.push({ lanes: [span.label], span });
  }
  return tags;
}

/** Returns the contents that can be taken, in the order shown: versions by their lanes' letters, then other contents, and nothing. @param {Question} question @returns {Offer[]} */
export function offersOf(question) {
  const versions = question.versions.map((version) => ({
    key: keyOf(version, question),
    title: version.lanes.join(" "),
    taking: { take: "version", version: version.id },
    content: { spans: version.spans, links: version.links },
    lanes: version.lanes,
  }));
  const known = (/** @type {string} */ take) =>
    take !== "none" && question.versions.some((version) => sameContent(version, question.takes[take]));
  const rest = TAKES.flatMap(({ name: take, key, title }) =>
    question.takes[take] && !known(take)
      ? [{ key, title, taking: { take }, content: question.takes[take], lanes: [] }]
      : [],
  );
  const order = (/** @type {Offer} */ { lanes }) => lanes[0].padStart(4);
  return [...versions.sort((a, b) => (order(a) < order(b) ? -1 : 1)), ...rest];
}

/** The key that takes a version: its first lane's letter, a digit where that means something else; "" where digits are used up. @param {Version} version @param {Question} question @returns {string} */
function keyOf(version, question) {
  const letter = (/** @type {Version} */ { lanes }) => lanes.find((lane) => /^[A-H]$/u.test(lane))?.toLowerCase();
  const without = question.versions.filter((each) => !letter(each)).indexOf(version);
  return letter(version) ?? (without < 9 ? String(without + 1) : "");
}

/** Returns the content that a key takes: a lane's letter or a version's digit takes that version, others are listed in TAKES, and the key to continue takes the preselected one. @param {string} key @param {Question} question @returns {Taking | null} */
export function takingOf(key, question) {
  if (reviewCommand(key)?.name === "go-on") return question.left ? question.preselected : null; // going on never changes what is resolved
  const version = question.versions.find(
    (each) =>
      (/^[a-h]$/u.test(key) && each.lanes.includes(key.toUpperCase())) ||
      (/^[1-9]$/u.test(key) && keyOf(each, question) === key),
  );
  if (version) return { take: "version", version: version.id };
  const take = TAKES.find((each) => each.key === key)?.name;
  return take && question.takes[take] ? { take } : null;
}

/** Returns whether two choices lead to the same content. @param {Taking | null} one @param {Taking | null} two @returns {boolean} */
export function sameTaking(one, two) {
  return one !== null && two !== null && one.take === two.take && (one.version ?? null) === (two.version ?? null);
}

/** The attributes on which versions' spans of one label differ, as `label name`. @param {Question} question @returns {Set<string>} */
export function differingNames(question) {
  const spans = question.versions.flatMap((version) => version.spans);
  /** @type {Map<string, Set<string>>} */
  const seen = new Map();
  for (const { label, attributes } of spans) {
    for (const name of Object.keys(attributes)) {
      const values = spans.filter((span) => span.label === label).map((span) => plainValue(span.attributes[name]));
      seen.set(`${label} ${name}`, new Set(values));
    }
  }
  return new Set([...seen].filter(([, values]) => values.size > 1).map(([key]) => key));
}

/** Returns whether two contents are equal. @param {Content} one @param {Content | undefined} two @returns {boolean} */
export function sameContent(one, two) {
  const key = (/** @type {Content} */ { spans, links }) =>
    JSON.stringify([
      spans.map(({ label, fragments, attributes }) => [
        label,
        fragments,
        Object.keys(attributes)
          .sort()
          .map((name) => [name, plainValue(attributes[name])]),
      ]),
      links,
    ]);
  return two !== undefined && key(one) === key(two);
}

/** A value as it is compared: a date by its EDTF value and modifier. @param {any} value @returns {string} */
export function plainValue(value) {
  return value && typeof value === "object" && !Array.isArray(value)
    ? `${value.edtf ?? value.timex3} ${value.mod ?? ""}`
    : JSON.stringify((Array.isArray(value) ? value.toSorted() : value) ?? null);
}

/** The stretch that all versions with any span share; null where there is none. @param {Question} question @returns {[number, number] | null} */
export function sharedStretch(question) {
  const marked = question.versions.map(({ spans }) => spans).filter((spans) => spans.length);
  if (!marked.length || marked.some((spans) => spans.length > 1)) return null;
  const start = Math.max(...marked.map(([{ fragments }]) => fragments[0][0]));
  const end = Math.min(...marked.map(([{ fragments }]) => fragments[fragments.length - 1][1]));
  return start < end ? [start, end] : null;
}

/** A stretch cut where it leaves what all share, long ones shortened inside. @param {[number, number]} stretch @param {[number, number] | null} shared @returns {{start: number, end: number, own: boolean}[]} */
export function cutAtShared([start, end], shared) {
  if (!shared || shared[1] <= start || shared[0] >= end) return [{ start, end, own: shared !== null }];
  const parts = [
    { start, end: Math.max(start, shared[0]), own: true },
    { start: Math.max(start, shared[0]), end: Math.min(end, shared[1]), own: false },
    { start: Math.min(end, shared[1]), end, own: true },
  ];
  return parts.filter((part) => part.end > part.start);
}

/** The names of the points without a majority. @type {Record<string, string>} */
const POINTS = { label: "its label", ends: "its boundaries", value: "its values", link: "its links" };

/** Returns a sentence on the points most agree on if no version has a majority; "" if there are none. @param {Question} question @returns {string} */
export function partlyShown({ partly }) {
  if (!partly) return "";
  const { present, of, differs } = partly;
  const points = differs.map((point) => POINTS[point] ?? point).join(" or ");
  return `Most annotators (${present} of ${of}) agree that something is here, but not on ${points}.`;
}

/** A suggestion with its record in words; "" where there is none. @param {Question} question @returns {string} */
export function suggestedShown({ suggested }) {
  if (!suggested) return "";
  const { title, right, seen } = suggested;
  return `Suggested: ${title}, ${seen ? `${right} of ${seen} so far` : "no record yet"}`;
}

/** Returns the title and sentences that the page shows when nothing is left for the reviewer. @param {{total: number, pending: number, waiting: number, alone: number}} queue @returns {{title: string, sentences: string[]}} */
export function ending({ total, pending, waiting, alone }) {
  if (pending) return { title: "Checking the articles …", sentences: [`${pending} not checked yet.`] };
  const sentences = total
    ? [`${many(total, "disagreement has", "disagreements have")} been resolved, by a decision or by the policy.`]
    : [];
  if (alone)
    sentences.push(
      aloneShown(alone),
      `Assign these to a second annotator, or accept one vote (press ${reviewKey("overview")} for the policy).`,
    );
  if (waiting > alone)
    sentences.push(
      `${many(waiting - alone, "article has", "articles have")} spans without enough votes (press ${reviewKey("overview")} for the policy).`,
    );
  if (total && !waiting) sentences.push("You can export the gold annotations.");
  if (!total && !waiting) sentences.push("Disagreements appear once two people have submitted the same article.");
  return {
    title: total ? (waiting ? "All disagreements are resolved" : "Everything is resolved") : "Nothing to resolve yet",
    sentences,
  };
}

/** @param {number} alone how many articles need a second annotator @returns {string} */
export function aloneShown(alone) {
  return `${many(alone, "article was", "articles were")} labeled by only one annotator.`;
}

/** The question to go on with: the one worth most that is left, or of those after `id` in the text with `along`. @param {Question[]} questions @param {string} id @param {-1 | 0 | 1} along @returns {Question | null} */
export function nextQuestion(questions, id, along = 0) {
  if (along) {
    const at = questions.findIndex((question) => question.id === id);
    return questions[(at + along + questions.length) % questions.length] ?? null;
  }
  return questions.filter(({ left }) => left).sort((a, b) => b.value - a.value)[0] ?? null;
}
