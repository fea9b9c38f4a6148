import { RANK } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";
import type { Lateness } from "./lateness";

/** In which state a customer's question finds the shipment: decides the tone of the reply. */
export const TONES = [
  "on_the_way",
  "ready_to_collect",
  "delivered",
  "late",
  "problem",
  "returning",
  "returned",
  "not_yet_shipped",
  "cancelled",
  "unknown",
] as const;
export type Tone = (typeof TONES)[number];

const PROBLEMS: ReadonlySet<string> = new Set([
  "delivery_attempted",
  "held",
  "customs_hold",
  "address_issue",
  "refused",
  "damaged",
  "misrouted",
  "short",
  "unclaimed",
  "expired",
]);

/** Chooses the tone: an end before a trouble, a trouble before lateness, lateness before the plain state. */
export function toneOf(shipment: Shipment | null, lateness: Lateness | null): Tone {
  if (shipment === null) return "unknown";
  const { terminal, milestone } = shipment;
  if (terminal === "lost" || terminal === "destroyed") return "problem";
  if (terminal === "cancelled" || terminal === "returned") return terminal;
  if (milestone?.startsWith("return")) return "returning";
  if (shipment.conditions.some(({ kind }) => kind === "damaged" || kind === "short")) return "problem";
  if (terminal === "delivered" || (milestone !== null && RANK[milestone] >= RANK.delivered)) return "delivered";
  if (shipment.conditions.some(({ kind }) => PROBLEMS.has(kind))) return "problem";
  if (lateness !== null && !lateness.expected) return "late";
  if (milestone === "available_for_pickup") return "ready_to_collect";
  if (shipment.conditions.some(({ kind }) => kind === "delayed")) return "late";
  if (milestone === null) return shipment.eventCount === 0 ? "unknown" : "not_yet_shipped";
  return RANK[milestone] >= RANK.picked_up ? "on_the_way" : "not_yet_shipped";
}
