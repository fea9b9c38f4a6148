import { hash } from "node:crypto";
import type { Finding } from "@/core/exceptions/finding";
import { addressOf, FIRST_SPAN_MS, GRACE_MS, mayStillCome, nextAskMs, readPage, valueAt } from "@/core/feeds/catch-up";
import { RECOVERED } from "@/core/messages/recovered";
import {
  countLater,
  countRecovered,
  type DueCatchUp,
  listDueCatchUps,
  listToCount,
  noteAsked,
  noteCounted,
  noteFailed,
} from "@/db/queries/feed-catch-up";
import { notifyLive } from "@/db/queries/live";
import { type Asker, makeAsker, type SourceAnswer } from "../adapters/ask-source";
import type { Context } from "../context";
import { clear, raise } from "../exceptions/raise";
import { type Arrival, receive } from "../messages/receive";
import { homeOfFeed } from "../postings/findings";
import { unseal } from "../seal";

const AT_ONCE = 20;
const MOST_PAGES = 500;
const BATCH = 500;
/** What was stored is read within so long, mostly; then it is counted. */
const COUNT_AFTER_MS = 15_000;
/** A source that fails so often in a row is somebody's business. */
const TOLD_AFTER = 3;

type Asked = { ok: true; found: number; stored: number } | { ok: false; why: string };

/** Asks the sources that are due for what their feeds missed, and counts what earlier askings recovered. Returns how many were asked. */
export async function catchUp(ctx: Context, slot: number): Promise<number> {
  await countAsked(ctx, slot);
  const due = await listDueCatchUps(ctx.sql, ctx.now(), AT_ONCE);
  if (due.length === 0) return 0;
  const asker = makeAsker();
  try {
    for (const one of due) {
      // one that goes wrong holds no other up
      await askSource(ctx, slot, asker, one).catch(async (error: unknown) => {
        ctx.log.error({ feed: one.feedId, err: String(error) }, "catching up went wrong");
        const now = ctx.now();
        const nextAt = new Date(nextAskMs(now.getTime(), one.settings.everyMinutes, one.failures + 1));
        await noteFailed(ctx.sql, one.feedId, now, "Waypost made a mistake here; its log says which.", nextAt);
      });
    }
  } finally {
    await asker.close();
  }
  return due.length;
}

