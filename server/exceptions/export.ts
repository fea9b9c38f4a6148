import { csvRow } from "@/core/csv-row";
import type { QueueCursor } from "@/core/exceptions/cursor";
import type { ExceptionFilter } from "@/core/exceptions/filter";
import { listExceptions, listResolutions } from "@/db/queries/exceptions";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";

const BATCH = 1_000;

const HEAD = [
  "exception_id",
  "kind",
  "severity",
  "state",
  "text",
  "shipment_id",
  "shipment",
  "feed",
  "owner",
  "opened_at",
  "due_at",
  "snoozed_until",
  "resolved_at",
  "group_id",
  "resolution",
  "late_minutes",
];

/** Gives all exceptions of a filter as CSV, a batch at a time, and records that somebody took them. */
export async function exportExceptions(
  ctx: Context,
  actor: Actor,
  filter: ExceptionFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "exceptions:read");
  await recordAudit(ctx, ctx.sql, actor, {
    action: "exceptions.export",
    subject: "exceptions",
    after: { ...filter },
  });
  const me = actor.kind === "person" ? actor.id : null;
  const now = ctx.now();
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    let after: QueueCursor | null = null;
    do {
      const page: Awaited<ReturnType<typeof listExceptions>> = await listExceptions(sql, filter, {
        me,
        now,
        limit: BATCH,
        after,
        all: true,
      });
      const ended = await listResolutions(
        sql,
        page.rows.filter((row) => row.state === "resolved").map((row) => row.id),
      );
      yield page.rows
        .map((row) =>
          csvRow([
            row.id,
            row.kind,
            row.severity,
            row.state,
            row.text,
            row.shipmentId,
            row.shipmentName,
            row.feedName,
            row.assigneeName,
            row.openedAt,
            row.dueAt,
            row.snoozedUntil,
            row.resolvedAt,
            row.groupId,
            ended.get(row.id)?.resolution ?? null,
            ended.get(row.id)?.lateMinutes ?? null,
          ]),
        )
        .join("");
      after = page.next;
    } while (after);
  })();
}
