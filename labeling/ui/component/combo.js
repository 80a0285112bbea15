// @ts-check
import { composes, make } from "./dom.js";
import { showKey } from "./keymap.js";

/**
 * @typedef {{title: string, detail?: string, value?: any, pick: () => void}} Choice  `value`: what it would set
 */

/** The key that takes the choice in a field. */
const TAKE_KEY = "Enter";

let comboNumber = 0;

/** A text field with a list of choices under it: typing looks them up, arrows move, Enter takes one. */
export class Combo {
  /**
   * @param {object} parts
   * @param {string} parts.label for a screen reader
   * @param {string} [parts.placeholder]
   * @param {number} parts.pause milliseconds of rest before a look-up
   * @param {(query: string) => Promise<{choices: Choice[], note?: string}>} parts.find
   * @param {() => string} [parts.prefill] what to start from when the field is empty
   * @param {(choice: Choice | null) => void} [parts.preview] receives the choice that Enter would take; null if it takes none
   * @param {() => void} parts.clear
   * @param {() => void} parts.done
   */
  constructor({ label, placeholder, pause, find, prefill, preview, clear, done }) {
    this.find = find;
    this.pause = pause;
    this.prefill = prefill;
    this.preview = preview;
    this.clear = clear;
    this.done = done;
    this.id = `sw-combo-${++comboNumber}`;
    this.value = "";
    this.typed = false;
    this.turn = 0;
    this.takeWhenFound = false;
    this.moved = false; // an arrow has gone through the choices
    this.at = 0; // the choice that Enter takes; -1 if it keeps the value
    /** @type {Choice[]} */
    this.choices = [];
    /** @type {any} */
    this.timer = null;
    this.input = make("input", {
      type: "text",
      class: "sw-input",
      role: "combobox",
      "aria-label": label,
      "aria-expanded": "false",
      "aria-controls": this.id,
      "aria-autocomplete": "list",
      placeholder,
      autocomplete: "off",
      spellcheck: "false",
    });
    this.list = make("ul", {
      class: "sw-choices",
      tabindex: "-1",
      role: "listbox",
      id: this.id,
      "aria-label": `${label}: choices`,
    });
    this.list.hidden = true;
    this.note = make("div", { class: "sw-note", role: "status" });
    this.note.hidden = true;
    this.element = make("div", { class: "sw-combo" }, this.input, this.list, this.note);
    this.input.addEventListener("focus", () => this.open());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("input", () => {
      this.typed = true;
      this.takeWhenFound = false;
      this.look(this.pause);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {string} value */
  sync(value) {
    this.value = value;
    if (document.activeElement !== this.input) {
      this.input.value = value;
      this.typed = false;
    }
  }

  open() {
    this.typed = false;
    if (!this.input.value && this.prefill) this.input.value = this.prefill();
    this.input.select();
    this.look(0);
  }

  close() {
    clearTimeout(this.timer);
    this.turn++;
    this.takeWhenFound = false;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.preview?.(null);
    const dangling = this.typed && this.input.value.trim() !== this.value;
    if (!dangling) this.input.value = this.value;
    this.say(dangling && this.input.value.trim() ? `Not saved yet. Press ${showKey(TAKE_KEY)} in the field.` : "");
  }

  /** Whether the field has its value still, unchanged: Enter keeps it. @returns {boolean} */
  get keeps() {
    return this.value !== "" && this.input.value.trim() === this.value && !this.typed;
  }

  /** @param {string} text */
  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  /** @param {number} pause */
  look(pause) {
    clearTimeout(this.timer);
    this.moved = false;
    this.at = this.keeps ? -1 : 0;
    const turn = ++this.turn;
    this.list.setAttribute("aria-busy", "true");
    this.timer = setTimeout(async () => {
      const query = this.input.value.trim();
      let found;
      try {
        found = await this.find(query);
      } catch (error) {
        found = { choices: [], note: String(/** @type {Error} */ (error).message) };
      }
      if (turn !== this.turn) return;
      this.choices = found.choices;
      this.timer = null;
      this.list.setAttribute("aria-busy", "false");
      this.say(found.note ?? "");
      this.show();
      if (this.takeWhenFound) this.take();
    }, pause);
    this.choices = [];
  }

  show() {
    this.list.replaceChildren(
      ...this.choices.map((choice, index) =>
        make(
          "li",
          {
            class: index === this.at ? "sw-choice sw-here" : "sw-choice",
            role: "option",
            id: `${this.id}-${index}`,
            "aria-selected": index === this.at ? "true" : "false",
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.pick(choice);
            },
          },
          make("span", { class: "sw-choice-title", text: choice.title }),
          make("span", { class: "sw-choice-detail", text: choice.detail ?? "" }),
        ),
      ),
    );
    const open = this.choices.length > 0 && document.activeElement === this.input;
    this.list.hidden = !open;
    const here = open ? this.choices[this.at] : undefined;
    this.preview?.(here ?? null);
    this.input.setAttribute("aria-expanded", String(open));
    if (here) {
      this.input.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
      this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  take() {
    if (!this.choices.length && this.timer !== null) {
      this.takeWhenFound = true;
      return;
    }
    this.takeWhenFound = false;
    const choice = this.choices[this.at];
    if (choice) this.pick(choice);
  }

  /** Takes a choice, also one that a look-up under way is about to replace: it is what the person sees. @param {Choice} choice */
  pick(choice) {
    clearTimeout(this.timer);
    this.timer = null;
    this.turn++;
    this.takeWhenFound = false;
    this.typed = false;
    choice.pick();
    this.done();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (composes(event)) return;
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (move && this.choices.length) {
      const last = this.choices.length - 1;
      this.at += move;
      if (this.at < 0) this.at = last;
      if (this.at > last) this.at = 0;
      this.typed = true;
      this.moved = true;
      this.show();
    } else if (event.key === TAKE_KEY && !event.ctrlKey && !event.metaKey) {
      if (!this.input.value.trim() && this.typed && !this.moved) {
        this.typed = false;
        this.clear();
        this.done();
      } else if (this.keeps || this.at < 0) this.done();
      else if (this.choices.length || this.timer !== null) this.take();
      else if (!this.input.value.trim()) this.done();
      else return;
    } else if (event.key === "Tab" && this.typed && this.input.value.trim()) {
      const choice = this.choices[this.at];
      if (choice) {
        this.typed = false;
        choice.pick();
      }
      return;
    } else if (event.key === "Escape" && this.typed && this.value !== this.input.value) {
      this.input.value = this.value;
      this.typed = false;
      this.look(0);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
