import { z } from "zod";
import { listRules, lockRules, placeRules } from "@/db/queries/automation";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const orderRulesInput = z.object({ ids: z.array(z.uuid()).min(1).max(200) });

/** Sets the order in which rules are worked. Throws `conflict` where the list that was ordered is not the one that is kept. */
export async function orderRules(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof orderRulesInput>,
): Promise<{ ids: string[] }> {
  requireRight(actor, "automation:manage");
  return ctx.sql.begin(async (tx) => {
    await lockRules(tx);
    const was = (await listRules(tx)).map((rule) => rule.id);
    if (was.length !== input.ids.length || new Set([...was, ...input.ids]).size !== was.length)
      throw new AppError("conflict", "Somebody has made or deleted a rule meanwhile. Load the list again.");
    await placeRules(tx, input.ids);
    await recordAudit(ctx, tx, actor, { action: "automation.order", subject: "rules", before: was, after: input.ids });
    return { ids: input.ids };
  });
}
