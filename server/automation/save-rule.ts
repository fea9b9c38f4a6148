import { z } from "zod";
import { type NamedRule, type RuleSays, refusalsOfRule, rightOfRule, ruleSays } from "@/core/exceptions/automation";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { insertRule, listRules, lockRule, lockRules, updateRule } from "@/db/queries/automation";
import { findPerson } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const RULES_AT_MOST = 100;

export const saveRuleInput = z.object({
  /** The rule that is changed, and the version the person saw; without it a new one is made. */
  id: z.uuid().optional(),
  version: z.int().min(1).optional(),
  name: z.string().trim().min(1).max(80),
  says: ruleSays,
  on: z.boolean(),
});
export type SaveRule = z.output<typeof saveRuleInput>;

/** Makes or changes a rule; one that matches everything, loops or can do nothing is refused with the reason, and so is a lost race. */
export async function saveRule(ctx: Context, actor: Actor, input: SaveRule): Promise<{ id: string }> {
  requireRight(actor, "automation:manage");
  return ctx.sql.begin((tx) => writeRule(ctx, tx, actor, input, null));
}

/** The same in the transaction of the caller; `suggestionId` where it was learnt. */
export async function writeRule(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  input: SaveRule,
  suggestionId: string | null,
): Promise<{ id: string }> {
  const id = input.id ?? ctx.uuid();
  await lockRules(tx);
  const rules = await listRules(tx);
  const was = input.id === undefined ? null : await lockRule(tx, input.id);
  if (input.id !== undefined && !was) throw new AppError("not_found", "There is no such rule.");
  if (!was && rules.length >= RULES_AT_MOST) throw new AppError("limit", `${RULES_AT_MOST} rules are the most.`);
  if (rules.some((rule) => rule.id !== id && rule.name.toLowerCase() === input.name.toLowerCase()))
    throw new AppError("conflict", `There is a rule named ${input.name} already.`);
  // switching off is always possible
  if (input.on) await requireUseful(ctx, tx, actor, { id, name: input.name, says: input.says }, rules);
  const by = actor.kind === "person" ? actor.id : null;
  const says = JSON.parse(JSON.stringify(input.says)) as Json;
  const rule = { id, name: input.name, says, on: input.on, by, at: ctx.now() };
  if (!was) await insertRule(tx, { ...rule, suggestionId });
  else if (!(await updateRule(tx, { ...rule, version: input.version ?? was.version })))
    throw new AppError(
      "conflict",
      `${was.updatedByName ?? "Somebody"} has changed this rule meanwhile. Load it again.`,
    );
  await recordAudit(ctx, tx, actor, {
    action: "automation.save",
    subject: `rule:${id}`,
    before: was && { name: was.name, says: was.says, on: was.on },
    after: { name: input.name, says, on: input.on, ...(suggestionId ? { learntFrom: suggestionId } : {}) },
  });
  return { id };
}

async function requireUseful(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  rule: NamedRule,
  all: readonly { id: string; name: string; says: Json; on: boolean }[],
): Promise<void> {
  requireRight(actor, rightOfRule(rule.says));
  const others = all.flatMap((other): NamedRule[] => {
    const says = ruleSays.safeParse(other.says);
    return other.on && says.success ? [{ id: other.id, name: other.name, says: says.data }] : [];
  });
  const [why] = refusalsOfRule(rule, others);
  if (why) throw new AppError("precondition", why);
  await requireAssignee(ctx, tx, rule.says);
}

async function requireAssignee(_ctx: Context, tx: Tx, { does }: RuleSays): Promise<void> {
  if (does.act !== "assign") return;
  const person = await findPerson(tx, does.assigneeId);
  if (person?.state !== "active" || person.role === "partner")
    throw new AppError("invalid", "The person it gives to cannot take exceptions.");
}
