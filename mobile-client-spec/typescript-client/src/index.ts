// Offline client of Roundsman: what an app imports.

export { RoundsmanClient } from "./client.ts";
export type { ClientOptions, DoOptions, SessionInfo, SessionState } from "./client.ts";
export { BrowserClock, writeInstant } from "./clock.ts";
export type { Clock } from "./clock.ts";
export type { EditPayload } from "./changes.ts";
export { EFFECTS } from "./effects/index.ts";
export { CLIENT_ERRORS, ClientError, ServerRefusal, tell, Unavailable } from "./errors.ts";
export type { ClientErrorCode, Language } from "./errors.ts";
export { newId } from "./ids.ts";
export { deviceLock, processLock } from "./lock.ts";
export type { Lock } from "./lock.ts";
export type { ConflictOfUser, JudgedCommand, PendingCommand } from "./matters.ts";
export type { Change } from "./news.ts";
export type { PendingState } from "./outbox.ts";
export type { Effect, EffectsByName, EffectView, RowState, SeenRow } from "./overlay.ts";
export type { Recorded } from "./record.ts";
export type { SyncError, SyncReport } from "./report.ts";
export type { SyncOptions } from "./runner.ts";
export type { Credentials, DeviceDescription } from "./session.ts";
export { SCHEMA } from "./store.ts";
export type { Key, Store, TableName, Tables, Transaction, Where } from "./store.ts";
export { IndexedDbStore } from "./stores/indexeddb.ts";
export { MemoryStore } from "./stores/memory.ts";
export { fetchTransport } from "./transport.ts";
export type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";
export type { ClockReading, Conflict, DigestsWanted, Json, JsonObject, User, Verdict, VerdictStatus } from "./wire.ts";
