// Draws the app's mark as PNG: a pin whose head is a tick, on the brand's ground. The same shapes stand in demo/icons/icon.svg.
//
// Shapes are given as distances from their edge, in units of the icon's side, so that every size has smooth edges.
import { deflateSync } from "node:zlib";

const GROUND = [0x0e, 0x5f, 0x46];
const PIN = [0xff, 0xff, 0xff];
const TICK = [0x0e, 0x5f, 0x46];
/** A maskable icon may be cut to a circle of 80 % of its side: everything that matters is drawn smaller. */
const SAFE = 0.78;

/** Distance from a rounded square that fills the icon. */
function roundedSquare(x, y, radius) {
  const dx = Math.abs(x - 0.5) - (0.5 - radius);
  const dy = Math.abs(y - 0.5) - (0.5 - radius);
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

/** Distance from a pin: a disc of `radius` around (0.5, 0.42) with a tip below it. */
function pin(x, y) {
  const radius = 0.26;
  const disc = Math.hypot(x - 0.5, y - 0.42) - radius;
  // The tip is the cone between the disc's sides and the point at the bottom.
  const height = 0.84 - 0.42;
  const slope = radius / Math.sqrt(height * height - radius * radius);
  const cosine = 1 / Math.hypot(1, slope);
  const side = (Math.abs(x - 0.5) - (0.84 - y) * slope) * cosine;
  const upper = 0.42 + (radius * radius) / height;
  const cone = Math.max(side, upper - y);
  return Math.min(disc, cone);
}

/** Distance from a line with round ends. */
function stroke(x, y, [ax, ay], [bx, by], width) {
  const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) - width / 2;
}

function tick(x, y) {
  const corner = [0.47, 0.5];
  return Math.min(stroke(x, y, [0.39, 0.425], corner, 0.065), stroke(x, y, corner, [0.615, 0.345], 0.065));
}

/** The icon as PNG. size: pixels of a side. maskable: the ground fills the square, and the mark keeps clear of its rim. */
export function drawIcon(size, { maskable = false } = {}) {
  const pixels = Buffer.alloc(size * (size * 4 + 1));
  const scale = maskable ? SAFE : 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = (column + 0.5) / size;
      const y = (row + 0.5) / size;
      const [u, v] = [(x - 0.5) / scale + 0.5, (y - 0.5) / scale + 0.5];
      const cover = (distance) => Math.min(1, Math.max(0, 0.5 - distance * size));
      const alpha = maskable ? 1 : cover(roundedSquare(x, y, 0.22));
      let color = mix(GROUND, PIN, cover(pin(u, v) * scale));
      color = mix(color, TICK, cover(tick(u, v) * scale));
      pixels.set([...color, Math.round(alpha * 255)], row * (size * 4 + 1) + 1 + column * 4);
    }
  }
  return encode(size, pixels);
}

function mix(below, above, share) {
  return below.map((value, channel) => Math.round(value + (above[channel] - value) * share));
}

/** A PNG (RFC 2083) of 8-bit RGBA lines, each with a leading filter byte 0. */
function encode(size, lines) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** CRC-32 as PNG uses it; zlib's own is not in every Node 20. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
