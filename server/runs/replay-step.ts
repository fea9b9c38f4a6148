import { addTallies, emptyTally, type RunTally, tallyIn } from "@/core/runs/tally";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { nextGeneration } from "@/db/queries/mend";
import { type ClaimedMessage, readMessages, sizesOfMessages } from "@/db/queries/pipeline/claim";
import { firstMappingVersions } from "@/db/queries/pipeline/record";
import {
  countToldPostings,
  finishItems,
  type ItemResult,
  mergeRunSummary,
  readRunSummary,
  type WorkingRun,
} from "@/db/queries/replay";
import { withRevisions } from "@/db/queries/revisions";
import type { Context } from "../context";
import { LARGE_BYTES } from "../messages/lane";
import { type Advanced, advance } from "../pipeline/advance";
import { type Environment, loadEnvironment, type Reading, readingAt } from "../pipeline/environment";
import type { Judged } from "../pipeline/judge";
import { cutMessage } from "../pipeline/parts";
import type { Pass } from "../pipeline/pass";
import { isDatabaseDown, isRepeatable, type Worker } from "../pipeline/work";
import { explainPlanned } from "../postings/explain";
import { replayParts } from "./replay-parts";
import { appliedOf, tallyOfMessage, tallyOfShipments } from "./replay-tally";

type Item = { position: number; target: string };
/** What a run keeps for itself: the generation its readings carry, by feed. */
type Generations = Record<string, number>;

class RolledBack extends Error {
  readonly results: ItemResult[];
  constructor(results: ItemResult[]) {
    super("dry run");
    this.results = results;
  }
}

/** Bytes of messages that are replayed in one transaction; one that is larger goes alone. */
const CHUNK_BYTES = 24 * 1_048_576;

/** Replays items: documents so large that live traffic reads them in parts are read in parts, the others in chunks. */
export async function replayItems(
  ctx: Context,
  worker: Worker,
  run: WorkingRun,
  items: readonly Item[],
): Promise<ItemResult[]> {
  const sizes = await sizesOfMessages(
    ctx.sql,
    items.map((item) => item.target),
  );
  const results: ItemResult[] = [];
  let chunk: Item[] = [];
  let bytes = 0;
  const flush = async () => {
    if (chunk.length > 0) results.push(...(await replayChunk(ctx, worker, run, chunk)));
    chunk = [];
    bytes = 0;
  };
  for (const item of items) {
    const size = sizes.get(item.target) ?? 0;
    const large = size >= LARGE_BYTES ? await replayLarge(ctx, worker, run, item) : null;
    if (large) {
      results.push(large);
      continue;
    }
    if (bytes + size > CHUNK_BYTES) await flush();
    chunk.push(item);
    bytes += size;
  }
  await flush();
  return results;
}

/** null where the document is not read in parts. */
async function replayLarge(ctx: Context, worker: Worker, run: WorkingRun, item: Item): Promise<ItemResult | null> {
  worker.environment = await loadEnvironment(ctx.sql, worker.environment);
  const environment = worker.environment;
  const messages = await withRevisions(ctx.sql, await readMessages(ctx.sql, [item.target]));
  const [message] = messages;
  if (!message) return null;
  const pass = await passAlone(ctx, environment, run, messages);
  const reading = pass.readingOf(message);
  const parts = reading ? cutMessage(message, reading) : null;
  if (parts === null) return null;
  const result = await replayParts(
    ctx,
    worker,
    environment,
    { position: item.position, message, parts, pass, dryRun: run.dryRun },
    (done, generation) => changesOf(done, done.judged, generation, environment),
  ).catch((error: unknown): ItemResult => {
    if (isDatabaseDown(error)) throw error;
    const reason = error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
    return { position: item.position, result: "failed", before: null, after: null, reason, tally: emptyTally() };
  });
  await ctx.sql.begin((tx) => finishItems(tx, run.id, [result], ctx.now()));
  return result;
}

/**
 * Replays a chunk of messages through the same function as live traffic, in one transaction with its results; a dry run rolls that
 * transaction back and keeps the results only. A chunk on which our code fails is worked message by message.
 */
