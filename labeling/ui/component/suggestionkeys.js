// @ts-check
import { digitOf, latinKey, strokeOf } from "./keymap.js";
import { askedIn, optionsOf } from "./suggestionchoices.js";

/** Keys while a suggestion is shown; the others do what they always do. */
const ACCEPT_KEY = "Enter";
const EDIT_KEY = "Shift+Enter";
const REJECT_KEYS = ["x", "Delete", "Backspace"];
const WHY_KEY = "w";
const PARAGRAPH_KEY = "Shift+p";
const DATES_KEY = "d";
const EXTENT_KEY = "v";
const FIELD_KEY = "e";
/** Commands that accept a suggestion and then change the span that it has become. */
const EDGES = ["end-back", "end-on", "start-back", "start-on"];

/** What keys do while a suggestion is shown. @param {import("./suggesting.js").Suggesting} suggesting @returns {import("./hints.js").KeyHint[]} */
export function suggestionHints(suggesting) {
  const { desk, withDates } = suggesting;
  const shown = suggesting.current();
  if (!shown) return [];
  const count = optionsOf(shown).length;
  const asked = askedIn(shown, desk.schema);
  const when = (/** @type {unknown} */ has, /** @type {string} */ key, /** @type {string} */ text) =>
    has ? [/** @type {import("./hints.js").KeyHint} */ ([key, text])] : [];
  return [
    [ACCEPT_KEY, "accept"],
    ["x", "reject"],
    ...when(count > 1, `1 … ${count}`, "accept another"),
    ...when(asked, FIELD_KEY, asked?.relation ? "another entity" : "another date"),
    ...when(shown.extents?.length, EXTENT_KEY, "another extent"),
    ...when(suggesting.datesInside().length, DATES_KEY, withDates ? "without dates" : "with dates"),
    [desk.keymap.keyOf("next-suggestion"), "next"],
    ["Shift+Enter", "accept and edit"],
    ["Shift+P", "accept the paragraph"],
    [WHY_KEY, "why"],
    [desk.keymap.keyOf("leave"), "close"],
  ];
}

/** Does what a key means while a suggestion is shown. @param {import("./suggesting.js").Suggesting} suggesting @param {KeyboardEvent} event */
export function takeSuggestionKey(suggesting, event) {
  const { desk, shown } = suggesting;
  if (!shown || event.repeat) return;
  const stroke = strokeOf(event, desk.mac);
  const digit = /^[1-9]$/u.test(latinKey(event)) ? latinKey(event) : digitOf(event);
  if (stroke === ACCEPT_KEY) return suggesting.accept();
  if (stroke === EDIT_KEY) return suggesting.accept(true);
  if (REJECT_KEYS.includes(stroke)) return suggesting.reject();
  if (stroke === PARAGRAPH_KEY) return suggesting.acceptParagraph();
  if (stroke === WHY_KEY) return suggesting.explain();
  if (digit) return suggesting.acceptOption(Number(digit) - 1);
  const shifted = event.shiftKey && digitOf({ ...codeOf(event), shiftKey: false });
  if (shifted) return suggesting.acceptOption(Number(shifted) - 1, true);
  if (stroke === FIELD_KEY && askedIn(shown, desk.schema)) return suggesting.accept("field");
  if (stroke === DATES_KEY && suggesting.datesInside().length) return suggesting.leaveDates();
  if (stroke === EXTENT_KEY && shown.extents?.length) return suggesting.nextExtent();
  const action = desk.keymap.find(event, desk.mac);
  const command = action?.kind === "command" ? action.command : "";
  if (["next-suggestion", "next-mark"].includes(command)) return suggesting.step(1);
  if (command === "previous-mark") return suggesting.step(-1);
  if (command === "undo" || command === "redo") return desk.run(command, false);
  const extends_ = action?.kind === "command" && action.extend && command === "jump";
  if (EDGES.includes(command) || extends_) suggesting.accept(true);
  else suggesting.end();
  if (command !== "leave" && action) desk.keyboard.act(action);
}

/** @param {KeyboardEvent} event @returns {import("./keymap.js").Stroke} */
function codeOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }) {
  return { key, code, ctrlKey, metaKey, altKey, shiftKey };
}
