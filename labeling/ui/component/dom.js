// @ts-check

/**
 * Makes an element. Text goes in as text, never as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} [properties] class, text, handlers (on…), other attributes
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** Returns the title of a button: its action, with its key if it has one. @param {string} title @param {string} key @returns {string} */
export function keyed(title, key) {
  return key ? `${title} (${key})` : title;
}

/** Remembers which control inside an element has the focus, and what is typed in it; what is returned gives both to the control that stands in its place. @param {HTMLElement} parent @returns {() => void} */
export function keptFocus(parent) {
  const controls = () => [.../** @type {NodeListOf<HTMLElement>} */ (parent.querySelectorAll("button, input, select"))];
  const held = /** @type {HTMLInputElement} */ (document.activeElement);
  const at = controls().indexOf(held);
  const typed = held instanceof HTMLInputElement && held.type === "text" ? held.value : null;
  const [from, to] = typed === null ? [null, null] : [held.selectionStart, held.selectionEnd];
  return () => {
    const found = at < 0 ? undefined : controls()[at];
    if (!found || found.tagName !== held.tagName) return;
    found.focus({ preventScroll: true });
    if (typed === null || !(found instanceof HTMLInputElement)) return;
    found.value = typed;
    found.setSelectionRange(from, to);
  };
}

/** Returns whether a key press belongs to an input method that is still composing characters (in Safari, only the code of the last one shows it). @param {KeyboardEvent} event @returns {boolean} */
export function composes(event) {
  return event.isComposing || event.keyCode === 229;
}

const LONGEST_WAIT = 200;

/** Calls back once, at the next frame; soon in a hidden page too, which has no frames. @param {() => void} action */
function atFrame(action) {
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    action();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, LONGEST_WAIT);
}

/** Resolves right after what is now written has been painted. @returns {Promise<void>} */
export function painted() {
  return new Promise((resolve) =>
    atFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    }),
  );
}

/** Something to be done once, however often it is asked for: at the next frame, or after it has been painted. */
export class Later {
  /** @param {"frame" | "painted"} when @param {() => void} action */
  constructor(when, action) {
    this.when = when;
    this.action = action;
    this.asked = false;
    this.turn = 0;
  }

  ask() {
    if (this.asked) return;
    this.asked = true;
    const turn = ++this.turn;
    const run = () => turn === this.turn && this.now();
    if (this.when === "frame") atFrame(run);
    else painted().then(run);
  }

  /** Does it at once if it has been asked for. */
  now() {
    if (!this.asked) return;
    this.cancel();
    this.action();
  }

  cancel() {
    this.asked = false;
    this.turn++;
  }
}
