import { hash } from "node:crypto";
import type { AdapterName } from "@/core/feeds/feed";
import { findReceipts, insertMessages, type MessageRow, notifyInbox } from "@/db/queries/messages";
import { adapterNamed } from "../adapters/registry";
import type { Context } from "../context";
import { LARGE_BYTES, LARGE_LANE, laneOf } from "./lane";
import { makeReceipts } from "./receipt";

/** One message as it came, by whatever way. */
export type Arrival = {
  feed: { id: number; adapter: AdapterName; urgency: number };
  bytes: Uint8Array;
  contentType: string | null;
  /** Lower-case names; secrets already masked. */
  headers: Readonly<Record<string, string>> | null;
  /** File name, record id or the like, where the way in knows one. */
  name: string | null;
  /** What makes it the same delivery, where whoever took it knows better than the bytes say. */
  deliveryId?: string;
  correlationId: string;
  verdict: "verified" | "unsigned";
};

/** What became of it, after the commit. A duplicate has the receipt of the first one. */
export type Kept =
  | { ok: true; receipt: string; duplicate: boolean }
  | { ok: false; reason: "unavailable" | "refused"; error: Error };

export type Receiver = {
  /** Stores messages together with those of other callers; resolves after the commit, in the order given. Never rejects. */
  receive: (arrivals: readonly Arrival[]) => Promise<Kept[]>;
  /** Messages and bytes that wait for their commit. */
  waiting: () => { messages: number; bytes: number };
  /** Resolves when nothing waits any more. */
  idle: () => Promise<void>;
};

type Limits = {
  flushRows: number;
  flushBytes: number;
  inFlight: number;
  /** While a statement is under way, another one starts at once when so many messages wait, else after `patienceMs`. */
  joinRows: number;
  patienceMs: number;
  /** What may wait at most, in all; beyond it messages are not taken. */
  waitingBytes: number;
  waitingMessages: number;
  deadlineMs: number;
};

const LIMITS: Limits = {
  flushRows: 500,
  flushBytes: 4_194_304,
  inFlight: 2,
  joinRows: 100,
  patienceMs: 5,
  waitingBytes: 67_108_864,
  waitingMessages: 100_000,
  deadlineMs: 10_000,
};

/** Longest delivery id that is a key by itself; a longer one is a key by its hash. */
const LONGEST_DELIVERY = 200;
/** Notifications are at least this far apart; one that falls between is sent at the end of it. */
const NOTIFY_EVERY_MS = 20;

type Waiting = {
  row: MessageRow;
  /** Feed and delivery id, or "". */
  key: string;
  since: number;
  /** Null once it was settled. */
  resolve: ((kept: Kept) => void) | null;
  /** Equal messages of the same statement, which share its outcome. */
  followers: Waiting[] | null;
};

const receivers = new WeakMap<object, Receiver>();

/** Stores messages by the one way in that door, files and polls share; resolves after the commit, in the order given. Never rejects. */
export function receive(ctx: Pick<Context, "sql" | "now" | "log">, arrivals: readonly Arrival[]): Promise<Kept[]> {
  let receiver = receivers.get(ctx.sql);
  if (!receiver) {
    receiver = makeReceiver(ctx);
    receivers.set(ctx.sql, receiver);
  }
  return receiver.receive(arrivals);
}

/**
 * Group commit: a statement starts at once when none is under way, and what arrives meanwhile goes together into the next one; a second
 * one beside it starts only for many messages or when the first takes long. Messages of one delivery are never in two statements at a
 * time, so that the second sees the first.
 */
