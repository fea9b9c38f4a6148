import type { Tx } from "@/db/client";
import { loadReferences } from "@/db/queries/pipeline/load";
import { lockReferences } from "@/db/queries/pipeline/locks";
import type { Context } from "../context";
import { judgeTouched, save } from "../pipeline/advance";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { type Families, type Family, loadLocked } from "../pipeline/families";
import { emptyFiled, type Filed } from "../pipeline/file-facts";
import type { Judged } from "../pipeline/judge";
import { isRepeatable } from "../pipeline/work";

/** Slot of the counters that web processes write. */
export const WEB_SLOT = 900;

/** References first, then shipments: whoever changes membership holds the locks of both sides. */
export async function lockFamilies(tx: Tx, ids: readonly string[]): Promise<{ families: Families; env: Environment }> {
  const references = await loadReferences(tx, ids);
  await lockReferences(tx, new Set(references.map((row) => row.value)));
  const env = await loadEnvironment(tx);
  return { families: await loadLocked(tx, env, ids), env };
}

/** Folds and judges locked families as they stand in memory; writes nothing. */
export function judgeNow(
  ctx: Context,
  tx: Tx,
  env: Environment,
  families: Families,
  touched: readonly Family[],
): Promise<Judged[]> {
  const now = ctx.now();
  const touch = { messageId: null, receivedAtMs: now.getTime(), correlationId: null };
  return judgeTouched(tx, env, families, new Map(touched.map(({ headId }) => [headId, touch])), depsOf(ctx), now);
}

/** Writes what was judged, and the claims or other facts that changed with it. */
export async function saveNow(
  ctx: Context,
  tx: Tx,
  judged: readonly Judged[],
  filed: Filed = emptyFiled(),
): Promise<void> {
  await save(tx, filed, judged, depsOf(ctx), ctx.now());
}

function depsOf({ now, uuid }: Context) {
  return { now, uuid, slot: WEB_SLOT };
}

/** Runs a step in a transaction of its own, again where the database could not order it among others. */
export async function repeated<T>(ctx: Context, step: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await ctx.sql.begin("isolation level read committed", (tx) => step(tx))) as T;
    } catch (error) {
      if (!isRepeatable(error) || attempt >= 5) throw error;
    }
  }
}
