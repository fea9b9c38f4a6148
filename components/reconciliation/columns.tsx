"use client";
import type { Column } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Time } from "@/components/ui/time";
import { type SYSTEMS, verdictsIn } from "@/core/reconciliation/aspects";
import type { ReconciliationFilter } from "@/core/reconciliation/filter";
import type { Row } from "./rows";
import { Said } from "./value";
import { ASPECT_WORD, CAUSE_WORD, SYSTEM_WORD, VERDICT_LOOK } from "./words";

/** The difference a row shows: the first of the aspects that were asked for. */
function shownOf(row: Row, filter: ReconciliationFilter) {
  const all = row.differences ?? [];
  return all.find(({ aspect }) => filter.aspect.length === 0 || filter.aspect.includes(aspect)) ?? null;
}

/** The columns of the rows behind a number, which show the first difference that was asked for. */
export function columnsOf(filter: ReconciliationFilter): Column<Row>[] {
  const value = (system: (typeof SYSTEMS)[number], width: number): Column<Row> => ({
    id: system,
    label: SYSTEM_WORD[system],
    width,
    wide: true,
    cell: (row) => {
      const shown = shownOf(row, filter);
      return shown ? <Said aspect={shown.aspect} value={shown.said[system]} /> : <span className="text-ink-3">–</span>;
    },
  });
  return [
    {
      id: "shipment",
      label: "Shipment",
      width: 150,
      narrowWidth: 130,
      fixed: true,
      cell: (row) => <span className="font-medium">{row.name}</span>,
    },
    {
      id: "what",
      label: "What",
      width: 130,
      fixed: true,
      cell: (row) => {
        const shown = shownOf(row, filter);
        if (!shown) return <Standing row={row} filter={filter} />;
        const more = (row.differences?.length ?? 0) - 1;
        return (
          <>
            {ASPECT_WORD[shown.aspect]}
            {more > 0 ? <span className="text-ink-3"> +{more}</span> : null}
          </>
        );
      },
    },
    value("carrier", 130),
    value("warehouse", 110),
    value("waypost", 140),
    value("odoo", 130),
    {
      id: "cause",
      label: "Cause",
      width: 240,
      grow: true,
      wide: true,
      cell: (row) => {
        const shown = shownOf(row, filter);
        if (!shown) return <span className="text-ink-3">–</span>;
        return (
          <span title={shown.why}>
            <span className="font-medium">{CAUSE_WORD[shown.cause].word}</span>
            <span className="text-ink-2"> {shown.why}</span>
          </span>
        );
      },
    },
    {
      id: "by",
      label: "Changed by",
      width: 140,
      wide: true,
      hidden: true,
      cell: (row) => shownOf(row, filter)?.by?.name ?? <span className="text-ink-3">–</span>,
    },
    {
      id: "carrierName",
      label: "Carrier's name",
      width: 120,
      wide: true,
      hidden: true,
      cell: (row) => row.carrier ?? "–",
    },
    {
      id: "at",
      label: "Compared",
      width: 100,
      wide: true,
      cell: (row) => <Time at={row.comparedAt} className="text-ink-2" />,
    },
  ];
}

/** What the letters of a row without a difference say of the pairs and aspects that were asked for. */
function Standing({ row, filter }: { row: Row; filter: ReconciliationFilter }) {
  const compared = verdictsIn(row.letters).filter(
    ({ pair, aspect }) =>
      (filter.pair.length === 0 || filter.pair.includes(pair)) &&
      (filter.aspect.length === 0 || filter.aspect.includes(aspect)),
  );
  const accepted = compared.some(({ verdict }) => verdict === "accepted");
  const look = VERDICT_LOOK[accepted ? "accepted" : "matched"];
  return (
    <Badge tone={look.tone} shape={look.shape}>
      {look.word} in {compared.length}
    </Badge>
  );
}
