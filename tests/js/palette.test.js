import { readFileSync } from "node:fs";
import { test } from "node:test";
import assert from "node:assert/strict";
import { contrast, mixed, palette, readable } from "../../labeling/ui/component/palette.js";

const GROUNDS = ["#ffffff", "#0e1117"];
const INKS = { "#ffffff": "#31333f", "#0e1117": "#fafafa" };

/** The colors of the labels of a set that comes along. */
const colorsOf = (name) =>
  [
    ...readFileSync(new URL(`../../schemas/${name}.yaml`, import.meta.url), "utf-8").matchAll(/colour: "(#\w{6})"/gu),
  ].map(([, color]) => color);

test("contrast is counted as WCAG does", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
  assert.equal(contrast("#ffffff", "#777777").toFixed(2), "4.48");
});

test("colors are mixed as a browser mixes them in OKLab", () => {
  assert.equal(mixed("#2f6fb3", "#ffffff", 0), "#2f6fb3");
  assert.equal(mixed("#2f6fb3", "#ffffff", 1), "#ffffff");
  assert.equal(mixed("#000000", "#ffffff", 0.5), "#636363");
});

for (const name of ["news", "polnear"]) {
  test(`the labels of ${name} are read on either ground, tinted with their own color or not, and lie apart`, () => {
    const colors = colorsOf(name);
    assert.ok(colors.length >= 3);
    for (const ground of GROUNDS) {
      const shown = colors.map((color) => readable(color, ground));
      assert.equal(new Set(shown).size, colors.length);
      for (const tint of shown) {
        const chip = mixed(tint, INKS[ground], 0.22);
        for (const share of [0, 0.05, 0.09, 0.14]) {
          for (const words of [tint, chip])
            assert.ok(contrast(words, mixed(ground, tint, share)) >= 4.5, `${words} on ${share} of ${tint}`);
        }
        for (const share of [0.13, 0.19, 0.26, 0.36])
          assert.ok(contrast(INKS[ground], mixed(ground, tint, share)) >= 4.5, `the text on ${share} of ${tint}`);
      }
    }
  });
}

test("whatever color a label set gives, its words can be read", () => {
  const steps = ["00", "33", "66", "99", "cc", "ff"];
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps) {
        for (const ground of GROUNDS) {
          const tint = readable(`#${red}${green}${blue}`, ground);
          assert.ok(contrast(tint, ground) >= 4.5, `#${red}${green}${blue} as ${tint} on ${ground}`);
        }
      }
});

test("where the system forces its colors, every label has that of its text", () => {
  assert.match(
    palette(["#2f6fb3", "#ffff00"]),
    /@media \(forced-colors: active\)\{.sw,.sw\[data-theme\]\{--sw-c0:CanvasText;--sw-c1:CanvasText;\}\}$/u,
  );
});
