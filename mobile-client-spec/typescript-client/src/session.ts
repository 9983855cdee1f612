// The session (SES): tokens, their renewal, and whose store this is.

import { elapsedMs } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ClientError, ServerRefusal } from "./errors.ts";
import { newId } from "./ids.ts";
import type { Lock } from "./lock.ts";
import { recall, remember } from "./remembered.ts";
import type { Owner, Tokens } from "./remembered.ts";
import type { Store } from "./store.ts";
import { post } from "./transport.ts";
import type { Link } from "./transport.ts";
import type { JsonObject, User } from "./wire.ts";

/** How long before its end an access token is renewed, but no earlier than after nine tenths of its life (SES-10). */
const RENEWED_BEFORE_S = 60;

/** Who signs in, where. The password is sent and forgotten (SES-6). code: of a second factor, once it was asked for (SES-11). */
export interface Credentials {
  readonly company: string;
  readonly username: string;
  readonly password: string;
  readonly code?: string;
}

/** What the server's list of devices shows of this one. */
export interface DeviceDescription {
  readonly name: string;
  readonly platform: "ios" | "android" | "web" | "other";
  readonly appVersion: string;
}

/** What the session is built on. */
export interface SessionParts {
  readonly store: Store;
  readonly link: Link;
  readonly clock: Clock;
  readonly lock: Lock;
}

/** Posts to the server with the session's token. */
export interface Sender {
  post(path: string, writeBody: () => JsonObject): Promise<JsonObject>;
}

