import type { Right } from "@/core/access/rights";
import { classOfKind } from "@/core/postings/policy";
import { type Deed, LONGEST_WAIT_MS, LOOK_FOR_MEANING_MS } from "@/core/reconciliation/deeds";
import type { Json } from "@/core/shipments/attributes";
import { findConnection } from "@/db/queries/odoo";
import { workingConnections } from "@/db/queries/odoo-work";
import { readItems } from "@/db/queries/reconcile-scope";
import { listFamilyIds, listMended, type Rest, receiptsWithWord, restItems } from "@/db/queries/repair";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { findRun } from "@/db/queries/runs";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { actorOfRun } from "../access/run-actor";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { AppError } from "../errors";
import { askNow } from "../feeds/catch-up";
import { startReplay } from "../messages/replay";
import { recoverPickings } from "../odoo/poll";
import { resumeConnection } from "../odoo/resume";
import { resumeClass } from "../odoo/resume-class";
import { emptyFiled } from "../pipeline/file-facts";
import { rejudge } from "../pipeline/sweep";
import { changesOf } from "../runs/replay-step";
import { moveNumber } from "../shipments/move-number";
import type { Comparer } from "./compare-chunk";
import { shipmentOf, toDo } from "./repair-items";

type Item = { position: number; target: string };
type Work = { position: number; shipmentId: string; deed: Deed; child: string | null };
type Doing = { ctx: Context; comparer: Comparer; run: WorkingRun; actor: Actor };

/** How soon a run looks whether the replay that it started is through. */
const CHILD_MS = 1_000;
/** Most messages of one replay. */
const MOST = 10_000;

/** Why whoever started the run may not do this any more; null where they may. */
export async function refusalOf(
  ctx: Context,
  run: Pick<WorkingRun, "id">,
  rights: readonly Right[],
): Promise<string | null> {
  try {
    const actor = await actorOfRun(ctx.sql, run.id);
    for (const right of rights) requireRight(actor, right);
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === "forbidden") return error.message;
    throw error;
  }
}

