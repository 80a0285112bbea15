// @ts-check
import { make } from "./dom.js";

/** Sets on a root which theme it stands in, from the ground's color. @param {HTMLElement} root */
export function takeTheme(root) {
  const probe = make("i", { style: "display:none;forced-color-adjust:none;color:var(--st-background-color, white)" });
  root.append(probe);
  const [red, green, blue] = (getComputedStyle(probe).color.match(/[\d.]+/gu) ?? ["255", "255", "255"]).map(Number);
  probe.remove();
  root.dataset.theme = red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
}

/** Fits a root under Streamlit's header and beside its sidebar. @param {HTMLElement} root */
export function takePlace(root) {
  const main = document.querySelector('[data-testid="stMain"]')?.getBoundingClientRect();
  const header = document.querySelector('[data-testid="stHeader"]')?.getBoundingClientRect();
  root.style.setProperty("--sw-top", `${Math.max(0, Math.round(header?.bottom ?? 0))}px`);
  root.style.setProperty("--sw-left", `${Math.max(0, Math.round(main?.left ?? 0))}px`);
}
