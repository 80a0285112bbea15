import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

const folder = new URL("../../labeling/ui/component/", import.meta.url);
const modules = readFileSync(new URL("__init__.py", folder), "utf8")
  .match(/MODULES = \(([^)]*)\)/)[1]
  .match(/\w+/g);
const source = (name) => readFileSync(new URL(`${name}.js`, folder), "utf8");

test("every module is joined", () => {
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => name.endsWith(".js"))
      .map((name) => name.slice(0, -3))
      .sort(),
    [...modules].sort(),
  );
});

test("a module imports only from those before it", () => {
  modules.forEach((name, index) => {
    for (const [, from] of source(name).matchAll(/^import [^;]* from "\.\/(\w+)\.js";$/gm))
      assert.ok(modules.indexOf(from) < index, `${name} imports ${from}`);
  });
});

test("top-level names are unique over all modules, since they are joined into one", () => {
  const seen = new Map();
  for (const name of modules) {
    for (const [, declared] of source(name).matchAll(
      /^(?:export )?(?:default )?(?:async )?(?:function|class|const|let)\*? (\w+)/gm,
    )) {
      assert.ok(!seen.has(declared), `${declared} is in ${seen.get(declared)} and in ${name}`);
      seen.set(declared, name);
    }
  }
  assert.ok(seen.size > 40);
});

test("no module puts markup into the page as a string", () => {
  for (const name of modules)
    assert.doesNotMatch(source(name), /innerHTML|outerHTML|insertAdjacentHTML|document\.write/, name);
});
