import { notifyLive } from "@/db/queries/live";
import { findConnection, moveConnection } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { holdAll, policiesOf } from "./redecide";

/** Stops reading from and posting to an Odoo until it is resumed; postings wait, nothing is lost. */
export async function pauseConnection(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  await ctx.sql.begin(async (tx) => {
    if (!(await moveConnection(tx, connection.id, ["active"], "paused", ctx.now())))
      throw new AppError("conflict", `${connection.name} is not active, so it cannot be paused.`);
    const held = await holdAll(tx, connection.id, await policiesOf(tx, connection), ctx.now());
    await recordAudit(ctx, tx, actor, {
      action: "odoo.pause",
      subject: `connection:${connection.id}`,
      before: { state: "active" },
      after: { state: "paused", held },
    });
    await notifyLive(tx, "odoo");
  });
}
