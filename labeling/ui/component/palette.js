// @ts-check

/** @typedef {[number, number, number]} Triple  linear red, green and blue, or lightness and two axes of OKLab */

/** The contrast that WCAG requires for text. */
const READABLE = 4.5;
/** A label's words stand on up to so much of their own color. */
const TINTED = 0.14;
/** On a dark ground colors are mixed with so much white, and more where that is not enough. */
const LIGHTENED = 0.38;
const STEP = 0.02;

/** @param {string} hex `#rrggbb` @returns {Triple} linear */
function linear(hex) {
  return /** @type {Triple} */ (
    [1, 3, 5]
      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
  );
}

/** @param {Triple} rgb linear @returns {string} `#rrggbb` */
function hex(rgb) {
  const byte = (/** @type {number} */ each) =>
    Math.round(255 * Math.min(1, Math.max(0, each <= 0.0031308 ? each * 12.92 : 1.055 * each ** (1 / 2.4) - 0.055)));
  return `#${rgb.map((each) => byte(each).toString(16).padStart(2, "0")).join("")}`;
}

/** @param {Triple} rgb linear @returns {Triple} */
function oklab([red, green, blue]) {
  const [l, m, s] = [
    0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
    0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
    0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
  ].map(Math.cbrt);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {Triple} lab @returns {Triple} linear */
function rgbOf([light, a, b]) {
  const [l, m, s] = [
    light + 0.3963377774 * a + 0.2158037573 * b,
    light - 0.1055613458 * a - 0.0638541728 * b,
    light - 0.0894841775 * a - 1.291485548 * b,
  ].map((each) => each ** 3);
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** Two colors mixed as CSS does in OKLab. @param {string} one @param {string} other @param {number} share of the other @returns {string} */
export function mixed(one, other, share) {
  const [from, to] = [oklab(linear(one)), oklab(linear(other))];
  return hex(rgbOf(/** @type {Triple} */ (from.map((each, at) => each + (to[at] - each) * share))));
}

/** The contrast of two colors, 1 to 21, as WCAG counts it. @param {string} one @param {string} other @returns {number} */
export function contrast(one, other) {
  const [dim, bright] = [one, other]
    .map((each) => {
      const [red, green, blue] = linear(each);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

/** A label's color as it can be read on a ground, also where that is tinted with it: darker on a light ground, lighter on a dark one. @param {string} color `#rrggbb` @param {string} ground @returns {string} */
export function readable(color, ground) {
  const dark = contrast(ground, "#ffffff") > contrast(ground, "#000000");
  const toward = dark ? "#ffffff" : "#000000";
  for (let share = dark ? LIGHTENED : 0; share < 1; share += STEP) {
    const found = mixed(color, toward, share);
    if (contrast(found, mixed(ground, found, TINTED)) >= READABLE) return found;
  }
  return toward;
}

/** The style that gives labels their colors in either theme, as `--sw-c0` and so on; where the system forces its own, that of its text. @param {string[]} colors `#rrggbb` @returns {string} */
export function palette(colors) {
  const each = (/** @type {(color: string) => string} */ shown) =>
    colors.map((color, index) => `--sw-c${index}:${shown(color)};`).join("");
  return `.sw{${each((color) => readable(color, "#ffffff"))}}.sw[data-theme="dark"]{${each((color) => readable(color, "#0e1117"))}}@media (forced-colors: active){.sw,.sw[data-theme]{${each(() => "CanvasText")}}}`;
}
