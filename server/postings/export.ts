import { csvRow } from "@/core/csv-row";
import type { Keyset } from "@/core/keyset";
import type { PostingFilter } from "@/core/postings/filter";
import { listPostings } from "@/db/queries/postings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";

const HEAD = [
  "posting_id",
  "key",
  "kind",
  "state",
  "held_because",
  "connection",
  "odoo_record",
  "record_id",
  "shipment_id",
  "shipment",
  "attempts",
  "before",
  "after",
  "last_outcome",
  "last_reason",
  "created_at",
  "updated_at",
];
const BATCH = 1_000;

/** Gives all postings of a filter as CSV, a batch at a time, and records that somebody took them. */
export async function exportPostings(
  ctx: Context,
  actor: Actor,
  filter: PostingFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "postings:read");
  await recordAudit(ctx, ctx.sql, actor, { action: "postings.export", subject: "postings", after: { ...filter } });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    for (let after: Keyset | null = null; ; ) {
      const rows = await listPostings(sql, { filter, after, limit: BATCH });
      if (rows.length > 0)
        yield rows
          .map((row) =>
            csvRow([
              row.id,
              row.key,
              row.kind,
              row.state,
              row.heldBecause,
              row.connection,
              row.recordName,
              row.recordId,
              row.shipmentId,
              row.shipmentName,
              row.attempts,
              row.before === null ? null : JSON.stringify(row.before),
              row.after === null ? null : JSON.stringify(row.after),
              row.lastOutcome,
              row.lastReason,
              row.createdAt,
              row.updatedAt,
            ]),
          )
          .join("");
      const last = rows[rows.length - 1];
      if (rows.length < BATCH || last === undefined) return;
      after = { micros: last.micros, id: last.id };
    }
  })();
}
