import type { Json } from "@/core/shipments/attributes";
import {
  loadWatermarks,
  type MirrorRow,
  markDeleted,
  savePollError,
  saveWatermarks,
  takeOpenMirrored,
  upsertMirror,
  type WorkingConnection,
} from "@/db/queries/odoo-work";
import { OdooFailure } from "../adapters/odoo/errors";
import { fetchChanges, fetchDeleted } from "../adapters/odoo/poll";
import type { OdooDeletion, OdooSnapshot } from "../adapters/odoo/record";
import { modelWatermark, WATCHED_MODELS, type Watermarks } from "../adapters/odoo/watermark";
import type { Context } from "../context";
import { receive } from "../messages/receive";
import { BACKFILL } from "../pipeline/file-facts";
import type { OdooClients } from "./clients";
import { ensureOdooFeed } from "./ensure-feed";

/** Long transactions appear late with their start as write_date. */
const OVERLAP_SECONDS = 120;
const READ_LIMIT = 200;
const MOST = 5000;
const DELETIONS_AT_ONCE = 2000;
const DELETIONS_EVERY_MS = 60_000;

export type PollState = { polledAtMs: number; deletionsAtMs: number };

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
  if (nowMs - state.polledAtMs < connection.pollSeconds * 1000) return false;
  state.polledAtMs = nowMs;
  try {
    const client = await clients.get(ctx, connection);
    const feed = await ctx.sql.begin((tx) => ensureOdooFeed(tx, connection));
    const marks = await watermarksOf(ctx, connection.id);
    const history = WATCHED_MODELS.every((model) => marks[model].at === null);
    const changes = await fetchChanges(client, marks, {
      overlapSeconds: OVERLAP_SECONDS,
      limit: READ_LIMIT,
      nowMs,
      most: MOST,
    });
    const snapshots: OdooSnapshot[] = [...changes.orders, ...changes.pickings];
    if (nowMs - state.deletionsAtMs >= DELETIONS_EVERY_MS) {
      state.deletionsAtMs = nowMs;
      const open = (await takeOpenMirrored(ctx.sql, connection.id, DELETIONS_AT_ONCE, ctx.now())).filter(isWatched);
      snapshots.push(...(await fetchDeleted(client, open, nowMs)));
    }
    await store(ctx, connection, feed, snapshots, history);
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
    });
    if (changes.more) state.polledAtMs = 0;
    return changes.more;
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    if (error.kind === "not_found_route" || error.kind === "caller") clients.forget(connection.id);
    await savePollError(ctx.sql, connection.id, WATCHED_MODELS, error.message);
    ctx.log.warn({ connection: connection.id, failure: error.kind, err: error.message }, "poll failed");
    return false;
  }
}

function isWatched(row: {
  model: string;
  id: number;
  name: string | null;
}): row is { model: OdooDeletion["deletedModel"]; id: number; name: string | null } {
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

/** Stores snapshots by the verb that door and files use too, and mirrors the records. */
async function store(
  ctx: Context,
  connection: WorkingConnection,
  feed: { id: number; urgency: number },
  snapshots: readonly OdooSnapshot[],
  history: boolean,
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
        name: `${history ? BACKFILL : ""}${nameOf(snapshot)}`,
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
