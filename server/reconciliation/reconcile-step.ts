import { setTimeout } from "node:timers/promises";
import { lettersOf, tallyChange } from "@/core/reconciliation/aspects";
import { differences } from "@/core/reconciliation/cause";
import { compare } from "@/core/reconciliation/compare";
import { dayPlus, type ReconciliationSettings, startOfDay } from "@/core/reconciliation/settings";
import { bucketOf } from "@/core/service-levels/histogram";
import type { Tx } from "@/db/client";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { countLatencies, insertBreaches } from "@/db/queries/pipeline/record";
import {
  addCounts,
  deleteRows,
  knownPickings,
  listSilentFeeds,
  listUnknownRows,
  loadToCompare,
  lockDay,
  type RowToSave,
} from "@/db/queries/reconcile-rows";
import { readRunScope, saveClosedDay } from "@/db/queries/reconcile-scope";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { OdooFailure } from "../adapters/odoo/errors";
import { listWritten } from "../adapters/odoo/held";
import type { Context } from "../context";
import { recoverPickings } from "../odoo/poll";
import { loadEnvironment } from "../pipeline/environment";
import { hashId } from "../pipeline/interpret";
import { readSettings } from "../settings/read";
import { type ComparedShipment, type Comparer, compareChunk, saveResults } from "./compare-chunk";
import { reconcileScope } from "./start";

type Item = { position: number; target: string };
const PAGE = 2_000;
const TRIES = 5;

