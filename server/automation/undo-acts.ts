import { z } from "zod";
import { ruleSays } from "@/core/exceptions/automation";
import { type BulkAct, canUndo, RIGHT_OF_ACT } from "@/core/exceptions/bulk";
import type { Json } from "@/core/shipments/attributes";
import { lockRule } from "@/db/queries/automation";
import { endRun, nextItems } from "@/db/queries/replay";
import { insertRunOfRuleActs, insertRunOfUndo, type NewTriageRun } from "@/db/queries/triage";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { undoStep } from "../runs/undo-step";

export const undoActsInput = z.object({
  /** The rule. */
  id: z.uuid(),
  /** The exceptions that are put back; without them all that it did, the newest first. */
  exceptionIds: z.array(z.uuid()).min(1).max(500).optional(),
});

const AT_ONCE = 500;
const AT_MOST = 50_000;

/** Puts back what a rule did, as a run; what somebody changed since stays. A rule never acts again on what it acted on. */
export async function undoRuleActs(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof undoActsInput>,
): Promise<{ id: string; total: number; done: { changed: number; conflict: number } | null }> {
  requireRight(actor, "exceptions:acknowledge");
  return ctx.sql.begin(async (tx) => {
    const rule = await lockRule(tx, input.id);
    if (!rule) throw new AppError("not_found", "There is no such rule.");
    const { does } = ruleSays.parse(rule.says);
    if (does.act === "replay" || !canUndo(does.act))
      throw new AppError("precondition", "Comments and replays cannot be taken back.");
    requireRight(actor, RIGHT_OF_ACT[does.act]);
    const at = ctx.now();
    const act: BulkAct = does.act === "snooze" ? { act: "snooze", choice: { mode: "until", until: at } } : { ...does };
    const scope = JSON.parse(JSON.stringify({ act, filter: null, chosen: 0, rule: rule.name })) as Json;
    const base = { state: "running", byPerson: null, byApiKey: null, byRule: null, at } as const;
    const [source, id] = [ctx.uuid(), ctx.uuid()];
    const total = await insertRunOfRuleActs(
      tx,
      { ...base, id: source, kind: "triage", scope, undoes: null, byRule: rule.id },
      { ids: input.exceptionIds ?? null, limit: AT_MOST },
    );
    if (total === 0) throw new AppError("conflict", "Nothing of it is left to take back.");
    const few = total <= AT_ONCE;
    const undo: NewTriageRun & { undoes: string } = {
      ...base,
      id,
      kind: "undo",
      state: few ? "running" : "waiting",
      scope: { undoes: source, of: scope } as Json,
      undoes: source,
      byPerson: actor.kind === "person" ? actor.id : null,
      byApiKey: actor.kind === "api_key" ? actor.id : null,
    };
    await insertRunOfUndo(tx, undo);
    await recordAudit(ctx, tx, actor, {
      action: "automation.undo",
      subject: `rule:${rule.id}`,
      after: { run: id, exceptions: total, act: act.act },
    });
    if (!few) return { id, total, done: null };
    const results = await undoStep(ctx, tx, { id }, await nextItems(tx, id, total), actor);
    await endRun(tx, id, "done", null, at);
    const changed = results.filter((item) => item.result === "changed").length;
    return { id, total, done: { changed, conflict: results.length - changed } };
  });
}
