import type { Shipment } from "@/core/shipments/shipment";
import { type DetectInput, MINUTE_MS } from "./rule";

/** True while nothing but facts is known: no order, no transfer, no warehouse record. */
export function isHomeless(input: DetectInput): boolean {
  return input.provisional || (input.odooExpected && input.picking === null);
}

/** True while several Odoos could have it, and no rule says which. */
export function isUnrouted(input: DetectInput): boolean {
  return input.picking === null && input.odoos !== null && input.odoos > 1;
}

/** Until when its order or transfer may simply come later. */
export function homeDueAtMs({ firstReceivedAtMs, thresholds }: DetectInput): number {
  return firstReceivedAtMs + thresholds.unknownShipmentGraceMinutes * MINUTE_MS;
}

/** The feed that told of it. */
export function tellerOf({ trackingBy, reached }: Shipment): number | null {
  const source = trackingBy[0] ?? Object.values(reached)[0];
  return source?.feedId ?? null;
}
