import { judge } from "@/core/notices/judge";
import { type Fact, factOf, instantOf, OCCASIONS, type Occasion, type Told } from "@/core/notices/occasions";
import type { NoticesSettings } from "@/core/notices/settings";
import { listMembers, type Place } from "@/db/queries/carrier-counts";
import {
  type ChangedTold,
  insertNotices,
  listChangedTold,
  listFirstTold,
  listMessagesNamed,
  listNoticed,
  type NewNotice,
} from "@/db/queries/notices";
import { settledBefore } from "../carriers/count";
import type { Context } from "../context";
import { BACKFILL } from "../pipeline/file-facts";
import { readSettings } from "../settings/read";

const BATCH = 500;
const HOUR_MS = 3_600_000;
/** Clocks of workers may differ by less than this. */
const AHEAD_MS = HOUR_MS;
const FRESH_MS = 60_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** How far changes were looked through: at once, and once more when all transactions of that time have ended. */
export type NoticeMemory = { fresh: Place | null; settled: Place | null };

/**
 * Plans what customers are to be told, from shipments that changed. It begins as far back as a message may be old, so a worker that stood
 * still has nothing to remember; what is planned already is left alone. Returns true when there may be more.
 */
export async function planNotices(ctx: Context, memory: NoticeMemory, batch = BATCH): Promise<boolean> {
  const { notices: settings } = await readSettings(ctx);
  const sinces = OCCASIONS.flatMap((one) => settings.occasions[one].sinceMs ?? []);
  if (!settings.enabled || sinces.length === 0) {
    memory.fresh = null;
    memory.settled = null;
    return false;
  }
  const nowMs = ctx.now().getTime();
  const start = (atMs: number): Place => ({ at: new Date(atMs).toISOString(), id: FIRST_ID });
  const oldest = Math.max(Math.min(...sinces), nowMs - settings.maxAgeHours * HOUR_MS);
  memory.fresh ??= start(Math.max(oldest - 1, nowMs - FRESH_MS));
  memory.settled ??= start(oldest - 1);
  const fresh = await listChangedTold(ctx.sql, memory.fresh, new Date(nowMs + AHEAD_MS), batch);
  await plan(ctx, fresh, settings);
  memory.fresh = placeOf(fresh) ?? memory.fresh;
  const settled = await listChangedTold(ctx.sql, memory.settled, settledBefore(ctx.now()), batch);
  await plan(ctx, settled, settings);
  memory.settled = placeOf(settled) ?? memory.settled;
  return fresh.length === batch || settled.length === batch;
}

function placeOf(changed: readonly ChangedTold[]): Place | null {
  const last = changed.at(-1);
  return last ? { at: last.at, id: last.id } : null;
}

type Due = { shipmentId: string; told: Told; occasion: Occasion; fact: Fact };

async function plan(ctx: Context, changed: readonly ChangedTold[], settings: NoticesSettings): Promise<void> {
  const reached = changed.flatMap(({ id, told }) => dueOf(id, told, settings));
  const heads = [...new Set(reached.map(({ shipmentId }) => shipmentId))];
  const members = await listMembers(ctx.sql, heads);
  const headOf = new Map(members.map(({ id, headId }) => [id, headId]));
  const family = [...heads, ...headOf.keys()];
  const noticed = await listNoticed(ctx.sql, family);
  const known = new Set(noticed.map((one) => `${headOf.get(one.shipmentId) ?? one.shipmentId} ${one.occasion}`));
  const due = reached.filter(({ shipmentId, occasion }) => !known.has(`${shipmentId} ${occasion}`));
  if (due.length === 0) return;
  const firsts = await listFirstTold(
    ctx.sql,
    family,
    due.map(({ fact }) => fact.key),
  );
  const first = new Map(firsts.map((one) => [one.key, one]));
  const history = await listMessagesNamed(ctx.sql, [...new Set(firsts.map(({ messageId }) => messageId))], BACKFILL);
  const now = ctx.now();
  const rows = due.flatMap(({ shipmentId, told, occasion, fact }): NewNotice[] => {
    const from = first.get(fact.key);
    const since = settings.occasions[occasion].sinceMs;
    if (!from || since === null || history.has(from.messageId) || from.receivedAt.getTime() < since) return [];
    const occurredAtMs = instantOf(fact, from.receivedAt.getTime());
    if (occurredAtMs < since) return [];
    const verdict = judge({ told, occasion, occurredAtMs, nowMs: now.getTime() }, settings);
    return [
      {
        shipmentId,
        occasion,
        id: ctx.uuid(),
        state: verdict.act === "suppress" ? "suppressed" : "planned",
        reason: verdict.act === "send" ? null : verdict.reason,
        dueAt: verdict.act === "wait" ? new Date(verdict.untilMs) : now,
        occurredAt: new Date(occurredAtMs),
        receivedAt: from.receivedAt,
        feedId: from.feedId,
        messageId: from.messageId,
      },
    ];
  });
  await insertNotices(ctx.sql, rows, now);
}

const DAY_MS = 86_400_000;

/** Occasions that stand and were not all over before they were told of at all. */
function dueOf(shipmentId: string, told: Told, settings: NoticesSettings): Due[] {
  return OCCASIONS.flatMap((occasion) => {
    const since = settings.occasions[occasion].sinceMs;
    const fact = since === null ? null : factOf(told, occasion);
    if (since === null || fact === null) return [];
    const latest = fact.occurredAtMs + (fact.dateOnly ? DAY_MS : 0);
    return latest < since ? [] : [{ shipmentId, told, occasion, fact }];
  });
}
