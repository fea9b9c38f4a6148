import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { learnRules } from "./learn";

/** Looks for what people did the same way at once, which the worker does every quarter of an hour. Returns how many suggestions are new. */
export async function learnNow(ctx: Context, actor: Actor): Promise<{ fresh: number }> {
  requireRight(actor, "automation:manage");
  return { fresh: await learnRules(ctx) };
}
