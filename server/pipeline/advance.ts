import type { Tx } from "@/db/client";
import { notifyLive, notifyPostings } from "@/db/queries/live";
import type { ClaimedMessage } from "@/db/queries/pipeline/claim";
import { loadExceptions, loadPostings } from "@/db/queries/pipeline/load-judged";
import {
  countFeeds,
  countLatencies,
  countUnmapped,
  insertBreaches,
  lastInterpretations,
} from "@/db/queries/pipeline/record";
import {
  insertEvents,
  insertLinks,
  insertReferences,
  updateHeads,
  updateWindows,
  upsertClaims,
  upsertShipments,
} from "@/db/queries/pipeline/save";
import {
  closeExceptions,
  contradictPostings,
  insertPostings,
  openExceptions,
  refreshExceptions,
  restakeExceptions,
  supersedePostings,
} from "@/db/queries/pipeline/save-judged";
import type { Environment } from "./environment";
import { Families, type Family, loadByReferences } from "./families";
import { emptyFiled, type Filed, type Filing, fileMessage, type Tally, valuesOf, withdraw } from "./file-facts";
import { type Interpreted, interpret } from "./interpret";
import { type Judged, judge, type Touch } from "./judge";
import { keepInvoices } from "./keep-invoices";
import { measure } from "./measure";
import type { AdvanceDeps, MessageResult, Pass } from "./pass";
import { raiseBeside } from "./raise-beside";
import { recordReadings } from "./record-readings";
import { routesOf } from "./route";
import { stopwatch } from "./stopwatch";

export type Advanced = { messages: MessageResult[]; judged: Judged[]; filed: Filed; items: Interpreted[] };

/** Live reading: the current mapping of each feed. */
export function livePass(env: Environment): Pass {
  return { runId: null, readingOf: (message) => env.readings.get(message.feedId), replay: false };
}

/**
 * Advances a batch of messages inside one transaction: interpret, correlate, file, fold, judge, plan, save. A handful of statements, whatever
 * its size. Live traffic, replay and tests come through here; throws when our own code fails, and then nothing is written.
 */
export async function advance(
  tx: Tx,
  env: Environment,
  messages: readonly ClaimedMessage[],
  pass: Pass,
  deps: AdvanceDeps,
): Promise<Advanced> {
  const items = messages.map((message) => {
    const reading = pass.readingOf(message);
    return reading ? interpret(message, reading) : null;
  });
  const read = items.filter((item): item is Interpreted => item !== null);
  const earlier = pass.replay
    ? await lastInterpretations(tx, messages)
    : new Map<string, { number: number; shipmentIds: string[] }>();
  const ids = [...earlier.values()].flatMap((row) => row.shipmentIds);
  const now = deps.now();
  const { families, filed, judged } = await fileAndJudge(tx, env, read, ids, deps, now, (work) => {
    for (const item of read) {
      const produced = fileMessage(work, item);
      if (pass.replay) withdraw(work, item, produced);
    }
  });
  await keepInvoices(tx, read, pass.replay, deps);
  await raiseBeside(tx, filed, read, pass, deps, now);
  const results = await recordReadings(tx, messages, read, filed, earlier, pass, now);
  await count(tx, env, families, read, filed, judged, pass, deps, now);
  return { messages: results, judged, filed, items: read };
}

/** What a part of a document did; what it says of the document as a whole is recorded by `closeParts`. */
export type AdvancedPart = { judged: Judged[]; filed: Filed; produced: Set<string> };

/** Advances one part of a document that is too large for one transaction, by the same way as whole messages. */
export async function advancePart(
  tx: Tx,
  env: Environment,
  item: Interpreted,
  pass: Pass,
  deps: AdvanceDeps,
): Promise<AdvancedPart> {
  const now = deps.now();
  let produced = new Set<string>();
  const { families, filed, judged } = await fileAndJudge(tx, env, [item], [], deps, now, (work) => {
    produced = fileMessage(work, item);
  });
  await keepInvoices(tx, [item], false, deps);
  await raiseBeside(tx, filed, [], pass, deps, now);
  await count(tx, env, families, [], filed, judged, pass, deps, now);
  return { judged, filed, produced };
}