async function replayChunk(
  ctx: Context,
  worker: Worker,
  run: WorkingRun,
  items: readonly Item[],
): Promise<ItemResult[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      const results = await ctx.sql.begin("isolation level read committed", async (tx) => {
        worker.environment = await loadEnvironment(tx, worker.environment);
        const messages = await withRevisions(
          tx,
          await readMessages(
            tx,
            items.map((item) => item.target),
          ),
        );
        const pass = await passOf(tx, worker.environment, run, messages);
        const done = await advance(tx, worker.environment, messages, pass, {
          now: ctx.now,
          uuid: ctx.uuid,
          slot: worker.slot,
        });
        const outcome = resultsOf(items, messages, done, worker.environment);
        if (run.dryRun) throw new RolledBack(outcome);
        await finishItems(tx, run.id, outcome, ctx.now());
        return outcome;
      });
      return results;
    } catch (error) {
      if (error instanceof RolledBack) {
        await ctx.sql.begin((tx) => finishItems(tx, run.id, error.results, ctx.now()));
        return error.results;
      }
      if (isRepeatable(error) && attempt < 5) continue;
      if (isDatabaseDown(error)) throw error;
      if (items.length > 1) {
        const results: ItemResult[] = [];
        for (const item of items) results.push(...(await replayChunk(ctx, worker, run, [item])));
        return results;
      }
      const reason = error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
      const failed = items.map((item) => ({
        position: item.position,
        result: "failed" as const,
        before: null,
        after: null,
        reason,
        tally: emptyTally(),
      }));
      await ctx.sql.begin((tx) => finishItems(tx, run.id, failed, ctx.now()));
      return failed;
    }
  }
}

/** The pass in a transaction of its own; a dry run leaves nothing of it behind. */
async function passAlone(ctx: Context, env: Environment, run: WorkingRun, messages: readonly ClaimedMessage[]) {
  let pass: Pass | undefined;
  const kept = await ctx.sql
    .begin(async (tx) => {
      pass = await passOf(tx, env, run, messages);
      if (run.dryRun) throw new RolledBack([]);
      return pass;
    })
    .catch((error: unknown) => {
      if (error instanceof RolledBack && pass) return pass;
      throw error;
    });
  return kept;
}

/** How a run reads messages: under the mapping it asks for, with a generation of its own. */
export async function passOf(
  tx: Tx,
  env: Environment,
  run: WorkingRun,
  messages: readonly ClaimedMessage[],
): Promise<Pass> {
  // read here: one that was issued in a transaction that came to nothing is none
  const kept = (await readRunSummary(tx, run.id)) as { generations?: Generations } | null;
  const generations: Generations = { ...(kept?.generations ?? {}) };
  let issued = false;
  for (const feedId of new Set(messages.map((message) => message.feedId))) {
    if (generations[feedId] !== undefined) continue;
    generations[feedId] = await nextGeneration(tx, feedId);
    issued = true;
  }
  if (issued && !run.dryRun) await mergeRunSummary(tx, run.id, { generations });
  const readings = new Map<string, Reading>();
  const versions = run.mapping === "original" ? await firstMappingVersions(tx, messages) : new Map<string, number>();
  for (const message of messages) {
    const reading = env.readings.get(message.feedId);
    if (!reading) continue;
    const version = versions.get(message.id) ?? reading.mappingVersion;
    const key = `${message.feedId}/${version}`;
    if (!readings.has(key))
      readings.set(key, {
        ...(await readingAt(tx, reading, version)),
        generation: generations[message.feedId] ?? reading.generation,
      });
  }
  return {
    runId: run.id,
    replay: true,
    readingOf: (message) => {
      const current = env.readings.get(message.feedId);
      return current && readings.get(`${message.feedId}/${versions.get(message.id) ?? current.mappingVersion}`);
    },
  };
}

