// @ts-check
import { Schema } from "./schema.js";

/**
 * @typedef {{command: string, keys: string[], title: string, group: string}} Command
 * @typedef {{kind: "command", command: string, extend: boolean} | {kind: "label", label: string} | {kind: "link", hotkey: string} | {kind: "attribute", hotkey: string}} Action
 * @typedef {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean, getModifierState?: (key: string) => boolean}} Stroke
 */

/** Every command with its keys. Moves take Shift to extend the selection. @type {Command[]} */
export const COMMANDS = [
  { command: "word-right", keys: ["ArrowRight"], title: "a word on", group: "Move" },
  { command: "word-left", keys: ["ArrowLeft"], title: "a word back", group: "Move" },
  { command: "character-right", keys: ["Ctrl+ArrowRight"], title: "a character on", group: "Move" },
  { command: "character-left", keys: ["Ctrl+ArrowLeft"], title: "a character back", group: "Move" },
  { command: "line-down", keys: ["ArrowDown"], title: "a line down", group: "Move" },
  { command: "line-up", keys: ["ArrowUp"], title: "a line up", group: "Move" },
  { command: "line-start", keys: ["Home"], title: "start of the line", group: "Move" },
  { command: "line-end", keys: ["End"], title: "end of the line", group: "Move" },
  { command: "paragraph-down", keys: ["Ctrl+ArrowDown"], title: "next paragraph", group: "Move" },
  { command: "paragraph-up", keys: ["Ctrl+ArrowUp"], title: "previous paragraph", group: "Move" },
  { command: "text-start", keys: ["Ctrl+Home"], title: "start of the text", group: "Move" },
  { command: "text-end", keys: ["Ctrl+End"], title: "end of the text", group: "Move" },
  { command: "page-down", keys: ["PageDown"], title: "a page down", group: "Move" },
  { command: "page-up", keys: ["PageUp"], title: "a page up", group: "Move" },
  { command: "extend-sentence", keys: ["e"], title: "select to the end of the sentence", group: "Select" },
  { command: "toggle-snap", keys: ["w"], title: "whole words on or off", group: "Select" },
  { command: "next-mark", keys: ["j"], title: "next mark", group: "Marks" },
  { command: "previous-mark", keys: ["k"], title: "previous mark", group: "Marks" },
  { command: "edit", keys: ["Enter"], title: "edit the mark's details", group: "Marks" },
  { command: "leave", keys: ["Escape"], title: "back to the text, clear the selection", group: "Marks" },
  { command: "add-fragment", keys: ["f"], title: "add the selection to the mark", group: "Marks" },
  { command: "remove-fragment", keys: ["x"], title: "remove the fragment at the caret", group: "Marks" },
  { command: "end-back", keys: ["["], title: "end a word back", group: "Marks" },
  { command: "end-on", keys: ["]"], title: "end a word on", group: "Marks" },
  { command: "start-back", keys: ["{"], title: "start a word back", group: "Marks" },
  { command: "start-on", keys: ["}"], title: "start a word on", group: "Marks" },
  { command: "remove", keys: ["Delete", "Backspace"], title: "remove the mark", group: "Marks" },
  { command: "undo", keys: ["Ctrl+z"], title: "undo", group: "Work" },
  { command: "redo", keys: ["Ctrl+Shift+z", "Ctrl+y"], title: "redo", group: "Work" },
  { command: "publication", keys: ["Shift+d"], title: "publication date", group: "Work" },
  { command: "guideline", keys: ["g"], title: "guideline of the label at hand", group: "Work" },
  { command: "help", keys: ["?"], title: "all keys", group: "Work" },
  { command: "submit", keys: ["Ctrl+Enter"], title: "submit and next; reopen what is done", group: "Articles" },
  { command: "next", keys: [">"], title: "next without submitting", group: "Articles" },
  { command: "back", keys: ["<"], title: "previous article", group: "Articles" },
  { command: "skip", keys: ["Shift+k"], title: "skip this article", group: "Articles" },
];

