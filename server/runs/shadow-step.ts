import { hash } from "node:crypto";
import type { z } from "zod";
import { type PostingRequest, postingRequest } from "@/core/postings/desired";
import type { PostingExplained } from "@/core/postings/enriched";
import { compareStandings, deviationOf, type ShadowChange, type Side } from "@/core/runs/shadow";
import { addTallies, emptyTally, type RunTally } from "@/core/runs/tally";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import type { Tx } from "@/db/client";
import { findByTarget } from "@/db/queries/outbox";
import { type ClaimedMessage, readMessages, sizesOfMessages } from "@/db/queries/pipeline/claim";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { withRevisions } from "@/db/queries/revisions";
import { findRun } from "@/db/queries/runs";
import { listFullStandings, type PreviewItem, previewItems, shipmentsOfMessages } from "@/db/queries/shadow";
import type { Context } from "../context";
import type { mendInput } from "../crosswalks/mend";
import { shadowScope } from "../messages/shadow";
import type { OdooClients } from "../odoo/clients";
import { advance } from "../pipeline/advance";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { isDatabaseDown, isRepeatable, type Worker } from "../pipeline/work";
import { explainPlanned } from "../postings/explain";
import { readPresent } from "../postings/look-up";
import { requestOf } from "../postings/request";
import { passOf } from "./replay-step";
import { tallyOfMessage, tallyOfShipments } from "./replay-tally";

type Item = { position: number; target: string };
type Proposal = z.infer<typeof mendInput>;
/** What an item came to, with the postings it plans, so that Odoo's present values are read beside them. */
type Outcome = {
  item: Item;
  change: ShadowChange;
  planned: PostingRequest[];
  explained: ReadonlyMap<string, PostingExplained>;
  failed: string | null;
  tally: RunTally;
};

const MOST_MESSAGES = 2_000;
const MOST_BYTES = 24 * 1_048_576;
const TOO_LARGE = "Its messages are too many or too large for one transaction; replay them without a shadow.";

class RolledBack extends Error {
  readonly outcomes: Outcome[];
  constructor(outcomes: Outcome[]) {
    super("shadow");
    this.outcomes = outcomes;
  }
}

/**
 * Works a chunk of a shadow run. The shadow reads each item's messages on a copy, which is a transaction that is rolled back, and keeps how every
 * record stood and would stand. The run that follows does the same and commits an item only where it gives exactly that.
 */
export async function shadowChunk(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  run: WorkingRun,
  items: readonly Item[],
): Promise<void> {
  const scope = shadowScope.parse((await findRun(ctx.sql, run.id))?.scope);
  const previews = scope.preview
    ? await previewItems(
        ctx.sql,
        scope.preview,
        items.map((item) => item.position),
      )
    : null;
  let batch: Item[] = [];
  let room = { messages: MOST_MESSAGES, bytes: MOST_BYTES };
  const flush = async () => {
    if (batch.length > 0)
      await workBatch(ctx, worker, clients, run, batch, { previews, proposal: scope.proposal ?? null });
    batch = [];
    room = { messages: MOST_MESSAGES, bytes: MOST_BYTES };
  };
  for (const item of items) {
    const receipts = item.target.split(" ");
    const bytes = [...(await sizesOfMessages(ctx.sql, receipts)).values()].reduce((sum, size) => sum + size, 0);
    if (receipts.length > MOST_MESSAGES || bytes > MOST_BYTES) {
      await finish(ctx, run, [{ ...nothing(item), result: "skipped", reason: TOO_LARGE }]);
      continue;
    }
    if (receipts.length > room.messages || bytes > room.bytes) await flush();
    batch.push(item);
    room = { messages: room.messages - receipts.length, bytes: room.bytes - bytes };
  }
  await flush();
}

type Work = { previews: ReadonlyMap<number, PreviewItem> | null; proposal: Proposal | null };

async function workBatch(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  run: WorkingRun,
  items: readonly Item[],
  work: Work,
): Promise<void> {
  try {
    if (work.previews === null) await finish(ctx, run, await preview(ctx, worker, clients, run, items, work.proposal));
    else await apply(ctx, worker, clients, run, items, work.previews);
  } catch (error) {
    const [only] = items;
    if (items.length === 1 && only) return finish(ctx, run, [failedBy(only, error)]);
    if (isDatabaseDown(error)) throw error;
    for (const item of items) await workBatch(ctx, worker, clients, run, [item], work);
  }
}

