import assert from "node:assert/strict";
import test from "node:test";

import { shownTitle } from "../../labeling/ui/component/title.js";

test("an article is called by its title, or else by the first words of its text", () => {
  assert.equal(shownTitle("Bridge", "Some words."), "Bridge");
  assert.equal(shownTitle(null, "\n  A short line\nand another."), "A short line");
  assert.equal(shownTitle("", "word ".repeat(30)), `${"word ".repeat(12).trim()}…`);
  assert.equal(shownTitle(null, "語".repeat(100)), `${"語".repeat(60)}…`);
});
