import type { Thresholds } from "@/core/exceptions/thresholds";
import type { Attribute, Json, StoredClaim } from "./attributes";
import type { StoredEvent } from "./event";
import type { Ownership } from "./ownership";
import type { Shipment } from "./shipment";

export type FoldInput = {
  /** All events of the shipment and its linked members, in any order; duplicates and older generations do no harm. */
  events: readonly StoredEvent[];
  claims: readonly StoredClaim[];
  packages: readonly { number: string; issuer: string | null; master: boolean }[];
  /** What Waypost last posted: an equal value read from Odoo is a confirmation, not a fact of class odoo. */
  posted: readonly { attribute: Attribute; value: Json }[];
  ownership: Ownership;
  thresholds: Thresholds;
  /** Skew window of a feed in minutes, where it differs from `thresholds.skewMinutes`. */
  skewMinutesOf?: (feedId: number) => number | undefined;
};

/** Folds all facts about a shipment to what is true. The same facts give the same answer in any order and any number. */
export function fold(input: FoldInput): Shipment {
  return {
    milestone: null,
    stage: null,
    summary: "unknown",
    terminal: null,
    terminalAtMs: null,
    reached: {},
    packages: [],
    conditions: [],
    regressions: [],
    implausible: [],
    unmapped: [],
    attempts: 0,
    firstCarrierScanAtMs: null,
    lastMovementAtMs: null,
    lastEventAtMs: null,
    lastReceivedAtMs: null,
    etaMs: null,
    promisedDeliveryAtMs: null,
    promisedDispatchAtMs: null,
    attributes: {},
    advisories: [],
    trackingBy: [],
    eventCount: input.events.length,
    flooded: false,
  };
}
