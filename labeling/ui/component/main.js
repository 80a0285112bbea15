// @ts-check
import { Workspace } from "./workspace.js";
import { Review } from "./review.js";

/** @type {WeakMap<HTMLElement, Workspace | Review>} */
const mounted = new WeakMap();

/** The entry point: Streamlit calls it at mount and at every change of data or theme. @param {any} component @returns {() => void} */
export default function mount(component) {
  const { parentElement, data } = component;
  const there = mounted.get(parentElement);
  if (there) there.update(component);
  else mounted.set(parentElement, data.page === "review" ? new Review(component) : new Workspace(component));
  return () => {
    mounted.get(parentElement)?.destroy();
    mounted.delete(parentElement);
  };
}
