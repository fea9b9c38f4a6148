import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveRunBy } from "./move";

/** Lets a paused run go on where it stopped. Throws `conflict` where it cannot. */
export async function resumeRun(ctx: Context, actor: Actor, input: { id: string }): Promise<void> {
  requireRight(actor, "runs:control");
  await moveRunBy(ctx, actor, input.id, "resume", "waiting");
}
