import { allows } from "@/core/access/rights";
import type { Role } from "@/core/access/roles";
import { type BulkAct, bulkScope, RIGHT_OF_ACT, unchangedBecause } from "@/core/exceptions/bulk";
import type { Tx } from "@/db/client";
import { insertExceptionNotes } from "@/db/queries/exception-acts";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { countRunItems } from "@/db/queries/runs";
import { findRunActor, listSnapshots, listTriageItems, type TriageItem } from "@/db/queries/triage";
import { type Actor, recordAudit } from "../access/actor";
import { tellGivenMany } from "../alerts/personal";
import type { Context } from "../context";
import { AppError } from "../errors";
import { exceptionActOf } from "../exceptions/acts";
import { applyAct, lastChanges, leadsOut } from "../exceptions/change";
import { isDatabaseDown, isRepeatable } from "../pipeline/work";

type Item = { position: number; target: string };
export type TriageResult = ItemResult & { id: string };
const RETRIES = 5;

/** Who a run acts for. Throws `forbidden` where the account is not active any more or has lost the right meanwhile. */
export async function runActor(ctx: Context, runId: string): Promise<{ actor: Actor; act: BulkAct }> {
  const found = await findRunActor(ctx.sql, runId);
  if (!found) throw new AppError("not_found", "There is no such run.");
  const { act } = bulkScope.parse(found.scope);
  const right = RIGHT_OF_ACT[act.act];
  const { person, key, rule } = found;
  if (person && person.state === "active" && allows(person.role as Role, right))
    return { actor: { kind: "person", id: person.id, name: person.name, role: person.role as Role }, act };
  if (key?.scopes.includes(right)) return { actor: { kind: "api_key", ...key }, act };
  if (rule) return { actor: { kind: "system", id: null, name: `Rule: ${rule.name}` }, act };
  throw new AppError("forbidden", "Who started this run may not do this any more.");
}

/** Does a chunk in one transaction with its results; one on which our code fails is worked one by one. Done twice, it does nothing. */
export async function triageChunk(
  ctx: Context,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
  who: { actor: Actor; act: BulkAct },
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ctx.sql.begin("isolation level read committed", (tx) =>
        triageStep(ctx, tx, who.actor, run, who.act, items),
      );
      return;
    } catch (error) {
      if (isRepeatable(error) && attempt < RETRIES) continue;
      if (isDatabaseDown(error)) throw error;
      if (items.length > 1) {
        for (const item of items) await triageChunk(ctx, run, [item], who);
        return;
      }
      const conflict = error instanceof AppError && error.code === "conflict";
      const reason = error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
      const failed = items.map(
        ({ position }): ItemResult => ({
          position,
          result: conflict ? "conflict" : "failed",
          before: null,
          after: null,
          reason,
        }),
      );
      await ctx.sql.begin((tx) => finishItems(tx, run.id, failed, ctx.now()));
      return;
    }
  }
}

/** Does items of a run in the transaction of the caller, by the same way as single acts, and records what became of each. */
export async function triageStep(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  run: Pick<WorkingRun, "id">,
  said: BulkAct,
  items: readonly Item[],
): Promise<TriageResult[]> {
  const found = await listTriageItems(
    tx,
    run.id,
    items.map((item) => item.position),
  );
  const results =
    said.act === "comment"
      ? await comment(ctx, tx, actor, said.text, found)
      : await change(ctx, tx, actor, said, found);
  const missing = items.filter(({ position }) => !results.some((result) => result.position === position));
  const all: TriageResult[] = [
    ...results,
    ...missing.map(({ position, target }) => ({
      id: target,
      position,
      result: "skipped" as const,
      before: null,
      after: null,
      reason: "It is not there any more.",
    })),
  ];
  await finishItems(tx, run.id, all, ctx.now());
  return all;
}

async function change(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  said: Exclude<BulkAct, { act: "comment" }>,
  found: readonly TriageItem[],
): Promise<TriageResult[]> {
  const act = await exceptionActOf(ctx, actor, said);
  const able = found.filter((item) => !item.moved && leadsOut(act, item));
  const { done, refused } = await applyAct(ctx, tx, actor, able, act);
  const changed = new Set(done.map((one) => one.id));
  const lost = found.filter(
    (item) => item.moved || (leadsOut(act, item) && !changed.has(item.id) && !refused.has(item.id)),
  );
  const [after, who] = await Promise.all([listSnapshots(tx, [...changed]), lastChanges(tx, lost)]);
  const losers = new Set(lost.map((item) => item.id));
  return found.map((item) => {
    const { id, position, before } = item;
    if (changed.has(id)) return { id, position, result: "changed", before, after: after.get(id) ?? null, reason: null };
    const left = (result: "refused" | "conflict" | "unchanged", reason: string): TriageResult => ({
      id,
      position,
      result,
      before,
      after: null,
      reason,
    });
    const why = refused.get(id);
    if (why !== undefined) return left("refused", why);
    if (losers.has(id))
      return left("conflict", `Somebody was faster: it is ${item.state} now. ${who.get(id) ?? ""}`.trim());
    return left("unchanged", unchangedBecause(said.act, item.state));
  });
}

async function comment(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  text: string,
  found: readonly TriageItem[],
): Promise<TriageResult[]> {
  await insertExceptionNotes(
    tx,
    found.map((one) => ({ homeId: one.homeId, exceptionId: one.id, id: ctx.uuid() })),
    { kind: "comment", text, by: actor.kind === "person" ? actor.id : null, at: ctx.now() },
  );
  return found.map(({ id, position }) => ({
    id,
    position,
    result: "changed",
    before: null,
    after: null,
    reason: null,
  }));
}

/** What belongs to the end of a run: one audit row with the counts, and one word to the person who was given them. */
export async function endTriage(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  run: Pick<WorkingRun, "id">,
  act: BulkAct,
): Promise<void> {
  const counts = await countRunItems(tx, run.id);
  const changed = counts.find((row) => row.result === "changed")?.count ?? 0;
  await recordAudit(ctx, tx, actor, {
    action: `exceptions.${act.act}`,
    subject: `run:${run.id}`,
    after: { ended: true, ...Object.fromEntries(counts.map((row) => [row.result ?? "left", row.count])) },
  });
  if (act.act === "assign" && act.assigneeId !== null && changed > 0) {
    await tellGivenMany(ctx, tx, actor, act.assigneeId, changed);
  }
}
