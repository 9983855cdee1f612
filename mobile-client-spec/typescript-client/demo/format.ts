// Days, times and lengths as people write them in their language.

import type { Language, TextKey } from "./texts.ts";
import { translate } from "./texts.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The day on this device's calendar, `YYYY-MM-DD`. */
export function dayOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export class Format {
  readonly #language: Language;
  readonly #locale: string;
  readonly #now: () => Date;

  /** locale: how days and numbers are written in that language. */
  constructor(language: Language, locale: string, now: () => Date = () => new Date()) {
    this.#language = language;
    this.#locale = locale;
    this.#now = now;
  }

  /** 14:05 */
  time(date: Date): string {
    return date.toLocaleTimeString(this.#locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  /** Today, tomorrow, yesterday, or the day with its weekday. day: `YYYY-MM-DD`. */
  day(day: string): string {
    const date = new Date(`${day}T00:00`);
    if (Number.isNaN(date.getTime())) return day;
    const today = new Date(`${dayOf(this.#now())}T00:00`);
    const apart = Math.round((date.getTime() - today.getTime()) / DAY_MS);
    const near: Record<number, TextKey> = { [-1]: "day.yesterday", 0: "day.today", 1: "day.tomorrow" };
    if (near[apart]) return translate(this.#language, near[apart]);
    const year = date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
    return date.toLocaleDateString(this.#locale, { weekday: "short", day: "numeric", month: "short", ...year });
  }

  /** The date in full, as a headline. */
  fullDay(date: Date): string {
    return date.toLocaleDateString(this.#locale, { weekday: "long", day: "numeric", month: "long" });
  }

  /** A moment: its time if it lies in today, otherwise with its day. */
  moment(date: Date): string {
    const day = dayOf(date);
    return day === dayOf(this.#now()) ? this.time(date) : `${this.day(day)} ${this.time(date)}`;
  }

  /** How long ago, in minutes or hours. */
  since(date: Date): string {
    const minutes = Math.max(0, Math.floor((this.#now().getTime() - date.getTime()) / MINUTE_MS));
    if (minutes < 60) return translate(this.#language, "duration.minutes", { minutes });
    return translate(this.#language, "duration.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  }

  /** A length in metres, rounded as far as it means anything. */
  length(metres: number): string {
    if (metres < 1000) return `${Math.round(metres)} m`;
    return `${(metres / 1000).toLocaleString(this.#locale, { maximumFractionDigits: metres < 10_000 ? 1 : 0 })} km`;
  }

  number(value: number): string {
    return value.toLocaleString(this.#locale);
  }
}
