import { csvRow } from "@/core/csv-row";
import type { FreightFilter } from "@/core/freight/filter";
import type { Keyset } from "@/core/keyset";
import { fromMinor } from "@/core/money";
import { type BillRow, listBills } from "@/db/queries/freight-list";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";

const HEAD = [
  "bill_id",
  "carrier",
  "number",
  "kind",
  "bill_date",
  "received_at",
  "state",
  "verdict",
  "matched",
  "currency",
  "billed",
  "expected",
  "over",
  "under",
  "to_pay",
  "objections",
  "decided_by",
  "decided_at",
  "reason",
  "posting_state",
];
const BATCH = 1_000;

/** Gives all freight bills of a filter as CSV, a batch at a time, and records that somebody took them. */
export async function exportBills(ctx: Context, actor: Actor, filter: FreightFilter): Promise<AsyncGenerator<string>> {
  requireRight(actor, "freight:read");
  await recordAudit(ctx, ctx.sql, actor, { action: "freight.export", subject: "freight", after: { ...filter } });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    for (let after: Keyset | null = null; ; ) {
      const rows: BillRow[] = await listBills(sql, { filter, after, limit: BATCH });
      if (rows.length > 0) yield rows.map(rowOf).join("");
      const last = rows[rows.length - 1];
      if (rows.length < BATCH || last === undefined) return;
      after = { micros: last.micros, id: last.id };
    }
  })();
}

function rowOf(row: BillRow): string {
  const money = (minor: number | null) =>
    minor === null || row.currency === null ? null : fromMinor(minor, row.currency);
  return csvRow([
    row.id,
    row.vendor,
    row.number,
    row.kind,
    row.invoiceDate,
    row.receivedAt,
    row.state,
    row.verdict,
    row.matched,
    row.currency,
    money(row.billedMinor) ?? row.total,
    money(row.expectedMinor),
    money(row.overMinor),
    money(row.underMinor),
    money(row.payMinor ?? row.billedMinor),
    row.objections.map(({ text }) => text).join(" "),
    row.decidedBy,
    row.decidedAt,
    row.reason,
    row.postingState,
  ]);
}
