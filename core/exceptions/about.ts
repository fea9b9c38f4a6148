import type { Json } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import { nameIn } from "./rule";

export type Money = { amountMinor: number; currency: string };

/** What an exception inherits from the shipment it is about: who may own it, and what is at stake. Unknown is null, never a guess. */
export type About = {
  /** The Odoo it is linked in, or is to go to. */
  connectionId: number | null;
  carrier: string | null;
  /** The feeds that told its milestones. */
  toldBy: readonly number[];
  warehouse: string | null;
  company: string | null;
  customer: string | null;
  value: Money | null;
  promisedAtMs: number | null;
  deliveredAtMs: number | null;
};

export const ABOUT_NOTHING: About = {
  connectionId: null,
  carrier: null,
  toldBy: [],
  warehouse: null,
  company: null,
  customer: null,
  value: null,
  promisedAtMs: null,
  deliveredAtMs: null,
};

/** Reads what exceptions inherit out of a fold, as it is in memory or was stored; of a state that lacks parts the parts are null. */
export function aboutOf(shipment: Partial<Shipment>, connectionId: number | null): About {
  const attributes = shipment.attributes ?? {};
  return {
    connectionId,
    carrier: nameIn(attributes.carrier?.value),
    toldBy: tellersOf(shipment),
    warehouse: nameIn(attributes.warehouse?.value),
    company: nameIn(attributes.company?.value),
    customer: nameIn(attributes.customer?.value),
    value: moneyIn(attributes.order_value?.value),
    promisedAtMs: shipment.promisedDeliveryAtMs ?? null,
    deliveredAtMs: shipment.reached?.delivered?.occurredAtMs ?? null,
  };
}

function tellersOf({ reached = {} }: Partial<Shipment>): number[] {
  const tellers = new Set<number>();
  for (const { feedId } of Object.values(reached)) if (feedId !== null) tellers.add(feedId);
  return [...tellers];
}

function moneyIn(value: Json | undefined): Money | null {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const { amountMinor, currency } = value;
  if (typeof amountMinor !== "number" || !Number.isSafeInteger(amountMinor) || amountMinor <= 0) return null;
  return typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? { amountMinor, currency } : null;
}
