import assert from "node:assert/strict";
import test from "node:test";
import { Combo } from "../../labeling/ui/component/combo.js";

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
