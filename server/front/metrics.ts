import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { instantOfUuidV7 } from "@/core/ids";
import {
  countOpenExceptions,
  countOpenPostings,
  countSetAside,
  findInboxDepth,
  findWorkerSilence,
  listFeedHours,
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
    postings: gauge("postings_open", "Postings that are not done", ["state"]),
    exceptions: gauge("exceptions_open", "Exceptions that are not resolved", ["severity"]),
    setAside: gauge("set_aside_messages", "Messages set aside because our own code failed on them"),
    worker: gauge("worker_silence_seconds", "Seconds since any worker was heard of"),
    feed: gauge("feed_messages", "Messages of a feed in the last full and the present hour", ["feed", "result"]),
    silent: gauge("feed_silence_seconds", "Seconds since the last message of a feed in that time", ["feed"]),
  };
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function readInstallation(): Promise<void> {
    if (performance.now() - readAtMs < FRESH_MS) return;
    readAtMs = performance.now();
    const now = ctx.now();
    const [inbox, postings, exceptions, setAside, silence, feeds] = await Promise.all([
      findInboxDepth(ctx.sql),
      countOpenPostings(ctx.sql),
      countOpenExceptions(ctx.sql),
      countSetAside(ctx.sql),
      findWorkerSilence(ctx.sql),
      listFeedHours(ctx.sql, now),
    ]);
    for (const one of Object.values(installation)) one.reset();
    installation.up.set(1);
    installation.inbox.set(inbox.messages);
    installation.oldest.set(inbox.oldestId ? Math.max(0, now.getTime() - instantOfUuidV7(inbox.oldestId)) / 1000 : 0);
    for (const { state, count } of postings) installation.postings.set({ state }, count);
    for (const { severity, count } of exceptions) installation.exceptions.set({ severity }, count);
    installation.setAside.set(setAside);
    if (silence !== null) installation.worker.set(silence);
    for (const { slug: feed, silentSeconds, ...results } of feeds) {
      for (const [result, count] of Object.entries(results)) installation.feed.set({ feed, result }, count);
      if (silentSeconds !== null) installation.silent.set({ feed }, silentSeconds);
    }
  }

  return {
    onAnswer: (status, count, durationMs) => {
      answers.inc({ status });
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
