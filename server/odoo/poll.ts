import { RECOVERED } from "@/core/messages/recovered";
import { advanceHistory, beginHistory, type History, isHistory } from "@/core/odoo/history";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { notifyLive } from "@/db/queries/live";
import { countMirrored, findHistory, saveHistory } from "@/db/queries/odoo-history";
import {
  loadWatermarks,
  type MirrorRow,
  markDeleted,
  type OpenMirrored,
  savePollError,
  saveWatermarks,
  takeOpenMirrored,
  upsertMirror,
  type WorkingConnection,
} from "@/db/queries/odoo-work";
import type { OdooClient } from "../adapters/odoo/client";
import { fetchDeleted } from "../adapters/odoo/deletions";
import { OdooFailure } from "../adapters/odoo/errors";
import { countWatched, fetchChanges } from "../adapters/odoo/poll";
import { fetchRecords } from "../adapters/odoo/read-records";
import type { OdooDeletion, OdooSnapshot } from "../adapters/odoo/record";
import { modelWatermark, WATCHED_MODELS, type Watermarks } from "../adapters/odoo/watermark";
import type { Context } from "../context";
import { receive } from "../messages/receive";
import { BACKFILL } from "../pipeline/file-facts";
import type { OdooClients } from "./clients";
import { ensureOdooFeed } from "./ensure-feed";
import { followActivities } from "./follow-activities";
import { catchUpContacts, keepRecipients } from "./keep-contacts";

/** Long transactions appear late with their start as write_date. */
const OVERLAP_SECONDS = 120;
const READ_LIMIT = 200;
const MOST = 5000;
const DELETIONS_AT_ONCE = 2000;
const DELETIONS_EVERY_MS = 60_000;
const CONTACTS_EVERY_MS = 30_000;
const ACTIVITIES_EVERY_MS = 15_000;

export type PollState = {
  polledAtMs: number;
  failures?: number;
  deletionsAtMs: number;
  contactsAtMs: number;
  activitiesAtMs: number;
  /** Most changes of a model in one poll. */
  most?: number;
};

/**
 * Reads what changed in one Odoo and stores each record as a message; the watermark moves only after the messages are committed, so a crash
 * reads again and finds duplicates. Returns true when there is more to read at once.
 */
export async function pollConnection(
  ctx: Context,
  clients: OdooClients,
  connection: WorkingConnection,
  state: PollState,
): Promise<boolean> {
  const nowMs = ctx.now().getTime();
  if (nowMs - state.polledAtMs < connection.pollSeconds * 1000 * restOf(state)) return false;
  state.polledAtMs = nowMs;
  try {
    const client = await clients.get(ctx, connection);
    const feed = await ctx.sql.begin((tx) => ensureOdooFeed(tx, connection));
    const marks = await watermarksOf(ctx, connection.id);
    const history = await historyOf(ctx, client, connection.id, marks);
    if (history?.pausedAt != null) return false;
    const changes = await fetchChanges(client, marks, {
      overlapSeconds: OVERLAP_SECONDS,
      limit: READ_LIMIT,
      nowMs,
      most: state.most ?? MOST,
    });
    const snapshots: OdooSnapshot[] = [...changes.orders, ...changes.pickings];
    if (nowMs - state.deletionsAtMs >= DELETIONS_EVERY_MS) {
      state.deletionsAtMs = nowMs;
      const open = (await takeOpenMirrored(ctx.sql, connection.id, DELETIONS_AT_ONCE, ctx.now())).filter(isWatched);
      snapshots.push(...(await fetchDeleted(client, open, nowMs)));
    }
    await store(ctx, connection, feed, snapshots, history);
    await keepRecipients(ctx, connection.id, changes.recipients);
    const now = ctx.now();
    await ctx.sql.begin(async (tx) => {
      await saveWatermarks(
        tx,
        connection.id,
        WATCHED_MODELS.map((model) => ({
          model,
          watermark: changes.next[model].at,
          seen: changes.next[model].seen as unknown as Json,
          changed: changes.next[model].at !== marks[model].at,
        })),
        now,
      );
      if (history) await noteHistory(tx, connection.id, changes.more, now);
    });
    if (history) await notifyLive(ctx.sql, "odoo");
    if (nowMs - state.contactsAtMs >= CONTACTS_EVERY_MS && !changes.more) {
      state.contactsAtMs = nowMs;
      await catchUpContacts(ctx, client, connection);
    }
    if (nowMs - state.activitiesAtMs >= ACTIVITIES_EVERY_MS) {
      state.activitiesAtMs = nowMs;
      await followActivities(ctx, client, connection);
    }
    state.failures = 0;
    if (changes.more) state.polledAtMs = 0;
    return changes.more;
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    state.failures = (state.failures ?? 0) + 1;
    if (error.kind === "not_found_route" || error.kind === "caller") clients.forget(connection.id);
    await savePollError(ctx.sql, connection.id, WATCHED_MODELS, error.message);
    ctx.log.warn({ connection: connection.id, failure: error.kind, err: error.message }, "poll failed");
    return false;
  }
}

