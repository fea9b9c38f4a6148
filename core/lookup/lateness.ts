import type { Party } from "@/core/shipments/event";
import { RANK } from "@/core/shipments/milestones";
import type { ActiveCondition, Shipment } from "@/core/shipments/shipment";

/** `lateByMs` behind the promise; `expected` true where only the estimate is behind it. `reason` in words, `party` who answers for it. */
export type Lateness = {
  lateByMs: number;
  expected: boolean;
  cause: LateCause;
  party: Party | "unknown";
  /** In words for the desk; the source's own words where it gave some. */
  reason: string;
};

export const LATE_CAUSES = [
  "weather",
  "customs",
  "address",
  "attempted",
  "recipient",
  "carrier",
  "left_late",
  "not_left",
  "no_news",
  "unknown",
] as const;
export type LateCause = (typeof LATE_CAUSES)[number];

const HOUR_MS = 3_600_000;
const SILENT_MS = 48 * HOUR_MS;

/** Says whether a shipment is, was or will be behind its promise, by how much and why; null where it is not, or none was promised. */
export function latenessOf(
  shipment: Shipment,
  exceptions: readonly { kind: string }[],
  nowMs: number,
): Lateness | null {
  const promisedMs = shipment.promisedDeliveryAtMs;
  if (promisedMs === null || shipment.terminal === "cancelled") return null;
  const deliveredMs = shipment.reached.delivered?.occurredAtMs ?? null;
  const open = shipment.terminal === null;
  const atMs = deliveredMs ?? (open ? Math.max(nowMs, shipment.etaMs ?? 0) : null);
  if (atMs === null || atMs <= promisedMs) return null;
  const expected = open && nowMs <= promisedMs;
  return { lateByMs: atMs - promisedMs, expected, ...causeOf(shipment, exceptions, promisedMs, nowMs) };
}

type Cause = Pick<Lateness, "cause" | "party" | "reason">;

/** The reason that the carrier gave comes first, then what the times themselves show. */
function causeOf(
  shipment: Shipment,
  exceptions: readonly { kind: string }[],
  promisedMs: number,
  nowMs: number,
): Cause {
  const told = shipment.conditions.findLast((condition) => condition.kind !== "no_info" && condition.kind !== "found");
  if (told !== undefined) return causeOfCondition(told);
  if (exceptions.some(({ kind }) => kind === "address_mismatch"))
    return { cause: "address", party: "consignee", reason: "The addresses of order and label differ" };
  const leftMs = shipment.reached.picked_up?.occurredAtMs ?? shipment.firstCarrierScanAtMs;
  const left = leftMs !== null || (shipment.milestone !== null && RANK[shipment.milestone] >= RANK.picked_up);
  if (!left) return { cause: "not_left", party: "shipper", reason: "It has not left the warehouse" };
  const dueOutMs = shipment.promisedDispatchAtMs;
  if (leftMs !== null && (leftMs > promisedMs || (dueOutMs !== null && leftMs > dueOutMs + HOUR_MS)))
    return { cause: "left_late", party: "shipper", reason: "It left the warehouse later than planned" };
  const lastMs = shipment.lastMovementAtMs;
  if (shipment.terminal === null && lastMs !== null && nowMs - lastMs > SILENT_MS)
    return { cause: "no_news", party: "carrier", reason: "The carrier has not scanned it for more than two days" };
  return { cause: "carrier", party: "carrier", reason: "It left in time; the carrier took longer and gave no reason" };
}

const BY_KIND: Partial<Record<ActiveCondition["kind"], Cause>> = {
  customs_hold: { cause: "customs", party: "customs", reason: "Customs holds it" },
  address_issue: { cause: "address", party: "consignee", reason: "The carrier has a question about the address" },
  delivery_attempted: { cause: "attempted", party: "consignee", reason: "A delivery was tried without success" },
  refused: { cause: "recipient", party: "consignee", reason: "The recipient refused it" },
  unclaimed: { cause: "recipient", party: "consignee", reason: "Nobody has collected it" },
};

function causeOfCondition(condition: ActiveCondition): Cause {
  const known = BY_KIND[condition.kind];
  const party = partyIn(condition.party);
  const said = condition.description?.trim();
  const base: Cause =
    known ??
    (party === "weather"
      ? { cause: "weather", party, reason: "Weather or another event nobody can help" }
      : party === "customs"
        ? { cause: "customs", party, reason: "Customs holds it" }
        : { cause: "carrier", party: party ?? "carrier", reason: condition.kind.replaceAll("_", " ") });
  return { ...base, party: party ?? base.party, reason: said ? `${base.reason}: “${said}”` : base.reason };
}

function partyIn(party: string | null): Party | null {
  return party === "carrier" ||
    party === "shipper" ||
    party === "consignee" ||
    party === "customs" ||
    party === "weather"
    ? party
    : null;
}