export async function refuse(ctx: Context, run: WorkingRun, items: readonly Item[], reason: string): Promise<void> {
  const results = items.map(({ position }) => left(position, "refused", reason));
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

function left(position: number, result: ItemResult["result"], reason: string): ItemResult {
  return { position, result, before: null, after: null, reason };
}

/** Does a chunk of deeds, each by the verb that a person has for it, as the one who started the run. Done twice, it does nothing. */
export async function doDeeds(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  items: readonly Item[],
): Promise<void> {
  const refusal = await refusalOf(ctx, run, []);
  if (refusal !== null) return refuse(ctx, run, items, refusal);
  const rows = await readItems(
    ctx.sql,
    run.id,
    items.map(({ position }) => position),
  );
  const all = rows.map(({ position, target, before }): Work => {
    const { deed, child } = toDo.parse(before);
    return { position, shipmentId: shipmentOf(target), deed, child: child ?? null };
  });
  const doing: Doing = { ctx, comparer, run, actor: await actorOfRun(ctx.sql, run.id) };
  await readAgain(doing, all);
  await replay(doing, all);
  for (const work of all) {
    if (work.deed.act === "recover" || work.deed.act === "replay") continue;
    const result = await doOne(doing, work).catch((error: unknown) => failedOf(work, error));
    if (result !== null) await ctx.sql.begin((tx) => finishItems(tx, run.id, [result], ctx.now()));
  }
}

function failedOf({ position }: Work, error: unknown): ItemResult {
  if (error instanceof OdooFailure) return left(position, "failed", `Odoo cannot be read: ${error.message}`);
  if (!(error instanceof AppError)) throw error;
  const result = error.code === "forbidden" ? "refused" : error.code === "conflict" ? "conflict" : "failed";
  return left(position, result, error.message);
}

/** null where the deed has finished its item in its own transaction. */
async function doOne(
  { ctx, comparer, run, actor }: Doing,
  { position, shipmentId, deed }: Work,
): Promise<ItemResult | null> {
  const why = `Repair ${run.id}`;
  switch (deed.act) {
    case "move_number":
      await moveNumber(ctx, actor, { ...deed, why }, async (tx, { after, env, moved }) => {
        const changes = changesOf({ filed: emptyFiled() }, after, -1, env);
        const kept = { changes: changes.after, moved } as unknown as Json;
        const before = { changes: changes.before };
        const reason = `${moved.number} stands on one shipment only, with ${moved.keys.length} events.`;
        await finishItems(tx, run.id, [{ position, result: "changed", before, after: kept, reason }], ctx.now());
      });
      return null;
    case "release": {
      const connection = await findConnection(ctx.sql, deed.connectionId);
      if (!connection) throw new AppError("not_found", "There is no such connection.");
      if (connection.state === "paused") {
        await resumeConnection(ctx, actor, { id: connection.id });
        return left(position, "changed", `${connection.name} goes on.`);
      }
      const name = classOfKind(connection, deed.kind);
      await resumeClass(ctx, actor, { id: connection.id, class: name });
      return left(position, "changed", `The ${name} class of ${connection.name} goes on.`);
    }
    case "ask_feed":
      await askNow(ctx, actor, { id: deed.feedId, from: new Date(deed.from) });
      return left(position, "changed", `The source is asked for what it did not send since ${deed.from.slice(0, 16)}.`);
    case "plan":
      requireRight(actor, "postings:repost");
      await rejudge(ctx, comparer.worker, [shipmentId]);
      await recordAudit(ctx, ctx.sql, actor, {
        action: "reconciliation.plan_anew",
        subject: `shipment:${shipmentId}`,
        reason: why,
      });
      return left(position, "changed", "Planned anew.");
    case "recover":
    case "replay":
      throw new Error(`${deed.act} is done for a whole chunk`);
  }
}

/** Reads transfers again from their Odoos, one call a connection. */
async function readAgain({ ctx, comparer, run, actor }: Doing, all: readonly Work[]): Promise<void> {
  const wanted = all.flatMap(({ position, deed }) => (deed.act === "recover" ? [{ position, ...deed }] : []));
  if (wanted.length === 0) return;
  const refusal = await refusalOf(ctx, run, ["reconciliation:run"]);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const results: ItemResult[] = [];
  for (const [connectionId, some] of Map.groupBy(wanted, (one) => one.connectionId)) {
    const connection = connections.get(connectionId);
    const ends = (result: ItemResult["result"], reason: string) =>
      results.push(...some.map(({ position }) => left(position, result, reason)));
    if (refusal !== null) ends("refused", refusal);
    else if (!connection) ends("skipped", "Its Odoo connection is archived.");
    else {
      try {
        const client = await comparer.clients.get(ctx, connection);
        await recoverPickings(
          ctx,
          client,
          connection,
          some.map(({ pickingId }) => pickingId),
        );
        ends("changed", `Read again from ${connection.name}.`);
      } catch (error) {
        if (!(error instanceof OdooFailure)) throw error;
        ends("failed", `Odoo cannot be read: ${error.message}`);
      }
    }
  }
  await ctx.sql.begin(async (tx) => {
    await recordAudit(ctx, tx, actor, {
      action: "reconciliation.recover",
      subject: `run:${run.id}`,
      after: { transfers: wanted.length },
    });
    await finishItems(tx, run.id, results, ctx.now());
  });
}

/**
 * Reads again what was told with words that have a meaning by now, in one replay for all of the chunk; an item whose word has none yet waits and
 * looks again, one whose replay runs waits for it.
 */
async function replay(doing: Doing, all: readonly Work[]): Promise<void> {
  const { ctx, run, actor } = doing;
  const wanted = all.flatMap((work) => (work.deed.act === "replay" ? [{ ...work, deed: work.deed }] : []));
  if (wanted.length === 0) return;
  const now = ctx.now();
  const rests: Rest[] = [];
  const results: ItemResult[] = [];
  for (const { position, child } of wanted) {
    if (child === null) continue;
    const done = await findRun(ctx.sql, child);
    if (done && ["waiting", "running", "paused"].includes(done.state))
      rests.push({
        position,
        until: new Date(now.getTime() + CHILD_MS),
        reason: "The messages are read again.",
        child,
      });
    else if (done?.state === "done" && done.failed === 0)
      results.push({
        ...left(position, "changed", `${done.total} messages were read again.`),
        after: { replay: child },
      });
    else
      results.push({
        ...left(position, "failed", `The replay of its messages ended ${done?.state ?? "unseen"}.`),
        after: { replay: child },
      });
  }
  const fresh = wanted.filter(({ child }) => child === null);
  const mended = await listMended(
    ctx.sql,
    fresh.map(({ deed }) => deed),
  );
  const startedAt = (await findRun(ctx.sql, run.id))?.startedAt?.getTime() ?? now.getTime();
  const go: typeof fresh = [];
  for (const one of fresh) {
    const { position, deed } = one;
    if (mended.has(`${deed.feedId}/${deed.kind}/${deed.word}`)) go.push(one);
    else if (now.getTime() - startedAt > LONGEST_WAIT_MS)
      results.push(left(position, "failed", `“${deed.word}” got no meaning in all the time that the run waited.`));
    else
      rests.push({
        position,
        until: new Date(now.getTime() + LOOK_FOR_MEANING_MS),
        reason: `Waits until “${deed.word}” has a meaning.`,
      });
  }
  if (go.length > 0) {
    const families = Map.groupBy(
      await listFamilyIds(
        ctx.sql,
        go.map(({ shipmentId }) => shipmentId),
      ),
      ({ headId }) => headId,
    );
    const receipts = new Set<string>();
    for (const { shipmentId, deed } of go) {
      const ids = (families.get(shipmentId) ?? []).map(({ id }) => id);
      for (const id of await receiptsWithWord(ctx.sql, ids, deed, MOST)) if (receipts.size < MOST) receipts.add(id);
    }
    try {
      if (receipts.size === 0) throw new AppError("precondition", "No stored message told it any more.");
      const scope = { receipts: [...receipts] };
      const { id: child } = await startReplay(ctx, actor, { scope, mapping: "current", dryRun: false });
      const until = new Date(now.getTime() + CHILD_MS);
      rests.push(...go.map(({ position }) => ({ position, until, reason: "The messages are read again.", child })));
    } catch (error) {
      results.push(...go.map((one) => failedOf(one, error)));
    }
  }
  await ctx.sql.begin(async (tx) => {
    await restItems(tx, run.id, rests);
    await finishItems(tx, run.id, results, ctx.now());
  });
}
