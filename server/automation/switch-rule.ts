import { z } from "zod";
import { ruleSays } from "@/core/exceptions/automation";
import { deleteRule, lockRule } from "@/db/queries/automation";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { writeRule } from "./save-rule";

export const switchRuleInput = z.object({ id: z.uuid(), on: z.boolean() });

/** Switches a rule on or off; on is refused as saving is, off always works. */
export async function switchRule(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof switchRuleInput>,
): Promise<{ id: string }> {
  requireRight(actor, "automation:manage");
  return ctx.sql.begin(async (tx) => {
    const rule = await lockRule(tx, input.id);
    if (!rule) throw new AppError("not_found", "There is no such rule.");
    const says = ruleSays.parse(rule.says);
    return writeRule(ctx, tx, actor, { id: rule.id, name: rule.name, says, on: input.on }, null);
  });
}

/** Deletes a rule; what it did stays done and audited. */
export async function removeRule(ctx: Context, actor: Actor, input: { id: string }): Promise<void> {
  requireRight(actor, "automation:manage");
  await ctx.sql.begin(async (tx) => {
    const rule = await lockRule(tx, input.id);
    if (!rule) throw new AppError("not_found", "There is no such rule.");
    await deleteRule(tx, rule.id);
    await recordAudit(ctx, tx, actor, {
      action: "automation.delete",
      subject: `rule:${rule.id}`,
      before: { name: rule.name, says: rule.says, on: rule.on, acted: rule.acted },
    });
  });
}
