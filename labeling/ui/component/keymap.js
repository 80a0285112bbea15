// @ts-check
import { Schema } from "./schema.js";

/**
 * @typedef {import("./schema.js").Command} Command
 * @typedef {{kind: "command", command: string, extend: boolean} | {kind: "label", label: string} | {kind: "link", hotkey: string} | {kind: "option", number: number}} Action
 * @typedef {{key: string, code?: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean, getModifierState?: (key: string) => boolean}} Stroke
 */

/** What a US keyboard has, without and with Shift, where others have letters of their own scripts. @type {Record<string, string>} */
const PUNCTUATION = {
  Backquote: "`~",
  BracketLeft: "[{",
  BracketRight: "]}",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
  Backslash: "\\|",
  Minus: "-_",
  Equal: "=+",
};
/** What an input method calls a key that it takes for itself. */
const TAKEN = ["Process", "Unidentified"];

/** The key that was pressed. Where it gives a letter or digit of another script, or an input method has it, it is the one that a US keyboard has there. @param {Stroke} event @returns {string} */
export function latinKey({ key, code = "", shiftKey }) {
  const other = /^[\p{L}\p{M}\p{N}]/u.test(key) && !/^[\p{Script=Latin}0-9]/u.test(key) && [...key].length === 1;
  if (!other && !TAKEN.includes(key)) return key;
  const [, letter = "", digit = ""] = /^(?:Key([A-Z])|Digit(\d))$/u.exec(code) ?? [];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  return (shiftKey ? "" : digit) || PUNCTUATION[code]?.[Number(shiftKey)] || key;
}

/** The digit of a key in the row of digits that gives another character without Shift, as on French keyboards; "" for any other key. @param {Stroke} event @returns {string} */
export function digitOf({ code = "", ctrlKey, metaKey, altKey, shiftKey }) {
  return ctrlKey || metaKey || altKey || shiftKey ? "" : (/^Digit(\d)$/u.exec(code)?.[1] ?? "");
}

/** The name of a key press: modifiers in the order Ctrl, Alt, Shift, then the key; Shift is named only where the key does not show it. @param {Stroke} event @param {boolean} [mac] @returns {string} */
export function strokeOf(event, mac = false) {
  const typed = event.getModifierState?.("AltGraph") ?? false;
  const pressed = latinKey(event);
  const letter = /^\p{L}$/u.test(pressed);
  const key = letter ? pressed.toLowerCase() : pressed;
  let ctrl = (mac ? event.metaKey : event.ctrlKey) && !typed;
  let alt = event.altKey && !typed;
  if (mac && alt && key.startsWith("Arrow")) [ctrl, alt] = [true, false]; // Ctrl+arrow belongs to the system there
  if (mac && alt && !ctrl && key.length === 1) alt = false; // Option types characters there
  const shift = event.shiftKey && (letter || key.length > 1);
  return `${ctrl ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** The one place that knows which key does what: commands, and the schema's labels and relations. No two have one key: the schema sees to it, and a command may be without. */
export class Keymap {
  /** @param {Schema} schema */
  constructor(schema) {
    /** @type {Map<string, Action>} */
    this.actions = new Map();
    this.commands = schema.data.commands;
    for (let number = 1; number <= 9; number++) this.actions.set(String(number), { kind: "option", number });
    for (const { key, hotkey } of schema.labels) if (hotkey) this.actions.set(hotkey, { kind: "label", label: key });
    for (const { hotkey } of schema.relations) if (hotkey) this.actions.set(hotkey, { kind: "link", hotkey });
    for (const { command, keys, group } of this.commands) {
      for (const key of keys) {
        this.actions.set(key, { kind: "command", command, extend: false });
        if (group === "Move")
          this.actions.set(key.replace(/([^+]+)$/u, "Shift+$1"), { kind: "command", command, extend: true });
      }
    }
  }

  /** @param {Stroke} event @param {boolean} [mac] @returns {Action | undefined} */
  find(event, mac = false) {
    return this.actions.get(strokeOf(event, mac)) ?? this.actions.get(digitOf(event));
  }

  /** The first key of a command, as shown to people; "" if it has none. @param {string} command @returns {string} */
  keyOf(command) {
    return showKey(this.commands.find((each) => each.command === command)?.keys[0] ?? "");
  }

  /** Commands' keys as a sentence lists them: “j, k or Enter”. @param {...string} commands @returns {string} */
  keysOf(...commands) {
    const keys = commands.map((command) => this.keyOf(command)).filter(Boolean);
    return keys.length > 1 ? `${keys.slice(0, -1).join(", ")} or ${keys.at(-1)}` : keys.join("");
  }

  /** The key that selects the next word. @returns {string} */
  get extendKey() {
    return `Shift+${this.keyOf("word-right")}`;
  }

  /** All keys by group, for the help sheet. @param {Schema} schema @returns {{group: string, keys: {key: string, title: string, command?: string}[]}[]} */
  describe(schema) {
    const groups = new Map();
    const labels = schema.labels
      .filter(({ hotkey }) => hotkey)
      .map(({ hotkey, title }) => ({ key: showKey(hotkey ?? ""), title: title.toLowerCase() }));
    groups.set("Labels", labels);
    const links = new Map();
    for (const { hotkey, title } of schema.relations)
      if (hotkey) links.set(hotkey, [...(links.get(hotkey) ?? []), title]);
    groups.set(
      "Links",
      [...links].map(([key, titles]) => ({ key: showKey(key), title: titles.join(", ") })),
    );
    groups.set("Details", [{ key: "1 … 9", title: "choose a numbered option on the card" }]);
    for (const { command, keys, title, group } of this.commands)
      groups.set(group, [...(groups.get(group) ?? []), { key: showKey(keys[0] ?? ""), title, command }]);
    return [...groups].filter(([, keys]) => keys.length).map(([group, keys]) => ({ group, keys }));
  }
}

const SHOWN = /** @type {Record<string, string>} */ ({
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  PageDown: "PgDn",
  PageUp: "PgUp",
});

/** A key as people read it. @param {string} key @returns {string} */
export function showKey(key) {
  return key
    .split(/\+(?=.)/u)
    .map((part) => SHOWN[part] ?? (part.length === 1 && key.includes("+") ? part.toUpperCase() : part))
    .join("+");
}
