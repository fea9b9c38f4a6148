import { degradedRuleInput, liftRuleInput } from "@/core/postings/degraded";
import { listRules } from "@/db/queries/degraded";
import { liftRule } from "../../degraded/lift";
import { startRule } from "../../degraded/start";
import { allowed, router } from "../trpc";

const manage = allowed("degraded:manage");
const MOST_LISTED = 50;

export const degradedRouter = router({
  list: allowed("tower:read").query(({ ctx: { ctx } }) => listRules(ctx.sql, MOST_LISTED)),
  start: manage.input(degradedRuleInput).mutation(({ ctx: { ctx, actor }, input }) => startRule(ctx, actor, input)),
  lift: manage.input(liftRuleInput).mutation(({ ctx: { ctx, actor }, input }) => liftRule(ctx, actor, input)),
});
