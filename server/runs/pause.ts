import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveRunBy } from "./move";

/** Stops a run after the items under way; it can be resumed. Throws `conflict` where it cannot. */
export async function pauseRun(ctx: Context, actor: Actor, input: { id: string }): Promise<void> {
  requireRight(actor, "runs:control");
  await moveRunBy(ctx, actor, input.id, "pause", "paused");
}
