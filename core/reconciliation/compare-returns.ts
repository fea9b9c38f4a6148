import type { Json } from "@/core/shipments/attributes";
import type { Verdict } from "./aspects";

/** A transfer that brings goods back, as Odoo holds it; `lines` by product code. Instants in ms. */
export type OdooReturn = {
  name: string;
  state: string;
  createdAtMs: number | null;
  writtenAtMs: number | null;
  lines: { code: string; quantity: number }[];
};

/** What a side knows of goods that come back: whether they arrived, since when that is known, and how much of what where it says so. */
export type ReturnSide = { arrived: boolean; sinceMs: number | null; quantities: Json | null };

/** Odoo's returns of one transfer as one side: arrived when all are done, and then with their quantities. */
export function odooSide(returns: readonly OdooReturn[], sums: (lines: [string, number][]) => Json): ReturnSide {
  const arrived = returns.every(({ state }) => state === "done");
  const written = returns.flatMap(({ writtenAtMs }) => writtenAtMs ?? []);
  const lines = returns.flatMap((one) => one.lines.map(({ code, quantity }): [string, number] => [code, quantity]));
  return {
    arrived,
    sinceMs: written.length === 0 ? null : Math.max(...written),
    quantities: arrived && lines.length > 0 ? sums(lines) : null,
  };
}

/**
 * Compares two sides that both know of goods coming back. One that is behind is only slow until `graceMs` have passed since the other knew;
 * quantities count where both tell them of goods that arrived.
 */
export function sameReturn(
  a: ReturnSide,
  b: ReturnSide,
  graceMs: number,
  nowMs: number,
  text: (value: Json) => string,
): Verdict {
  if (a.arrived !== b.arrived) {
    const since = a.arrived ? a.sinceMs : b.sinceMs;
    return since !== null && nowMs - since < graceMs ? "matched" : "differs";
  }
  if (!a.arrived || a.quantities === null || b.quantities === null) return "matched";
  return text(a.quantities) === text(b.quantities) ? "matched" : "differs";
}