async function askSource(ctx: Context, slot: number, asker: Asker, due: DueCatchUp): Promise<void> {
  const now = ctx.now();
  const { settings, feed } = due;
  const lastMs = due.askedThrough?.getTime() ?? now.getTime() - FIRST_SPAN_MS;
  const sinceMs = Math.min(
    lastMs - settings.overlapMinutes * 60_000,
    due.askFrom?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  const asked = await take(ctx, asker, due, sinceMs, now.getTime());
  if (!asked.ok) {
    const failures = due.failures + 1;
    const nextAt = new Date(nextAskMs(now.getTime(), settings.everyMinutes, failures));
    ctx.log.warn({ feed: feed.id, failures }, "a source could not be asked for what was missed");
    await ctx.sql.begin(async (tx) => {
      await noteFailed(tx, feed.id, now, asked.why, nextAt);
      if (failures >= TOLD_AFTER) await raise(ctx, tx, [raised(feed, failing(feed, failures, asked.why))], slot);
      await notifyLive(tx, "feeds");
    });
    return;
  }
  await ctx.sql.begin(async (tx) => {
    await noteAsked(tx, due, {
      at: now,
      through: new Date(now.getTime() - GRACE_MS),
      found: asked.found,
      stored: asked.stored,
      nextAt: new Date(nextAskMs(now.getTime(), settings.everyMinutes, 0)),
      countAt: new Date(now.getTime() + COUNT_AFTER_MS),
    });
    const why = "The source answers again.";
    await clear(
      ctx,
      tx,
      [{ homeId: homeOfFeed(feed.id), kind: "missed_updates", subject: `asking:${feed.id}`, why }],
      slot,
    );
    await notifyLive(tx, "feeds");
  });
}

/** Reads page after page and stores what is new of each by the one way in. What was stored before a page failed stays. */
async function take(ctx: Context, asker: Asker, due: DueCatchUp, sinceMs: number, untilMs: number): Promise<Asked> {
  const { settings } = due;
  const headers = headersOf(ctx, due);
  if (headers === null) return { ok: false, why: "Its key was sealed with another workspace key: enter it again." };
  let address: string | null = addressOf(settings.url, sinceMs, untilMs);
  let found = 0;
  let stored = 0;
  for (let number = 1; address !== null; number++) {
    if (number > MOST_PAGES)
      return { ok: false, why: `It has more than ${MOST_PAGES} pages for this time; ask for less.` };
    const answer = await asker.ask(address, headers);
    if (!answer.ok) return answer;
    if (settings.items === null) {
      const kept = await keep(ctx, due, [{ bytes: answer.bytes, contentType: answer.contentType, id: null }]);
      return kept.ok ? { ok: true, found: 1, stored: kept.stored } : kept;
    }
    const body = jsonOf(answer);
    if (body === undefined) return { ok: false, why: "It does not answer with JSON." };
    const page = readPage(body, settings, address, number);
    if (!page.ok) return page;
    const items = page.items.filter((item) => !mayStillCome(item, settings.updated, untilMs));
    const kept = await keep(
      ctx,
      due,
      items.map((item) => ({
        bytes: Buffer.from(JSON.stringify(item)),
        contentType: "application/json",
        id: valueAt(item, "/id"),
      })),
    );
    if (!kept.ok) return kept;
    found += page.items.length;
    stored += kept.stored;
    if (page.next === address) return { ok: false, why: "Its next page is the same page again." };
    address = page.next;
  }
  return { ok: true, found, stored };
}

function headersOf(ctx: Context, { settings: { header }, sealedKey }: DueCatchUp): Record<string, string> | null {
  if (header === null || sealedKey === null) return {};
  try {
    return { [header]: unseal(ctx.config.secretKey, sealedKey) };
  } catch {
    return null;
  }
}

const UNSTORED = { ok: false as const, why: "What it answered could not be stored; the database does not take it." };

function jsonOf(answer: Extract<SourceAnswer, { ok: true }>): unknown {
  try {
    return JSON.parse(answer.bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

type Item = { bytes: Buffer; contentType: string | null; id: unknown };

type Kept = { ok: true; stored: number } | { ok: false; why: string };

/** Stores items that are not stored yet, byte for byte; says how many. */
async function keep(ctx: Context, { feed }: DueCatchUp, items: readonly Item[]): Promise<Kept> {
  if (items.some(({ bytes }) => bytes.length > feed.maxBytes))
    return { ok: false, why: `One update is larger than the ${feed.maxBytes} bytes that this feed takes.` };
  let stored = 0;
  for (let at = 0; at < items.length; at += BATCH) {
    const correlationId = ctx.uuid();
    const arrivals = items.slice(at, at + BATCH).map(
      ({ bytes, contentType, id }): Arrival => ({
        feed: { id: feed.id, adapter: feed.adapter, urgency: feed.urgency },
        bytes,
        contentType,
        headers: null,
        name: `${RECOVERED}${typeof id === "string" || typeof id === "number" ? String(id).slice(0, 100) : "update"}`,
        deliveryId: `${RECOVERED}${hash("sha256", bytes)}`,
        correlationId,
        verdict: "unsigned",
      }),
    );
    const kept = await receive(ctx, arrivals);
    if (kept.some((one) => !one.ok)) return UNSTORED;
    stored += kept.filter((one) => one.ok && !one.duplicate).length;
  }
  return { ok: true, stored };
}

/** Counts what askings recovered once it is read, and raises what somebody should see: a source that does not send all it knows. */
async function countAsked(ctx: Context, slot: number): Promise<void> {
  const now = ctx.now();
  for (const { feedId, name, askedAt } of await listToCount(ctx.sql, now)) {
    const { events, messages, unread } = await countRecovered(ctx.sql, feedId, askedAt);
    if (unread > 0) {
      await countLater(ctx.sql, feedId, new Date(now.getTime() + COUNT_AFTER_MS));
      continue;
    }
    await ctx.sql.begin(async (tx) => {
      await noteCounted(tx, feedId, askedAt, events);
      const feed = { id: feedId, name };
      if (events > 0) await raise(ctx, tx, [raised(feed, missed(feed, askedAt, events, messages))], slot);
      else {
        const why = "At the last asking nothing had been missed.";
        await clear(
          ctx,
          tx,
          [{ homeId: homeOfFeed(feedId), kind: "missed_updates", subject: `missed:${feedId}`, why }],
          slot,
        );
      }
      await notifyLive(tx, "feeds");
    });
  }
}

type Named = { id: number; name: string };

function raised(feed: Named, finding: Finding) {
  return { homeId: homeOfFeed(feed.id), shipmentId: null, finding, correlationId: null };
}

function missed(feed: Named, askedAt: Date, events: number, messages: number): Finding {
  const one = events === 1;
  return {
    kind: "missed_updates",
    subject: `missed:${feed.id}`,
    severity: "medium",
    occurrence: askedAt.toISOString(),
    cause: { source: `feed:${feed.id}`, what: "missed updates" },
    text: `${feed.name} did not send ${one ? "an event" : `${events} events`} that its source holds; ${one ? "it was" : "they were"} fetched from there`,
    evidence: { events, messages, askedAt: askedAt.toISOString() },
    feedId: feed.id,
    messageId: null,
  };
}

function failing(feed: Named, failures: number, why: string): Finding {
  return {
    kind: "missed_updates",
    subject: `asking:${feed.id}`,
    severity: "medium",
    occurrence: "asking",
    cause: { source: `feed:${feed.id}`, what: "asking fails" },
    text: `The source of ${feed.name} cannot be asked for what was missed: ${why}`,
    evidence: { failures, why },
    feedId: feed.id,
    messageId: null,
  };
}
