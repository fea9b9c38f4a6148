import { COMES_BACK, type RuleSays, ruleFits, ruleSays } from "@/core/exceptions/automation";
import type { BulkAct } from "@/core/exceptions/bulk";
import type { Tx } from "@/db/client";
import {
  type Candidate,
  insertRuleActs,
  listCandidates,
  listRules,
  type RuleOutcome,
  type WalkPlace,
} from "@/db/queries/automation";
import { insertExceptionNotes } from "@/db/queries/exception-acts";
import { insertRun } from "@/db/queries/replay";
import { listSnapshots } from "@/db/queries/triage";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { exceptionActOf } from "../exceptions/acts";
import { applyAct, leadsOut } from "../exceptions/change";
import { isDatabaseDown, isRepeatable } from "../pipeline/work";

const PAGE = 500;
/** Pages that one rule is looked through at a time; the walk goes on with the next turn. */
const PAGES = 4;

/** Where each rule has got to in its walk through what stands; a new worker begins anew, and no rule acts twice on one. */
export type RuleMemory = Map<string, { version: number; place: WalkPlace | null }>;

/** Lets the rules that are on act on what stands, by the same way as people; each act is audited as the rule's. Returns how many acts. */
export async function actByRules(ctx: Context, memory: RuleMemory): Promise<number> {
  let acted = 0;
  for (const rule of await listRules(ctx.sql)) {
    const says = ruleSays.safeParse(rule.says);
    if (!rule.on || !says.success) continue;
    const known = memory.get(rule.id);
    let place = known?.version === rule.version ? known.place : null;
    for (let page = 0; page < PAGES; page++) {
      const done = await actOnPage(ctx, { id: rule.id, name: rule.name, says: says.data }, place);
      acted += done.acted;
      place = done.next;
      if (place === null) break;
    }
    memory.set(rule.id, { version: rule.version, place });
  }
  return acted;
}

type Rule = { id: string; name: string; says: RuleSays };

async function actOnPage(
  ctx: Context,
  rule: Rule,
  after: WalkPlace | null,
): Promise<{ acted: number; next: WalkPlace | null }> {
  const now = ctx.now();
  const { kind: kinds, group } = rule.says.when;
  const page = await listCandidates(ctx.sql, { id: rule.id, kinds, group }, after, now, PAGE);
  const last = page.at(-1);
  const next = page.length < PAGE || !last ? null : { rank: last.rank, micros: last.micros, id: last.id };
  const fit = page.filter((one) => ruleFits(rule.says, one, now.getTime()));
  if (fit.length === 0) return { acted: 0, next };
  for (let attempt = 0; ; attempt++) {
    try {
      const acted = await ctx.sql.begin("isolation level read committed", (tx) => actOn(ctx, tx, rule, fit));
      return { acted, next };
    } catch (error) {
      if (isRepeatable(error) && attempt < 5) continue;
      if (isDatabaseDown(error)) throw error;
      const reason = error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
      ctx.log.error({ rule: rule.id, err: reason }, "rule failed");
      const failed = fit.map(({ id }): RuleOutcome => ({ exceptionId: id, result: "failed", reason }));
      await ctx.sql.begin((tx) => insertRuleActs(tx, rule.id, failed, now));
      return { acted: 0, next };
    }
  }
}

async function actOn(ctx: Context, tx: Tx, rule: Rule, fit: readonly Candidate[]): Promise<number> {
  const actor: Actor = { kind: "system", id: null, name: `Rule: ${rule.name}`, rule: rule.id };
  requireRight(actor, "exceptions:acknowledge");
  const { does } = rule.says;
  const outcomes = fit.flatMap((one): RuleOutcome[] => {
    const why = leftAlone(rule.says, one);
    return why === null ? [] : [{ exceptionId: one.id, result: "refused", reason: why }];
  });
  const fresh = fit.filter((one) => leftAlone(rule.says, one) === null);
  if (does.act === "comment") outcomes.push(...(await comment(ctx, tx, actor, does.text, fresh)));
  else if (does.act === "replay") outcomes.push(...(await replay(ctx, tx, rule, fresh)));
  else outcomes.push(...(await change(ctx, tx, actor, bulkActOf(ctx, does), fresh)));
  await insertRuleActs(tx, rule.id, outcomes, ctx.now());
  const done = outcomes.filter((one) => one.result === "done").map((one) => one.exceptionId);
  if (done.length > 0)
    await recordAudit(ctx, tx, actor, {
      action: does.act === "replay" ? "messages.replay" : `exceptions.${does.act}`,
      subject: `rule:${rule.id}`,
      after: { count: done.length, ids: done.slice(0, 500), does },
    });
  return done.length;
}

function leftAlone({ does }: RuleSays, { cameBack, ownerChosen }: Candidate): string | null {
  if (cameBack >= COMES_BACK) return `It came back ${cameBack} times within a day; a person should look.`;
  return does.act === "assign" && ownerChosen ? "A person chose who has it." : null;
}

type Changing = Exclude<BulkAct, { act: "comment" }>;

function bulkActOf(ctx: Context, does: Exclude<RuleSays["does"], { act: "comment" | "replay" }>): Changing {
  if (does.act === "snooze") {
    const until = new Date(ctx.now().getTime() + does.hours * 3_600_000);
    return { act: "snooze", choice: { mode: "until", until } };
  }
  return does;
}

async function change(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  said: Changing,
  fit: readonly Candidate[],
): Promise<RuleOutcome[]> {
  const act = await exceptionActOf(ctx, actor, said);
  const able = fit.filter((one) => leadsOut(act, one));
  const before = await listSnapshots(
    tx,
    able.map((one) => one.id),
  );
  const { done, refused } = await applyAct(ctx, tx, actor, able, act);
  if (done.length > 0) await act.also?.(tx, done);
  const after = await listSnapshots(
    tx,
    done.map((one) => one.id),
  );
  // what moved between reading and acting is left for the next walk
  return fit.flatMap((one): RuleOutcome[] => {
    const why = refused.get(one.id);
    if (why !== undefined) return [{ exceptionId: one.id, result: "refused", reason: why }];
    const [was, is] = [before.get(one.id), after.get(one.id)];
    return is === undefined ? [] : [{ exceptionId: one.id, result: "done", reason: null, before: was, after: is }];
  });
}

async function comment(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  text: string,
  fit: readonly Candidate[],
): Promise<RuleOutcome[]> {
  await insertExceptionNotes(
    tx,
    fit.map((one) => ({ homeId: one.homeId, exceptionId: one.id, id: ctx.uuid() })),
    { kind: "comment", text: `${actor.name}: ${text}`, by: null, at: ctx.now() },
  );
  return fit.map(({ id }) => ({ exceptionId: id, result: "done", reason: null }));
}

async function replay(ctx: Context, tx: Tx, rule: Rule, fit: readonly Candidate[]): Promise<RuleOutcome[]> {
  const receipts = [...new Set(fit.flatMap((one) => (one.messageId ? [one.messageId] : [])))].sort();
  if (receipts.length > 0)
    await insertRun(
      tx,
      {
        id: ctx.uuid(),
        kind: "replay",
        dryRun: false,
        scope: { receipts, rule: rule.name },
        mapping: "current",
        perSecond: null,
        byPerson: null,
        byApiKey: null,
        at: ctx.now(),
      },
      receipts,
    );
  return fit.map(({ id, messageId }) =>
    messageId
      ? { exceptionId: id, result: "done", reason: null }
      : { exceptionId: id, result: "refused", reason: "No message stands behind it." },
  );
}
