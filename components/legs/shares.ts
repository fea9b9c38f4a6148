import type { EventLeg } from "@/core/service-levels/event-legs";

export const LEG_WORD: Readonly<Record<EventLeg, string>> = {
  source: "source to us",
  interpret: "interpret",
  plan: "plan",
  wait: "wait",
  odoo: "Odoo",
  person: "a person",
};

export const LEG_LOOK: Readonly<Record<EventLeg, string>> = {
  source: "bg-leg-source",
  interpret: "bg-leg-interpret",
  plan: "bg-leg-plan",
  wait: "bg-leg-wait",
  odoo: "bg-leg-odoo",
  person: "bg-leg-person",
};

/** Legs that took any time, with their part of the whole in percent. */
export function sharesOf<L extends { ms: number }>(legs: readonly L[]): (L & { percent: number })[] {
  const total = legs.reduce((sum, { ms }) => sum + ms, 0);
  return legs.filter(({ ms }) => ms > 0).map((leg) => ({ ...leg, percent: (leg.ms * 100) / total }));
}

/** The same legs without the time until the source told us: that is another one's clock. */
export function ownOf<L extends { leg: EventLeg; ms: number }>(legs: readonly L[]): L[] {
  return legs.filter(({ leg }) => leg !== "source");
}
