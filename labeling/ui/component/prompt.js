// @ts-check
import { composes, make } from "./dom.js";

/**
 * Asks for a line of words in the status line.
 * @param {import("./workspace.js").Workspace} desk
 * @param {{question: string, example: string, verb: string, value?: string, take: (words: string) => void}} asked
 */
export function askLine(desk, { question, example, verb, value = "", take }) {
  const input = make("input", {
    type: "text",
    class: "sw-input",
    "aria-label": question,
    placeholder: example,
    maxlength: 500,
  });
  input.value = value;
  const button = (/** @type {string} */ text, /** @type {() => void} */ action) =>
    make("button", { type: "button", class: "sw-button sw-small", text, onclick: action });
  const done = () => {
    take(input.value.trim());
    desk.keyboard.focusText();
  };
  const cancel = () => {
    desk.hint("");
    desk.keyboard.focusText();
  };
  input.addEventListener("keydown", (event) => {
    if (composes(event) || event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    done();
  });
  desk.hint(question, "", [input, button(verb, done), button("Cancel", cancel)]);
  input.focus();
  input.select();
}
