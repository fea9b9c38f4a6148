import { csvRow } from "@/core/csv-row";
import type { Keyset } from "@/core/keyset";
import type { MessageFilter } from "@/core/messages/filter";
import { listMessages } from "@/db/queries/message-log";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";

const HEAD = [
  "receipt",
  "received_at",
  "status",
  "sender_id",
  "name",
  "content_type",
  "size",
  "events",
  "known_before",
  "problems",
  "first_problem",
  "at",
  "found",
  "correlation_id",
];
const BATCH = 1_000;

/** Gives the message log of a filter as CSV, a batch at a time, without the bytes, and records that somebody took it. */
export async function exportMessages(
  ctx: Context,
  actor: Actor,
  filter: MessageFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "messages:read");
  const subject = `feed:${filter.feedId}`;
  await recordAudit(ctx, ctx.sql, actor, { action: "messages.export", subject, after: { ...filter } });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    for (let after: Keyset | null = null; ; ) {
      const rows = await listMessages(sql, { filter, after, limit: BATCH });
      if (rows.length > 0)
        yield rows
          .map((row) =>
            csvRow([
              row.id,
              row.receivedAt,
              row.status,
              row.deliveryId,
              row.name,
              row.contentType,
              row.size,
              row.events,
              row.repeated,
              row.problems,
              row.firstProblem?.kind ?? null,
              row.firstProblem?.at ?? null,
              row.firstProblem?.found ?? null,
              row.correlationId,
            ]),
          )
          .join("");
      const last = rows[rows.length - 1];
      if (rows.length < BATCH || last === undefined) return;
      after = { micros: last.micros, id: last.id };
    }
  })();
}
