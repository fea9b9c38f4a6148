import { formatMoney } from "@/components/ui/money";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/number";
import type { Figure } from "@/core/carriers/figures";
import type { CarrierRange } from "@/core/carriers/filter";
import { type Basis, KPI_SPECS, type Kpi } from "@/core/carriers/kpis";
import type { Dimension } from "@/core/carriers/measures";
import { NOT_KNOWN } from "@/core/shipments/filter";

export const RANGE_WORD: Readonly<Record<CarrierRange, string>> = {
  "4w": "4 weeks",
  "13w": "13 weeks",
  "26w": "26 weeks",
  "52w": "52 weeks",
};

export const BASIS_WORD: Readonly<Record<Basis, string>> = {
  delivered: "On time: when delivered",
  first_attempt: "On time: first attempt",
};

export const DIMENSION_WORD: Readonly<Record<Dimension, [one: string, many: string]>> = {
  carrier: ["carrier", "Carriers"],
  service: ["service", "Services"],
  lane: ["lane", "Lanes"],
  warehouse: ["warehouse", "Warehouses"],
};

/** What a value is called that no source told. */
export function nameOf(word: string): string {
  return word === NOT_KNOWN ? "Not known" : word;
}

/** A figure's value in its unit: "94.1 %", "2 d 4 h", "EUR 12.40"; a dash where there is none. */
export function valueInWords(kpi: Kpi, value: number | null, currency: string | null): string {
  const { unit } = KPI_SPECS[kpi];
  if (value === null) return "–";
  if (unit === "share") return formatPercent(value, 1);
  if (unit === "duration") return formatDuration(value);
  return currency === null ? "–" : formatMoney(value, currency);
}

/** What a figure is made of, short: "312 / 331", "p90 3 d, n 120". */
export function madeOf(figure: Figure): string {
  if (figure.value === null) return "";
  const n = shortCount(figure.denominator);
  if (figure.kpi === "transit_time") return `p90 ${formatDuration(figure.high)}, n ${n}`;
  if (figure.kpi === "data_latency") return `p95 ${formatDuration(figure.high)}, n ${n}`;
  if (figure.kpi === "cost_per_shipment") return `n ${n}`;
  return `${shortCount(figure.numerator ?? 0)} / ${n}`;
}

/** A count in at most six characters: "9,876", "31.2k", "1.4M". */
function shortCount(value: number): string {
  if (value < 10_000) return formatCount(value);
  return value < 1_000_000 ? `${(value / 1000).toFixed(1)}k` : `${(value / 1_000_000).toFixed(1)}M`;
}

/** How a figure changed since the days before, with its sign: "+1.3", "−4 h", "+EUR 0.40"; null where it did not or cannot be told. */
export function changeInWords(figure: Figure, before: Figure | undefined): string | null {
  if (figure.value === null || before?.value == null || figure.currency !== before.currency) return null;
  const change = figure.value - before.value;
  const { unit } = KPI_SPECS[figure.kpi];
  const text =
    unit === "share"
      ? Math.abs(change * 100).toFixed(1)
      : unit === "duration"
        ? formatDuration(Math.abs(change))
        : valueInWords(figure.kpi, Math.abs(change), figure.currency);
  if (change === 0 || text === "0.0") return null;
  return `${change > 0 ? "+" : "−"}${text}`;
}

/** "between 90.1 % and 96.4 %", for 95 %. */
export function intervalInWords({ interval }: Figure): string | null {
  return interval === null
    ? null
    : `With 95 % confidence between ${formatPercent(interval[0], 1)} and ${formatPercent(interval[1], 1)}.`;
}
