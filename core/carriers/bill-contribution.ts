import { type FreightState, PAID, type Verdict } from "@/core/freight/states";
import type { Contribution } from "./contribution";

export type CountedBill = {
  kind: "invoice" | "credit";
  state: FreightState;
  verdict: Verdict | null;
  currency: string | null;
  billedMinor: number | null;
  overMinor: number;
  underMinor: number;
  payMinor: number | null;
  receivedAtMs: number;
  /** How many shipments its charges name. */
  shipments: number;
};

/** Verdicts that say whether a bill is right; the others say that it could not be compared (no expectation, a gap in the set-up). */
const SAYS_RIGHT_OR_WRONG: ReadonlySet<Verdict> = new Set<Verdict>([
  "clean",
  "variance",
  "duplicate",
  "invalid",
  "unmatched",
]);

/** What a freight bill adds to the daily counts, on the day it came (UTC); null for one that counts nowhere. */
export function contributionOfBill(bill: CountedBill): Contribution | null {
  if (bill.state === "withdrawn") return null;
  const day = new Date(bill.receivedAtMs).toISOString().slice(0, 10);
  const contribution: Contribution = { counts: {}, spreads: [] };
  const { currency } = bill;
  if (bill.kind === "invoice" && bill.verdict !== null && SAYS_RIGHT_OR_WRONG.has(bill.verdict)) {
    contribution.counts[day] = ["bills_checked", ...(bill.verdict === "clean" ? (["bills_clean"] as const) : [])];
    if (currency !== null && bill.billedMinor !== null) {
      const off = bill.overMinor + bill.underMinor;
      contribution.spreads.push(["billed", day, currency, Math.abs(bill.billedMinor)]);
      if (off > 0) contribution.spreads.push(["off", day, currency, off]);
    }
  }
  const amount = bill.payMinor ?? bill.billedMinor;
  const paid = (PAID as readonly FreightState[]).includes(bill.state) && bill.shipments > 0;
  if (paid && currency !== null && amount !== null && amount !== 0) {
    contribution.spreads.push(["paid", day, currency, bill.kind === "credit" ? -Math.abs(amount) : amount]);
    if (bill.kind === "invoice") contribution.spreads.push(["paid_shipments", day, currency, bill.shipments]);
  }
  return contribution;
}
