import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { instantOfUuidV7 } from "@/core/ids";
import { drainSeconds, perSecondOf } from "@/core/postings/drain";
import { classOfRank } from "@/core/postings/policy";
import { callRoll } from "@/core/workers/roll";
import { listBeats } from "@/db/queries/heartbeat";
import {
  countOpenExceptions,
  countOpenPostings,
  countSetAside,
  findInboxDepth,
  findWorkerSilence,
  listFeedHours,
  listPaces,
  listPostingPressure,
} from "@/db/queries/operation";
import type { Context } from "../context";
import { isLoopback, remoteAddress } from "./forwarded";

/** What is read from the database is good for this long. */
const FRESH_MS = 5000;

export type Metrics = {
  onAnswer: (status: number, messages: number, durationMs: number) => void;
  text: () => Promise<string>;
  contentType: string;
};

type Parts = {
  waiting: () => { messages: number; bytes: number };
  heldBytes: () => number;
  freeBytes: () => number | null;
};

/** The figures of this process and, read from the database, of the whole installation. */
export function makeMetrics(ctx: Pick<Context, "sql" | "now" | "log">, parts: Parts): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "waypost_front_" });
  const at = { registers: [registry] };
  const answers = new Counter({
    name: "waypost_door_answers_total",
    help: "Answers of the door",
    labelNames: ["status"],
    ...at,
  });
  const messages = new Counter({
    name: "waypost_door_messages_total",
    help: "Messages acknowledged by the door",
    ...at,
  });
  const seconds = new Histogram({
    name: "waypost_door_seconds",
    help: "From the headers of a delivery to its answer",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
    ...at,
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `waypost_${name}`, help, labelNames, ...at });
  const own = {
    waiting: gauge("door_waiting_messages", "Messages that wait for their commit"),
    held: gauge("door_held_bytes", "Bytes of bodies in memory"),
    free: gauge("free_bytes", "Free bytes on the disk of the data folder"),
  };
  const installation = {
    up: gauge("database_up", "1 when the database answers"),
    inbox: gauge("inbox_messages", "Messages that wait for the pipeline"),
    oldest: gauge("inbox_oldest_seconds", "Age of the oldest message that waits for the pipeline"),
    pace: gauge("inbox_per_second", "Messages through the pipeline a second, over half a minute"),
    through: gauge("inbox_drain_seconds", "Seconds until all that waits is through at that rate"),
    workers: gauge("workers", "Worker processes that speak"),
    postings: gauge("postings_open", "Postings that are not done", ["state"]),
    due: gauge("postings_due", "Postings due or under way", ["connection", "class"]),
    held: gauge("postings_held", "Postings held by policy, a pause or a degraded rule", ["connection", "class"]),
    oldestDue: gauge("postings_oldest_seconds", "Age of the oldest posting that is due", ["connection", "class"]),
    rate: gauge("postings_per_second", "Postings that Odoo took a second, over five minutes", ["connection", "class"]),
    drain: gauge("postings_drain_seconds", "Seconds until all that is due is through at that rate", [
      "connection",
      "class",
    ]),
    share: gauge("odoo_share", "Calls at once that Odoo is given; below 1 with rests between", ["connection"]),
    odooPulse: gauge("odoo_pulse_seconds", "How long a page of transfers takes Odoo", ["connection"]),
    exceptions: gauge("exceptions_open", "Exceptions that are not resolved", ["severity"]),
    setAside: gauge("set_aside_messages", "Messages set aside because our own code failed on them"),
    worker: gauge("worker_silence_seconds", "Seconds since any worker was heard of"),
    feed: gauge("feed_messages", "Messages of a feed in the last full and the present hour", ["feed", "result"]),
    silent: gauge("feed_silence_seconds", "Seconds since the last message of a feed in that time", ["feed"]),
  };
  const byStatus = new Map<number, ReturnType<typeof answers.labels>>();
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function readInstallation(): Promise<void> {
    if (performance.now() - readAtMs < FRESH_MS) return;
    readAtMs = performance.now();
    const now = ctx.now();
    const [inbox, postings, pressure, paces, exceptions, setAside, silence, feeds, beats] = await Promise.all([
      findInboxDepth(ctx.sql),
      countOpenPostings(ctx.sql),
      listPostingPressure(ctx.sql, now),
      listPaces(ctx.sql),
      countOpenExceptions(ctx.sql),
      countSetAside(ctx.sql),
      findWorkerSilence(ctx.sql),
      listFeedHours(ctx.sql, now),
      listBeats(ctx.sql),
    ]);
    for (const one of Object.values(installation)) one.reset();
    installation.up.set(1);
    installation.inbox.set(inbox.messages);
    installation.oldest.set(inbox.oldestId ? Math.max(0, now.getTime() - instantOfUuidV7(inbox.oldestId)) / 1000 : 0);
    const roll = callRoll(beats, now.getTime());
    installation.workers.set(roll.running);
    installation.pace.set(roll.perSecond);
    installation.through.set(drainSeconds(inbox.messages, roll.perSecond) ?? Number.NaN);
    for (const { state, count } of postings) installation.postings.set({ state }, count);
    for (const { connection, urgency, due, held, oldestSeconds, taken } of pressure) {
      const of = { connection, class: classOfRank(urgency) };
      const perSecond = perSecondOf([{ posted: taken, lastMinute: 0 }], 300_000);
      installation.due.set(of, due);
      installation.held.set(of, held);
      installation.oldestDue.set(of, oldestSeconds ?? 0);
      installation.rate.set(of, perSecond);
      const seconds = drainSeconds(due, perSecond);
      if (seconds !== null) installation.drain.set(of, seconds);
    }
    for (const { connection, share, pulseMs } of paces) {
      if (share !== null) installation.share.set({ connection }, share);
      if (pulseMs !== null) installation.odooPulse.set({ connection }, pulseMs / 1000);
    }
    for (const { severity, count } of exceptions) installation.exceptions.set({ severity }, count);
    installation.setAside.set(setAside);
    if (silence !== null) installation.worker.set(silence);
    for (const { slug: feed, silentSeconds, ...results } of feeds) {
      for (const [result, count] of Object.entries(results)) installation.feed.set({ feed, result }, count);
      if (silentSeconds !== null) installation.silent.set({ feed }, silentSeconds);
    }
  }

  /** Kept by status: finding a counter by its labels is slow, and this runs for every message. */
  function answersOf(status: number) {
    let found = byStatus.get(status);
    if (!found) {
      found = answers.labels(String(status));
      byStatus.set(status, found);
    }
    return found;
  }

  return {
    onAnswer: (status, count, durationMs) => {
      answersOf(status).inc();
      if (count > 0) messages.inc(count);
      seconds.observe(durationMs / 1000);
    },
    contentType: registry.contentType,
    text: async () => {
      const waiting = parts.waiting();
      own.waiting.set(waiting.messages);
      own.held.set(parts.heldBytes());
      own.free.set(parts.freeBytes() ?? -1);
      try {
        await readInstallation();
      } catch (error) {
        for (const one of Object.values(installation)) one.reset();
        installation.up.set(0);
        ctx.log.warn({ code: (error as { code?: string }).code }, "metrics without the database");
      }
      return await registry.metrics();
    },
  };
}

/** The figures are for a bearer of the token and for programs on this machine; a proxy on this machine is not such a program. */
export function mayReadMetrics(request: IncomingMessage, token: string): boolean {
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (token !== "" && given !== undefined) return timingSafeEqual(hashOf(given), hashOf(token));
  const { headers } = request;
  const proxied =
    headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined || headers.via !== undefined;
  return isLoopback(remoteAddress(request)) && !proxied;
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