/** Says per message what changed: events, states, exceptions and postings of its shipments. */
function resultsOf(
  items: readonly Item[],
  messages: readonly ClaimedMessage[],
  done: Advanced,
  env: Environment,
): ItemResult[] {
  const found = new Map(done.messages.map((result) => [result.id, result]));
  const judged = new Map(done.judged.map((j) => [j.family.headId, j]));
  const stored = new Set(messages.map((message) => message.id));
  const readings = new Map(done.items.map((one) => [one.message.id, one]));
  const { movers, movedBy } = moversOf(done);
  // of all shipments of the chunk, told by its first item
  let shipments: RunTally | null = tallyOfShipments(done, done.judged);
  return items.map((item): ItemResult => {
    const result = found.get(item.target);
    const read = readings.get(item.target);
    const tally = addTallies([...(result ? [tallyOfMessage(read, result)] : []), ...(shipments ? [shipments] : [])]);
    shipments = null;
    const empty = { position: item.position, before: null, after: null, tally };
    if (!stored.has(item.target) || !result)
      return { ...empty, result: "skipped", reason: "The message is not stored any more." };
    if (result.fault !== null) return { ...empty, result: "failed", reason: result.fault };
    if (result.status === "failed") {
      const problem = read?.problems[0];
      const reason = problem
        ? `Expected ${problem.expected}${problem.at ? ` at ${problem.at}` : ""}.`
        : "It cannot be read.";
      return { ...empty, result: "failed", reason };
    }
    const mine = result.shipmentIds.flatMap((id) => {
      const found = judged.get(id);
      return found && (movers.has(item.target) || !movedBy.has(id)) ? [found] : [];
    });
    const { before, after, changed } = changesOf(done, mine, read?.reading.generation ?? 0, env);
    const is = changed || result.events > 0 ? "changed" : "unchanged";
    return { position: item.position, result: is, before, after, reason: null, tally };
  });
}

/** Messages that changed or took back events, and the shipments these are of: what another message of the chunk changes is not said of one that changes nothing. */
function moversOf({ messages, filed }: Pick<Advanced, "messages" | "filed">) {
  const takenBack = [...filed.events.values()].flatMap((row) => (row.withdrawn ? [row.messageId] : []));
  const movers = new Set([...takenBack, ...messages.flatMap((one) => (one.events > 0 ? [one.id] : []))]);
  const movedBy = new Set(messages.flatMap((one) => (movers.has(one.id) ? one.shipmentIds : [])));
  return { movers, movedBy };
}

/**
 * At the end of a run: a shipment whose messages were in more than one chunk had its postings counted in each; an effect counts once. Left as it is where documents told more shipments than their items hold.
 */
export async function countEffectsOnce(tx: Tx, run: Pick<WorkingRun, "id">): Promise<void> {
  const tally = tallyIn(await readRunSummary(tx, run.id));
  if (tally === null || tally.untold > 0) return;
  const told = await countToldPostings(tx, run.id);
  const postings = Object.fromEntries(told.map(({ kind, ...counts }) => [kind, counts]));
  await mergeRunSummary(tx, run.id, { tally: { ...tally, postings } });
}

/** How shipments stood and stand, and what that opens, closes and plans. */
export function changesOf(
  { filed }: Pick<Advanced, "filed">,
  judged: readonly Judged[],
  generation: number,
  env: Environment,
): { before: Json[]; after: Json[]; changed: boolean } {
  const before: Json[] = [];
  const after: Json[] = [];
  let changed = false;
  const all = [...filed.events.values()].filter((event) => event.generation === generation);
  for (const j of judged) {
    const id = j.family.headId;
    const row = j.family.members.get(id);
    const events = all.filter((event) => j.family.members.has(event.shipmentId));
    if (events.length + j.open.length + j.close.length + j.postings.length > 0) changed = true;
    before.push({
      shipment: j.saved.name,
      shipmentId: id,
      milestone: row?.milestone ?? null,
      terminal: row?.terminal ?? null,
      events: events.map((event) => ({
        key: event.key,
        kind: previousKind(j.family.events, event.key, event.generation),
      })),
    });
    after.push({
      shipment: j.saved.name,
      shipmentId: id,
      milestone: j.saved.shipment.milestone,
      terminal: j.saved.shipment.terminal,
      events: events.map((event) => ({
        key: event.key,
        kind: event.withdrawn ? null : event.kind,
        word: event.raw.word,
      })),
      opens: j.open.map((row) => ({ kind: row.finding.kind, text: row.finding.text })),
      closes: j.close.length,
      applied: appliedOf(j.looked.existing) as { [kind: string]: Json },
      postings: j.postings.map((posting) => ({
        key: posting.key,
        kind: posting.kind,
        before: posting.before,
        after: posting.after,
        held: posting.held,
        ...(explainPlanned(j, posting, env) as unknown as { [name: string]: Json }),
      })),
    });
  }
  return { before, after, changed };
}

function previousKind(
  events: readonly { key: string; generation: number; kind: string; withdrawn: boolean }[],
  key: string,
  generation: number,
): string | null {
  let best: { generation: number; kind: string; withdrawn: boolean } | undefined;
  for (const event of events) {
    if (event.key === key && event.generation < generation && (!best || event.generation > best.generation))
      best = event;
  }
  return best && !best.withdrawn ? best.kind : null;
}
