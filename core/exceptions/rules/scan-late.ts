import { type Milestone, RANK, type Terminal } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";
import type { Finding, Judgement } from "../finding";
import { carrierSource, duration, finding, MINUTE_MS, type Rule, utc } from "../rule";

type Moving = {
  subject: string;
  milestone: Milestone | null;
  terminal: Terminal | null;
  lastMovementAtMs: number | null;
};

/** Raises `scan_late` per package that is under way and was not scanned for too long; what waits at a counter is not expected to move. */
export const scanLate: Rule = ({ shipment, thresholds, nowMs }) => {
  const findings: Finding[] = [];
  let reviewAtMs: number | null = null;
  for (const part of movingParts(shipment)) {
    if (!isUnderWay(part)) continue;
    const lastAtMs = lastScanOf(part, shipment);
    if (lastAtMs === null) continue;
    const dueAtMs = lastAtMs + thresholds.scanMinutes * MINUTE_MS;
    if (nowMs >= dueAtMs) findings.push(late(shipment, part.subject, lastAtMs, thresholds.scanMinutes));
    else if (reviewAtMs === null || dueAtMs < reviewAtMs) reviewAtMs = dueAtMs;
  }
  return { findings, reviewAtMs } satisfies Judgement;
};

function movingParts(shipment: Shipment): Moving[] {
  if (shipment.packages.length < 2) return [{ subject: "shipment", ...shipment }];
  return shipment.packages.map((part) => ({ subject: `package:${part.number}`, ...part }));
}

function isUnderWay({ milestone, terminal }: Moving): boolean {
  if (terminal !== null || milestone === null || milestone === "available_for_pickup") return false;
  const rank = RANK[milestone];
  return (rank >= RANK.picked_up && rank < RANK.delivered) || milestone === "return_in_transit";
}

/** A report of trouble is a scan too. */
function lastScanOf(part: Moving, shipment: Shipment): number | null {
  let lastAtMs = part.lastMovementAtMs;
  if (lastAtMs === null) return null;
  for (const condition of shipment.conditions) {
    const concerns =
      condition.package === null || part.subject === "shipment" || part.subject === `package:${condition.package}`;
    if (concerns && condition.sinceMs > lastAtMs) lastAtMs = condition.sinceMs;
  }
  return lastAtMs;
}

function late(shipment: Shipment, subject: string, lastAtMs: number, minutes: number): Finding {
  const { source, name } = carrierSource(shipment);
  return finding("scan_late", {
    subject,
    occurrence: `scan ${utc(lastAtMs)}`,
    cause: { source, what: "no scan" },
    text: `No scan by ${name ?? "the carrier"} for ${duration(minutes)}`,
    evidence: { lastScan: utc(lastAtMs) },
  });
}
