// @ts-check

/**
 * @typedef {import("./review.js").Review} Review
 * @typedef {object} ReviewCommand
 * @property {string} shown  its keys, as the list of all keys shows them
 * @property {string} title
 * @property {string} [hint]  what it does, in a word, in the status line
 * @property {string[]} [keys]  the strokes that run it; without, they take a version of the disagreement that is open
 * @property {(page: Review) => unknown} [run]
 * @property {true} [ended]  it also works where nothing is left
 */

/** What keys do on the review page, in the order in which they are listed. A new key is one entry here. @type {ReviewCommand[]} */
export const REVIEW_COMMANDS = [
  { shown: "a … h", title: "take that lane's version (1 … 9 where it has no letter)" },
  {
    shown: "Enter",
    title: "take what a majority has; go on from what is settled",
    hint: "majority",
    keys: ["Enter"],
    run: (page) => page.goOn(),
    ended: true,
  },
  { shown: "m", title: "what most have at each point" },
  { shown: "u", title: "the union of all ends" },
  { shown: "i", title: "the core that all share" },
  { shown: "x  v", title: "some of each, where two differ in two points" },
  { shown: "n", title: "none of these", hint: "none" },
  { shown: "r", title: "draw it anew", hint: "anew", keys: ["r"], run: (page) => page.drafting.begin() },
  {
    shown: "y",
    title: "take the same elsewhere, where it is offered",
    keys: ["y"],
    run: (page) => page.alike.takeOffered(),
  },
  {
    shown: "z",
    title: "take the last decision back, or the list",
    hint: "undo",
    keys: ["z", "Ctrl+z"],
    run: (page) => page.undo(),
    ended: true,
  },
  {
    shown: "↓ ↑",
    title: "next, previous disagreement",
    hint: "next",
    keys: ["ArrowDown"],
    run: (page) => page.step(1),
  },
  { shown: "", title: "", keys: ["ArrowUp"], run: (page) => page.step(-1) },
  {
    shown: "→ ←",
    title: "next, previous article",
    keys: ["ArrowRight"],
    run: (page) => page.goArticle(1),
    ended: true,
  },
  { shown: "", title: "", keys: ["ArrowLeft"], run: (page) => page.goArticle(-1), ended: true },
  {
    shown: "w",
    title: "why: a note and a clause for the next decision",
    keys: ["w"],
    run: (page) => page.why.note.focus(),
  },
  {
    shown: "o",
    title: "second opinion: also what others decided, unseen",
    keys: ["o"],
    run: (page) => page.secondOpinion(),
    ended: true,
  },
  {
    shown: "p",
    title: "policy and patterns: what becomes gold by itself, what annotators differ in",
    keys: ["p"],
    run: (page) => page.showOverview(),
    ended: true,
  },
  { shown: "?", title: "these keys", hint: "all keys", keys: ["?"], run: (page) => page.panel.toggleHelp() },
];

/** @param {string} stroke @returns {ReviewCommand | undefined} */
export function reviewCommand(stroke) {
  return REVIEW_COMMANDS.find(({ keys }) => keys?.includes(stroke));
}