/** An Odoo that does not answer is asked half as often after each try, at least every eighth time. */
function restOf({ failures = 0 }: PollState): number {
  return 2 ** Math.min(failures, 3);
}

/** The history that is being read; begun with the first poll of a connection. null once it is through. */
async function historyOf(
  ctx: Context,
  client: OdooClient,
  connectionId: number,
  marks: Watermarks,
): Promise<History | null> {
  const known = await findHistory(ctx.sql, connectionId);
  if (known !== null) return known.doneAt === null ? known : null;
  if (WATCHED_MODELS.some((model) => marks[model].at !== null)) return null;
  const begun = beginHistory(await countWatched(client), ctx.now().getTime());
  await saveHistory(ctx.sql, connectionId, begun);
  return begun;
}

/** Notes what is here by now; a pause that somebody asked for meanwhile stays. */
async function noteHistory(tx: Tx, connectionId: number, more: boolean, now: Date): Promise<void> {
  const history = await findHistory(tx, connectionId, true);
  if (history === null) return;
  const read = await countMirrored(tx, connectionId);
  await saveHistory(tx, connectionId, advanceHistory(history, read, more, now.getTime()));
}

function isWatched(row: OpenMirrored): row is OpenMirrored & { model: OdooDeletion["deletedModel"] } {
  return row.model === "sale.order" || row.model === "stock.picking";
}

async function watermarksOf(ctx: Context, connectionId: number): Promise<Watermarks> {
  const rows = await loadWatermarks(ctx.sql, connectionId);
  const entries = WATCHED_MODELS.map((model) => {
    const row = rows.find((r) => r.model === model);
    const parsed = modelWatermark.safeParse({
      at: row?.watermark ?? null,
      seen: Array.isArray(row?.seen) ? row.seen : [],
    });
    return [model, parsed.success ? parsed.data : { at: null, seen: [] }] as const;
  });
  return Object.fromEntries(entries) as Watermarks;
}

/** Reads transfers that were missed and stores them by the way of the poll, marked as recovered; what was stored before stays as it is. */
export async function recoverPickings(
  ctx: Context,
  client: OdooClient,
  connection: WorkingConnection,
  pickingIds: readonly number[],
): Promise<void> {
  if (pickingIds.length === 0) return;
  const feed = await ctx.sql.begin((tx) => ensureOdooFeed(tx, connection));
  const { pickings } = await fetchRecords(client, { pickings: pickingIds }, READ_LIMIT);
  await store(ctx, connection, feed, pickings, null, RECOVERED);
}

/** Stores snapshots by the verb that door and files use too, and mirrors the records. */
async function store(
  ctx: Context,
  connection: WorkingConnection,
  feed: { id: number; urgency: number },
  snapshots: readonly OdooSnapshot[],
  history: History | null,
  mark = "",
): Promise<void> {
  for (let at = 0; at < snapshots.length; at += 500) {
    const batch = snapshots.slice(at, at + 500);
    const correlationId = ctx.uuid();
    const kept = await receive(
      ctx,
      batch.map((snapshot) => ({
        feed: { id: feed.id, adapter: "odoo" as const, urgency: feed.urgency },
        bytes: Buffer.from(JSON.stringify(snapshot)),
        contentType: "application/json",
        headers: null,
        name: `${stoodBefore(snapshot, history) ? BACKFILL : mark}${nameOf(snapshot)}`,
        correlationId,
        verdict: "verified" as const,
      })),
    );
    const failed = kept.find((k) => !k.ok);
    if (failed && !failed.ok) throw failed.error;
    const now = ctx.now();
    await upsertMirror(ctx.sql, connection.id, batch.flatMap(mirrorOf), now);
    await markDeleted(
      ctx.sql,
      connection.id,
      batch.flatMap((s) => (s.model === "deleted" ? [{ model: s.deletedModel, id: s.id }] : [])),
      now,
    );
  }
}

function stoodBefore(snapshot: OdooSnapshot, history: History | null): boolean {
  return snapshot.model !== "deleted" && isHistory(history, snapshot.writtenAt);
}

function nameOf(snapshot: OdooSnapshot): string {
  return snapshot.model === "deleted"
    ? `deleted ${snapshot.deletedModel}/${snapshot.id}`
    : `${snapshot.model}/${snapshot.id}`;
}

function mirrorOf(snapshot: OdooSnapshot): MirrorRow[] {
  if (snapshot.model === "deleted") return [];
  const open = snapshot.state !== "cancel" && (snapshot.model === "sale.order" || snapshot.state !== "done");
  return [
    {
      model: snapshot.model,
      recordId: snapshot.id,
      values: snapshot as unknown as Json,
      writeDate: snapshot.writtenAt,
      open,
    },
  ];
}
