import { z } from "zod";
import { ruleSays } from "@/core/exceptions/automation";
import { decideSuggestion } from "@/db/queries/automation";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { writeRule } from "./save-rule";

export const decideInput = z.union([
  z.object({ id: z.uuid(), approve: z.literal(true), name: z.string().trim().min(1).max(80) }),
  z.object({ id: z.uuid(), approve: z.literal(false) }),
]);

/** Approves a learnt suggestion, which makes it a rule that is on, or dismisses it for good. Throws `conflict` where somebody was faster. */
export async function decideOnSuggestion(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof decideInput>,
): Promise<{ ruleId: string | null }> {
  requireRight(actor, "automation:manage");
  return ctx.sql.begin(async (tx) => {
    const by = actor.kind === "person" ? actor.id : null;
    const state = input.approve ? "approved" : "dismissed";
    const found = await decideSuggestion(tx, { id: input.id, state, by, at: ctx.now() });
    if (!found) throw new AppError("conflict", "Somebody has decided on this already.");
    let made: string | null = null;
    if (input.approve) {
      const says = ruleSays.parse(found.says);
      made = (await writeRule(ctx, tx, actor, { name: input.name, says, on: true }, input.id)).id;
    }
    await recordAudit(ctx, tx, actor, {
      action: input.approve ? "automation.approve" : "automation.dismiss",
      subject: `suggestion:${input.id}`,
      after: { says: found.says, times: found.times, rule: made },
    });
    return { ruleId: made };
  });
}
