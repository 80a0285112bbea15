// @ts-check
import { MOVES } from "./cursor.js";

/**
 * @typedef {import("./workspace.js").Workspace} Workspace
 * @typedef {{run: (desk: Workspace, extend: boolean) => unknown, once?: true}} Command  `extend`: Shift is held with a move; `once`: a key held down doesn't repeat it
 */

/** @param {string} name of a move @returns {[string, Command]} */
const moved = (name) => [name, { run: (desk, extend) => desk.caret.move(name, extend) }];

/** The action of each command of the label page. Its keys, title and group are its entry in commands.json. @type {Record<string, Command>} */
export const COMMANDS = {
  ...Object.fromEntries(Object.keys(MOVES).map(moved)),
  "extend-sentence": { run: (desk) => desk.caret.extendSentence() },
  jump: { run: (desk, extend) => desk.jumper.begin(extend) },
  "toggle-snap": { run: (desk) => desk.caret.toggleSnap(), once: true },
  "choose-label": { run: (desk) => desk.caret.chooseLabel(), once: true },
  "next-mark": { run: (desk) => desk.marking.stepMark(1) },
  "previous-mark": { run: (desk) => desk.marking.stepMark(-1) },
  "next-candidate": { run: (desk) => desk.marking.stepCandidate(1) },
  "previous-candidate": { run: (desk) => desk.marking.stepCandidate(-1) },
  "next-suggestion": { run: (desk) => desk.suggesting.step(1) },
  "next-link": { run: (desk) => desk.versions.next() },
  "same-version": { run: (desk) => desk.versions.take(false), once: true },
  "part-version": { run: (desk) => desk.versions.take(true), once: true },
  "other-version": { run: (desk) => desk.versions.refuse(), once: true },
  "add-fragment": { run: (desk) => desk.marking.addFragment() },
  "remove-fragment": { run: (desk) => desk.marking.removeFragment() },
  "end-back": { run: (desk) => desk.marking.moveEdge("end", -1) },
  "end-on": { run: (desk) => desk.marking.moveEdge("end", 1) },
  "start-back": { run: (desk) => desk.marking.moveEdge("start", -1) },
  "start-on": { run: (desk) => desk.marking.moveEdge("start", 1) },
  remove: { run: (desk) => desk.marking.remove(), once: true },
  "accept-date": { run: (desk) => desk.marking.acceptDate(), once: true },
  waive: { run: (desk) => desk.waiving.next(), once: true },
  record: { run: (desk) => desk.completing.run(), once: true },
  links: { run: (desk) => desk.linker.toggleAll(), once: true },
  edit: { run: (desk) => desk.details.edit() },
  comment: { run: (desk) => desk.details.comment(desk.active || null), once: true },
  guideline: { run: (desk) => desk.details.guideline(), once: true },
  "follow-dates": { run: (desk) => desk.details.followDates() },
  publication: { run: (desk) => desk.headline.edit(), once: true },
  undo: { run: (desk) => desk.undo() },
  redo: { run: (desk) => desk.redo() },
  history: { run: (desk) => desk.past.showHistory() },
  find: { run: (desk) => desk.finding.open() },
  help: { run: (desk) => desk.sheets.help(), once: true },
  browse: { run: (desk) => desk.sheets.showArticles() },
  leave: { run: (desk) => desk.leave() },
  submit: { run: (desk) => desk.submitting.submit(), once: true },
  skip: { run: (desk) => desk.submitting.askSkip(), once: true },
  next: { run: (desk) => desk.opening.next(), once: true },
  back: { run: (desk) => desk.opening.back(), once: true },
};
