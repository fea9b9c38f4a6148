import { z } from "zod";
import { csvRow } from "@/core/csv-row";
import { NOTICE_STATES } from "@/core/notices/occasions";
import { NOTICE_REASON_WORD } from "@/core/notices/words";
import { listNotices } from "@/db/queries/notices";
import { type Actor, may, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";

export const noticeFilter = z.object({ state: z.enum(NOTICE_STATES).nullable().default(null) });

const BLOCK = 1_000;
const HEAD = [
  "received_at",
  "shipment",
  "occasion",
  "state",
  "why",
  "address",
  "attempts",
  "ended_at",
  "shipment_id",
  "id",
];

/** Gives the log of notices as CSV, newest first, a block at a time, and records that somebody took it. */
export async function exportNotices(
  ctx: Context,
  actor: Actor,
  { state }: z.output<typeof noticeFilter>,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "settings:manage");
  await recordAudit(ctx, ctx.sql, actor, { action: "notices.export", subject: "notices", after: { state } });
  const shown = may(actor, "customers:read");
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    let before: { at: Date; id: string } | null = null;
    do {
      const rows = await listNotices(sql, { state, limit: BLOCK, before });
      yield rows
        .map((n) =>
          csvRow([
            n.receivedAt,
            n.shipment,
            n.occasion,
            n.state,
            n.reason && NOTICE_REASON_WORD[n.reason],
            shown ? n.address : null,
            n.attempts,
            n.endedAt,
            n.shipmentId,
            n.id,
          ]),
        )
        .join("");
      const last = rows.at(-1);
      before = last && rows.length === BLOCK ? { at: last.createdAt, id: last.id } : null;
    } while (before);
  })();
}