export function makeReceiver(ctx: Pick<Context, "sql" | "now" | "log">, options: Partial<Limits> = {}): Receiver {
  const limits = { ...LIMITS, ...options };
  const receiptAt = makeReceipts();
  const wake = makeWaker(ctx);
  let queue: Waiting[] = [];
  let waitingBytes = 0;
  let waitingMessages = 0;
  const running = new Set<readonly Waiting[]>();
  let planned = false;
  let startedAt = 0;
  let patient = false;
  let watch: NodeJS.Timeout | undefined;
  const busy = new Set<string>();
  let idleListeners: (() => void)[] = [];

  function receiveAll(arrivals: readonly Arrival[]): Promise<Kept[]> {
    return Promise.all(arrivals.map(enqueue));
  }

  function enqueue(arrival: Arrival): Kept | Promise<Kept> {
    const size = arrival.bytes.byteLength;
    if (waitingMessages >= limits.waitingMessages || waitingBytes + size > limits.waitingBytes) {
      return unavailable(new Error("too much waits to be stored already"));
    }
    const row = rowOf(arrival, ctx.now().getTime(), receiptAt);
    waitingMessages++;
    waitingBytes += size;
    return new Promise((resolve) => {
      const key = row.delivery === "" ? "" : `${row.feedId} ${row.delivery}`;
      queue.push({ row, key, since: performance.now(), resolve, followers: null });
      plan();
    });
  }

  function settle(item: Waiting, kept: Kept): void {
    if (item.resolve) {
      waitingMessages--;
      waitingBytes -= item.row.body.byteLength;
      item.resolve(kept);
      item.resolve = null;
    }
    if (!item.followers) return;
    const shared = kept.ok ? { ...kept, duplicate: true } : kept;
    for (const follower of item.followers) settle(follower, shared);
  }

  function plan(): void {
    watch ??= setInterval(sweep, 1000).unref();
    if (planned || !mayStart()) return;
    planned = true;
    // after what this turn of the event loop has read: requests that came together go together
    setImmediate(() => {
      planned = false;
      flush();
    });
  }

  function mayStart(): boolean {
    if (running.size === 0) return true;
    if (running.size >= limits.inFlight) return false;
    if (queue.length >= limits.joinRows) return true;
    const left = startedAt + limits.patienceMs - performance.now();
    if (left <= 0) return true;
    if (patient) return false;
    patient = true;
    setTimeout(() => {
      patient = false;
      if (queue.length > 0) plan();
    }, left);
    return false;
  }

  function flush(): void {
    if (queue.length === 0 || running.size >= limits.inFlight) return;
    const { batch, rest } = takeBatch(queue, busy, limits);
    queue = rest;
    if (batch.length === 0) return;
    running.add(batch);
    startedAt = performance.now();
    for (const item of batch) if (item.key !== "") busy.add(item.key);
    void storeDistinct(ctx.sql, distinct(batch), settle)
      .then((anyNew) => {
        if (anyNew) wake();
      })
      .finally(() => {
        running.delete(batch);
        for (const item of batch) busy.delete(item.key);
        if (queue.length > 0) plan();
        else if (running.size === 0) becomeIdle();
      });
    if (queue.length > 0) plan();
  }

  /** Nobody waits longer than the deadline, even when a statement hangs. */
  function sweep(): void {
    const before = performance.now() - limits.deadlineMs;
    const late = [...running]
      .flat()
      .concat(queue)
      .filter((item) => item.since < before);
    if (late.length === 0) return;
    queue = queue.filter((item) => item.since >= before);
    for (const item of late) settle(item, unavailable(new Error("the database did not take it in time")));
  }

  function becomeIdle(): void {
    clearInterval(watch);
    watch = undefined;
    const listeners = idleListeners;
    idleListeners = [];
    for (const listener of listeners) listener();
  }

  return {
    receive: receiveAll,
    waiting: () => ({ messages: waitingMessages, bytes: waitingBytes }),
    idle: () =>
      queue.length === 0 && running.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleListeners.push(resolve);
          }),
  };
}

function rowOf(arrival: Arrival, receivedAtMs: number, receiptAt: (ms: number) => string): MessageRow {
  const { feed, bytes } = arrival;
  const digest = hash("sha256", bytes);
  const peek = peekAt(arrival, receivedAtMs);
  const deliveryId = arrival.deliveryId ?? peek.deliveryId;
  return {
    id: receiptAt(receivedAtMs),
    receivedAtMs,
    lane: chooseLane(arrival, peek.laneKey, digest),
    urgency: feed.urgency,
    feedId: feed.id,
    delivery: deliveryKey(deliveryId),
    deliveryId: deliveryId?.slice(0, LONGEST_DELIVERY) ?? null,
    correlationId: arrival.correlationId,
    contentType: arrival.contentType,
    headers: arrival.headers,
    name: arrival.name,
    verdict: arrival.verdict,
    digest,
    body: bytes,
    altered: false,
  };
}

function chooseLane({ feed, bytes }: Arrival, laneKey: string | null, digest: string): number {
  if (bytes.byteLength >= LARGE_BYTES && adapterNamed(feed.adapter)?.split) return LARGE_LANE;
  return laneKey === null ? Number.parseInt(digest.slice(0, 2), 16) & 63 : laneOf(laneKey);
}

function peekAt({ feed, bytes, contentType, headers, name }: Arrival, receivedAtMs: number) {
  const adapter = adapterNamed(feed.adapter);
  if (!adapter) return { deliveryId: null, laneKey: null };
  try {
    const peek = adapter.peek({ bytes, contentType, headers: headers ?? {}, receivedAtMs, name });
    return peek.deliveryId?.includes("\0") ? { ...peek, deliveryId: null } : peek;
  } catch {
    // a look at the door must never cost a message
    return { deliveryId: null, laneKey: null };
  }
}

function deliveryKey(deliveryId: string | null): string {
  if (deliveryId === null) return "";
  if (deliveryId.length <= LONGEST_DELIVERY) return deliveryId;
  return `sha256:${hash("sha256", deliveryId)}`;
}

