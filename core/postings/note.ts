import type { Milestone } from "@/core/shipments/milestones";
import type { Reached, Shipment } from "@/core/shipments/shipment";
import type { DesiredStatusNote } from "./desired";

const HEADLINES: Partial<Record<Milestone, string>> = {
  picked_up: "Picked up by the carrier",
  out_for_delivery: "Out for delivery",
  delivered: "Delivered",
  pod_received: "Proof of delivery received",
  returned: "Returned to sender",
  lost: "Reported lost",
  cancelled: "Shipment cancelled",
};
const MOST_NUMBERS = 20;

/** Writes the note of a milestone that was reached at a known time; an inferred one leaves none. Plain text, headline first. */
export function noteOf(shipment: Shipment, milestone: Milestone): DesiredStatusNote | null {
  const reached = shipment.reached[milestone];
  if (reached === undefined || reached.occurredAtMs === null) return null;
  return {
    kind: "status_note",
    headline: headlineOf(milestone),
    lines: linesOf(shipment, reached, reached.occurredAtMs),
  };
}

function headlineOf(milestone: Milestone): string {
  const words = milestone.replaceAll("_", " ");
  return HEADLINES[milestone] ?? `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

function linesOf(shipment: Shipment, reached: Reached, atMs: number): string[] {
  const tracking = shipment.attributes.tracking_number?.value;
  const numbers = typeof tracking === "string" ? tracking.split(",") : [];
  const shown = numbers.slice(0, MOST_NUMBERS).join(", ");
  const more = numbers.length > MOST_NUMBERS ? ` and ${numbers.length - MOST_NUMBERS} more` : "";
  return [whenText(reached, atMs), ...(numbers.length > 0 ? [`Tracking ${shown}${more}`] : [])];
}

/** Local time with the source's offset, else UTC; a date where only that is known. */
function whenText({ offsetMinutes, precision, basis }: Reached, atMs: number): string {
  const local = new Date(atMs + (offsetMinutes ?? 0) * 60_000).toISOString();
  if (precision === "date") return local.slice(0, 10);
  const zone = offsetMinutes === null ? "UTC" : offsetText(offsetMinutes);
  return `${local.slice(0, 10)} ${local.slice(11, 16)} ${zone}${basis === "assumed" ? " (zone assumed)" : ""}`;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const [hours, rest] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0"));
  return `${minutes < 0 ? "-" : "+"}${hours}:${rest}`;
}
