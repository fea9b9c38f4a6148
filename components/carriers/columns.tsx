import { Sparkline } from "@/components/charts/sparkline";
import type { Column } from "@/components/tables/columns";
import { formatCount, formatPercent } from "@/components/ui/number";
import { KPI_SPECS, KPIS, type Kpi } from "@/core/carriers/kpis";
import type { Dimension } from "@/core/carriers/measures";
import { FigureCell } from "./figure-cell";
import type { Score } from "./types";
import { nameOf } from "./words";

const WIDTH: Readonly<Record<Kpi, number>> = {
  on_time_delivery: 228,
  on_time_pickup: 228,
  delivery_rate: 228,
  first_attempt: 228,
  transit_time: 304,
  exception_rate: 228,
  damage_rate: 228,
  proof_in_time: 228,
  billing_accuracy: 228,
  cost_per_shipment: 248,
  data_latency: 316,
};

/** On a narrow screen these two stand beside the name; the others are one tap away. */
const NARROW: ReadonlySet<Kpi> = new Set<Kpi>(["on_time_delivery", "transit_time"]);

/** Columns of the scorecard: the name, the volume, and each figure. Bars of all rows are drawn to one scale. */
export function scoreColumns(by: Dimension, rows: readonly Score[]): Column<Score>[] {
  const weeksOf = (row: Score) =>
    row.trend.map(({ value, few }) => (value === null ? null : { missed: 1 - value, few }));
  const top = Math.max(0.05, ...rows.flatMap(weeksOf).map((week) => (week === null || week.few ? 0 : week.missed)));
  const [onTime, ...others] = KPIS.map(
    (kpi, at): Column<Score> => ({
      id: kpi,
      label: KPI_SPECS[kpi].label,
      width: WIDTH[kpi],
      align: "right",
      wide: !NARROW.has(kpi),
      sort: kpi,
      cell: (row) => {
        const figure = row.figures[at];
        return figure ? <FigureCell figure={figure} before={row.before[at]} /> : null;
      },
    }),
  );
  return [
    {
      id: "name",
      label: KPI_WORD[by],
      width: 150,
      narrowWidth: 120,
      fixed: true,
      sort: "name",
      cell: (row) => <span className="font-medium">{nameOf(row.word)}</span>,
    },
    {
      id: "shipments",
      label: "Shipments",
      width: 92,
      align: "right",
      wide: true,
      sort: "shipments",
      cell: (row) => formatCount(row.shipments),
    },
    ...(onTime ? [onTime] : []),
    {
      id: "trend",
      label: "Not on time by week",
      width: 140,
      wide: true,
      cell: (row) => {
        const missed = weeksOf(row).map((week) => week?.missed ?? null);
        const worst = Math.max(0, ...missed.map((share) => share ?? 0));
        return (
          <Sparkline
            values={missed.map((share) => (share === null ? null : Math.min(top, share)))}
            max={top}
            tone="text-broken"
            label={`Share not on time in each of ${missed.length} weeks: worst ${formatPercent(worst)}`}
          />
        );
      },
    },
    ...others,
  ];
}

const KPI_WORD: Readonly<Record<Dimension, string>> = {
  carrier: "Carrier",
  service: "Service",
  lane: "Lane (to)",
  warehouse: "Warehouse",
};

/** Rows in the order of a column; what has no figure or too few comes last, whichever way. */
export function sorted(rows: readonly Score[], by: string, descending: boolean): Score[] {
  const sign = descending ? -1 : 1;
  if (by === "name") return rows.toSorted((a, b) => sign * nameOf(a.word).localeCompare(nameOf(b.word)));
  if (by === "shipments") return rows.toSorted((a, b) => sign * (a.shipments - b.shipments));
  const figureIn = (row: Score) => {
    const figure = row.figures.find(({ kpi }) => kpi === by);
    return figure === undefined || figure.few ? null : figure.value;
  };
  return rows.toSorted((a, b) => {
    const [x, y] = [figureIn(a), figureIn(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}
