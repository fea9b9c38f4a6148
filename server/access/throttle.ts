import { ADDRESS_RATE } from "@/core/access/lockout";
import { type Bucket, fullBucket, type Rate, take } from "@/core/rate";
import { AppError } from "../errors";

const MOST_KEYS = 10_000;

/** Token buckets by key, in the memory of this process; the oldest keys are forgotten first. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();
  readonly #rate: Rate;
  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one token; returns 0, or the time in ms until there is one. */
  take(key: string, nowMs: number): number {
    const { bucket, waitMs } = take(this.#buckets.get(key) ?? fullBucket(this.#rate, nowMs), this.#rate, nowMs);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MOST_KEYS) {
      const oldest = this.#buckets.keys().next().value;
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return waitMs;
  }
}

const byAddress = new Throttle(ADDRESS_RATE);

/** Refuses (`limit`) an address that tried too often, before any costly work is done for it. */
export function refuseBusyAddress(address: string, nowMs: number): void {
  const waitMs = byAddress.take(address, nowMs);
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000);
    throw new AppError("limit", `Too many tries from your network. Try again in ${seconds} s.`, {
      retryAfterSeconds: seconds,
    });
  }
}
