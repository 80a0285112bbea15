// @ts-check
import { composes, make } from "./dom.js";

/**
 * @typedef {import("./annotation.js").Comment} Comment
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./panel.js").PanelHost} PanelHost
 */

/** A comment as the panel lists it: its flag, its words, and ways to change and to remove it. @param {Comment} comment @param {PanelHost} host @returns {HTMLElement} */
export function commentLine(comment, host) {
  const { id, span, flag, text } = comment;
  return make(
    "div",
    { class: "sw-comment", "data-sw": "comment", "data-comment": id },
    make(
      "button",
      {
        type: "button",
        class: "sw-comment-words",
        title: "Edit this comment",
        onclick: () => host.comment(span, id),
      },
      ...(flag ? [make("span", { class: "sw-flagged", text: host.wording.flag(flag) }), " "] : []),
      make("span", { dir: "auto", text }),
    ),
    make("button", {
      type: "button",
      class: "sw-icon",
      title: "Remove this comment",
      "aria-label": "Remove this comment",
      onclick: () => host.act([{ kind: "uncomment", id }]),
      text: "×",
    }),
  );
}

/**
 * The form in which a comment is written: flags to choose one of, and a field. Enter takes it, Shift+Enter is a new line, Esc leaves.
 * @param {string} about what the comment is on, in words
 * @param {Comment} comment as it is, or an empty one
 * @param {PanelHost} host @param {() => void} done closes the form
 * @returns {{content: HTMLElement[], field: HTMLTextAreaElement}}
 */
export function commentForm(about, comment, host, done) {
  const field = make("textarea", {
    class: "sw-input sw-comment-field",
    rows: 3,
    maxlength: 5000,
    "aria-label": `Comment on ${about}`,
    placeholder: "Write a comment",
  });
  field.value = comment.text;
  const flags = host.schema.flags.map(({ key, title, guideline }) => {
    const input = make("input", {
      type: "checkbox",
      value: key,
      onchange: () => {
        for (const other of boxes) if (other !== input) other.checked = false;
      },
    });
    input.checked = comment.flag === key;
    return { input, element: make("label", { class: "sw-flag", title: guideline }, input, title) };
  });
  const boxes = flags.map(({ input }) => input);
  const take = () => {
    const text = field.value.trim();
    const flag = boxes.find(({ checked }) => checked)?.value ?? null;
    if (!text && !flag) return field.focus();
    if (text !== comment.text || flag !== comment.flag)
      host.act([{ kind: "comment", id: comment.id, span: comment.span, flag, text }]);
    done();
  };
  field.addEventListener("keydown", (event) => {
    if (composes(event) || event.key !== "Enter" || event.shiftKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    take();
  });
  const buttons = make(
    "div",
    { class: "sw-tools" },
    make("button", { type: "button", class: "sw-button sw-small sw-primary", text: "Save", onclick: take }),
    make("button", { type: "button", class: "sw-button sw-small", text: "Cancel", onclick: done }),
  );
  return {
    content: [
      make("h2", { text: `Comment on ${about}` }),
      field,
      make("div", { class: "sw-flags" }, ...flags.map(({ element }) => element)),
      buttons,
    ],
    field,
  };
}
