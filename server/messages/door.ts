import { randomUUID } from "node:crypto";
import type { Context } from "../context";
import { saneCorrelationId } from "../correlation";
import { type FeedLimits, makeFeedLimits } from "../feeds/limits";
import { type FeedRegistry, openFeedRegistry, type RegisteredFeed } from "../feeds/registry";
import { type FeedCounters, makeFeedCounters } from "../feeds/registry-counters";
import { type DeliveryBody, Room } from "./body";
import { type DoorLog, makeDoorLog } from "./door-log";
import { fileNameIn } from "./file-name";
import { type Pressure, watchPressure } from "./pressure";
import { type Kept, makeReceiver, type Receiver } from "./receive";
import { storedHeaders } from "./stored-headers";

/** One request to the door, of whatever server. Header names in lower case. */
export type Delivery = {
  slug: string;
  method: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: DeliveryBody;
};

export type DeliveryAnswer = {
  status: number;
  headers: Record<string, string>;
  json: unknown;
  /** False where the body was not read to its end, so that the connection is better closed. */
  bodyRead: boolean;
};

export type DoorDeps = Pick<Context, "now" | "uuid" | "log"> & {
  registry: FeedRegistry;
  counters: FeedCounters;
  limits: FeedLimits;
  receiver: Receiver;
  lines: DoorLog;
  /** Why nothing can be stored just now, in one sentence, or null. */
  guard: () => string | null;
  /** Holds feeds of the low class back while too much waits. */
  pressure: Pick<Pressure, "retryAfter">;
  memory: { held: number; most: number };
  /** Called with every answer, for the metrics. */
  onAnswer: (status: number, messages: number, durationMs: number) => void;
};

const NDJSON = "application/x-ndjson";
/** Lines of one batch; beyond it the batch is too large, whatever its bytes. */
const MOST_LINES = 20_000;
/** Bytes of bodies that are in memory at a time, over all requests. */
const MOST_HELD_BYTES = 50_331_648;

type Refusal = { status: number; code: string; message: string; retryAfter?: number; allow?: string };

/** Opens what the door needs in one process: feeds in memory, counters, limits, group commit. */
export function openDoor(
  ctx: Pick<Context, "sql" | "config" | "log" | "now">,
  options: { slot: number; guard?: () => string | null; onAnswer?: DoorDeps["onAnswer"] },
): DoorDeps & { pressure: Pressure; close: () => Promise<void> } {
  const registry = openFeedRegistry(ctx);
  const counters = makeFeedCounters(ctx, options.slot);
  const receiver = makeReceiver(ctx);
  const lines = makeDoorLog(ctx.log);
  const pressure = watchPressure(ctx, () => registry.all().some((feed) => feed.urgency >= 2));
  return {
    now: ctx.now,
    uuid: randomUUID,
    log: ctx.log,
    registry,
    counters,
    limits: makeFeedLimits(ctx.now),
    receiver,
    lines,
    guard: options.guard ?? (() => null),
    pressure,
    memory: { held: 0, most: MOST_HELD_BYTES },
    onAnswer: options.onAnswer ?? (() => {}),
    close: async () => {
      pressure.close();
      await receiver.idle();
      lines.close();
      await Promise.all([registry.close(), counters.close()]);
    },
  };
}

/** Takes one delivery as api.md says: 202 after the commit, else an error in words that has stored nothing. Never rejects. */
export async function handleDelivery(deps: DoorDeps, delivery: Delivery): Promise<DeliveryAnswer> {
  const startedAt = performance.now();
  const correlationId = saneCorrelationId(delivery.headers["x-correlation-id"]) ?? deps.uuid();
  const room = new Room(deps.memory);
  let answer: DeliveryAnswer;
  let messages = 0;
  try {
    const outcome = await take(deps, delivery, correlationId, room);
    messages = outcome.messages;
    answer = outcome.answer;
  } catch (error) {
    deps.log.error({ err: error, correlationId }, "the door failed");
    const refusal = { status: 500, code: "failed", message: "The message was not stored; this is our fault." };
    answer = refused(refusal, correlationId, false);
  } finally {
    room.giveBack();
  }
  const durationMs = performance.now() - startedAt;
  deps.onAnswer(answer.status, messages, durationMs);
  return answer;
}

type Taken = { answer: DeliveryAnswer; messages: number };

