// Tells the app, in every tab, that something changed.

/** What changed: rows or commands (`rows`), who is signed in (`session`), or a sync began or ended (`sync`). */
export type Change = "rows" | "session" | "sync";

export class News {
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #channel: BroadcastChannel | null;

  constructor(store: string) {
    // A page has other tabs to tell; Node.js has the class too, and would not end while a channel is open.
    this.#channel = typeof document === "undefined" ? null : new BroadcastChannel(`roundsman ${store}`);
    if (this.#channel) this.#channel.onmessage = (message: MessageEvent<Change>) => this.#spread(message.data);
  }

  tell(change: Change): void {
    this.#channel?.postMessage(change);
    this.#spread(change);
  }

  #spread(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.#channel?.close();
  }
}
