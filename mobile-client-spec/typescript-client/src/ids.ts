// Ids that the phone makes (REC-3): UUIDs of version 7 (RFC 9562), which sort by the time at which they were made.

let lastMs = 0;
let counter = 0;

/**
 * A new UUID. Ids of one process ascend also within a millisecond and while the wall clock goes back: the 12 bits after the
 * version count there (RFC 9562, section 6.2, method 1).
 */
export function newId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = ((bytes[6]! & 0x07) << 8) | bytes[7]!;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  for (let place = 0; place < 6; place++) bytes[place] = Math.floor(lastMs / 2 ** (8 * (5 - place))) % 256;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