/** Compares a chunk of a run: shipments, or what Odoo has that Waypost does not. What Odoo does not answer for long fails, and says so. */
export async function reconcileChunk(
  ctx: Context,
  comparer: Comparer,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
): Promise<void> {
  const scope = reconcileScope.parse(await readRunScope(ctx.sql, run.id));
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const results: ItemResult[] = [];
  const shipments = items.filter(({ target }) => !target.startsWith("unknown "));
  results.push(
    ...(await compareItems(ctx, comparer, connections, shipments, {
      day: scope.day,
      runId: run.id,
      settings: reconciliation,
    })),
  );
  for (const { position, target } of items) {
    if (!target.startsWith("unknown ")) continue;
    const connection = connections.get(Number(target.slice(8)));
    results.push(
      await lookForUnknown(ctx, comparer, connection, position, {
        day: scope.day,
        runId: run.id,
        settings: reconciliation,
      }),
    );
  }
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

type Under = { day: string; runId: string; settings: ReconciliationSettings };

async function compareItems(
  ctx: Context,
  comparer: Comparer,
  connections: ReadonlyMap<number, WorkingConnection>,
  items: readonly Item[],
  under: Under,
): Promise<ItemResult[]> {
  const found = await loadToCompare(
    ctx.sql,
    items.map(({ target }) => target),
  );
  const done = new Map<string, ItemResult>();
  const positionOf = new Map(items.map(({ target, position }) => [target, position]));
  for (const [connectionId, shipments] of Map.groupBy(found, (one) => one.connectionId)) {
    const connection = connections.get(connectionId);
    const positions = shipments.map(({ id }) => ({ id, position: positionOf.get(id) as number }));
    if (!connection) {
      for (const { id, position } of positions)
        done.set(id, left(position, "skipped", "Its Odoo connection is archived."));
      continue;
    }
    try {
      const compared = await patiently(() => compareChunk(ctx, comparer, connection, shipments, under));
      for (const one of compared) done.set(one.shipment.id, resultOf(positionOf.get(one.shipment.id) as number, one));
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
      for (const { id, position } of positions)
        done.set(id, left(position, "failed", `Odoo cannot be read: ${error.message}`));
    }
  }
  return items.map(
    ({ target, position }) => done.get(target) ?? left(position, "skipped", "It has no transfer in Odoo any more."),
  );
}

/** Asks Odoo again after a growing pause where it cannot be reached just now. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof OdooFailure) || attempt >= TRIES) throw error;
      await setTimeout(500 * 2 ** attempt);
    }
  }
}

function left(position: number, result: ItemResult["result"], reason: string): ItemResult {
  return { position, result, before: null, after: null, reason };
}

/** An item of a run: what each system says where they differ. */
function resultOf(position: number, { differences: found }: ComparedShipment): ItemResult {
  if (found.length === 0) return left(position, "unchanged", "");
  return {
    position,
    result: "changed",
    before: Object.fromEntries(found.map(({ aspect, said }) => [aspect, said.odoo ?? null])),
    after: Object.fromEntries(found.map(({ aspect, said }) => [aspect, said.waypost ?? null])),
    reason: found
      .map(({ aspect, why }) => `${aspect}: ${why}`)
      .join(". ")
      .slice(0, 500),
  };
}

/** Finds transfers that were written in Odoo on the day and that no shipment is of; reads them, so that the next comparison knows them; those known meanwhile leave the day. */
async function lookForUnknown(
  ctx: Context,
  comparer: Comparer,
  connection: WorkingConnection | undefined,
  position: number,
  under: Under,
): Promise<ItemResult> {
  if (!connection) return left(position, "skipped", "Its Odoo connection is archived.");
  const { day, settings } = under;
  const span = {
    fromMs: startOfDay(day, settings.zone),
    toMs: Math.min(ctx.now().getTime() - settings.settleMinutes * 60_000, startOfDay(dayPlus(day, 1), settings.zone)),
  };
  try {
    const client = await comparer.clients.get(ctx, connection);
    const earlier = new Map((await listUnknownRows(ctx.sql, day, connection.id)).map((row) => [row.pickingId, row]));
    let unknown = 0;
    for (let afterId = 0; ; ) {
      const page = await patiently(() => listWritten(client, { ...span, afterId }, PAGE));
      const known = await knownPickings(
        ctx.sql,
        connection.id,
        page.map(({ id }) => id),
      );
      const missing = page.filter(({ id }) => !known.has(id));
      for (const { id } of missing) earlier.delete(id);
      unknown += missing.length;
      await keepUnknown(ctx, comparer, connection, missing, under);
      await recoverPickings(
        ctx,
        client,
        connection,
        missing.map(({ id }) => id),
      );
      const last = page.at(-1);
      if (page.length < PAGE || !last) break;
      afterId = last.id;
    }
    await forgetKnown(ctx, connection, day, [...earlier.values()]);
    return unknown === 0
      ? left(position, "unchanged", "")
      : left(position, "changed", `${unknown} transfers of ${connection.name} were not here; they are read now`);
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    return left(position, "failed", `Odoo cannot be read: ${error.message}`);
  }
}

type Written = Awaited<ReturnType<typeof listWritten>>[number];

async function keepUnknown(
  ctx: Context,
  { worker }: Comparer,
  connection: WorkingConnection,
  missing: readonly Written[],
  { day, runId, settings }: Under,
): Promise<void> {
  if (missing.length === 0) return;
  const env = await loadEnvironment(ctx.sql, worker.environment);
  worker.environment = env;
  const silent = new Set(await listSilentFeeds(ctx.sql));
  const sources = [...env.readings.values()]
    .filter((one) => one.class === "odoo" && one.connectionId === connection.id)
    .map(({ feedId, name }) => ({
      feedId,
      name,
      feedClass: "odoo" as const,
      silent: silent.has(feedId),
      spoke: false,
    }));
  const rows = missing.map(({ id, name, state, writtenAtMs }): RowToSave => {
    const odoo = { ...NOTHING_HELD, pickingId: id, name, state, writtenAtMs };
    const base = {
      shipment: null,
      odoo,
      activities: [],
      accepted: [],
      freight: NO_FREIGHT,
      thresholds: env.thresholds,
    };
    const aspects = settings.aspects.includes("state") ? (["state"] as const) : [];
    const comparison = compare({ ...base, classOf: env.classOf, aspects, nowMs: ctx.now().getTime() });
    const found = differences(comparison, {
      shipment: null,
      odoo,
      postings: [],
      ownUserId: null,
      elsewhere: [],
      sources,
      lateMs: 0,
    });
    return {
      shipmentId: unknownId(connection.id, id),
      known: false,
      connectionId: connection.id,
      pickingId: id,
      name,
      carrier: null,
      warehouse: null,
      letters: lettersOf(comparison.compared),
      aspects: found.map(({ aspect }) => aspect),
      causes: found.map(({ cause }) => cause),
      differences: found,
    };
  });
  await ctx.sql.begin(async (tx) => {
    await lockDay(tx, day, connection.id);
    await saveResults(tx, day, connection.id, rows, runId, ctx.now());
  });
}

const NO_FREIGHT = { billed: null, approved: null };
const NOTHING_HELD = {
  doneAtMs: null,
  trackingReference: null,
  carrierPrice: null,
  lines: [],
  proofs: [],
  returns: [],
  activities: [],
  invoiced: null,
  order: null,
  writtenBy: null,
};

/** The id of a transfer without a shipment: made from its place in Odoo. */
function unknownId(connectionId: number, pickingId: number): string {
  return hashId(`odoo/${connectionId}/${pickingId}`);
}

async function forgetKnown(
  ctx: Context,
  connection: WorkingConnection,
  day: string,
  rows: readonly { id: string; letters: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await ctx.sql.begin(async (tx) => {
    await lockDay(tx, day, connection.id);
    await deleteRows(
      tx,
      day,
      rows.map(({ id }) => id),
    );
    await addCounts(tx, day, connection.id, tallyChange(rows.map(({ letters }) => ({ before: letters, after: null }))));
  });
}

/** What belongs to the end of a run that closed its day: the day is done, and the clock since its end stops. */
export async function endReconcile(ctx: Context, tx: Tx, run: Pick<WorkingRun, "id">, slot: number): Promise<void> {
  const scope = reconcileScope.parse(await readRunScope(tx, run.id));
  if (!scope.close) return;
  const { reconciliation, objectives } = await readSettings({ sql: tx as Context["sql"] });
  const connections = await workingConnections(tx);
  await saveClosedDay(
    tx,
    connections.map(({ id }) => id),
    scope.day,
    run.id,
  );
  const now = ctx.now();
  const startedAtMs = startOfDay(dayPlus(scope.day, 1), reconciliation.zone);
  const took = Math.max(0, now.getTime() - startedAtMs);
  const workflow = "historical_reconciliation";
  await countLatencies(tx, [{ workflow, leg: "total", feedId: 0, bucket: bucketOf(took), count: 1 }], slot, now);
  const objectiveMs = objectives[workflow].withinSeconds * 1000;
  if (took <= objectiveMs) return;
  await insertBreaches(tx, [
    {
      shipmentId: hashId(`day/${scope.day}`),
      id: ctx.uuid(),
      workflow,
      feedId: null,
      messageId: null,
      startedAtMs,
      endedAtMs: now.getTime(),
      objectiveMs,
    },
  ]);
}
