import { z } from "zod";
import { ruleSays } from "@/core/exceptions/automation";
import { listRuleActs, listRules, listSuggestions } from "@/db/queries/automation";
import { listColleagues } from "@/db/queries/people";
import { listFeedNames } from "@/db/queries/tower";
import { decideInput, decideOnSuggestion } from "../../automation/decide";
import { dryRunRule } from "../../automation/dry-run";
import { learnNow } from "../../automation/learn-now";
import { orderRules, orderRulesInput } from "../../automation/order-rules";
import { saveRule, saveRuleInput } from "../../automation/save-rule";
import { removeRule, switchRule, switchRuleInput } from "../../automation/switch-rule";
import { undoActsInput, undoRuleActs } from "../../automation/undo-acts";
import { allowed, router } from "../trpc";

const readable = allowed("exceptions:read");
const manage = allowed("automation:manage");
const one = z.object({ id: z.uuid() });
const LEAST_ACTS = 50;

/** Rules over exceptions and what was learnt; a rule that is stored in words of an older release is shown without them. */
export const automationRouter = router({
  list: readable.query(async ({ ctx: { ctx } }) => {
    const [rules, people, feeds] = await Promise.all([
      listRules(ctx.sql),
      listColleagues(ctx.sql),
      listFeedNames(ctx.sql),
    ]);
    return {
      rules: rules.map((rule) => ({ ...rule, says: ruleSays.safeParse(rule.says).data ?? null })),
      people,
      feeds,
    };
  }),
  acts: readable.input(one).query(({ ctx: { ctx }, input }) => listRuleActs(ctx.sql, input.id, LEAST_ACTS)),
  suggestions: readable.query(async ({ ctx: { ctx } }) =>
    (await listSuggestions(ctx.sql, 50)).flatMap((row) => {
      const says = ruleSays.safeParse(row.says);
      return says.success ? [{ ...row, says: says.data }] : [];
    }),
  ),
  learn: manage.mutation(({ ctx: { ctx, actor } }) => learnNow(ctx, actor)),
  dryRun: manage.input(ruleSays).mutation(({ ctx: { ctx, actor }, input }) => dryRunRule(ctx, actor, input)),
  save: manage.input(saveRuleInput).mutation(({ ctx: { ctx, actor }, input }) => saveRule(ctx, actor, input)),
  switch: manage.input(switchRuleInput).mutation(({ ctx: { ctx, actor }, input }) => switchRule(ctx, actor, input)),
  order: manage.input(orderRulesInput).mutation(({ ctx: { ctx, actor }, input }) => orderRules(ctx, actor, input)),
  undo: allowed("exceptions:acknowledge")
    .input(undoActsInput)
    .mutation(({ ctx: { ctx, actor }, input }) => undoRuleActs(ctx, actor, input)),
  delete: manage.input(one).mutation(({ ctx: { ctx, actor }, input }) => removeRule(ctx, actor, input)),
  decide: manage.input(decideInput).mutation(({ ctx: { ctx, actor }, input }) => decideOnSuggestion(ctx, actor, input)),
});
