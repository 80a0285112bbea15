// @ts-check
import { keyed, make } from "./dom.js";
import { many } from "./quantities.js";

/** @typedef {import("./outbox.js").Saving} Saving */

const HINT_FOR = 5000;
const SUBMIT = "Submit & next";

/** Returns the work done in this session, in a few words; empty if there is none. @param {import("./client.js").Session} session @returns {string} */
export function sessionInWords({ articles, marks, marks_per_hour: rate }) {
  const parts = [
    articles ? many(articles, "article") : "",
    rate ? `${rate} spans/h` : marks ? many(marks, "span") : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

/** The one line below: what is saved, the keys that matter now or a hint, how far one is. */
export class StatusLine {
  /** @param {(command: string) => void} run @param {(command: string) => string} keyOf */
  constructor(run, keyOf) {
    this.saved = make("span", {
      class: "sw-saved",
      "data-sw": "saved",
      "data-state": "saved",
      "data-revision": "0",
      role: "status",
    });
    this.middle = make("div", { class: "sw-hints" });
    this.progress = make("button", {
      type: "button",
      class: "sw-progress",
      "data-sw": "progress",
      text: "Articles",
      "aria-keyshortcuts": keyOf("browse"),
      onclick: () => run("browse"),
    });
    this.session = make("span", {
      class: "sw-session",
      "data-sw": "session",
      title: "This session: articles submitted and spans added since your last long break",
    });
    const button = (/** @type {string} */ command, /** @type {string} */ text, kind = "sw-button") =>
      make(
        "button",
        {
          type: "button",
          class: kind,
          "data-sw": command,
          title: keyed(text, keyOf(command)),
          "aria-keyshortcuts": keyOf(command).replace("Ctrl", "Control"),
          onclick: () => run(command),
        },
        text,
      );
    this.submit = button("submit", SUBMIT, "sw-button sw-primary");
    this.submitKey = keyOf("submit");
    this.browseKey = keyOf("browse");
    this.root = make(
      "footer",
      { class: "sw-status" },
      this.saved,
      this.middle,
      this.session,
      this.progress,
      button("back", "Back"),
      button("skip", "Skip"),
      this.submit,
    );
    this.live = make("div", { class: "sw-live", "aria-live": "polite", "data-sw": "live" });
    /** @type {[string, string][]} */
    this.keys = [];
    this.keysShown = "";
    this.hinting = false;
    /** @type {any} */
    this.timer = null;
  }

  /** @param {Saving} saving @param {boolean} quiet there is nothing to save */
  show({ name, kept, revision, message }, quiet) {
    const text =
      name === "saved"
        ? quiet
          ? ""
          : `saved · rev ${revision}`
        : name === "saving"
          ? "saving …"
          : name === "offline"
            ? `offline, ${kept} unsaved`
            : `${message} Unsaved edits: ${kept}.`;
    if (this.saved.textContent !== text) {
      const [words, revision = ""] = text.split(/(?= · rev )/u);
      this.saved.replaceChildren(words, make("span", { class: "sw-revision" }, revision)); // no room for it in small windows
    }
    const { dataset } = this.saved;
    for (const [key, value] of Object.entries({ state: name, revision: String(revision), kept: String(kept) }))
      if (dataset[key] !== value) dataset[key] = value;
  }

  /** @param {[string, string][]} keys what matters now: key and meaning */
  showKeys(keys) {
    this.keys = keys;
    if (this.hinting) return;
    const shown = JSON.stringify(keys);
    if (shown === this.keysShown) return;
    this.keysShown = shown;
    this.middle.replaceChildren(
      ...keys.map(([key, meaning]) =>
        make("span", { class: "sw-hint-key" }, make("kbd", { class: "sw-kbd", text: key }), meaning),
      ),
    );
  }

  /** Shows what the button that submits does now. @param {boolean} done the article is submitted or skipped */
  showSubmit(done) {
    const text = done ? "Reopen" : SUBMIT;
    if (this.submit.textContent === text) return;
    this.submit.textContent = text;
    this.submit.title = `${text} (${this.submitKey})`;
  }

  /** Says something instead of the keys, for a while; "" ends it. @param {string} text @param {string} [kind] @param {HTMLElement[]} [buttons] with them it stays */
  hint(text, kind = "", buttons = []) {
    if (!text && !this.hinting) return;
    clearTimeout(this.timer);
    this.hinting = Boolean(text);
    this.keysShown = "";
    if (!text) {
      this.showKeys(this.keys);
      return;
    }
    this.middle.replaceChildren(
      make("span", { class: `sw-hint ${kind ? `sw-${kind}` : ""}`, "data-sw": "hint", title: text, text }),
      ...buttons,
    );
    this.say(text);
    if (!buttons.length) this.timer = setTimeout(() => this.hint(""), kind === "bad" ? 2 * HINT_FOR : HINT_FOR);
  }

  /** Announces a text to a screen reader. @param {string} text */
  say(text) {
    this.live.textContent = text;
  }

  /** @param {import("./client.js").Progress} progress @param {import("./client.js").Session} session @param {number | null} position of the article shown */
  count({ total, submitted, skipped }, session, position) {
    const done = sessionInWords(session);
    this.session.textContent = done;
    this.progress.textContent = position === null ? many(total, "article") : `${position} of ${total}`;
    this.progress.title = `${submitted} submitted, ${skipped} skipped, ${total - submitted - skipped} to do${done && `\nthis session: ${done}`}\nall articles (${this.browseKey})`;
  }
}