async function take(deps: DoorDeps, delivery: Delivery, correlationId: string, room: Room): Promise<Taken> {
  const admitted = admit(deps, delivery);
  if ("status" in admitted) return refuse(deps, delivery, correlationId, admitted, false);
  const { feed, batch, contentType } = admitted;

  const read = await delivery.body.read(batch ? feed.maxBatchBytes : feed.maxBytes, room);
  if (!read.ok) return refuse(deps, delivery, correlationId, unreadBody(read.why, feed, batch), false);
  const { bytes } = read;
  if (bytes.length === 0) return refuse(deps, delivery, correlationId, EMPTY, true);

  const verdict = feed.verify({ headers: delivery.headers, body: bytes, nowMs: deps.now().getTime() });
  if (!verdict.ok) {
    deps.counters.count(feed.id, { rejected: 1 });
    return refuse(deps, delivery, correlationId, { status: 401, code: "unauthenticated", message: verdict.why }, true);
  }
  deps.counters.secretUsed(verdict.secretId);

  const parts = batch ? linesOf(bytes, feed.maxBytes) : [bytes];
  if (!Array.isArray(parts)) return refuse(deps, delivery, correlationId, parts, true);
  const waitMs = deps.limits.take(feed, parts.length);
  if (waitMs > 0) {
    deps.counters.count(feed.id, { limited: parts.length });
    return refuse(deps, delivery, correlationId, limited(waitMs), true);
  }

  const headers = storedHeaders(delivery.headers, feed.secretHeaders);
  const name = batch ? null : fileNameIn(delivery.headers["content-disposition"]);
  const kept = await deps.receiver.receive(
    parts.map((part) => ({ feed, bytes: part, contentType, headers, name, correlationId, verdict: "verified" })),
  );
  const failure = kept.find((one) => !one.ok);
  if (failure && !failure.ok) {
    deps.log.warn(
      { feed: feed.slug, code: (failure.error as { code?: string }).code, reason: failure.reason, correlationId },
      "delivery could not be stored",
    );
    return refuse(deps, delivery, correlationId, notStored(failure, kept, batch), true);
  }
  const receipts: string[] = [];
  let duplicates = 0;
  for (const one of kept) {
    if (!one.ok) continue;
    receipts.push(one.receipt);
    if (one.duplicate) duplicates++;
  }
  deps.counters.count(feed.id, { received: parts.length - duplicates, duplicates, bytes: bytes.length });
  deps.lines.stored(feed.slug, parts.length, () => ({
    feed: feed.slug,
    receipt: receipts[0],
    messages: parts.length,
    duplicates,
    correlationId,
  }));
  const json = batch
    ? { accepted: parts.length - duplicates, duplicates, receipts }
    : { receipt: receipts[0], duplicate: duplicates === 1, correlationId };
  return {
    answer: { status: 202, headers: { "x-correlation-id": correlationId }, json, bodyRead: true },
    messages: parts.length,
  };
}

function refuse(deps: DoorDeps, delivery: Delivery, correlationId: string, refusal: Refusal, bodyRead: boolean): Taken {
  const { status, code } = refusal;
  const feed = delivery.slug.slice(0, 80);
  deps.lines.refused(feed, () => ({ feed, status, code, correlationId }));
  return { answer: refused(refusal, correlationId, bodyRead), messages: 0 };
}

type Admitted = { feed: RegisteredFeed; batch: boolean; contentType: string | null };

/** All that can be told before the body is read. */
function admit(deps: DoorDeps, { slug, method, headers }: Delivery): Admitted | Refusal {
  if (method !== "POST") {
    return { status: 405, code: "method_not_allowed", message: "Deliveries are sent with POST.", allow: "POST" };
  }
  const feed = deps.registry.bySlug(slug);
  if (!feed && !deps.registry.loaded()) return UNAVAILABLE;
  if (!feed) return { status: 404, code: "not_found", message: "There is no feed of this name." };
  if (feed.wayIn !== "push") {
    return { status: 404, code: "not_found", message: "This feed takes no deliveries: it is fed by files or polls." };
  }
  if (feed.state === "paused") {
    return { status: 409, code: "paused", message: "This feed was paused by an administrator.", retryAfter: 300 };
  }
  const contentType = headers["content-type"]?.slice(0, 200) ?? null;
  const refusal = mediaRefusal(feed, contentType, headers["content-encoding"]);
  if (refusal) return refusal;
  const batch = mediaType(contentType) === NDJSON;
  const announced = Number(headers["content-length"] ?? "0");
  if (announced > (batch ? feed.maxBatchBytes : feed.maxBytes)) return unreadBody("too_large", feed, batch);
  const waitMs = deps.limits.waitMs(feed);
  if (waitMs > 0) {
    deps.counters.count(feed.id, { limited: 1 });
    return limited(waitMs);
  }
  const later = deps.pressure.retryAfter(feed.urgency);
  if (later !== null) {
    deps.counters.count(feed.id, { limited: 1 });
    return { status: 429, code: "busy", message: BUSY, retryAfter: later };
  }
  const reason = deps.guard();
  if (reason) return { status: 503, code: "unavailable", message: reason, retryAfter: 30 };
  return { feed, batch, contentType: batch ? "application/json" : contentType };
}