/** The name of a key press: modifiers in the order Ctrl, Alt, Shift, then the key; Shift is named only where the key does not show it. @param {Stroke} event @param {boolean} [mac] @returns {string} */
export function strokeOf(event, mac = false) {
  const typed = event.getModifierState?.("AltGraph") ?? false;
  const letter = /^\p{L}$/u.test(event.key);
  const key = letter ? event.key.toLowerCase() : event.key;
  let ctrl = (mac ? event.metaKey : event.ctrlKey) && !typed;
  let alt = event.altKey && !typed;
  if (mac && alt && key.startsWith("Arrow")) [ctrl, alt] = [true, false]; // Ctrl+arrow belongs to the system there
  if (mac && alt && !ctrl && key.length === 1) alt = false; // Option types characters there
  const shift = event.shiftKey && (letter || key.length > 1);
  return `${ctrl ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** The one place that knows which key does what: commands, and the schema's labels, relations and attributes. */
export class Keymap {
  /** @param {Schema} schema its keys win over a command's */
  constructor(schema) {
    /** @type {Map<string, Action>} */
    this.actions = new Map();
    /** Keys that two things wanted. @type {string[]} */
    this.conflicts = [];
    this.commands = COMMANDS.map((command) => {
      const own = schema.data.keys?.[command.command];
      return own === undefined ? command : { ...command, keys: Array.isArray(own) ? own : [own] };
    });
    for (const label of schema.labels) this.bind(label.hotkey, { kind: "label", label: label.key });
    for (const relation of schema.relations) this.bind(relation.hotkey, { kind: "link", hotkey: relation.hotkey ?? "" });
    for (const label of schema.labels) {
      for (const attribute of label.attributes) this.bind(attribute.hotkey, { kind: "attribute", hotkey: attribute.hotkey ?? "" });
    }
    for (const { command, keys, group } of this.commands) {
      for (const key of keys) {
        this.bind(key, { kind: "command", command, extend: false });
        if (group === "Move") this.bind(key.replace(/([^+]+)$/u, "Shift+$1"), { kind: "command", command, extend: true });
      }
    }
  }

  /** @param {string | null | undefined} key @param {Action} action */
  bind(key, action) {
    if (!key) return;
    const there = this.actions.get(key);
    if (!there) this.actions.set(key, action);
    else if (JSON.stringify(there) !== JSON.stringify(action)) this.conflicts.push(key);
  }

  /** @param {Stroke} event @param {boolean} [mac] @returns {Action | undefined} */
  find(event, mac = false) {
    return this.actions.get(strokeOf(event, mac));
  }

  /** The first key of a command, as shown to people; empty if it has none. @param {string} command @returns {string} */
  keyOf(command) {
    const found = this.commands.find((each) => each.command === command);
    const key = found?.keys.find((each) => {
      const action = this.actions.get(each);
      return action?.kind === "command" && action.command === command;
    });
    return key ? showKey(key) : "";
  }

  /** All keys by group, for the help sheet. @param {Schema} schema @returns {{group: string, keys: {key: string, title: string}[]}[]} */
  describe(schema) {
    const groups = new Map();
    const labels = schema.labels.filter(({ hotkey }) => hotkey).map(({ hotkey, title }) => ({ key: showKey(hotkey ?? ""), title: title.toLowerCase() }));
    groups.set("Labels", labels);
    const links = new Map();
    for (const { hotkey, title } of schema.relations) if (hotkey) links.set(hotkey, [...(links.get(hotkey) ?? []), title]);
    groups.set("Links", [...links].map(([key, titles]) => ({ key: showKey(key), title: titles.join(", ") })));
    for (const { command, title, group } of this.commands) {
      const key = this.keyOf(command);
      if (key) groups.set(group, [...(groups.get(group) ?? []), { key, title }]);
    }
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