async function preview(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  run: WorkingRun,
  items: readonly Item[],
  proposal: Proposal | null,
): Promise<ItemResult[]> {
  const outcomes = await repeated(() =>
    ctx.sql
      .begin("isolation level read committed", async (tx): Promise<Outcome[]> => {
        throw new RolledBack(await readAgain(ctx, tx, worker, run, items, proposal));
      })
      .catch((error: unknown) => {
        if (error instanceof RolledBack) return error.outcomes;
        throw error;
      }),
  );
  const present = await readPresent(
    ctx,
    clients,
    outcomes.flatMap((outcome) => outcome.planned),
  );
  return outcomes.map(({ item, change, planned, explained, failed, tally }): ItemResult => {
    if (failed !== null)
      return { position: item.position, result: "failed", before: null, after: null, reason: failed, tally };
    const shown = withExplained(withPresent(change, planned, present), explained);
    return { ...resultOf(item, shown, change.changed ? "changed" : "unchanged", null), tally };
  });
}

/** Commits the items that give exactly what was previewed. Where one of them does not, each is tried alone and that one is set aside. */
async function apply(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  run: WorkingRun,
  items: readonly Item[],
  previews: ReadonlyMap<number, PreviewItem>,
): Promise<void> {
  const drifted = await driftedIn(ctx, clients, items, previews);
  const reasonOf = ({ position }: Item): string | null => {
    const shown = previews.get(position);
    return shown?.before && shown.after ? (drifted.get(position) ?? null) : "The preview did not get so far with it.";
  };
  const fit = items.filter((item) => reasonOf(item) === null);
  const together = fit.length > 1 && (await attempt(ctx, worker, run, fit, previews)) === null;
  for (const item of together ? [] : fit) {
    const aside = await attempt(ctx, worker, run, [item], previews).catch((error: unknown) => failedBy(item, error));
    if (aside !== null) await finish(ctx, run, [aside]);
  }
  const aside = items.flatMap((item) => {
    const reason = reasonOf(item);
    return reason === null ? [] : [{ ...nothing(item), result: "conflict" as const, reason }];
  });
  if (aside.length > 0) await finish(ctx, run, aside);
}

const nothing = ({ position }: Item) => ({ position, before: null, after: null, tally: emptyTally() });

function failedBy(item: Item, error: unknown): ItemResult {
  if (isDatabaseDown(error)) throw error;
  const reason = error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
  return { ...nothing(item), result: "failed", reason };
}

/** Reads items again and commits them; gives the first that deviates, and then nothing of them is written. */
async function attempt(
  ctx: Context,
  worker: Worker,
  run: WorkingRun,
  items: readonly Item[],
  previews: ReadonlyMap<number, PreviewItem>,
): Promise<ItemResult | null> {
  const work = () =>
    ctx.sql.begin("isolation level read committed", async (tx): Promise<ItemResult | null> => {
      const outcomes = await readAgain(ctx, tx, worker, run, items, null);
      const results: ItemResult[] = [];
      for (const { item, change, failed, tally } of outcomes) {
        const shown = previews.get(item.position) as { before: Side; after: Side };
        const reason = failed ?? deviationOf(shown, change);
        if (reason !== null) throw new Deviates(resultOf(item, change, "conflict", reason));
        results.push({ ...resultOf(item, change, change.changed ? "changed" : "unchanged", null), tally });
      }
      await finishItems(tx, run.id, results, ctx.now());
      return null;
    });
  return repeated(work).catch((error: unknown) => {
    if (error instanceof Deviates) return error.result;
    throw error;
  });
}

class Deviates extends Error {
  readonly result: ItemResult;
  constructor(result: ItemResult) {
    super("deviates");
    this.result = result;
  }
}

/** Reads the messages of items again inside a transaction, and compares how their shipments stood before and stand after. */
async function readAgain(
  ctx: Context,
  tx: Tx,
  worker: Worker,
  run: WorkingRun,
  items: readonly Item[],
  proposal: Proposal | null,
): Promise<Outcome[]> {
  worker.environment = await loadEnvironment(tx, worker.environment);
  const env = proposal === null ? worker.environment : proposed(worker.environment, proposal);
  const receipts = items.flatMap((item) => item.target.split(" "));
  const messages = await withRevisions(tx, await readMessages(tx, receipts));
  const told = new Map((await shipmentsOfMessages(tx, receipts)).map((row) => [row.message, row.shipments]));
  const before = await listFullStandings(tx, [...new Set([...told.values()].flat())]);
  const pass = await passOf(tx, env, run, messages);
  const done = await advance(tx, env, messages, pass, { now: ctx.now, uuid: ctx.uuid, slot: worker.slot });
  const results = new Map(done.messages.map((result) => [result.id, result]));
  const ids = new Set([...told.values()].flat());
  for (const result of done.messages) for (const id of result.shipmentIds) ids.add(id);
  const after = await listFullStandings(tx, [...ids]);
  const postings = [...(await findByTarget(tx, plannedIn(before, after))).values()];
  const explained = new Map(
    done.judged.flatMap((judged) => judged.postings.map((row) => [row.key, explainPlanned(judged, row, env)] as const)),
  );
  const readings = new Map(done.items.map((one) => [one.message.id, one]));
  return items.map((item): Outcome => {
    const mine = item.target.split(" ");
    const touched = new Set(mine.flatMap((id) => [...(told.get(id) ?? []), ...(results.get(id)?.shipmentIds ?? [])]));
    const change = compareStandings(
      before.filter((one) => touched.has(one.id)),
      after.filter((one) => touched.has(one.id)),
      (text) => hash("sha256", text, "hex"),
    );
    const planned = postings
      .filter((row) => touched.has(row.posting.shipmentId))
      .map((row) => requestOf(row.connectionId, row.posting));
    const families = done.judged.filter((judged) => touched.has(judged.family.headId));
    const tally = addTallies([
      tallyOfShipments(done, families),
      ...mine.flatMap((id) => {
        const result = results.get(id);
        return result ? [tallyOfMessage(readings.get(id), result)] : [];
      }),
    ]);
    return { item, change, planned, explained, tally, failed: failureOf(mine, messages, results) };
  });
}

