import { allows } from "@/core/access/rights";
import type { Role } from "@/core/access/roles";
import { bulkScope, RIGHT_OF_ACT } from "@/core/exceptions/bulk";
import type { Tx } from "@/db/client";
import { countClosedByPeople, insertExceptionNotes, reviewShipments } from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { lockShipments } from "@/db/queries/pipeline/locks";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { findRunActor, listTriageItems, type Restored, restoreItems } from "@/db/queries/triage";
import type { Actor } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { lastChanges } from "../exceptions/change";
import { isDatabaseDown, isRepeatable } from "../pipeline/work";

type Item = { position: number; target: string };
const RETRIES = 5;

/** Who takes a run back. Throws `forbidden` where that account may not do it any more. */
export async function undoActor(ctx: Context, runId: string): Promise<Actor> {
  const found = await findRunActor(ctx.sql, runId);
  const original = found?.undoes ? await findRunActor(ctx.sql, found.undoes) : null;
  if (!found || !original) throw new AppError("not_found", "There is no such run.");
  const right = RIGHT_OF_ACT[bulkScope.parse(original.scope).act.act];
  const { person, key } = found;
  if (person && person.state === "active" && allows(person.role as Role, right))
    return { kind: "person", id: person.id, name: person.name, role: person.role as Role };
  if (key?.scopes.includes(right)) return { kind: "api_key", ...key };
  throw new AppError("forbidden", "Who started this run may not do this any more.");
}

/** Puts a chunk back in one transaction with its results; one on which it fails is worked one by one. Done twice, it does nothing. */
export async function undoChunk(
  ctx: Context,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
  actor: Actor,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ctx.sql.begin("isolation level read committed", (tx) => undoStep(ctx, tx, run, items, actor));
      return;
    } catch (error) {
      if (isRepeatable(error) && attempt < RETRIES) continue;
      if (isDatabaseDown(error)) throw error;
      if (items.length > 1) {
        for (const item of items) await undoChunk(ctx, run, [item], actor);
        return;
      }
      const anew = error instanceof Error && "code" in error && error.code === "23505";
      const reason = anew ? ANEW : error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
      const failed = items.map(
        ({ position }): ItemResult => ({
          position,
          result: anew ? "conflict" : "failed",
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

const ANEW = "The same has been opened anew since.";

/** Puts exceptions back to how they stood, in the transaction of the caller; what changed since is left and named. */
export async function undoStep(
  ctx: Context,
  tx: Tx,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
  actor: Actor,
): Promise<(ItemResult & { id: string })[]> {
  const now = ctx.now();
  const positions = items.map((item) => item.position);
  const found = await listTriageItems(tx, run.id, positions);
  await lockShipments(tx, new Set(found.flatMap((one) => (one.shipmentId ? [one.shipmentId] : []))));
  const restored = await restoreItems(tx, run.id, positions, now);
  const by = actor.kind === "person" ? actor.id : null;
  await insertExceptionNotes(
    tx,
    restored.map((one) => ({ homeId: one.homeId, exceptionId: one.id, id: ctx.uuid() })),
    { kind: "undone", text: "", by, at: now },
  );
  await recount(tx, restored, now);
  await reviewShipments(
    tx,
    restored.flatMap((one) => (one.shipmentId ? [one.shipmentId] : [])),
    now,
  );
  const back = new Set(restored.map((one) => one.position));
  const left = found.filter((one) => !back.has(one.position));
  const who = await lastChanges(tx, left);
  const standing = new Map(found.map((one) => [one.position, one]));
  const results = items.map(({ position, target }): ItemResult & { id: string } => {
    const one = standing.get(position);
    const base = { id: target, position, before: one?.before ?? null, after: null };
    if (!one) return { ...base, result: "skipped", reason: "It is not there any more." };
    if (back.has(position)) return { ...base, after: one.after, result: "changed", reason: null };
    const reason = one.moved ? `It is ${one.state} now. ${who.get(one.id) ?? ""}`.trim() : ANEW;
    return { ...base, result: "conflict", reason };
  });
  await finishItems(tx, run.id, results, now);
  if (restored.length > 0)
    await notifyLive(
      tx,
      "exceptions",
      restored.map((one) => one.id),
    );
  return results;
}

/** Counters of groups follow what stands again and what is closed again. */
async function recount(tx: Tx, restored: readonly Restored[], now: Date): Promise<void> {
  const groups = (list: readonly Restored[]) => list.map((one) => one.groupId);
  const opened = restored.filter((one) => one.was === "resolved" && one.is !== "resolved");
  const closed = restored.filter((one) => one.was !== "resolved" && one.is === "resolved");
  if (opened.length > 0) await countClosedByPeople(tx, groups(opened), -1, now);
  if (closed.length > 0) await countClosedByPeople(tx, groups(closed), 1, now);
}
