// @ts-check
import { replayLeftovers } from "./outbox.js";

/** @typedef {import("./client.js").Api} Api */

/** This tab among others of the same person: its client ids, what dead tabs left, and news from living ones. */
export class Tab {
  /** @param {string} project @param {string} annotator @param {(article: string, revision: number) => void} onnews called when another tab has saved */
  constructor(project, annotator, onnews) {
    this.prefix = `saywhen/outbox/${project}/${encodeURIComponent(annotator)}/`; // a name may hold a slash
    this.store = storeOf(() => localStorage);
    /** The functions that release each client id's lock. @type {Map<string, () => void>} */
    this.locks = new Map();
    /** @type {BroadcastChannel | null} */
    this.channel =
      typeof BroadcastChannel === "function" ? new BroadcastChannel(`saywhen/${project}/${annotator}`) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => onnews(data?.article, data?.revision);
  }

  close() {
    this.channel?.close();
    for (const client of [...this.locks.keys()]) this.release(client);
  }

  /** Notifies the other tabs of what has been saved. @param {string} article @param {number} revision */
  tell(article, revision) {
    this.channel?.postMessage({ article, revision });
  }

  /** A random client id. Until it is released, or the tab dies, a lock of that name is held, so that no other one sends what is in its outbox. @returns {string} */
  newClient() {
    const client = `c${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    if (navigator.locks)
      navigator.locks
        .request(`saywhen/${client}`, () => new Promise((free) => this.locks.set(client, () => free(undefined))))
        .catch(() => {});
    return client;
  }

  /** Lets go of a client id's lock. @param {string} client */
  release(client) {
    this.locks.get(client)?.();
    this.locks.delete(client);
  }

  /** Sends what dead tabs left. @param {Api} api @returns {Promise<{sent: number, refused: string[], stuck: string[]}>} */
  replay(api) {
    return replayLeftovers({
      store: this.store,
      prefix: this.prefix,
      ifDead: async (client, action) => {
        if (!navigator.locks) return action();
        await navigator.locks.request(`saywhen/${client}`, { ifAvailable: true }, async (lock) => {
          if (lock) await action();
        });
      },
      send: (article, message) => api.ops(article, message),
      newClient: () => this.newClient(),
      released: (client) => this.release(client),
    });
  }
}

/** A store of the browser; one that keeps nothing where that is forbidden. @param {() => import("./outbox.js").Store} find @returns {import("./outbox.js").Store} */
export function storeOf(find) {
  try {
    const store = find();
    store.getItem("");
    return store;
  } catch {
    return { getItem: () => null, setItem: () => {}, removeItem: () => {}, key: () => null, length: 0 };
  }
}
