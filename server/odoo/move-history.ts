import type { History } from "@/core/odoo/history";
import { notifyLive } from "@/db/queries/live";
import { findHistory, saveHistory } from "@/db/queries/odoo-history";
import { type Actor, recordAudit } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Moves the reading of a history as a person asked, audited; throws `conflict` where it is through or stands so already. */
export async function moveHistory(
  ctx: Context,
  actor: Actor,
  connectionId: number,
  act: "pause" | "resume",
  move: (history: History, nowMs: number) => History | false,
): Promise<void> {
  await ctx.sql.begin(async (tx) => {
    const history = await findHistory(tx, connectionId, true);
    if (history === null) throw new AppError("not_found", "No history of this connection is being read.");
    const next = history.doneAt === null && move(history, ctx.now().getTime());
    if (!next) throw new AppError("conflict", `The history cannot be ${act}d: it is through, or somebody was faster.`);
    await saveHistory(tx, connectionId, next);
    await recordAudit(ctx, tx, actor, {
      action: `odoo.${act}_history`,
      subject: `connection:${connectionId}`,
      before: { pausedAt: history.pausedAt, read: history.read },
      after: { pausedAt: next.pausedAt },
    });
    await notifyLive(tx, "odoo");
  });
}
