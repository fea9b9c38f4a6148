import type { Json } from "@/core/shipments/attributes";
import { type Milestone, RANK } from "@/core/shipments/milestones";
import { quantitiesIn } from "@/core/shipments/quantities";
import type { Shipment } from "@/core/shipments/shipment";
import type { OdooHeld } from "./compare";
import type { InvoiceGap } from "./invoice-gap";

/** Lists of what finance and planners cannot rely on yet. */
export const READINESS_LISTS = [
  "delivered_not_invoiced",
  "invoiced_not_delivered",
  "shipped_not_validated",
  "return_on_the_way",
] as const;
export type ReadinessList = (typeof READINESS_LISTS)[number];

export type ReadinessLine = { code: string; quantity: number };
export type Readiness = { list: ReadinessList; sinceMs: number; lines: ReadinessLine[] };

/** Says on which lists a shipment stands, since when, and with which products; `gap` is how its delivery and its invoice stand apart. */
export function readinessOf(
  shipment: Shipment,
  odoo: OdooHeld | null,
  gap: InvoiceGap | null,
  nowMs: number,
): Readiness[] {
  if (odoo === null || odoo.state === "cancel") return [];
  const found: Readiness[] = [];
  const moved = odoo.lines.map(({ code, demand, done }) => ({ code, quantity: done ?? demand }));
  if (gap !== null) found.push({ list: gap.list, sinceMs: gap.sinceMs, lines: apartOf(odoo, gap) });
  const left = leftAt(shipment);
  if (left !== null && odoo.state !== "done")
    found.push({ list: "shipped_not_validated", sinceMs: left.atMs ?? nowMs, lines: shippedOf(shipment) ?? moved });
  const returning = returningSince(shipment, odoo);
  if (returning !== null) found.push({ list: "return_on_the_way", sinceMs: returning.atMs ?? nowMs, lines: moved });
  return found;
}

/** What is delivered and not on an invoice, or the other way round. */
function apartOf({ lines }: OdooHeld, { list }: InvoiceGap): ReadinessLine[] {
  return lines.flatMap(({ code, demand, done, invoiced }) => {
    const whole = done ?? demand;
    const quantity = Number(
      (list === "delivered_not_invoiced" ? whole - (invoiced ?? 0) : (invoiced ?? whole)).toFixed(6),
    );
    return quantity > 0 ? [{ code, quantity }] : [];
  });
}

/** When the goods left, as the warehouse or the carrier told; null where none of them did. */
function leftAt(shipment: Shipment): { atMs: number | null } | null {
  if (shipment.milestone === null || shipment.terminal === "cancelled" || RANK[shipment.milestone] < RANK.picked_up)
    return null;
  let earliest: { atMs: number | null } | null = null;
  for (const [milestone, reached] of Object.entries(shipment.reached)) {
    if (RANK[milestone as Milestone] < RANK.picked_up || reached.inferred) continue;
    const atMs = reached.occurredAtMs;
    if (earliest === null || (atMs !== null && (earliest.atMs === null || atMs < earliest.atMs))) earliest = { atMs };
  }
  return earliest;
}

/** What the warehouse says it shipped; null where it told no quantities. */
function shippedOf(shipment: Shipment): ReadinessLine[] | null {
  const said = [shipment.attributes.quantities, ...shipment.advisories.filter((one) => one.attribute === "quantities")];
  const warehouse = said.find((one) => one?.feedClass === "warehouse");
  if (warehouse === undefined) return null;
  const lines = [...quantitiesIn(warehouse.value as Json)].flatMap(([code, { done }]) =>
    done === null || done === 0 ? [] : [{ code, quantity: done }],
  );
  return lines.length === 0 ? null : lines;
}

/** Goods that come back and have not arrived: by the carrier's word, or by a return in Odoo that is not done. */
function returningSince({ reached }: Shipment, odoo: OdooHeld): { atMs: number | null } | null {
  if (reached.returned) return null;
  const told = reached.return_initiated ?? reached.return_in_transit;
  if (told) return { atMs: told.occurredAtMs };
  return odoo.returns.some(({ state }) => state !== "done" && state !== "cancel") ? { atMs: odoo.writtenAtMs } : null;
}
