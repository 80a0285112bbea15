import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as rest } from "node:timers/promises";
import { Combo } from "../../labeling/ui/component/combo.js";

/** As much of a document as a field with choices needs. */
class Element {
  attributes = {};
  handlers = {};
  children = [];
  value = "";
  hidden = false;
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  removeAttribute(name) {
    delete this.attributes[name];
  }
  addEventListener(name, handler) {
    this.handlers[name] = handler;
  }
  scrollIntoView() {}
  select() {}
}

/** A field with a value, opened, with three choices; `prefill`: what an empty one starts from. */
async function opened(value, prefill = "") {
  globalThis.document = { createElement: () => new Element(), activeElement: null };
  const seen = { taken: null, cleared: false, done: false, previewed: null };
  const choices = ["one", "two", "three"].map((title) => ({ title, pick: () => (seen.taken = title) }));
  const combo = new Combo({
    label: "entity",
    pause: 0,
    find: async () => ({ choices }),
    prefill: () => prefill,
    preview: (choice) => (seen.previewed = choice?.title ?? null),
    clear: () => (seen.cleared = true),
    done: () => (seen.done = true),
  });
  combo.sync(value);
  document.activeElement = combo.input;
  combo.input.handlers.focus();
  await rest(5);
  const press = (key) => combo.key({ key, preventDefault() {}, stopPropagation() {} });
  const type = (written) => {
    combo.input.value = written;
    combo.input.handlers.input();
  };
  const marked = () => {
    const at = combo.list.children.findIndex(({ attributes }) => attributes["aria-selected"] === "true");
    assert.equal(combo.input.attributes["aria-activedescendant"], at < 0 ? undefined : `${combo.id}-${at}`);
    assert.equal(seen.previewed, at < 0 ? null : choices[at].title);
    return at < 0 ? null : choices[at].title;
  };
  return { seen, press, type, marked };
}

test("in a field with a value, no choice is highlighted, and Enter keeps the value", async () => {
  const { seen, press, marked } = await opened("Anna Brook");
  assert.equal(marked(), null);
  press("Enter");
  assert.deepEqual(seen, { taken: null, cleared: false, done: true, previewed: null });
});

for (const [how, value, prefill, act, taken] of [
  ["an empty field", "", "", () => {}, "one"],
  ["a field that starts from the span's words", "", "Friday", () => {}, "one"],
  ["a field with a value after an arrow down", "Anna Brook", "", ({ press }) => press("ArrowDown"), "one"],
  ["a field with a value after an arrow up", "Anna Brook", "", ({ press }) => press("ArrowUp"), "three"],
  ["a field in which something else is typed", "Anna Brook", "", ({ type }) => type("Vell"), "one"],
]) {
  test(`Enter takes the choice that is highlighted: ${how}`, async () => {
    const field = await opened(value, prefill);
    act(field);
    await rest(5);
    assert.equal(field.marked(), taken);
    field.press("Enter");
    assert.equal(field.seen.taken, taken);
  });
}

test("Enter pressed before the choices are found takes the first one, and Escape gives the value back", async () => {
  const quick = await opened("Anna Brook");
  quick.type("Vell");
  quick.press("Enter");
  await rest(5);
  assert.equal(quick.seen.taken, "one");
  const back = await opened("Anna Brook");
  back.type("Vell");
  back.press("Escape");
  await rest(5);
  assert.equal(back.marked(), null);
  back.press("Enter");
  assert.equal(back.seen.taken, null);
});

for (const how of [
  { isComposing: true, keyCode: 13 },
  { isComposing: false, keyCode: 229 },
]) {
  test(`keys of an input method take no choice and move through none (${JSON.stringify(how)})`, () => {
    const combo = Object.create(Combo.prototype);
    for (const key of ["Enter", "ArrowDown", "Escape", "Tab"]) combo.key({ key, ...how });
    assert.deepEqual(Object.keys(combo), []);
  });
}
