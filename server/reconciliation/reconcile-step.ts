import { setTimeout } from "node:timers/promises";
import { lettersOf, tallyChange } from "@/core/reconciliation/aspects";
import { differences } from "@/core/reconciliation/cause";
import { compare } from "@/core/reconciliation/compare";
import { type Wait, waitIn, waitOn } from "@/core/reconciliation/patience";
import { CATCH_UP_DAYS, dayOf, dayPlus, type ReconciliationSettings, startOfDay } from "@/core/reconciliation/settings";
import { bucketOf } from "@/core/service-levels/histogram";
import type { Tx } from "@/db/client";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { countLatencies, insertBreaches } from "@/db/queries/pipeline/record";
import {
  addCounts,
  deleteRows,
  knownPickings,
  listOfConnections,
  listSilentFeeds,
  listUnknownRows,
  loadToCompare,
  lockDay,
  type RowToSave,
} from "@/db/queries/reconcile-rows";
import {
  countFailed,
  failItems,
  listProgress,
  readRunScope,
  saveClosedDay,
  setRunAside,
} from "@/db/queries/reconcile-scope";
import { finishItems, type ItemResult, saveRunSummary, type WorkingRun } from "@/db/queries/replay";
import { OdooFailure, type OdooFailureKind } from "../adapters/odoo/errors";
import { listWritten } from "../adapters/odoo/held";
import type { Context } from "../context";
import { recoverPickings } from "../odoo/poll";
import { loadEnvironment } from "../pipeline/environment";
import { hashId } from "../pipeline/interpret";
import { breakerFrom } from "../postings/sender-breaker";
import { readSettings } from "../settings/read";
import { type ComparedShipment, type Comparer, compareChunk, saveResults } from "./compare-chunk";
import { reconcileScope } from "./start";

type Item = { position: number; target: string };
const PAGE = 2_000;
const TRIES = 3;
const UNKNOWN = "unknown ";

/**
 * One way through the items of a run: how far it is, what it waited for before, and which connections could not be read, with the reason. Their
 * items are left for the next pass.
 */
export type Pass = { after: number; before: Wait | null; down: Map<number, string> };

export function beginPass({ summary }: Pick<WorkingRun, "summary">): Pass {
  return { after: -1, before: waitIn(summary), down: new Map() };
}

/**
 * Compares a chunk of a run: shipments, or what Odoo has that Waypost does not. What cannot be read for a reason that passes is left to be done; what
 * a run that closes a day cannot read is left whatever the reason, because the day is not reconciled without it.
 */
export async function reconcileChunk(
  ctx: Context,
  comparer: Comparer,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
  pass: Pass,
): Promise<void> {
  const scope = reconcileScope.parse(await readRunScope(ctx.sql, run.id));
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  noteOpenBreakers(connections, pass, ctx.now().getTime());
  const under = { day: scope.day, runId: run.id, settings: reconciliation, waits: scope.close, pass };
  const shipments = items.filter(({ target }) => !target.startsWith(UNKNOWN));
  const results = await compareItems(ctx, comparer, connections, shipments, under);
  for (const { position, target } of items) {
    if (!target.startsWith(UNKNOWN)) continue;
    const connection = connections.get(Number(target.slice(UNKNOWN.length)));
    const result = await lookForUnknown(ctx, comparer, connection, position, under);
    if (result !== null) results.push(result);
  }
  pass.after = items.at(-1)?.position ?? pass.after;
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

/** A connection whose breaker is open is not called: the sender knows that it does not answer, and until when to leave it. */
function noteOpenBreakers(connections: ReadonlyMap<number, WorkingConnection>, pass: Pass, nowMs: number): void {
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

type Under = { day: string; runId: string; settings: ReconciliationSettings; waits: boolean; pass: Pass };

/** Notes that a connection cannot be read in this pass; false where waiting would not help. */
function leave(connectionId: number, failure: OdooFailure, { pass, waits }: Under): boolean {
  if (!waits && !PASSES.has(failure.kind)) return false;
  pass.down.set(connectionId, failure.message);
  return true;
}

async function compareItems(
  ctx: Context,
  comparer: Comparer,
  connections: ReadonlyMap<number, WorkingConnection>,
  all: readonly Item[],
  under: Under,
): Promise<ItemResult[]> {
  const { pass } = under;
  const targets = all.map(({ target }) => target);
  const unread = new Set(pass.down.size === 0 ? [] : await listOfConnections(ctx.sql, targets, [...pass.down.keys()]));
  const items = all.filter(({ target }) => !unread.has(target));
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
      const compared = await patiently(pass, () => compareChunk(ctx, comparer, connection, shipments, under));
      for (const one of compared) done.set(one.shipment.id, resultOf(positionOf.get(one.shipment.id) as number, one));
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
      if (leave(connectionId, error, under)) for (const { id } of positions) unread.add(id);
      else
        for (const { id, position } of positions)
          done.set(id, left(position, "failed", `${CANNOT_READ}: ${error.message}`));
    }
  }
  return items.flatMap(({ target, position }) =>
    unread.has(target) ? [] : (done.get(target) ?? left(position, "skipped", "It has no transfer in Odoo any more.")),
  );
}

