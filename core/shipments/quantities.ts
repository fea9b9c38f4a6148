import type { Json } from "./attributes";

export type QuantitySaid = { ordered: number | null; done: number | null };

/** Sums a claimed list of `Quantity` by product code; what is not such a list says nothing. A sum is null where no line names it. */
export function quantitiesIn(value: Json): Map<string, QuantitySaid> {
  const sums = new Map<string, QuantitySaid>();
  if (!Array.isArray(value)) return sums;
  for (const line of value) {
    if (line === null || typeof line !== "object" || Array.isArray(line) || typeof line.code !== "string") continue;
    const known = sums.get(line.code);
    const said = { ordered: amount(line.ordered), done: amount(line.done) };
    sums.set(line.code, { ordered: add(known?.ordered, said.ordered), done: add(known?.done, said.done) });
  }
  return sums;
}

function amount(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function add(known: number | null | undefined, said: number | null): number | null {
  return known === null || known === undefined ? said : known + (said ?? 0);
}
