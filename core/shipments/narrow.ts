import type { Json } from "./attributes";
import type { ShipmentFacts } from "./facts";
import type { Candidate } from "./match";

type Facts = Pick<ShipmentFacts, "references" | "packages" | "claims">;

/**
 * Narrows several shipments down to those that fit the facts best: the same warehouse, a package in common, the same products, else
 * products that include the facts'. A step that would leave none is skipped.
 */
export function narrow(facts: Facts, pool: readonly string[], candidates: ReadonlyMap<string, Candidate>): string[] {
  let left = [...pool];
  const keep = (fits: (candidate: Candidate) => boolean): void => {
    if (left.length < 2) return;
    const fitting = left.filter((head) => {
      const candidate = candidates.get(head);
      return candidate !== undefined && fits(candidate);
    });
    if (fitting.length > 0) left = fitting;
  };
  const warehouse = wordIn(facts.claims.find(({ attribute }) => attribute === "warehouse")?.value ?? null);
  if (warehouse !== null) keep((candidate) => candidate.warehouse === null || word(candidate.warehouse) === warehouse);
  const numbers = numbersOf(facts);
  if (numbers.size > 0) keep((candidate) => candidate.packages.some((number) => numbers.has(number)));
  const products = productsOf(facts);
  if (products.size > 0) {
    const includes = (candidate: Candidate) => [...products].every((code) => candidate.products.includes(code));
    keep(includes);
    keep((candidate) => includes(candidate) && new Set(candidate.products).size === products.size);
  }
  return left;
}

function numbersOf(facts: Facts): Set<string> {
  const tracking = facts.references.filter(({ kind }) => kind === "tracking_number").map(({ value }) => value);
  return new Set([...facts.packages.map(({ number }) => number), ...tracking]);
}

function productsOf(facts: Facts): Set<string> {
  const codes = new Set<string>();
  for (const { attribute, value } of facts.claims) {
    if (attribute !== "quantities" || !Array.isArray(value)) continue;
    for (const line of value) {
      if (line !== null && typeof line === "object" && !Array.isArray(line) && typeof line.code === "string") {
        codes.add(line.code);
      }
    }
  }
  return codes;
}

/** A warehouse is told as a word, or as a record with a name. */
function wordIn(value: Json): string | null {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return wordIn(value.name ?? null);
  return typeof value === "string" && value.trim() !== "" ? word(value) : null;
}

function word(text: string): string {
  return text.trim().toLowerCase();
}
