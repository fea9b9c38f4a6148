/** A parcel that left, and what carrying it should cost. */
export type Shipped = { tracking: string; expected: number };

type Charge = { charge: string; amount: string; references: { tracking_number: string } };
type Bill = {
  number: string;
  kind: "invoice" | "credit";
  carrier: "ups";
  date: string;
  currency: "USD";
  total: string;
  charges: Charge[];
};

const decimal = (cents: number) => (cents / 100).toFixed(2);
const cents = (amount: number) => Math.round(amount * 100);

/** What happens to the bills that carriers write: mostly well, sometimes with what finance sees every week. */
const TURNS = ["well", "well", "over", "well", "unknown charge", "twice", "well", "nobody's", "credit"] as const;

/** Writes the next bill over parcels that left; null where there is nothing to bill yet. */
export function nextBill(
  turn: number,
  parcels: readonly Shipped[],
  last: { number: string; parcels: readonly Shipped[] } | null,
  nowMs: number,
): Bill | null {
  const what = TURNS[turn % TURNS.length] ?? "well";
  const date = new Date(nowMs).toISOString().slice(0, 10);
  const number = `UPS-${Math.floor(nowMs / 1000)
    .toString(36)
    .toUpperCase()}`;
  const about = what === "twice" || what === "credit" ? (last?.parcels ?? parcels) : parcels;
  if (about.length === 0) return null;
  const charges = about.flatMap(({ tracking, expected }, at): Charge[] => {
    const references = { tracking_number: what === "nobody's" && at === 0 ? tracking.replace("1Z", "1Y") : tracking };
    const whole = cents(expected);
    const fuel = Math.round(whole * 0.12);
    if (what === "credit") return [{ charge: "fuel", amount: decimal(-fuel), references }];
    const base = whole - fuel + (what === "over" && at === 0 ? Math.round(whole * 0.8) + 500 : 0);
    const lines = [
      { charge: "freight", amount: decimal(base), references },
      { charge: "fuel surcharge", amount: decimal(fuel), references },
    ];
    if (what === "unknown charge" && at === 0) lines.push({ charge: "peak demand", amount: "2.50", references });
    return lines;
  });
  const total = decimal(charges.reduce((sum, { amount }) => sum + cents(Number(amount)), 0));
  return {
    number,
    kind: what === "credit" ? "credit" : "invoice",
    carrier: "ups",
    date,
    currency: "USD",
    total,
    charges,
  };
}