function failureOf(
  receipts: readonly string[],
  messages: readonly ClaimedMessage[],
  results: ReadonlyMap<string, { status: string; fault: string | null }>,
): string | null {
  if (receipts.every((id) => !messages.some((message) => message.id === id)))
    return "Its messages are not stored any more.";
  const faults = receipts.flatMap((id) => results.get(id)?.fault ?? []);
  if (faults[0]) return faults[0];
  return receipts.every((id) => results.get(id)?.status === "failed") ? "None of its messages can be read." : null;
}

/** The environment as it would be with a meaning in force. */
function proposed(env: Environment, { feed, kind, word, to }: Proposal): Environment {
  const readings = new Map(env.readings);
  for (const [id, reading] of readings) {
    if (reading.slug !== feed) continue;
    const lookup: typeof reading.lookup = (asked, said) =>
      asked === kind && said === word ? (to ?? undefined) : reading.lookup(asked, said);
    readings.set(id, { ...reading, lookup });
  }
  return { ...env, readings };
}

type Standings = Awaited<ReturnType<typeof listFullStandings>>;

function plannedIn(before: Standings, after: Standings): string[] {
  const known = new Set(before.flatMap((one) => one.postings.map((posting) => posting.key)));
  return after.flatMap((one) =>
    one.postings.filter((posting) => !known.has(posting.key)).map((posting) => `${one.id} ${posting.key}`),
  );
}

type Present = Awaited<ReturnType<typeof readPresent>>;

/** Puts beside each planned posting what Odoo holds now, and how to ask again. */
function withPresent(change: ShadowChange, planned: readonly PostingRequest[], present: Present): ShadowChange {
  const asked = new Map(planned.map((request) => [request.key, request]));
  const shipments = change.after.shipments.map((one) => ({
    ...one,
    postings: one.postings?.map((posting) => {
      const read = present.get(posting.key);
      const request = asked.get(posting.key);
      if (!read || !request) return posting;
      return { ...posting, present: read.found as Json, verdict: read.verdict, request: request as unknown as Json };
    }),
  }));
  return { ...change, after: { ...change.after, shipments } };
}

function withExplained(change: ShadowChange, explained: Outcome["explained"]): ShadowChange {
  const shipments = change.after.shipments.map((one) => ({
    ...one,
    postings: one.postings?.map((posting) => ({ ...posting, explained: explained.get(posting.key) })),
  }));
  return { ...change, after: { ...change.after, shipments } };
}

/** Items of whose records Odoo holds something else by now than when they were previewed, with the reason. */
async function driftedIn(
  ctx: Context,
  clients: OdooClients,
  items: readonly Item[],
  previews: ReadonlyMap<number, PreviewItem>,
): Promise<Map<number, string>> {
  const drifted = new Map<number, string>();
  const shown = items.flatMap((item) =>
    (previews.get(item.position)?.after?.shipments ?? []).flatMap((one) =>
      (one.postings ?? []).flatMap((posting) => {
        const request = postingRequest.safeParse(posting.request);
        return request.success ? [{ item, posting, request: request.data }] : [];
      }),
    ),
  );
  const now = await readPresent(
    ctx,
    clients,
    shown.map(({ request }) => request),
  );
  for (const { item, posting } of shown) {
    const read = now.get(posting.key);
    if (read && canonicalJson(read.found as Json) === canonicalJson(posting.present ?? null)) continue;
    const record = posting.recordName ?? "the record";
    drifted.set(
      item.position,
      read
        ? `Odoo holds something else for ${record} than when it was previewed. Preview it again.`
        : `Odoo cannot be read for ${record}, so it is not known whether it still holds what was previewed.`,
    );
  }
  return drifted;
}

function resultOf(
  { position }: Item,
  { before, after }: ShadowChange,
  result: ItemResult["result"],
  reason: string | null,
): ItemResult {
  return { position, result, before: before as unknown as Json, after: after as unknown as Json, reason };
}

async function finish(ctx: Context, run: WorkingRun, results: readonly ItemResult[]): Promise<void> {
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isRepeatable(error) || attempt >= 5) throw error;
    }
  }
}