/** Takes back from these shipments what an earlier reading of the document said and this one, in all its parts, does not. */
export async function withdrawParts(
  tx: Tx,
  env: Environment,
  item: Interpreted,
  shipmentIds: readonly string[],
  produced: ReadonlySet<string>,
  deps: AdvanceDeps,
): Promise<AdvancedPart> {
  const nothing = { ...item, facts: null };
  const { filed, judged } = await fileAndJudge(tx, env, [nothing], shipmentIds, deps, deps.now(), (work) =>
    withdraw(work, item, produced),
  );
  return { judged, filed, produced: new Set() };
}

/** Records the reading of a document whose parts are all filed: `item` holds what they told of it, `tally` what they did. */
export async function closeParts(
  tx: Tx,
  env: Environment,
  item: Interpreted,
  tally: Tally,
  pass: Pass,
  deps: AdvanceDeps,
): Promise<MessageResult> {
  const now = deps.now();
  const filed = emptyFiled();
  filed.perMessage.set(item.message.id, { ...tally, shipmentIds: new Set(tally.shipmentIds) });
  await raiseBeside(tx, filed, [item], pass, deps, now);
  const earlier = pass.replay ? await lastInterpretations(tx, [item.message]) : new Map<string, { number: number }>();
  const [result] = await recordReadings(tx, [item.message], [item], filed, earlier, pass, now);
  await count(tx, env, new Families(), [item], filed, [], pass, deps, now);
  return result as MessageResult;
}

async function fileAndJudge(
  tx: Tx,
  env: Environment,
  items: readonly Interpreted[],
  shipmentIds: readonly string[],
  deps: AdvanceDeps,
  now: Date,
  file: (work: Filing) => void,
): Promise<{ families: Families; filed: Filed; judged: Judged[] }> {
  const families = await loadByReferences(tx, env, valuesOf(items), shipmentIds);
  const filed = emptyFiled();
  const odooExpected = env.policies.size > 0;
  file({ families, filed, odooExpected, routes: routesOf(env), uuid: deps.uuid, nowMs: now.getTime() });
  const judged = await judgeTouched(tx, env, families, filed.touched, deps, now);
  addJudging(filed, families, judged);
  const at = { nowMs: now.getTime(), uuid: deps.uuid };
  const members = filed.newMembers.map(({ family, touch }) => judge(family, [], [], touch, env, at).saved);
  await save(tx, filed, judged, deps, now, members);
  return { families, filed, judged };
}

type Timed = Judged & { tookUs: number };

/** Folds, judges and plans families that got news (or whose time has come). */
export async function judgeTouched(
  tx: Tx,
  env: Environment,
  families: Families,
  touched: ReadonlyMap<string, Touch>,
  deps: AdvanceDeps,
  now: Date,
): Promise<Timed[]> {
  const list = [...touched.keys()]
    .map((id) => families.family(id))
    .filter((family): family is Family => family !== undefined);
  const stored = list.flatMap((family) =>
    [...family.members.entries()].filter(([, row]) => row !== null).map(([id]) => id),
  );
  const exceptions = byFamily(families, await loadExceptions(tx, stored), (row) => row.homeId);
  const postings = byFamily(families, await loadPostings(tx, stored), (row) => row.shipmentId);
  return list.map((family) => {
    const watch = stopwatch();
    const judged = judge(
      family,
      exceptions.get(family.headId) ?? [],
      postings.get(family.headId) ?? [],
      touched.get(family.headId) as Touch,
      env,
      { nowMs: now.getTime(), uuid: deps.uuid },
    );
    return { ...judged, tookUs: watch() };
  });
}

