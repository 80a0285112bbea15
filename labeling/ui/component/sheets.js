// @ts-check
import { make } from "./dom.js";
import { Browse } from "./browse.js";

/** The sheets that cover the panel for a while: all keys, the articles, the history. */
export class Sheets {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.browse = new Browse({
      api: desk.api,
      flags: desk.schema.flags,
      here: () => desk.article?.id ?? null,
      open: (article) =>
        article === desk.article?.id ? this.close() : void desk.opening.go(() => desk.queue.first(article)),
    });
  }

  get shown() {
    return !this.desk.details.panel.sheet.hidden;
  }

  /** @param {string} title @param {HTMLElement[]} content */
  open(title, content) {
    const close = make("button", {
      type: "button",
      class: "sw-icon",
      "aria-label": "Close",
      text: "×",
      onclick: () => this.close(),
    });
    this.desk.details.panel.showSheet([
      make(
        "div",
        { class: "sw-panel-head" },
        make("span", { class: "sw-count", text: title }),
        make("span", { class: "sw-grow" }),
        close,
      ),
      ...content,
    ]);
  }

  close() {
    this.desk.details.panel.showSheet(null);
    if (this.desk.past.state) this.desk.past.visit(Infinity);
    this.desk.keyboard.focusText();
  }

  showArticles() {
    this.close();
    this.open("Articles", [this.browse.root]);
    this.browse.begin();
  }

  /** Lists all keys; what a key does, a click or a finger on its words does too. */
  help() {
    if (this.shown) return this.close();
    const { desk } = this;
    const run = (/** @type {string} */ command) => {
      this.close();
      desk.run(command, false);
      desk.caret.showBar();
    };
    const words = (/** @type {{title: string, command?: string}} */ { title, command }) =>
      command && command !== "help"
        ? make("button", { type: "button", class: "sw-do", onclick: () => run(command), text: title })
        : title;
    const groups = desk.keymap.describe(desk.schema).map(({ group, keys }) => {
      const rows = keys.flatMap((each) => [
        make("dt", {}, ...(each.key ? [make("kbd", { class: "sw-kbd", text: each.key })] : [])),
        make("dd", {}, words(each)),
      ]);
      return make("section", {}, make("h2", { text: group }), make("dl", {}, ...rows));
    });
    const note = "Hold Shift with a move to select. Press Tab in the text to go to the panel.";
    this.open("Keys", [...groups, make("p", { class: "sw-quiet", text: note })]);
  }
}
