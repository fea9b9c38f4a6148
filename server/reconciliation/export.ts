import { csvRow } from "@/core/csv-row";
import type { Keyset } from "@/core/keyset";
import { verdictsIn } from "@/core/reconciliation/aspects";
import { valueText } from "@/core/reconciliation/compare";
import type { ReadinessFilter, ReconciliationFilter } from "@/core/reconciliation/filter";
import { listReadiness, listRows, type ReconciliationListRow } from "@/db/queries/reconcile-list";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";

const HEAD = [
  "day",
  "shipment_id",
  "shipment",
  "connection",
  "odoo_id",
  "carrier_name",
  "warehouse_name",
  "aspect",
  "pair",
  "verdict",
  "carrier",
  "warehouse",
  "waypost",
  "odoo",
  "cause",
  "why",
  "changed_by",
  "changed_at",
  "compared_at",
];
const BATCH = 1_000;

/** Gives all rows of a filter as CSV, a line a pair and aspect, a batch at a time, and records that somebody took them. */
export async function exportReconciled(
  ctx: Context,
  actor: Actor,
  filter: ReconciliationFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "reconciliation:read");
  await recordAudit(ctx, ctx.sql, actor, {
    action: "reconciliation.export",
    subject: `day:${filter.day}`,
    after: { ...filter },
  });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    for (let after: string | null = null; ; ) {
      const rows: ReconciliationListRow[] = await listRows(sql, { filter, after, limit: BATCH });
      if (rows.length > 0) yield rows.map((row) => linesOf(row, filter)).join("");
      const last = rows[rows.length - 1];
      if (rows.length < BATCH || last === undefined) return;
      after = last.id;
    }
  })();
}

function linesOf(row: ReconciliationListRow, filter: ReconciliationFilter): string {
  const wanted = <T>(list: readonly T[], one: T) => list.length === 0 || list.includes(one);
  return verdictsIn(row.letters)
    .filter(
      ({ pair, aspect, verdict }) =>
        wanted(filter.pair, pair) && wanted(filter.aspect, aspect) && wanted(filter.verdict, verdict),
    )
    .map(({ pair, aspect, verdict }) => {
      const found = row.differences?.find((one) => one.aspect === aspect && one.verdicts[pair] !== undefined);
      const said = (system: "carrier" | "warehouse" | "waypost" | "odoo") => valueText(found?.said[system]) || null;
      const { day, id, name, connection, pickingId, carrier, warehouse, comparedAt } = row;
      const by = found?.by;
      return csvRow([
        ...[day, row.known ? id : null, name, connection, pickingId, carrier, warehouse, aspect, pair, verdict],
        ...[said("carrier"), said("warehouse"), said("waypost"), said("odoo")],
        ...[found?.cause ?? null, found?.why ?? null, by?.name ?? null],
        by?.atMs == null ? null : new Date(by.atMs),
        comparedAt,
      ]);
    })
    .join("");
}

const READY_HEAD = [
  "list",
  "since",
  "shipment_id",
  "shipment",
  "order",
  "customer",
  "carrier",
  "warehouse",
  "product",
  "quantity",
  "order_value_minor",
  "currency",
  "checked_at",
];

/** Gives a readiness list as CSV, a line a product, a batch at a time, and records that somebody took it. */
export async function exportReadiness(
  ctx: Context,
  actor: Actor,
  filter: ReadinessFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "reconciliation:read");
  await recordAudit(ctx, ctx.sql, actor, {
    action: "reconciliation.export",
    subject: `list:${filter.list}`,
    after: { ...filter },
  });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(READY_HEAD);
    for (let after: Keyset | null = null; ; ) {
      const rows = await listReadiness(sql, { filter, after, limit: BATCH });
      if (rows.length > 0)
        yield rows
          .flatMap((row) => {
            const lines = row.lines.length > 0 ? row.lines : [{ code: null, quantity: null }];
            return lines.map(({ code, quantity }) =>
              csvRow([
                ...[row.list, row.since, row.id, row.name, row.orderName, row.customer, row.carrier, row.warehouse],
                ...[code, quantity, row.valueMinor, row.currency, row.checkedAt],
              ]),
            );
          })
          .join("");
      const last = rows[rows.length - 1];
      if (rows.length < BATCH || last === undefined) return;
      after = { micros: last.micros, id: last.id };
    }
  })();
}
