import { notifyLive } from "@/db/queries/live";
import { findConnection, moveConnection } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Lets a paused connection read and post again. */
export async function resumeConnection(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  await ctx.sql.begin(async (tx) => {
    if (!(await moveConnection(tx, connection.id, ["paused"], "active", ctx.now())))
      throw new AppError("conflict", `${connection.name} is not paused.`);
    await recordAudit(ctx, tx, actor, {
      action: "odoo.resume",
      subject: `connection:${connection.id}`,
      before: { state: "paused" },
      after: { state: "active" },
    });
    await notifyLive(tx, "odoo");
  });
}
