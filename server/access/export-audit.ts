import type { AuditFilterValue } from "@/core/access/audit-filter";
import { csvRow } from "@/core/csv-row";
import { streamAudit } from "@/db/queries/audit";
import type { Context } from "../context";
import { type Actor, recordAudit, requireRight } from "./actor";
import { auditFilterOf } from "./audit-filter";

const HEAD = ["at", "action", "actor_kind", "actor", "subject", "before", "after", "reason", "correlation_id"];

/** Gives all audit rows of a filter as CSV, a block at a time, and records that somebody took them. */
export async function exportAudit(
  ctx: Context,
  actor: Actor,
  filter: AuditFilterValue,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "audit:read");
  await recordAudit(ctx, ctx.sql, actor, {
    action: "audit.export",
    subject: "audit",
    after: { ...filter, since: filter.since?.toISOString() ?? null, until: filter.until?.toISOString() ?? null },
  });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    for await (const rows of streamAudit(sql, auditFilterOf(filter)))
      yield rows
        .map((row) =>
          csvRow([
            row.at,
            row.action,
            row.actorKind,
            row.actorName,
            row.subject,
            row.before === null ? null : JSON.stringify(row.before),
            row.after === null ? null : JSON.stringify(row.after),
            row.reason,
            row.correlationId,
          ]),
        )
        .join("");
  })();
}
