import { type Basis, KPIS, type Kpi, MINIMUM, SHARES, type ShareKpi } from "./kpis";
import type { Sums } from "./measures";
import { percentileOfSpread, sizeOfSpread } from "./spread";
import { wilson } from "./wilson";

/**
 * One figure with what it is made of. `value` is a share from 0 to 1, ms, or minor units of `currency`; null where it cannot be computed, and
 * then `why` says so. `high` is the p90 (transit) or p95 (latency).
 */
export type Figure = {
  kpi: Kpi;
  value: number | null;
  high: number | null;
  currency: string | null;
  /** Of shares: how many of `denominator`; of costs: minor units. */
  numerator: number | null;
  denominator: number;
  /** Of shares, for 95 %. */
  interval: [low: number, high: number] | null;
  /** Too few to conclude from. */
  few: boolean;
  why: string | null;
  note: string | null;
};

export type FigureOptions = {
  basis: Basis;
  /** True where a service, lane or warehouse was chosen: bills and latencies are counted by carrier alone. */
  narrowed: boolean;
};

/** Computes all figures of what was added up. */
export function figuresOf(sums: Sums, options: FigureOptions): Figure[] {
  return KPIS.map((kpi) => figureOf(kpi, sums, options));
}

/** Computes one figure; a division by nothing is no figure but a reason. */
export function figureOf(kpi: Kpi, sums: Sums, options: FigureOptions): Figure {
  switch (kpi) {
    case "transit_time":
      return duration(kpi, sums.spreads.transit, 90, "No delivery has a hand-over with a time.");
    case "data_latency":
      return duration(
        kpi,
        options.narrowed ? undefined : sums.spreads.latency,
        95,
        options.narrowed ? BY_CARRIER : "No milestone was told with a time by a carrier's feed.",
      );
    case "cost_per_shipment":
      return costOf(sums, options);
    default:
      return shareOf(kpi, sums, options);
  }
}

const PLAIN = { high: null, currency: null, interval: null, note: null } as const;
const BY_CARRIER = "Bills and latencies are counted by carrier, not by service, lane or warehouse.";

const NOTHING: Readonly<Record<ShareKpi, string>> = {
  on_time_delivery: "No delivery was promised for these days.",
  on_time_pickup: "No dispatch was promised for these days.",
  delivery_rate: "Nothing was handed over in these days.",
  first_attempt: "Nothing ended in these days.",
  exception_rate: "Nothing was handed over in these days.",
  damage_rate: "Nothing was delivered in these days.",
  proof_in_time: "No delivery's time for a proof ended in these days.",
  billing_accuracy: "No bill could be compared in these days.",
};

function shareOf(kpi: ShareKpi, { counts, spreads }: Sums, { basis, narrowed }: FigureOptions): Figure {
  const [part, whole] = SHARES[kpi];
  const denominator = counts[whole];
  const numerator = kpi === "on_time_delivery" && basis === "first_attempt" ? counts.tried_in_time : counts[part];
  const none = (why: string, of = denominator): Figure => ({
    kpi,
    ...PLAIN,
    value: null,
    numerator: null,
    denominator: of,
    few: false,
    why,
  });
  if (kpi === "billing_accuracy" && narrowed) return none(BY_CARRIER, 0);
  if (denominator <= 0) return none(NOTHING[kpi], 0);
  if (kpi === "first_attempt" && counts.attempted === 0)
    return none("No attempt was ever told in these days, so a failed one would not be seen.");
  if (kpi === "proof_in_time" && counts.proof_known === 0) return none("No proof of delivery came in these days.");
  return {
    kpi,
    ...PLAIN,
    value: numerator / denominator,
    numerator,
    denominator,
    interval: wilson(numerator, denominator),
    few: denominator < MINIMUM,
    why: null,
    note: noteOf(kpi, { counts, spreads }),
  };
}

function noteOf(kpi: ShareKpi, { counts, spreads }: Sums): string | null {
  if (kpi === "first_attempt") return `${counts.attempted} of ${counts.ended} tell of a failed attempt.`;
  if (kpi === "proof_in_time") return `${counts.proof_known} of ${counts.proof_due} have a proof, in time or later.`;
  if (kpi !== "billing_accuracy") return null;
  const currency = largest(spreads.billed);
  const billed = currency === null ? 0 : (spreads.billed?.get(currency) ?? 0);
  if (currency === null || billed <= 0) return null;
  const right = 1 - Math.min(1, (spreads.off?.get(currency) ?? 0) / billed);
  return `${(right * 100).toFixed(1)} % of the amount billed in ${currency} is as expected.`;
}

function duration(
  kpi: "transit_time" | "data_latency",
  spread: ReadonlyMap<string, number> | undefined,
  high: number,
  why: string,
): Figure {
  const denominator = sizeOfSpread(spread);
  return {
    kpi,
    ...PLAIN,
    value: percentileOfSpread(spread, 50),
    high: percentileOfSpread(spread, high),
    numerator: null,
    denominator,
    few: denominator > 0 && denominator < MINIMUM,
    why: denominator > 0 ? null : why,
  };
}

function costOf({ spreads }: Sums, { narrowed }: FigureOptions): Figure {
  const currency = narrowed ? null : largest(spreads.paid_shipments);
  const denominator = currency === null ? 0 : (spreads.paid_shipments?.get(currency) ?? 0);
  const numerator = currency === null ? null : (spreads.paid?.get(currency) ?? 0);
  const others = [...(spreads.paid_shipments?.keys() ?? [])].filter((one) => one !== currency).sort();
  return {
    kpi: "cost_per_shipment",
    ...PLAIN,
    value: numerator === null || denominator <= 0 ? null : Math.round(numerator / denominator),
    currency,
    numerator,
    denominator,
    few: denominator > 0 && denominator < MINIMUM,
    why: denominator > 0 ? null : narrowed ? BY_CARRIER : "No bill that names a shipment was approved in these days.",
    note: currency !== null && others.length > 0 ? `Also billed in ${others.join(", ")}.` : null,
  };
}

/** The key that counts most; of equal ones the first by name. */
function largest(spread: ReadonlyMap<string, number> | undefined): string | null {
  let best: string | null = null;
  for (const key of [...(spread?.keys() ?? [])].sort())
    if (best === null || (spread?.get(key) ?? 0) > (spread?.get(best) ?? 0)) best = key;
  return best;
}

/** Says whether a change since the period before is for the better; null where either has no figure, too few, or another currency. */
export function isBetter(figure: Figure, before: Figure, better: "up" | "down"): boolean | null {
  if (figure.value === null || before.value === null || figure.few || before.few) return null;
  if (figure.currency !== before.currency || figure.value === before.value) return null;
  return figure.value > before.value === (better === "up");
}
