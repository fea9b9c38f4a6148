import { spanInTwoUnits } from "@/core/duration";
import { type Milestone, RANK } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";
import type { ExceptionKind } from "./kinds";
import { MINUTE_MS, utc } from "./rule";
import type { Thresholds } from "./thresholds";

/** How late something was that came in the end. */
export type Delay = {
  /** What the clock ran from: a booking, the scan before, a promise. */
  sinceMs: number;
  /** When it should have been there. */
  limitMs: number;
  endedMs: number;
};

type Lateness = { kind: ExceptionKind; subject: string; occurrence: string };
type Clock = {
  limitMinutes: (thresholds: Thresholds) => number;
  /** The earliest moment known at which it came. */
  ended: (shipment: Shipment, subject: string, sinceMs: number) => number | null;
  says: string;
  /** What the time until then is told from; null where it is the limit itself. */
  from: string | null;
  limit: string;
};

const CLOCKS: Partial<Record<ExceptionKind, Clock>> = {
  first_scan_late: {
    limitMinutes: (thresholds) => thresholds.firstScanMinutes,
    ended: (shipment) => shipment.firstCarrierScanAtMs,
    says: "The first scan came",
    from: "after booking",
    limit: "the limit",
  },
  scan_late: {
    limitMinutes: (thresholds) => thresholds.scanMinutes,
    ended: nextScan,
    says: "The next scan came",
    from: "after the one before",
    limit: "the limit",
  },
  dispatch_late: {
    limitMinutes: () => 0,
    ended: (shipment) => earliestReached(shipment, (milestone) => leaves(milestone)),
    says: "It was dispatched",
    from: null,
    limit: "the promise",
  },
  delivery_late: {
    limitMinutes: () => 0,
    ended: (shipment) =>
      earliestReached(shipment, (milestone) => milestone === "delivered" || milestone === "pod_received"),
    says: "It was delivered",
    from: null,
    limit: "the promise",
  },
};

/**
 * How late the thing was that an exception of the clock waited for, by what is known now; null where the exception ended otherwise (cancelled, a
 * new promise) or is of no clock.
 */
export function delayOf(row: Lateness, shipment: Shipment, thresholds: Thresholds): Delay | null {
  const clock = CLOCKS[row.kind];
  const sinceMs = Date.parse(/\S+Z$/.exec(row.occurrence)?.[0] ?? "");
  if (clock === undefined || Number.isNaN(sinceMs)) return null;
  const endedMs = clock.ended(shipment, row.subject, sinceMs);
  if (endedMs === null || (clock.from !== null && endedMs < sinceMs)) return null;
  return { sinceMs, limitMs: sinceMs + clock.limitMinutes(thresholds) * MINUTE_MS, endedMs };
}

/** The delay in one sentence; what came in time and was only told late says so. */
export function delayInWords(kind: ExceptionKind, { sinceMs, limitMs, endedMs }: Delay): string {
  const clock = CLOCKS[kind];
  if (clock === undefined) return "";
  const told = clock.from === null ? clock.says : `${clock.says} ${spanInTwoUnits(endedMs - sinceMs)} ${clock.from}`;
  const before = clock.from === null ? " " : ", ";
  if (endedMs <= limitMs) return `${told}${before}before ${clock.limit}: it was only told late.`;
  return `${told}${before}${spanInTwoUnits(endedMs - limitMs)} after ${clock.limit}.`;
}

/** The delay as evidence of the exception that it ended. */
export function delayAsEvidence({ limitMs, endedMs }: Delay): { limit: string; ended: string; lateMinutes: number } {
  const late = Math.max(0, endedMs - limitMs);
  return { limit: utc(limitMs), ended: utc(endedMs), lateMinutes: Math.round(late / MINUTE_MS) };
}

function leaves(milestone: Milestone): boolean {
  return RANK[milestone] >= RANK.picked_up && RANK[milestone] <= RANK.pod_received;
}

function earliestReached(shipment: Shipment, counts: (milestone: Milestone) => boolean): number | null {
  return earliest(
    Object.entries(shipment.reached).map(([milestone, reached]) =>
      counts(milestone as Milestone) ? (reached?.occurredAtMs ?? null) : null,
    ),
  );
}

/** A package knows its newest scan only; of the whole shipment the milestones on the way are known too. A report of trouble is a scan. */
function nextScan(shipment: Shipment, subject: string, sinceMs: number): number | null {
  const whole = subject === "shipment";
  const part = whole ? shipment : shipment.packages.find(({ number }) => subject === `package:${number}`);
  const reports = shipment.conditions.filter(
    (one) => whole || one.package === null || subject === `package:${one.package}`,
  );
  const reached = whole
    ? Object.entries(shipment.reached).map(([milestone, at]) =>
        RANK[milestone as Milestone] >= RANK.picked_up ? (at?.occurredAtMs ?? null) : null,
      )
    : [];
  const scans = [part?.lastMovementAtMs ?? null, ...reports.map((one) => one.sinceMs), ...reached];
  return earliest(scans.map((atMs) => (atMs !== null && atMs > sinceMs ? atMs : null)));
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((atMs) => atMs !== null);
  return known.length === 0 ? null : Math.min(...known);
}
