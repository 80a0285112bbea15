// @ts-check
import { composes } from "./dom.js";
import { digitOf, strokeOf } from "./keymap.js";
import { takingOf } from "./lanes.js";
import { DRAFT_KEYS, reviewCommand } from "./reviewcommands.js";

/** Reads key presses on the review page: a version to take, a command, or a step of redrawing. */
export class ReviewKeyboard {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {import("./workspace.js").Listen} on */
  listen(on) {
    const { page } = this;
    on(page.root, "keydown", (event) => this.key(event));
    on(window, "keydown", (event) => event.target === document.body && (page.focusText(), this.key(event)), true); // before Streamlit, which takes r and c
    for (const name of ["keyup", "keypress"]) on(page.root, name, (event) => event.stopPropagation());
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { page } = this;
    event.stopPropagation();
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.matches("input, select, textarea") && composes(event)) return;
    const stroke = strokeOf(event, page.mac);
    if (stroke === DRAFT_KEYS.cancel) {
      event.preventDefault();
      return this.leave(target);
    }
    const ticks = target.matches('input[type="checkbox"]'); // which takes no letters
    if (ticks && stroke === " ") return;
    if (ticks && stroke === "Enter" && page.alike.root.contains(target)) return (page.alike.take(), page.focusText());
    if (!ticks && target.matches("input, select, textarea")) {
      if (stroke === "Enter" && target === page.why.note) page.focusText();
      return;
    }
    if (!page.overview.root.hidden) {
      if (reviewCommand(stroke)?.name !== "overview") return;
      page.overview.hide();
      return page.focusText();
    }
    if (target.matches("button") && (stroke === "Enter" || stroke === " ")) return;
    if (page.drafting.draft ? page.drafting.key(event, stroke) : this.run(stroke) || this.run(digitOf(event)))
      event.preventDefault();
  }

  /** Closes what is open last. @param {HTMLElement} from where the key was pressed */
  leave(from) {
    const { page } = this;
    if (!page.overview.root.hidden) page.overview.hide();
    else if (!page.panel.help.hidden) page.panel.help.hidden = true;
    else if (page.drafting.draft && !from.matches("input, select, textarea")) page.drafting.draft = null;
    page.draw();
    page.focusText();
  }

  /** Does what a key stands for: takes a version, or runs a command. @param {string} stroke @returns {boolean} whether it stands for something */
  run(stroke) {
    const { page } = this;
    const { ended } = page.queue; // the question of before lies under the message
    const question = ended ? null : page.question;
    const taking =
      question && !(reviewCommand(stroke)?.name === "go-on" && page.sent.has(question.id))
        ? takingOf(stroke, question)
        : null;
    if (taking) return (page.take(taking), true);
    const command = reviewCommand(stroke);
    if (!command || (ended && !command.ended)) return false;
    command.run?.(page);
    return true;
  }
}
