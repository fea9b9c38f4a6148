import type { CountScope } from "@/core/carriers/counting";
import { phasesOff } from "@/core/phases/phases";
import { countUncounted, findOpenCount } from "@/db/queries/count-runs";
import { insertEmptyRun, startRun } from "@/db/queries/reconcile-scope";
import { listSettings, lockSetting } from "@/db/queries/settings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { settledBefore } from "./count";

const COUNTED = 100_000;
const BY_HAND: CountScope = { turn: null, until: null };

/** Starts a run that counts for the figures of the carriers what changed since it was counted last. One at a time, else `conflict`. */
export async function startCount(
  ctx: Context,
  actor: Actor,
  scope: CountScope = BY_HAND,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "carriers:count");
  return ctx.sql.begin(async (tx) => {
    await lockSetting(tx, "analytics");
    if (phasesOff((await listSettings(tx)).phases).includes("3"))
      throw new AppError("precondition", "Phase 3, analytics, is switched off: nothing is counted.");
    if (await findOpenCount(tx)) throw new AppError("conflict", "Carriers are being counted already.");
    const id = ctx.uuid();
    const at = ctx.now();
    const [byPerson, byApiKey] = [
      actor.kind === "person" ? actor.id : null,
      actor.kind === "api_key" ? actor.id : null,
    ];
    await insertEmptyRun(tx, { id, kind: "count", dryRun: false, scope, byPerson, byApiKey, at });
    const total = await countUncounted(tx, settledBefore(at), COUNTED);
    await startRun(tx, id, total);
    await recordAudit(ctx, tx, actor, { action: "carriers.count", subject: `run:${id}`, after: { ...scope, total } });
    return { id, total };
  });
}
