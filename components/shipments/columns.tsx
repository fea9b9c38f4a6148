"use client";
import type { Column } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Identifier } from "@/components/ui/identifier";
import { Mark } from "@/components/ui/mark";
import { formatMoney } from "@/components/ui/money";
import { SEVERITY_SHAPE, SEVERITY_WORD } from "@/components/ui/severity";
import { Due, Time } from "@/components/ui/time";
import { SEVERITIES } from "@/core/exceptions/kinds";
import type { Summary, Terminal } from "@/core/shipments/milestones";
import type { ShipmentRow } from "./rows";
import { StageSteps } from "./stage-bar";
import { ENDING_WORD, SUMMARY_LOOK } from "./words";

const INK = { critical: "text-critical", high: "text-high", medium: "text-medium", low: "text-low" } as const;

/** How bad: the worst open exception and how many there are. */
function Trouble({ row }: { row: ShipmentRow }) {
  if (row.openExceptions === 0) return <span className="sr-only">No open exception</span>;
  const severity = SEVERITIES[row.worst ?? 3] ?? "low";
  const words = `${row.openExceptions} open, worst ${SEVERITY_WORD[severity].toLowerCase()}`;
  return (
    <span className={`inline-flex items-center gap-1 ${INK[severity]}`} title={words}>
      <Mark shape={SEVERITY_SHAPE[severity]} />
      {row.openExceptions}
      <span className="sr-only">{words}</span>
    </span>
  );
}

export function SummaryBadge({ summary, filled }: { summary: string; filled?: boolean }) {
  const look = SUMMARY_LOOK[summary as Summary] ?? SUMMARY_LOOK.unknown;
  return (
    <Badge tone={look.tone} shape={look.shape} filled={filled}>
      {look.word}
    </Badge>
  );
}

/** The promise: how much of it is left, or how it ended. */
function Promised({ row }: { row: ShipmentRow }) {
  if (row.promisedAt === null) return <span className="text-ink-3">–</span>;
  if (row.terminal !== null) return <Time at={row.promisedAt} show="absolute" className="text-ink-3" />;
  return <Due at={row.promisedAt} />;
}

function valueInMoney(value: unknown): string {
  if (typeof value !== "object" || value === null) return "–";
  const { amountMinor, currency } = value as { amountMinor?: unknown; currency?: unknown };
  if (typeof amountMinor !== "number" || typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return "–";
  return formatMoney(amountMinor, currency);
}

export const SHIPMENT_COLUMNS: Column<ShipmentRow>[] = [
  {
    id: "trouble",
    label: "Open exceptions",
    mark: true,
    width: 58,
    narrowWidth: 54,
    fixed: true,
    cell: (row) => <Trouble row={row} />,
  },
  {
    id: "name",
    label: "Shipment",
    width: 168,
    narrowWidth: 136,
    fixed: true,
    cell: (row) => (
      <span className="font-medium" title={row.name}>
        {row.provisional ? (
          <span title="Provisional: no order or picking yet">
            <Mark shape="half" className="mr-1 inline text-ink-3" />
            <span className="sr-only">Provisional </span>
          </span>
        ) : null}
        {row.name}
      </span>
    ),
  },
  {
    id: "summary",
    label: "State",
    width: 132,
    narrowWidth: 124,
    cell: (row) => <SummaryBadge summary={row.summary} />,
  },
  { id: "stage", label: "Stage", width: 140, wide: true, cell: (row) => <StageSteps stage={row.stage} /> },
  { id: "customer", label: "Customer", width: 170, grow: true, wide: true, cell: (row) => row.customer ?? "–" },
  { id: "carrier", label: "Carrier", width: 110, wide: true, cell: (row) => row.carrier ?? "–" },
  {
    id: "tracking",
    label: "Tracking number",
    width: 168,
    wide: true,
    cell: (row) =>
      row.trackingNumber ? <Identifier value={row.trackingNumber} max={20} /> : <span className="text-ink-3">–</span>,
  },
  { id: "warehouse", label: "Warehouse", width: 104, wide: true, cell: (row) => row.warehouse ?? "–" },
  { id: "service", label: "Service", width: 110, wide: true, hidden: true, cell: (row) => row.service ?? "–" },
  { id: "channel", label: "Channel", width: 110, wide: true, hidden: true, cell: (row) => row.channel ?? "–" },
  {
    id: "ended",
    label: "Ended",
    width: 100,
    wide: true,
    hidden: true,
    cell: (row) => ENDING_WORD[(row.terminal as Terminal | null) ?? "open"],
  },
  {
    id: "event",
    label: "Last event",
    width: 96,
    wide: true,
    cell: (row) => <Time at={row.lastEventAt} className="text-ink-2" />,
  },
  { id: "promised", label: "Promise", width: 108, wide: true, cell: (row) => <Promised row={row} /> },
  {
    id: "updated",
    label: "Changed",
    width: 96,
    wide: true,
    cell: (row) => <Time at={row.updatedAt} className="text-ink-2" />,
  },
  { id: "value", label: "Value", width: 116, align: "right", wide: true, cell: (row) => valueInMoney(row.orderValue) },
];