/** Adds to what each message made the folding and judging of its shipments; messages of one batch that share one share that work. */
function addJudging(filed: Filed, families: Families, judged: readonly Timed[]): void {
  const took = new Map(judged.map(({ family, tookUs }) => [family.headId, tookUs]));
  for (const tally of filed.perMessage.values())
    for (const id of tally.shipmentIds) tally.enrichUs += took.get(families.family(id)?.headId ?? id) ?? 0;
}

function byFamily<T>(families: Families, rows: readonly T[], idOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const head = families.family(idOf(row))?.headId ?? idOf(row);
    const list = groups.get(head);
    if (list) list.push(row);
    else groups.set(head, [row]);
  }
  return groups;
}

/** Writes what was filed and judged, and the rows of members that became such before they had one. */
export async function save(
  tx: Tx,
  filed: Filed,
  judged: readonly Judged[],
  deps: AdvanceDeps,
  now: Date,
  members: readonly Judged["saved"][] = [],
): Promise<void> {
  await insertEvents(tx, [...filed.events.values()]);
  await upsertClaims(tx, [...filed.claims.values()]);
  await upsertShipments(tx, [...judged.map((j) => j.saved), ...members], now);
  await insertReferences(tx, [...filed.references.values()]);
  await updateHeads(
    tx,
    [...filed.heads].map(([shipmentId, headId]) => ({ shipmentId, headId })),
    now,
  );
  await insertLinks(tx, filed.links, now);
  await updateWindows(tx, windowsOf(judged));
  await refreshExceptions(
    tx,
    judged.flatMap((j) => j.refresh),
    now,
  );
  await restakeExceptions(
    tx,
    judged.flatMap((j) => j.restake),
  );
  await closeExceptions(
    tx,
    judged.flatMap((j) => j.close),
    deps.slot,
    now,
  );
  await openExceptions(
    tx,
    judged.flatMap((j) => j.open),
    deps.slot,
    now,
  );
  await supersedePostings(
    tx,
    judged.flatMap((j) => j.supersede),
    now,
  );
  await contradictPostings(
    tx,
    judged.flatMap((j) => j.hold),
    now,
  );
  const planned = await insertPostings(
    tx,
    judged.flatMap((j) => j.postings),
    now,
  );
  await announce(tx, judged, planned);
}

/** Windows of strong numbers that end or re-open with this fold. */
function windowsOf(judged: readonly Judged[]): { shipmentId: string; liveUntilMs: number | null }[] {
  return judged.flatMap((j) =>
    j.family.references.some((row) => row.kind === "tracking_number" && row.liveUntilMs !== j.windowMs)
      ? [...j.family.members.keys()].map((shipmentId) => ({ shipmentId, liveUntilMs: j.windowMs }))
      : [],
  );
}

async function announce(tx: Tx, judged: readonly Judged[], planned: number): Promise<void> {
  if (judged.length === 0) return;
  await notifyLive(
    tx,
    "shipments",
    judged.map((j) => j.family.headId),
  );
  if (judged.some((j) => j.open.length + j.close.length > 0)) await notifyLive(tx, "exceptions");
  if (planned > 0) await notifyPostings(tx);
}

/** Last of all the shared counters, sorted. */
async function count(
  tx: Tx,
  env: Environment,
  families: Families,
  items: readonly Interpreted[],
  filed: Filed,
  judged: readonly Judged[],
  pass: Pass,
  deps: AdvanceDeps,
  now: Date,
): Promise<void> {
  const { latencies, breaches, feeds, unmapped } = measure({
    env,
    families,
    items,
    filed,
    judged,
    nowMs: now.getTime(),
    uuid: deps.uuid,
    replay: pass.replay,
  });
  await insertBreaches(tx, breaches);
  await countUnmapped(tx, unmapped, deps.slot, now);
  await countFeeds(tx, feeds, deps.slot, now);
  await countLatencies(tx, latencies, deps.slot, now);
}