const CANNOT_READ = "Odoo cannot be read";

/** Asks Odoo again after a short pause; a run that has waited already asks once, and waits on. */
async function patiently<T>({ before }: Pass, read: () => Promise<T>): Promise<T> {
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
): Promise<ItemResult | null> {
  if (!connection) return left(position, "skipped", "Its Odoo connection is archived.");
  if (under.pass.down.has(connection.id)) return null;
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
      const page = await patiently(under.pass, () => listWritten(client, { ...span, afterId }, PAGE));
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
    if (leave(connection.id, error, under)) return null;
    return left(position, "failed", `${CANNOT_READ}: ${error.message}`);
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
      exceptions: [],
      proofsFrom: [],
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
  const wait = waitOn(before, `${CANNOT_READ}: ${[...new Set(down.values())].join("; ")}`, nowMs);
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

/** What belongs to the end of a run that closed its day: the day is done, and the clock since its end stops; one with something unread is missed. */
export async function endReconcile(ctx: Context, tx: Tx, run: Pick<WorkingRun, "id">, slot: number): Promise<void> {
  const scope = reconcileScope.parse(await readRunScope(tx, run.id));
  await saveRunSummary(tx, run.id, null);
  if (!scope.close) return;
  const unread = await countFailed(tx, run.id);
  await passDay(ctx, tx, scope.day, run.id, unread > 0, slot);
}

/** Goes on to the next day, and counts how long this one took; a day that was given up is missed however early that was. */
export async function passDay(
  ctx: Context,
  tx: Tx,
  day: string,
  runId: string,
  missed: boolean,
  slot: number,
): Promise<void> {
  const { reconciliation, objectives } = await readSettings({ sql: tx as Context["sql"] });
  const connections = await workingConnections(tx);
  const progress = new Map((await listProgress(tx)).map(({ connectionId, lastDay }) => [connectionId, lastDay ?? ""]));
  // it was given up before, and counted then
  if (connections.every(({ id }) => (progress.get(id) ?? "") >= day)) return;
  await saveClosedDay(
    tx,
    connections.map(({ id }) => id),
    day,
    runId,
  );
  const now = ctx.now();
  const startedAtMs = startOfDay(dayPlus(day, 1), reconciliation.zone);
  const workflow = "historical_reconciliation";
  const objectiveMs = objectives[workflow].withinSeconds * 1000;
  const passed = Math.max(0, now.getTime() - startedAtMs);
  const took = missed ? Math.max(passed, 2 * objectiveMs) : passed;
  await countLatencies(tx, [{ workflow, leg: "total", feedId: 0, bucket: bucketOf(took), count: 1 }], slot, now);
  if (took <= objectiveMs) return;
  await insertBreaches(tx, [
    {
      shipmentId: hashId(`day/${day}`),
      id: ctx.uuid(),
      workflow,
      feedId: null,
      messageId: null,
      startedAtMs,
      endedAtMs: startedAtMs + took,
      objectiveMs,
    },
  ]);
}
