import { randomFillSync } from "node:crypto";

const POOL_BYTES = 8192;
const RANDOM_BYTES = 8;

/**
 * Makes receipts: UUIDv7 whose first 48 bits are the instant of receipt in ms, exactly. Within one ms they rise in the order they were
 * asked for, so that lines of a batch keep their order: 16 bits count from a random start in their lower half, 58 are random.
 */
export function makeReceipts(): (receivedAtMs: number) => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = POOL_BYTES;
  let lastMs = -1;
  let instant = "";
  let count = 0;
  return (receivedAtMs) => {
    if (at + RANDOM_BYTES > POOL_BYTES) {
      randomFillSync(pool);
      at = 0;
    }
    if (receivedAtMs === lastMs) count++;
    else {
      lastMs = receivedAtMs;
      const hex = receivedAtMs.toString(16).padStart(12, "0");
      instant = `${hex.slice(0, 8)}-${hex.slice(8)}`;
      count = pool.readUInt16BE(at) & 0x7fff;
    }
    const high = (0x7000 | ((count >>> 4) & 0x0fff)).toString(16);
    const low = (0x8000 | ((count & 0x0f) << 10) | (pool.readUInt16BE(at) & 0x03ff)).toString(16);
    const random = pool.toString("hex", at + 2, at + RANDOM_BYTES);
    at += RANDOM_BYTES;
    return `${instant}-${high}-${low}-${random}`;
  };
}
