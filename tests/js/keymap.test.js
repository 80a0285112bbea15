import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Keymap, showKey, strokeOf } from "../../labeling/ui/component/keymap.js";
import { Schema } from "../../labeling/ui/component/schema.js";
import { Annotation } from "../../labeling/ui/component/annotation.js";

const commands = JSON.parse(readFileSync(new URL("../../labeling/schema/commands.json", import.meta.url), "utf8"));
const label = (key, hotkey, attributes = []) => ({ key, title: key, hotkey, colour: "#000", attributes });
const schema = new Schema({
  name: "test",
  version: 1,
  labels: [
    label("quote", "q", [{ key: "note", title: "Note", type: "text", required: true }]),
    label("cue", "c"),
    label("speaker", "s"),
    label("date", "d"),
  ],
  relations: [
    { key: "said_by", title: "said by", from: ["quote"], to: ["speaker"], min: 1, hotkey: "l" },
    { key: "cued_by", title: "cued by", from: ["quote"], to: ["cue"] },
    { key: "claimed_in", title: "claimed in", from: ["date"], to: ["quote"], max: 1 },
  ],
  registries: [],
  commands,
});
const press = (key, modifiers = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});

const STROKES = [
  [press("q"), false, "q"],
  [press("Q", { shiftKey: true }), false, "Shift+q"],
  [press("?", { shiftKey: true }), false, "?"],
  [press("{", { ctrlKey: true, altKey: true, getModifierState: (key) => key === "AltGraph" }), false, "{"],
  [press("ArrowRight", { shiftKey: true, ctrlKey: true }), false, "Ctrl+Shift+ArrowRight"],
  [press("ArrowRight", { altKey: true }), true, "Ctrl+ArrowRight"],
  [press("z", { metaKey: true }), true, "Ctrl+z"],
  [press("z", { metaKey: true }), false, "z"],
  [press("[", { altKey: true }), true, "["],
  [press("й", { code: "KeyQ" }), false, "q"],
  [press("Й", { code: "KeyQ", shiftKey: true }), false, "Shift+q"],
  [press("я", { code: "KeyZ", ctrlKey: true }), false, "Ctrl+z"],
  [press("х", { code: "BracketLeft" }), false, "["],
  [press("Х", { code: "BracketLeft", shiftKey: true }), false, "{"],
  [press("ב", { code: "KeyC" }), false, "c"],
  [press("٣", { code: "Digit3" }), false, "3"],
  [press("Process", { code: "KeyS" }), false, "s"],
  [press("Process", { code: "Space" }), false, "Process"],
  [press("ö", { code: "Semicolon" }), false, "ö"],
  [press("a", { code: "KeyQ" }), false, "a"], // a French keyboard: the letter counts, not the place
  [press("ㅂ", { code: "KeyQ" }), false, "q"],
];
for (const [event, mac, expected] of STROKES) {
  test(`${JSON.stringify(event)} ${mac ? "on a Mac " : ""}is ${expected}`, () =>
    assert.equal(strokeOf(event, mac), expected));
}

test("the row of digits chooses options where it gives digits only with Shift", () => {
  const keymap = new Keymap(schema);
  assert.deepEqual(keymap.find(press("&", { code: "Digit1" })), { kind: "option", number: 1 });
  assert.deepEqual(keymap.find(press("é", { code: "Digit2" })), { kind: "option", number: 2 });
  assert.equal(keymap.find(press("!", { code: "Digit1", shiftKey: true })), undefined);
  assert.equal(keymap.find(press("&", { code: "Digit1", ctrlKey: true })), undefined);
});

test("no command takes a key that a browser keeps for itself", () => {
  const kept = [
    "Ctrl+t",
    "Ctrl+n",
    "Ctrl+w",
    "Ctrl+l",
    "Ctrl+r",
    "Ctrl+f",
    "Ctrl+c",
    "Ctrl+v",
    "Ctrl+a",
    "Tab",
    "Shift+Tab",
    "F5",
    " ",
  ];
  for (const key of kept) assert.equal(new Keymap(schema).actions.get(key), undefined, key);
});

test("Shift extends a move", () => {
  const keymap = new Keymap(schema);
  assert.deepEqual(keymap.find(press("ArrowRight", { shiftKey: true })), {
    kind: "command",
    command: "word-right",
    extend: true,
  });
  assert.deepEqual(keymap.find(press("ArrowRight", { shiftKey: true, ctrlKey: true })), {
    kind: "command",
    command: "character-right",
    extend: true,
  });
});

