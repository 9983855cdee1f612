// The DevTools protocol over a pipe: JSON messages that end with a zero byte. Needs no package and no port.

type Members = Record<string, unknown>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Members;
  readonly error?: { readonly message: string };
}

export class DevTools {
  readonly #output: NodeJS.WritableStream;
  readonly #calls = new Map<number, { readonly session: string | undefined; resolve(result: Members): void; reject(error: Error): void }>();
  readonly #events = new Map<string, () => void>();
  #lastId = 0;
  #rest = "";

  constructor(output: NodeJS.WritableStream, input: NodeJS.ReadableStream) {
    this.#output = output;
    input.setEncoding("utf8");
    input.on("data", (text: string) => this.#read(text));
    input.on("end", () => this.#fail(() => true, "the browser has ended"));
  }

  /** Calls a method, of a page where a session is named, and returns its result. */
  call(method: string, params: Members, session?: string): Promise<Members> {
    const id = ++this.#lastId;
    this.#output.write(`${JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`);
    return new Promise((resolve, reject) => this.#calls.set(id, { session, resolve, reject }));
  }

  /** Waits for the next event of that name in a page. */
  event(method: string, session: string): Promise<void> {
    return new Promise((resolve) => this.#events.set(`${session} ${method}`, resolve));
  }

  #read(text: string): void {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop() ?? "";
    for (const message of messages) this.#take(JSON.parse(message) as Message);
  }

  #take(message: Message): void {
    if (message.id !== undefined) {
      const call = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if (message.error) call?.reject(new Error(message.error.message));
      else call?.resolve(message.result ?? {});
      return;
    }
    // What was asked of a page that died is never answered.
    if (message.method === "Inspector.targetCrashed") this.#fail((session) => session === message.sessionId, "the page was killed");
    const key = `${message.sessionId} ${message.method}`;
    this.#events.get(key)?.();
    this.#events.delete(key);
  }

  #fail(concerns: (session: string | undefined) => boolean, reason: string): void {
    for (const [id, call] of this.#calls) {
      if (!concerns(call.session)) continue;
      this.#calls.delete(id);
      call.reject(new Error(reason));
    }
  }
}