/** Takes from the queue what may go now: bounded in rows and bytes, leaving out deliveries that are just being stored. */
function takeBatch(queue: Waiting[], busy: ReadonlySet<string>, limits: Limits): { batch: Waiting[]; rest: Waiting[] } {
  const batch: Waiting[] = [];
  const held: Waiting[] = [];
  let bytes = 0;
  let i = 0;
  for (; i < queue.length && batch.length < limits.flushRows; i++) {
    const item = queue[i] as Waiting;
    if (item.key !== "" && busy.has(item.key)) {
      held.push(item);
      continue;
    }
    if (batch.length > 0 && bytes + item.row.body.byteLength > limits.flushBytes) break;
    bytes += item.row.body.byteLength;
    batch.push(item);
  }
  const rest = i === queue.length ? held : held.concat(queue.slice(i));
  return { batch, rest };
}

/** Equal messages of one batch are stored once. Sorted by key, so that two batches take their locks in one order. */
function distinct(batch: readonly Waiting[]): Waiting[] {
  const known = new Map<string, Waiting>();
  const deliveries = new Set<string>();
  const firsts: Waiting[] = [];
  for (const item of batch) {
    const { row } = item;
    const key = `${row.feedId} ${row.digest} ${row.delivery}`;
    const first = known.get(key);
    if (first) {
      first.followers ??= [];
      first.followers.push(item);
      continue;
    }
    known.set(key, item);
    if (item.key !== "") {
      if (deliveries.has(item.key)) row.altered = true;
      deliveries.add(item.key);
    }
    firsts.push(item);
  }
  return firsts.sort(byKey);
}

function byKey(a: Waiting, b: Waiting): number {
  if (a.row.feedId !== b.row.feedId) return a.row.feedId - b.row.feedId;
  if (a.row.delivery !== b.row.delivery) return a.row.delivery < b.row.delivery ? -1 : 1;
  return a.row.digest < b.row.digest ? -1 : 1;
}

type Settle = (item: Waiting, kept: Kept) => void;

/** Stores a batch of different messages and settles each; resolves to whether any was new. */
async function storeDistinct(sql: Context["sql"], items: readonly Waiting[], settle: Settle): Promise<boolean> {
  const rows = items.map((item) => item.row);
  let fresh: Set<string>;
  let known: Map<string, string>;
  try {
    fresh = await repeatOnDeadlock(() => insertMessages(sql, rows));
    known = await receiptsOf(sql, fresh.size === rows.length ? [] : rows.filter((row) => !fresh.has(row.id)));
  } catch (error) {
    return storeHalves(sql, items, settle, error as Error);
  }
  for (const item of items) {
    const first = fresh.has(item.row.id) ? item.row.id : known.get(item.row.id);
    if (first) settle(item, { ok: true, receipt: first, duplicate: first !== item.row.id });
    else settle(item, unavailable(new Error("its key vanished while it was stored")));
  }
  return fresh.size > 0;
}

async function receiptsOf(sql: Context["sql"], rows: readonly MessageRow[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const found = await findReceipts(sql, rows);
  return new Map(rows.flatMap((row, i) => (found[i] ? [[row.id, found[i]]] : [])));
}

/** One impossible message must not cost the others: halve until it stands alone. Where the database itself fails, all wait for better times. */
async function storeHalves(
  sql: Context["sql"],
  items: readonly Waiting[],
  settle: Settle,
  error: Error,
): Promise<boolean> {
  if (isUnavailable(error) || items.length === 1) {
    const kept: Kept = isUnavailable(error) ? unavailable(error) : { ok: false, reason: "refused", error };
    for (const item of items) settle(item, kept);
    return false;
  }
  const middle = items.length >> 1;
  const first = await storeDistinct(sql, items.slice(0, middle), settle);
  const second = await storeDistinct(sql, items.slice(middle), settle);
  return first || second;
}

function unavailable(error: Error): Kept {
  return { ok: false, reason: "unavailable", error };
}

/** SQLSTATE classes that say nothing about the row: connection, transaction, our statement, resources, intervention, system. */
const PASSING = /^(08|25|40|42|53|55|57|58|XX)/;

function isUnavailable(error: Error & { code?: unknown }): boolean {
  const code = typeof error.code === "string" ? error.code : "";
  return !/^[0-9A-Z]{5}$/.test(code) || PASSING.test(code);
}

async function repeatOnDeadlock<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if ((error as { code?: string }).code !== "40P01" || attempt === 5) throw error;
    }
  }
}

/** Tells the workers at once, then at most every few ms. A lost notification costs them one turn of their slow poll. */
function makeWaker(ctx: Pick<Context, "sql" | "log">): () => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    timer = undefined;
    lastAt = performance.now();
    notifyInbox(ctx.sql).catch((error) => ctx.log.warn({ code: error.code }, "the workers were not woken"));
  };
  return () => {
    if (timer) return;
    const wait = lastAt + NOTIFY_EVERY_MS - performance.now();
    if (wait <= 0) send();
    else timer = setTimeout(send, wait);
  };
}
