import { v7 } from "uuid";

/**
 * Makes receipts: UUIDv7 whose first 48 bits are the instant of receipt in ms, exactly; within one ms they rise in the order they
 * were asked for, so that lines of a batch keep their order.
 */
export function makeReceipts(): (receivedAtMs: number) => string {
  let lastMs = -1;
  let sequence = 0;
  return (receivedAtMs) => {
    if (receivedAtMs !== lastMs) {
      lastMs = receivedAtMs;
      sequence = Math.floor(Math.random() * 0x4000_0000);
    } else sequence++;
    return v7({ msecs: receivedAtMs, seq: sequence });
  };
}