function mediaType(contentType: string | null): string | null {
  return contentType === null ? null : (contentType.split(";", 1)[0] as string).trim().toLowerCase();
}

/** A batch is lines of JSON, so only feeds that take JSON take batches. A missing type is taken: the adapter looks at the bytes. */
function mediaRefusal(feed: RegisteredFeed, contentType: string | null, encoding: string | undefined): Refusal | null {
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    const message = "Compressed bodies are not taken; send the body as it is.";
    return { status: 415, code: "unsupported_media_type", message };
  }
  const type = mediaType(contentType);
  if (type === null || feed.contentTypes.has(type === NDJSON ? "application/json" : type)) return null;
  const message = `This feed takes ${[...feed.contentTypes].join(", ")}.`;
  return { status: 415, code: "unsupported_media_type", message };
}

const BUSY = "Much is waiting just now, and this feed is of the low class: send the message again later.";
const EMPTY: Refusal = { status: 400, code: "invalid", message: "The body is empty; there is nothing to store." };
const UNAVAILABLE: Refusal = {
  status: 503,
  code: "unavailable",
  message: "The message cannot be stored just now; send it again later.",
  retryAfter: 2,
};

function unreadBody(why: "too_large" | "no_room" | "aborted", feed: RegisteredFeed, batch: boolean): Refusal {
  if (why === "aborted") return { status: 400, code: "invalid", message: "The body ended before it was complete." };
  if (why === "no_room") return UNAVAILABLE;
  const limit = batch ? feed.maxBatchBytes : feed.maxBytes;
  const message = `The body is larger than the ${limit} bytes that this feed takes${batch ? " in a batch" : ""}.`;
  return { status: 413, code: "too_large", message };
}

function limited(waitMs: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  return { status: 429, code: "rate_limited", message: "More messages than this feed takes in a second.", retryAfter };
}

function notStored(failure: Kept & { ok: false }, kept: readonly Kept[], batch: boolean): Refusal {
  if (failure.reason === "unavailable") return UNAVAILABLE;
  const lines = kept.flatMap((one, i) => (one.ok ? [] : [i + 1])).slice(0, 10);
  const what = batch ? `The messages ${lines.join(", ")} of the batch were` : "The message was";
  return { status: 500, code: "failed", message: `${what} not stored; this is our fault.` };
}

/** The lines of a batch that are not blank, without copying; a line must fit the size of one message. */
function linesOf(bytes: Buffer, maxBytes: number): Buffer[] | Refusal {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(from, end > from && bytes[end - 1] === 0x0d ? end - 1 : end);
    from = end + 1;
    if (isBlank(line)) continue;
    if (line.length > maxBytes) {
      const message = `A line of the batch is larger than the ${maxBytes} bytes that this feed takes in a message.`;
      return { status: 413, code: "too_large", message };
    }
    if (lines.length === MOST_LINES) {
      return { status: 413, code: "too_large", message: `A batch takes at most ${MOST_LINES} lines.` };
    }
    lines.push(line);
  }
  return lines.length === 0 ? EMPTY : lines;
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

function refused(refusal: Refusal, correlationId: string, bodyRead: boolean): DeliveryAnswer {
  const headers: Record<string, string> = { "x-correlation-id": correlationId };
  if (refusal.retryAfter !== undefined) headers["retry-after"] = String(refusal.retryAfter);
  if (refusal.allow !== undefined) headers.allow = refusal.allow;
  const json = { error: { code: refusal.code, message: refusal.message, correlationId } };
  return { status: refusal.status, headers, json, bodyRead };
}
