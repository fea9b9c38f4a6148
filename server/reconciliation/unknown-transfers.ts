import { lettersOf, tallyChange } from "@/core/reconciliation/aspects";
import { differences } from "@/core/reconciliation/cause";
import { compare } from "@/core/reconciliation/compare";
import { dayPlus, startOfDay } from "@/core/reconciliation/settings";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import {
  addCounts,
  deleteRows,
  knownPickings,
  listSilentFeeds,
  listUnknownRows,
  lockDay,
  type RowToSave,
} from "@/db/queries/reconcile-rows";
import type { ItemResult } from "@/db/queries/replay";
import { OdooFailure } from "../adapters/odoo/errors";
import { listWritten } from "../adapters/odoo/held";
import type { Context } from "../context";
import { recoverPickings } from "../odoo/poll";
import { loadEnvironment } from "../pipeline/environment";
import { hashId } from "../pipeline/interpret";
import { type Comparer, saveResults } from "./compare-chunk";
import { CANNOT_READ, leave, left, patiently, type Under } from "./pass";

const PAGE = 2_000;

/** Finds transfers that were written in Odoo on the day and that no shipment is of; reads them, so that the next comparison knows them; those known meanwhile leave the day. */
export async function lookForUnknown(
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
    const client = (await comparer.clients.get(ctx, connection)).with({ urgency: "bulk" });
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
      invoicedSinceMs: null,
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
