// The digest of a scope (DIG): the sum of its rows' tags, modulo 2^64. Nothing is hashed.

const MODULUS = 1n << 64n;

/** The sum of no tags. */
export const NOTHING = "0000000000000000";

/** The sum with one tag more. Both are 16 hex digits. */
export function addTag(sum: string, tag: string): string {
  return write((BigInt(`0x${sum}`) + BigInt(`0x${tag}`)) % MODULUS);
}

/** The sum with one tag less. */
export function subtractTag(sum: string, tag: string): string {
  return write((BigInt(`0x${sum}`) + MODULUS - BigInt(`0x${tag}`)) % MODULUS);
}

function write(sum: bigint): string {
  return sum.toString(16).padStart(16, "0");
}
