// @ts-check
import { COMMANDS } from "./commands.js";
import { Later, composes } from "./dom.js";

/** Keys that do nothing by themselves. */
const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph"];
/** Commands that work without an article. */
const WITHOUT_ARTICLE = ["back", "browse"];
/** Commands that work in a field. */
const IN_FIELD = ["leave", "submit"];

/** Reads key presses, given the focus: a command, a label, a link, a number, or none of these. */
export class Keyboard {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.stray = new Later("painted", () => this.catchFocus());
  }

  /** @param {import("./workspace.js").Listen} on */
  listen(on) {
    const { root } = this.desk;
    on(root, "keydown", (event) => this.key(event));
    on(window, "keydown", (event) => this.strayKey(event), true); // before Streamlit, which takes r and c
    on(root, "focusout", () => this.stray.ask());
    for (const name of ["keyup", "keypress"]) on(root, name, (event) => event.stopPropagation());
  }

  focusText() {
    const { article, view, opening } = this.desk;
    const place = article ? view.root : opening.message.querySelector("button");
    if (document.activeElement !== place) place?.focus({ preventScroll: true });
  }

  /** Gives the text the focus if what had it is gone, or can have it no longer. */
  catchFocus() {
    if (document.hasFocus() && document.activeElement?.contains(this.desk.root)) this.focusText();
  }

  /** A key pressed while nothing has the focus is meant for the text. @param {KeyboardEvent} event */
  strayKey(event) {
    const { root } = this.desk;
    if (!(/** @type {Node} */ (event.target).contains(root)) || [...MODIFIERS, "Tab"].includes(event.key)) return;
    this.focusText();
    this.key(event);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    const target = /** @type {HTMLElement} */ (event.target);
    const field = target.matches("input, select, textarea");
    if (field && composes(event)) return; // in the text nothing is typed, and keys mean what they always do
    const { desk } = this;
    if (desk.sheets.shown && (event.key === "Escape" || event.key === "?")) {
      event.preventDefault();
      return desk.sheets.close();
    }
    const action = desk.keymap.find(event, desk.mac);
    const command = action?.kind === "command" ? action.command : "";
    if (field && !IN_FIELD.includes(command)) return;
    const control = event.ctrlKey || event.metaKey;
    if (!field && target.matches("button, a") && (event.key === "Enter" || event.key === " ") && !control) return;
    const waiting = desk.extensions.find((each) => each.waiting);
    if (waiting && !field) {
      if (MODIFIERS.includes(event.key)) return;
      event.preventDefault();
      return waiting.key?.(event);
    }
    if (!action || (!desk.article && !WITHOUT_ARTICLE.includes(command))) return;
    event.preventDefault();
    if (!event.repeat || (command && !COMMANDS[command].once)) this.act(action);
  }

  /** @param {import("./keymap.js").Action} action */
  act(action) {
    const { desk } = this;
    const active = desk.annotation.spans.get(desk.active);
    if (action.kind === "label") desk.marking.label(action.label);
    else if (action.kind === "option") desk.marking.choose(action.number);
    else if (action.kind === "link")
      desk.linker.beginLink(active ? desk.schema.linksByKey(action.hotkey, active.label) : []);
    else desk.run(action.command, action.extend);
  }
}
