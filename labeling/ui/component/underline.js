// @ts-check

/**
 * @typedef {{pitch: number, line: number, room: number}} Lanes  how far apart a paragraph's lanes lie, how thick their lines are, and the space for all of them, in pixels
 * @typedef {{color: number, line: string, lane: number}} Look  a span's label by index, its line, and the lane it is drawn in
 */

/** Up to so many lanes there is room between the lines as they are set; beyond, the paragraph's lines move apart. */
const LANES_AS_SET = 3;
const MOST_THICK_LANES = 6;
const MOST_LANES = 12;

/** Returns the spacing of a paragraph's lanes. @param {number} depth the lanes it needs @returns {Lanes} */
export function spacing(depth) {
  if (depth <= MOST_THICK_LANES) return { pitch: 3, line: 2, room: 3 * Math.max(depth, LANES_AS_SET) };
  return { pitch: 2, line: 1, room: 2 * Math.min(depth, MOST_LANES) + 1 };
}

/** The space that a paragraph's lanes need beyond what its lines leave, in pixels. @param {Lanes} lanes @returns {number} */
export function extraRoom({ room }) {
  return room - LANES_AS_SET * 3;
}

/** The background layers that draw a label's line in a lane. @param {number} color the label's index @param {string} line @param {number} lane @param {Lanes} lanes @returns {string[]} image, position, size, repeat */
function underline(color, line, lane, { pitch, line: thickness, room }) {
  const paint = `var(--sw-c${color})`;
  const bottom = room - Math.min(lane, MOST_LANES - 1) * pitch - thickness;
  const place = `0 calc(100% - ${bottom}px)`;
  if (thickness === 1) {
    const share = { dashed: "68%", dotted: "50%", wavy: "80%" }[line];
    if (!share) return [`linear-gradient(${paint}, ${paint})`, place, "100% 1px", "repeat-x"];
    return [
      `linear-gradient(90deg, ${paint} ${share}, transparent 0)`,
      place,
      `${line === "dotted" ? 3 : 8}px 1px`,
      "repeat-x",
    ];
  }
  switch (line) {
    case "dashed":
      return [`linear-gradient(90deg, ${paint} 68%, transparent 0)`, place, "8px 2px", "repeat-x"];
    case "dotted":
      return [`radial-gradient(circle at 1px 1px, ${paint} 1px, transparent 1.4px)`, place, "4px 2px", "repeat-x"];
    case "double":
      return [
        `linear-gradient(${paint} 1px, transparent 1px 2px, ${paint} 2px)`,
        `0 calc(100% - ${bottom - 1}px)`,
        "100% 3px",
        "repeat-x",
      ];
    case "wavy":
      return [
        `radial-gradient(circle at 3px 3px, transparent 1.6px, ${paint} 1.7px 2.7px, transparent 2.8px)`,
        `0 calc(100% - ${bottom - 1}px)`,
        "6px 3px",
        "repeat-x",
      ];
    default:
      return [`linear-gradient(${paint}, ${paint})`, place, "100% 2px", "repeat-x"];
  }
}

/** The style of words under spans: a line for each, outermost first. @param {Look[]} looks @param {Lanes} spaced @returns {string} */
export function markStyle(looks, spaced) {
  const layers = looks.map(({ color, line, lane }) => underline(color, line, lane, spaced));
  // What has no lane of its own any more shows as a shade. The last layer's clip is the tint's too: it keeps to the letters.
  const deeper = looks.filter(({ lane }) => lane >= MOST_LANES).length;
  const shade = deeper ? `color-mix(in oklab, var(--sw-ink) ${Math.min(14, deeper)}%, transparent)` : "transparent";
  layers.push([`linear-gradient(${shade}, ${shade})`, "0 0", "auto", "repeat"]);
  const list = (/** @type {number} */ part) => layers.map((layer) => layer[part]).join(",");
  const clips = layers.map((_, index) => (index < looks.length ? "border-box" : "content-box")).join(",");
  return `background-image:${list(0)};background-position:${list(1)};background-size:${list(2)};background-repeat:${list(3)};background-clip:${clips}`;
}
