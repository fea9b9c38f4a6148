import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { type Wait, waitIn, waitOn } from "@/core/reconciliation/patience";
import { CATCH_UP_DAYS, dayOf, dayPlus, type ReconciliationSettings } from "@/core/reconciliation/settings";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { failItems, readRunScope, setRunAside } from "@/db/queries/reconcile-scope";
import { type ItemResult, mergeRunSummary, type WorkingRun } from "@/db/queries/replay";
import { OdooFailure, type OdooFailureKind } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { breakerFrom } from "../postings/sender-breaker";
import { readSettings } from "../settings/read";
import { reconcileScope } from "./start";

const TRIES = 3;

/**
 * One way through the items of a run: how far it is, what it waited for before, and which connections could not be read, with the reason. Their
 * items are left for the next pass.
 */
export type Pass = { after: number; before: Wait | null; down: Map<number, string> };

const keptPass = z.object({ pass: z.object({ after: z.int(), down: z.array(z.tuple([z.int(), z.string()])) }) });

/** Begins a pass, or goes on with the one that an earlier turn of the run was in. */
export function beginPass({ summary }: Pick<WorkingRun, "summary">): Pass {
  const kept = keptPass.safeParse(summary).data?.pass;
  return { after: kept?.after ?? -1, before: waitIn(summary), down: new Map(kept?.down) };
}

/** Keeps how far a pass is that leaves items behind; without such, what is to be done tells it. */
export async function keepPass(ctx: Context, run: Pick<WorkingRun, "id">, { after, down }: Pass): Promise<void> {
  if (down.size > 0) await mergeRunSummary(ctx.sql, run.id, { pass: { after, down: [...down] } });
}

/** A connection whose breaker is open is not called: the sender knows that it does not answer, and until when to leave it. */
export function noteOpenBreakers(connections: ReadonlyMap<number, WorkingConnection>, pass: Pass, nowMs: number): void {
  for (const { id, breaker } of connections.values()) {
    const known = breakerFrom(breaker);
    if (known.state === "open" && known.untilMs > nowMs) pass.down.set(id, known.reason);
  }
}

const PASSES: ReadonlySet<OdooFailureKind> = new Set([
  "unreachable",
  "unknown",
  "serialization",
  "overloaded",
  "server",
]);

export type Under = { day: string; runId: string; settings: ReconciliationSettings; waits: boolean; pass: Pass };

/** Notes that a connection cannot be read in this pass; false where waiting would not help. */
export function leave(connectionId: number, failure: OdooFailure, { pass, waits }: Under): boolean {
  if (!waits && !PASSES.has(failure.kind)) return false;
  pass.down.set(connectionId, failure.message);
  return true;
}

export const CANNOT_READ = "Odoo cannot be read";

/** Asks Odoo again after a short pause; a run that has waited already asks once, and waits on. */
export async function patiently<T>({ before }: Pass, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof OdooFailure) || !PASSES.has(error.kind) || before !== null || attempt >= TRIES)
        throw error;
      await setTimeout(500 * 2 ** attempt);
    }
  }
}

export function left(position: number, result: ItemResult["result"], reason: string): ItemResult {
  return { position, result, before: null, after: null, reason };
}

/** How long a run that a person started waits for an Odoo; one that closes a day does as long as days are caught up. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * What a pass leaves behind that could not read a connection: the run is set aside with its reason until it tries again, so that other runs go on.
 * False where its patience is over: then what is left has failed.
 */
export async function setAside(
  ctx: Context,
  run: Pick<WorkingRun, "id">,
  owner: string,
  { before, down }: Pass,
): Promise<boolean> {
  const scope = reconcileScope.parse(await readRunScope(ctx.sql, run.id));
  const { reconciliation } = await readSettings(ctx);
  const nowMs = ctx.now().getTime();
  const reasons = [...new Set(down.values())].map((reason) => reason.replace(/\.$/, ""));
  const wait = waitOn(before, `${CANNOT_READ}: ${reasons.join("; ")}`, nowMs);
  const over = scope.close
    ? scope.day < dayPlus(dayOf(nowMs, reconciliation.zone), -CATCH_UP_DAYS)
    : nowMs - wait.sinceMs > PATIENCE_MS;
  if (over) {
    await ctx.sql.begin((tx) => failItems(tx, run.id, wait.why, ctx.now()));
    return false;
  }
  await setRunAside(ctx.sql, run.id, owner, new Date(wait.untilMs), { waits: wait });
  ctx.log.warn({ run: run.id, day: scope.day, tries: wait.tries, err: wait.why }, "comparison waits");
  return true;
}
