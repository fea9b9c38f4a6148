import { POSTING_KINDS } from "@/core/postings/kinds";
import { notifyLive } from "@/db/queries/live";
import { findConnection, moveConnection } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "./redecide";

/** Lets a paused connection read and post again, with what was planned meanwhile. */
export async function resumeConnection(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  await ctx.sql.begin(async (tx) => {
    if (!(await moveConnection(tx, connection.id, ["paused"], "active", ctx.now())))
      throw new AppError("conflict", `${connection.name} is not paused.`);
    const moved = await redecide(tx, connection.id, POSTING_KINDS, await policiesOf(tx, connection), ctx.now());
    await recordAudit(ctx, tx, actor, {
      action: "odoo.resume",
      subject: `connection:${connection.id}`,
      before: { state: "paused" },
      after: { state: "active", released: moved.released },
    });
    await notifyLive(tx, "odoo");
  });
}
