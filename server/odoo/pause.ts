import { POSTING_KINDS } from "@/core/postings/kinds";
import { notifyLive } from "@/db/queries/live";
import { findConnection, moveConnection } from "@/db/queries/odoo";
import { holdClosed } from "@/db/queries/posting-policy";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

const EVERY = 10_000_000;

/** Stops reading from and posting to an Odoo until it is resumed; postings wait, nothing is lost. */
export async function pauseConnection(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  await ctx.sql.begin(async (tx) => {
    if (!(await moveConnection(tx, connection.id, ["active"], "paused", ctx.now())))
      throw new AppError("conflict", `${connection.name} is not active, so it cannot be paused.`);
    // what a pause holds is no latency; what waits for another reason goes on waiting for that
    const holds = POSTING_KINDS.map((kind) => ({ kind, hold: { because: "paused", until: null } }));
    const held = await holdClosed(tx, connection.id, holds, ctx.now(), EVERY);
    await notifyLive(tx, "postings");
    await recordAudit(ctx, tx, actor, {
      action: "odoo.pause",
      subject: `connection:${connection.id}`,
      before: { state: "active" },
      after: { state: "paused", held },
    });
    await notifyLive(tx, "odoo");
  });
}