export class Session implements Sender {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The id of this device, made and stored before the first sign-in (SES-1). */
  async deviceId(): Promise<string> {
    return this.#parts.store.transaction("write", async (transaction) => {
      const known = await recall(transaction, "device_id");
      if (known !== undefined) return known;
      const made = newId();
      remember(transaction, "device_id", made);
      return made;
    });
  }

  /**
   * Begins a session.
   *
   * @throws ServerRefusal if the server says no; ClientError `session.other_user` if the store is somebody else's (SES-8).
   */
  async signIn(credentials: Credentials, device: DeviceDescription): Promise<User> {
    return this.#parts.lock("session", async () => {
      const id = await this.deviceId();
      const answer = await this.#askToSignIn(credentials, { id, name: device.name, platform: device.platform, app_version: device.appVersion });
      const user = readUser(answer["user"]);
      const tokens = this.#readTokens(answer);
      const owner: Owner = { ...user, company: credentials.company, username: credentials.username };
      const other = await this.#parts.store.transaction("write", async (transaction) => {
        const known = await recall(transaction, "owner");
        if (known && known.id !== owner.id) return known;
        remember(transaction, "owner", owner);
        remember(transaction, "tokens", tokens);
        remember(transaction, "password_needed", undefined);
        return null;
      });
      if (!other) return user;
      await this.#endOnServer(tokens);
      throw new ClientError("session.other_user", { username: other.username });
    });
  }

  async #askToSignIn({ company, username, password, code }: Credentials, device: JsonObject): Promise<JsonObject> {
    try {
      return await post(this.#parts.link, "/api/v1/auth/sign-in", { company, username, password, device, ...(code ? { code } : {}) }, null);
    } catch (error) {
      // The server knows this device as another user's: so does the store.
      if (!(error instanceof ServerRefusal) || error.code !== "accounts.device_taken") throw error;
      const owner = await this.owner();
      throw owner ? new ClientError("session.other_user", { username: owner.username }) : error;
    }
  }

  /** Forgets the tokens; rows and outbox stay (SES-9). The server is told if it can be reached. */
  async signOut(): Promise<void> {
    await this.#parts.lock("session", async () => {
      const tokens = await this.#parts.store.transaction("write", async (transaction) => {
        const known = await recall(transaction, "tokens");
        remember(transaction, "tokens", undefined);
        remember(transaction, "password_needed", undefined);
        return known;
      });
      if (tokens) await this.#endOnServer(tokens);
    });
  }

  async #endOnServer(tokens: Tokens): Promise<void> {
    try {
      await post(this.#parts.link, "/api/v1/auth/sign-out", { refresh_token: tokens.refresh }, tokens.access);
    } catch {
      // Without a network the server keeps a session that nobody has the tokens of; it ends by its age.
    }
  }

  async owner(): Promise<Owner | undefined> {
    return this.#parts.store.transaction("read", (transaction) => recall(transaction, "owner"));
  }

  async tokens(): Promise<Tokens | undefined> {
    return this.#parts.store.transaction("read", (transaction) => recall(transaction, "tokens"));
  }

  /**
   * Posts with the access token. A 401 is answered by one refresh and the same request again (SES-2); `writeBody` writes it anew
   * for each attempt, with the clocks as they are then (CLK-2).
   *
   * @throws ServerRefusal that `asksToWipe` if that is the request's own answer, ClientError `session.device_revoked` if it is the
   *   refresh's, `session.password_needed` when only the password helps.
   */
  async post(path: string, writeBody: () => JsonObject): Promise<JsonObject> {
    const tokens = await this.#freshTokens();
    try {
      return await post(this.#parts.link, path, writeBody(), tokens.access);
    } catch (error) {
      if (!(error instanceof ServerRefusal) || error.status !== 401 || error.asksToWipe) throw error;
    }
    const renewed = await this.renew(tokens.access);
    return post(this.#parts.link, path, writeBody(), renewed.access);
  }

  /** Posts with the token as it is: a revoked device gets no other, and the answer to this very request counts (SES-7). */
  readonly ofRevoked: Sender = {
    post: async (path, writeBody) => {
      const tokens = await this.tokens();
      if (!tokens) throw new ClientError("session.none");
      return post(this.#parts.link, path, writeBody(), tokens.access);
    },
  };

  /** The access token for a request that is not posted, renewed where it is about to expire. */
  async accessToken(): Promise<string> {
    return (await this.#freshTokens()).access;
  }

  async #freshTokens(): Promise<Tokens> {
    const { tokens, isPasswordNeeded } = await this.#parts.store.transaction("read", async (transaction) => ({
      tokens: await recall(transaction, "tokens"),
      isPasswordNeeded: await recall(transaction, "password_needed"),
    }));
    if (!tokens) throw new ClientError(isPasswordNeeded ? "session.password_needed" : "session.none");
    const age = elapsedMs(tokens, this.#parts.clock.read());
    // Of a token from an earlier boot nobody knows the age: the server says whether it is still good (SES-5).
    const isOld = age !== null && age > Math.max(tokens.expires_in_s - RENEWED_BEFORE_S, 0.9 * tokens.expires_in_s) * 1000;
    return isOld ? this.renew(tokens.access) : tokens;
  }

  /** Exchanges the refresh token, unless somebody has done so since `used` was the access token. */
  async renew(used: string): Promise<Tokens> {
    return this.#parts.lock("session", async () => {
      const tokens = await this.tokens();
      if (!tokens) throw new ClientError("session.none");
      if (tokens.access !== used) return tokens;
      const renewed = await this.#refresh(tokens);
      await this.#parts.store.transaction("write", async (transaction) => remember(transaction, "tokens", renewed));
      return renewed;
    });
  }

  async #refresh(tokens: Tokens): Promise<Tokens> {
    const ask = async (): Promise<Tokens> =>
      this.#readTokens(await post(this.#parts.link, "/api/v1/auth/refresh", { refresh_token: tokens.refresh }, null));
    try {
      // A lost answer: the same token is good for 60 seconds more (SES-3).
      return await ask().catch((error: unknown) => (isLost(error) ? ask() : Promise.reject(error)));
    } catch (error) {
      if (!(error instanceof ServerRefusal) || error.status !== 401) throw error;
      // Not the push's answer: it does not mean that commands are stored (SES-7).
      if (error.asksToWipe) throw new ClientError("session.device_revoked");
      await this.#endHere();
      throw new ClientError("session.password_needed");
    }
  }

  async #endHere(): Promise<void> {
    await this.#parts.store.transaction("write", async (transaction) => {
      remember(transaction, "tokens", undefined);
      remember(transaction, "password_needed", true);
    });
  }

  #readTokens(answer: JsonObject): Tokens {
    const { access_token, refresh_token, expires_in_s } = answer;
    if (typeof access_token !== "string" || typeof refresh_token !== "string" || typeof expires_in_s !== "number") {
      throw new ClientError("network.damaged");
    }
    const { uptime_ms, boot_id } = this.#parts.clock.read();
    return { access: access_token, refresh: refresh_token, expires_in_s, uptime_ms, boot_id };
  }
}

function isLost(error: unknown): boolean {
  return error instanceof ClientError && (error.code === "network.failed" || error.code === "network.damaged" || error.code === "network.not_the_server");
}

function readUser(value: unknown): User {
  if (typeof value !== "object" || value === null) throw new ClientError("network.damaged");
  const { id, name, roles } = value as JsonObject;
  if (typeof id !== "string") throw new ClientError("network.damaged");
  const texts = Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
  return { id, name: typeof name === "string" ? name : "", roles: texts };
}
