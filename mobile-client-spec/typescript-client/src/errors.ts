// The client's own errors, typed and in both languages, and the server's refusals.

import type { JsonObject } from "./wire.ts";

export type Language = "en" | "zh-Hans";

/** Every error that the client itself raises, with its text in English and in Chinese. Braces are filled from `values`. */
export const CLIENT_ERRORS = {
  "payload.not_json": ["{member} is not a value that JSON can carry.", "{member} 不是 JSON 可以表示的值。"],
  "payload.number_invalid": ["{member} is not a number that can be sent.", "{member} 不是可以发送的数字。"],
  "payload.text_invalid": [
    "{member} holds a character that text may not hold (NUL or half of a surrogate pair).",
    "{member} 含有文本中不允许的字符（NUL 或不完整的代理对）。",
  ],
  "payload.too_large": ["This is too large to be sent: more than {limit} bytes.", "内容过大，无法发送：超过 {limit} 字节。"],
  "payload.too_deep": ["This is nested too deeply to be sent: more than {limit} levels.", "嵌套过深，无法发送：超过 {limit} 层。"],
  "payload.depends_on_invalid": [
    "A command names at most {limit} commands that it depends on, by their ids.",
    "一条命令最多可依赖 {limit} 条命令，须以编号指明。",
  ],
  "row.not_found": ["This record is not on this device.", "此设备上没有该记录。"],
  "row.no_such_field": ["This record has no field {field}.", "该记录没有字段 {field}。"],
  "session.none": ["Sign in first.", "请先登录。"],
  "session.password_needed": [
    "Your session has ended. Sign in again; what you recorded is kept.",
    "会话已结束，请重新登录；您的记录仍保存在本机。",
  ],
  "session.other_user": [
    "This device holds the work of somebody else. Only {username} can sign in here.",
    "此设备保存着其他用户的工作记录，只有 {username} 可以在此登录。",
  ],
  "session.device_revoked": [
    "This device was shut out. Its data was removed; what could not be delivered yet is kept until it can.",
    "此设备已被停用，数据已清除；尚未送达的记录会保留到送达为止。",
  ],
  "network.offline": ["There is no network. What you record is kept.", "当前没有网络，您的记录会保存在本机。"],
  "network.failed": ["The server could not be reached. Nothing is lost.", "无法连接服务器，数据不会丢失。"],
  "network.damaged": ["The answer did not arrive whole. Nothing is lost.", "收到的应答不完整，数据不会丢失。"],
  "network.not_the_server": [
    "The answer was not the server's. Does this network want you to sign in?",
    "应答并非来自服务器。当前网络是否需要先登录？",
  ],
  "network.redirected": ["The server's address leads elsewhere. Ask your administrator.", "服务器地址被重定向到别处，请联系管理员。"],
  "network.busy": ["The server is busy. Nothing is lost.", "服务器繁忙，数据不会丢失。"],
  "network.paused": ["It is too early to ask the server again.", "现在还不宜再次请求服务器。"],
  "answer.stuck": ["The server's answer does not come to an end.", "服务器的应答没有结束。"],
  "reset.unsent": [
    "Not everything could be sent, so nothing was fetched anew.",
    "尚有内容未能发送，因此没有重新获取数据。",
  ],
  "client.closed": ["This client was closed.", "客户端已关闭。"],
  "client.fault": ["Unexpected: {reason}", "意外错误：{reason}"],
} as const satisfies Record<string, readonly [string, string]>;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** An error of the client; `message` is English, `tell` says it in either language. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: ClientErrorCode, values: Readonly<Record<string, string | number>> = {}) {
    super(fill(CLIENT_ERRORS[code][0], values));
    this.code = code;
    this.values = values;
  }

  tell(language: Language): string {
    return fill(CLIENT_ERRORS[this.code][language === "en" ? 0 : 1], this.values);
  }
}

/** A typed refusal of the server, `{"error": {…}}`; the message comes in the language of the request. */
export class ServerRefusal extends Error {
  override readonly name = "ServerRefusal";
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly details: JsonObject;
  /** What `Retry-After` asks for; null where it is absent. */
  readonly retryAfterS: number | null;

  constructor(status: number, error: { code: string; message: string; field: string | null; details: JsonObject }, retryAfterS: number | null) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.field = error.field;
    this.details = error.details;
    this.retryAfterS = retryAfterS;
  }

  /** The device was revoked and has to erase itself (SES-7). */
  get asksToWipe(): boolean {
    return this.code === "accounts.device_revoked" && this.details["wipe"] === true;
  }

  tell(_language: Language): string {
    return this.message;
  }
}

/** The server, or something before it, cannot answer just now: 408, 425, 429 or 5xx (NET-1). */
export class Unavailable extends ClientError {
  readonly status: number;
  readonly retryAfterS: number | null;
  /** What the server said of it, if it was the server. */
  readonly refusal: ServerRefusal | null;

  constructor(status: number, retryAfterS: number | null, refusal: ServerRefusal | null) {
    super("network.busy");
    this.status = status;
    this.retryAfterS = retryAfterS;
    this.refusal = refusal;
  }

  override tell(language: Language): string {
    return this.refusal?.message ?? super.tell(language);
  }
}

/** The text of any error for the user. */
export function tell(error: unknown, language: Language): string {
  if (error instanceof ClientError || error instanceof ServerRefusal) return error.tell(language);
  return new ClientError("client.fault", { reason: String(error) }).tell(language);
}
