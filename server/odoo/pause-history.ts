import { pauseHistory } from "@/core/odoo/history";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveHistory } from "./move-history";

/** Stops the reading of a connection's history until it is resumed; what is here is worked and posted as ever. */
export async function pauseHistoryOf(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "odoo:manage");
  await moveHistory(
    ctx,
    actor,
    input.id,
    "pause",
    (history, nowMs) => history.pausedAt === null && pauseHistory(history, nowMs),
  );
}
