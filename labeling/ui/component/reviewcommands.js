// @ts-check
import { showKey } from "./keymap.js";
import { mergeEntries } from "./sameentry.js";

/**
 * @typedef {import("./review.js").Review} Review
 * @typedef {object} ReviewCommand
 * @property {string} name
 * @property {string} [title]  in the list of all keys; without, it is named beside the one before
 * @property {string} [shown]  its keys there, where they are not its strokes
 * @property {{key: string, title: string}} [take]  what can be taken beside a version, with its key; the name is what the server calls it
 * @property {string} [hint]  what it does, in a word, in the status line
 * @property {string[]} [strokes]  the strokes that run it; without, they take a version of the disagreement that is open
 * @property {(page: Review) => unknown} [run]
 * @property {true} [ended]  it also works where nothing is left
 */

/** The commands of the review page, in the order in which they are listed. A new key is one entry here. @type {ReviewCommand[]} */
export const REVIEW_COMMANDS = [
  { name: "version", shown: "a … h", title: "take that annotator's version (1 … 9 for versions without a letter)" },
  {
    name: "go-on",
    strokes: ["Enter"],
    title: "take the majority's version, or continue if this is resolved",
    hint: "majority",
    run: (page) => page.goOn(),
    ended: true,
  },
  {
    name: "most",
    take: { key: "m", title: "The most common value at each point" },
    title: "take the most common value at each point",
  },
  {
    name: "union",
    take: { key: "u", title: "The union of all versions" },
    title: "take the union of all versions",
  },
  { name: "core", take: { key: "i", title: "What all versions share" }, title: "take what all versions share" },
  {
    name: "mixed",
    take: { key: "x", title: "Combine the two" },
    shown: "x  v",
    title: "combine two versions that differ in two points",
  },
  { name: "crossed", take: { key: "v", title: "Combine the two the other way" } },
  { name: "none", take: { key: "n", title: "None of these" }, title: "take none of these", hint: "none" },
  {
    name: "same-entry",
    strokes: ["="],
    title: "merge the registry entries that the versions differ by: they are the same person, event or utterance",
    run: (page) => mergeEntries(page),
  },
  {
    name: "redraw",
    strokes: ["r"],
    title: "redraw the span and its links",
    hint: "redraw",
    run: (page) => page.drafting.begin(),
  },
  {
    name: "alike",
    strokes: ["y"],
    title: "apply the decision to the similar places that are listed",
    run: (page) => page.alike.takeOffered(),
  },
  {
    name: "undo",
    strokes: ["z", "Ctrl+z"],
    shown: "z",
    title: "undo the last decision, with the similar places it was applied to",
    hint: "undo",
    run: (page) => page.undo(),
    ended: true,
  },
  {
    name: "next",
    strokes: ["ArrowDown"],
    shown: "↓ ↑",
    title: "next, previous disagreement",
    hint: "next",
    run: (page) => page.step(1),
  },
  { name: "previous", strokes: ["ArrowUp"], run: (page) => page.step(-1) },
  {
    name: "next-article",
    strokes: ["ArrowRight"],
    shown: "→ ←",
    title: "next, previous article",
    run: (page) => page.goArticle(1),
    ended: true,
  },
  { name: "previous-article", strokes: ["ArrowLeft"], run: (page) => page.goArticle(-1), ended: true },
  {
    name: "why",
    strokes: ["w"],
    title: "give a reason for the next decision: a note and a clause of the guideline",
    run: (page) => page.why.note.focus(),
  },
  {
    name: "second-opinion",
    strokes: ["o"],
    title: "second opinion: review others' decisions without seeing them",
    run: (page) => page.secondOpinion(),
    ended: true,
  },
  {
    name: "overview",
    strokes: ["p"],
    title: "policy and patterns: what becomes gold without a decision, and where annotators disagree",
    run: (page) => page.showOverview(),
    ended: true,
  },
  { name: "help", strokes: ["?"], title: "show these keys", hint: "all keys", run: (page) => page.panel.toggleHelp() },
];

/** The keys of a drawing. */
export const DRAFT_KEYS = { save: "Enter", cancel: "Escape", remove: ["Backspace", "Delete"] };

/** The contents that can be taken besides a version. @type {{name: string, key: string, title: string}[]} */
export const TAKES = REVIEW_COMMANDS.flatMap(({ name, take }) => (take ? [{ name, ...take }] : []));

/** The command that a stroke runs. @param {string} stroke @returns {ReviewCommand | undefined} */
export function reviewCommand(stroke) {
  return REVIEW_COMMANDS.find(({ strokes }) => strokes?.includes(stroke));
}

/** The key of a command as people read it. @param {string} name @returns {string} */
export function reviewKey(name) {
  const { strokes, take, shown } = REVIEW_COMMANDS.find((each) => each.name === name) ?? {};
  return showKey(strokes?.[0] ?? take?.key ?? shown ?? "");
}
