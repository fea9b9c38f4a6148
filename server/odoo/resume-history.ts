import { resumeHistory } from "@/core/odoo/history";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveHistory } from "./move-history";

/** Goes on reading a connection's history where it stopped. */
export async function resumeHistoryOf(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "odoo:manage");
  await moveHistory(
    ctx,
    actor,
    input.id,
    "resume",
    (history, nowMs) => history.pausedAt !== null && resumeHistory(history, nowMs),
  );
}