test("a command has the keys that the schema says, and the first of them is shown", () => {
  const moved = commands.map((each) => (each.command === "remove" ? { ...each, keys: ["Shift+j", "Shift+y"] } : each));
  const keymap = new Keymap(new Schema({ ...schema.data, commands: moved }));
  assert.deepEqual(
    ["Shift+j", "Shift+y", "Delete"].map((key) => keymap.actions.get(key)?.command),
    ["remove", "remove", undefined],
  );
  assert.equal(keymap.keyOf("remove"), "Shift+J");
});

test("a command without a key is in the help, for fingers, and no key runs it", () => {
  const keymap = new Keymap(
    new Schema({
      ...schema.data,
      commands: commands.map((each) => (each.command === "jump" ? { ...each, keys: [] } : each)),
    }),
  );
  assert.equal(keymap.keyOf("jump"), "");
  assert.equal(keymap.find(press("z")), undefined);
  assert.deepEqual(
    keymap
      .describe(schema)
      .flatMap(({ keys }) => keys)
      .find(({ command }) => command === "jump")?.key,
    "",
  );
});

test("help lists labels, links, digits and every command once", () => {
  const keys = new Keymap(schema).describe(schema).flatMap((group) => group.keys);
  assert.equal(keys.length, 4 + 1 + 1 + commands.length); // one for the digits
});

test("keys read as people know them", () =>
  assert.deepEqual(["Ctrl+ArrowRight", "Shift+k", "?", "Ctrl+Shift+z"].map(showKey), [
    "Ctrl+→",
    "Shift+K",
    "?",
    "Ctrl+Shift+Z",
  ]));

test("the link key makes the label's own relation with that key, and otherwise any relation of the label", () => {
  const keys = (name) => schema.linksByKey("l", name).map(({ type, out }) => [type.key, out]);
  assert.deepEqual(keys("quote"), [["said_by", true]]);
  assert.deepEqual(keys("speaker"), [["said_by", false]]);
  assert.deepEqual(keys("date"), [["claimed_in", true]]);
});

test("what the schema requires and is not there is named in reading order", () => {
  const annotation = new Annotation({
    revision: 0,
    status: "open",
    published: null,
    spans: [
      { id: "b", label: "quote", fragments: [[5, 9]], attributes: { note: "x" } },
      { id: "a", label: "quote", fragments: [[0, 4]], attributes: {} },
      { id: "s", label: "speaker", fragments: [[10, 12]], attributes: {} },
    ],
    relations: [{ id: "r", type: "said_by", from: "a", to: "s" }],
  });
  assert.deepEqual(schema.missing(annotation), [
    { id: "a", name: "note", what: "note" },
    { id: "b", name: "said_by", what: "said by" },
  ]);
  annotation.apply({ kind: "waive", id: "b", name: "said_by", reason: "an interviewer's question" });
  assert.deepEqual(schema.missing(annotation), [{ id: "a", name: "note", what: "note" }]);
});

test("digits set the options of a label's first choice, or if it has none its flags", () => {
  const attribute = (key, type, ...options) => ({
    key,
    title: key,
    type,
    options: options.map((each) => ({ key: each, title: each })),
  });
  const label = (key, ...attributes) => ({ key, title: key, colour: "#000", attributes });
  const numbered = new Schema({
    ...schema.data,
    labels: [
      label("one", attribute("f", "flag"), attribute("c", "choice", "x", "y"), attribute("d", "choice", "z")),
      label("two", attribute("t", "text"), attribute("f", "flag"), attribute("g", "flag")),
    ],
  });
  assert.deepEqual(
    numbered.numbered("one").map(({ name, value }) => [name, value]),
    [
      ["c", "x"],
      ["c", "y"],
    ],
  );
  assert.deepEqual(
    numbered.numbered("two").map(({ name, value }) => [name, value]),
    [
      ["f", true],
      ["g", true],
    ],
  );
  assert.deepEqual(numbered.numbered("none"), []);
});

test("a digit is an option unless the label set gives it to a label", () => {
  const stroke = (key) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false });
  assert.deepEqual(new Keymap(schema).find(stroke("3")), { kind: "option", number: 3 });
  const labels = [{ key: "one", title: "One", hotkey: "3", colour: "#000", attributes: [] }];
  assert.deepEqual(new Keymap(new Schema({ ...schema.data, labels })).find(stroke("3")), {
    kind: "label",
    label: "one",
  });
});
