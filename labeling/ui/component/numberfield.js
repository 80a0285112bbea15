// @ts-check
import { composes, make } from "./dom.js";
import { numberTyped, numbersTaken } from "./kinds.js";
import { decimal } from "./numbers.js";

/**
 * A field for a number, with its unit. What is no number of the attribute stays in the field, with the reason under it, and sets nothing.
 * It is no `type="number"`, which reads a comma as the browser's language has it, hides what it can't read, and changes with the wheel.
 * @param {import("./controls.js").Attribute} attribute @param {import("./controls.js").Surroundings} around @returns {import("./controls.js").Control}
 */
export function numberControl(attribute, around) {
  let [shown, of] = ["", ""];
  const { title, unit } = attribute;
  const input = make("input", {
    type: "text",
    inputmode: "decimal",
    class: "sw-input",
    "aria-label": unit ? `${title}, ${unit}` : title,
    title: numbersTaken(attribute),
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 60,
  });
  const note = make("div", { class: "sw-note", role: "status" });
  note.hidden = true;
  const say = (/** @type {string} */ words) => {
    note.textContent = words;
    note.hidden = !words;
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  /** Sets what was typed; whether nothing of it is left to mend. */
  const commit = () => {
    const typed = input.value.trim();
    const { value, error } = typed ? numberTyped(typed, attribute) : { value: null, error: "" };
    say(error && `${error}.`);
    if (error) return false;
    const next = value === null ? "" : decimal(value);
    if (next !== shown) around.set(value);
    return true;
  };
  input.addEventListener("input", () => say(""));
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => {
    if (composes(event) || event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (commit()) around.done();
  });
  const element = make(
    "div",
    {},
    make("div", { class: "sw-number" }, input, ...(unit ? [make("span", { class: "sw-quiet", text: unit })] : [])),
    note,
  );
  const sync = (/** @type {number | undefined} */ next) => {
    shown = next === undefined ? "" : decimal(next);
    if (around.id() !== of) {
      of = around.id();
      say("");
    }
    if (document.activeElement !== input && note.hidden) input.value = shown;
  };
  return { element, sync, focus: () => input.focus() };
}
