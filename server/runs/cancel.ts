import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveRunBy } from "./move";

/** Ends a run for good after the items under way; what is done stays done. Throws `conflict` where it cannot. */
export async function cancelRun(ctx: Context, actor: Actor, input: { id: string }): Promise<void> {
  requireRight(actor, "runs:control");
  await moveRunBy(ctx, actor, input.id, "cancel", "cancelled");
}
