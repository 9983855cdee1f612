// The browser's position, watched while somebody is about to check in or out. A visit is saved with what is at hand at that
// moment; nothing ever waits for a position.

import type { JsonObject } from "../src/index.ts";

/** off: nobody asked. looking: none has come yet. found: there is one. denied: the person or the system said no. missing: there is none to be had. */
export type PositionState = "off" | "looking" | "found" | "denied" | "missing";

interface Found {
  readonly position: GeolocationPosition;
  /** Reading of the uptime clock to which the age of the position counts. */
  readonly takenAtMs: number;
}

export class PositionWatch {
  #state: PositionState = "off";
  #found: Found | null = null;
  #watch: number | null = null;
  readonly #listeners = new Set<() => void>();

  get state(): PositionState {
    return this.#state;
  }

  /** Radius in metres of the circle in which the device believes itself; null without a position. */
  get accuracyM(): number | null {
    return this.#found?.position.coords.accuracy ?? null;
  }

  /** Age of the position in milliseconds, by a clock that nobody can set. */
  get ageMs(): number | null {
    return this.#found && Math.max(0, Math.round(performance.now() - this.#found.takenAtMs));
  }

  /** Looks for a position from now on. The browser may ask the person. */
  start(): void {
    if (this.#watch !== null) return;
    if (!("geolocation" in navigator)) return this.#become("missing");
    this.#become(this.#found ? "found" : "looking");
    this.#watch = navigator.geolocation.watchPosition(
      (position) => this.#take(position),
      (error) => this.#fail(error),
      { enableHighAccuracy: true, maximumAge: 60_000 },
    );
  }

  /** Looks no longer; the last position stays. */
  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
  }

  /** Calls `listener` whenever the position or the state changes. Returns what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The position as a check-in carries it, untouched; null if there is none. */
  fix(): JsonObject | null {
    if (!this.#found) return null;
    const { latitude, longitude, accuracy, altitude, speed, heading } = this.#found.position.coords;
    return {
      lat: latitude,
      lon: longitude,
      accuracy_m: accuracy,
      age_ms: this.ageMs,
      ...(altitude === null ? {} : { altitude_m: altitude }),
      ...(speed === null || Number.isNaN(speed) ? {} : { speed_mps: speed }),
      ...(heading === null || Number.isNaN(heading) ? {} : { heading_deg: heading }),
    };
  }

  #take(position: GeolocationPosition): void {
    const ageMs = Math.max(0, Date.now() - position.timestamp);
    this.#found = { position, takenAtMs: performance.now() - ageMs };
    this.#become("found");
  }

  #fail(error: GeolocationPositionError): void {
    if (error.code === error.PERMISSION_DENIED) return this.#become("denied");
    if (!this.#found) this.#become("missing");
  }

  #become(state: PositionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
