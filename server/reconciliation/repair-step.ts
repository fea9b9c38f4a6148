import { setTimeout } from "node:timers/promises";
import { type Difference, POSTINGS_OF } from "@/core/reconciliation/cause";
import { valueText } from "@/core/reconciliation/compare";
import { planRepair, type RepairStep } from "@/core/reconciliation/repair";
import type { Json } from "@/core/shipments/attributes";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { type FoundPosting, findByIds, reopenPostings } from "@/db/queries/outbox";
import { insertDecisions, listOnTheWay, loadToCompare, unacceptPostings } from "@/db/queries/reconcile-rows";
import { readItems, readRunScope } from "@/db/queries/reconcile-scope";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { findRun } from "@/db/queries/runs";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import type { Environment } from "../pipeline/environment";
import { lookAll } from "../postings/repost-step";
import { readSettings } from "../settings/read";
import { type ComparedShipment, type Comparer, compareChunk, compareShipments } from "./compare-chunk";
import { repairScope } from "./repair";

type Item = { position: number; target: string };
type Shown = { [posting: string]: Json };

/** How long a chunk waits for its postings before it lets go of the lease, and for how long they may be on their way at all. */
const WAIT_MS = 15_000;
const LONGEST_MS = 5 * 60_000;
const POLL_MS = 250;

/** Works a chunk of a repair: plans in a dry run, else posts what the dry run showed, and reads back what came of it. */
export async function repairChunk(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  items: readonly Item[],
): Promise<void> {
  const scope = repairScope.parse(await readRunScope(ctx.sql, run.id));
  if (run.dryRun) return planItems(ctx, comparer, run, items);
  const acts = items.filter(({ target }) => !target.startsWith("proof "));
  if (acts.length > 0) return postItems(ctx, comparer, run, acts);
  return proveItems(ctx, comparer, run, items, scope.day);
}

/** The postings of a plan by `kind id`, with Odoo's value beside ours: what a dry run shows, and all that its run may send. */
export function nameOfPosting({ kind, id }: { kind: string; id: string }): string {
  return `${kind} ${id}`;
}

async function compared(
  ctx: Context,
  comparer: Comparer,
  ids: readonly string[],
): Promise<{ one: ComparedShipment | null; id: string; failed: string | null }[]> {
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const found = await loadToCompare(ctx.sql, ids);
  const answers = new Map<string, { one: ComparedShipment | null; failed: string | null }>();
  for (const [connectionId, shipments] of Map.groupBy(found, (one) => one.connectionId)) {
    const connection = connections.get(connectionId);
    try {
      if (!connection) throw new Gone();
      for (const one of await compareShipments(ctx, comparer, connection, shipments, reconciliation))
        answers.set(one.shipment.id, { one, failed: null });
    } catch (error) {
      if (!(error instanceof OdooFailure) && !(error instanceof Gone)) throw error;
      for (const { id } of shipments) answers.set(id, { one: null, failed: error.message });
    }
  }
  return ids.map((id) => ({
    id,
    ...(answers.get(id) ?? { one: null, failed: "It has no transfer in Odoo that Waypost knows." }),
  }));
}

class Gone extends Error {
  override message = "Its Odoo connection is archived.";
}

async function planItems(ctx: Context, comparer: Comparer, run: WorkingRun, items: readonly Item[]): Promise<void> {
  const found = await compared(
    ctx,
    comparer,
    items.map(({ target }) => target),
  );
  const env = comparer.worker.environment as Environment;
  const plans = found.map(({ one }) => (one === null ? [] : planRepair(one.differences, env.ownership)));
  const ids = plans.flatMap((steps) => steps.flatMap(({ posting }) => posting?.id ?? []));
  const postings = await findByIds(ctx.sql, ids);
  const looked = await lookAll(ctx, comparer.clients, [...postings.values()]);
  const results = items.map(({ position }, index): ItemResult => {
    const { one, failed } = found[index] as (typeof found)[number];
    const steps = plans[index] ?? [];
    const base = { position, before: null, after: null };
    if (failed !== null) return { ...base, result: "failed", reason: failed };
    if (!one || one.differences.length === 0)
      return { ...base, result: "unchanged", reason: "Nothing differs any more." };
    const [before, after] = shownOf(steps, postings, looked);
    const reason = wordsOf(steps);
    if (Object.keys(after).length === 0) return { ...base, result: "skipped", reason };
    return { position, before, after, result: "changed", reason };
  });
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

/** The steps as one line, numbered in their order. */
function wordsOf(steps: readonly RepairStep[]): string {
  return steps
    .map(({ text, aspect }, index) => `${index + 1}. ${text} (${aspect})`)
    .join(" ")
    .slice(0, 900);
}

function shownOf(
  steps: readonly RepairStep[],
  postings: ReadonlyMap<string, FoundPosting>,
  looked: Awaited<ReturnType<typeof lookAll>>,
): [Shown, Shown] {
  const before: Shown = {};
  const after: Shown = {};
  for (const { act, posting } of steps) {
    const row = act === "post" && posting ? postings.get(posting.id) : undefined;
    if (!row || !posting) continue;
    const read = looked.get(row.connectionId);
    const verdict = read?.ok ? read.verdicts.get(row.posting.key) : undefined;
    if (verdict?.verdict === "holds" || verdict?.verdict === "impossible") continue;
    before[nameOfPosting(posting)] = (verdict?.found ?? null) as Json;
    after[nameOfPosting(posting)] = row.after;
  }
  return [before, after];
}

const idOfPosting = (name: string): string => name.slice(name.indexOf(" ") + 1);

function shownIn(value: Json, side: "before" | "after"): Shown {
  const fields = value !== null && typeof value === "object" && !Array.isArray(value) ? value[side] : null;
  return fields !== null && typeof fields === "object" && !Array.isArray(fields) ? fields : {};
}

/** Opens the postings that the dry run showed, where Odoo still holds what it held then; anything else is a conflict. */
async function postItems(ctx: Context, comparer: Comparer, run: WorkingRun, items: readonly Item[]): Promise<void> {
  const rows = await readItems(
    ctx.sql,
    run.id,
    items.map(({ position }) => position),
  );
  const postings = await findByIds(
    ctx.sql,
    rows.flatMap(({ before }) => Object.keys(shownIn(before, "after")).map(idOfPosting)),
  );
  const looked = await lookAll(ctx, comparer.clients, [...postings.values()]);
  const go: FoundPosting[] = [];
  const sent: string[] = [];
  const results = rows.map(({ position, target, before: kept }): ItemResult => {
    const [before, after] = [shownIn(kept, "before"), shownIn(kept, "after")];
    const item = { position, before, after };
    const mine: FoundPosting[] = [];
    for (const name of Object.keys(after)) {
      const row = postings.get(idOfPosting(name));
      const read = row && looked.get(row.connectionId);
      if (!row || !read) return { ...item, result: "skipped", reason: "The posting or its connection is gone." };
      if (!read.ok) return { ...item, result: "failed", reason: `Odoo cannot be read: ${read.reason}` };
      const verdict = read.verdicts.get(row.posting.key);
      if (verdict?.verdict === "holds") continue;
      if (
        valueText((verdict?.found ?? null) as Json) !== valueText(before[name] ?? null) ||
        valueText(row.after) !== valueText(after[name] ?? null)
      )
        return {
          ...item,
          result: "conflict",
          reason: "Since the dry run the value changed in Odoo or here. Make the dry run anew.",
        };
      mine.push(row);
    }
    if (mine.length === 0) return { ...item, result: "unchanged", reason: "Odoo holds it already." };
    go.push(...mine);
    sent.push(target);
    return { ...item, result: "changed", reason: null };
  });
  const who = await findRun(ctx.sql, run.id);
  const decided = await decisionsOf(ctx, sent, go);
  await ctx.sql.begin(async (tx) => {
    await unacceptPostings(
      tx,
      go.map(({ posting }) => posting.id),
    );
    await reopenPostings(tx, go, ctx.now());
    await insertDecisions(
      tx,
      decided.map((one) => ({ ...one, id: ctx.uuid(), byPerson: run.byPerson, byName: who?.by ?? "Waypost" })),
      ctx.now(),
    );
    await finishItems(tx, run.id, results, ctx.now());
  });
}

/** That our value was posted over one that was set by hand is remembered with both values. */
async function decisionsOf(ctx: Context, ids: readonly string[], go: readonly FoundPosting[]) {
  const rows = await loadToCompare(ctx.sql, ids);
  const kinds = new Map(
    rows.map(({ id, members }) => [
      id,
      new Set(
        go
          .filter(({ posting }) => [id, ...members].includes(posting.shipmentId))
          .map(({ posting }) => posting.kind as string),
      ),
    ]),
  );
  return rows.flatMap(({ id }) =>
    (["tracking", "state"] as const).flatMap((aspect) => {
      const row = go.find(({ posting }) => posting.shipmentId === id && POSTINGS_OF[aspect].includes(posting.kind));
      if (!row || !kinds.get(id)?.has(row.posting.kind)) return [];
      return [
        {
          shipmentId: id,
          aspect,
          decision: "post" as const,
          ours: valueText(row.after),
          theirs: "",
          reason: null,
          changedBy: null,
          changedAtMs: null,
        },
      ];
    }),
  );
}

/** Waits for the postings of a repair, then compares again: the proof that it converged, or what still stands against it. */
async function proveItems(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  items: readonly Item[],
  day: string,
): Promise<void> {
  const rows = await readItems(
    ctx.sql,
    run.id,
    items.map(({ position }) => position),
  );
  const ids = rows.flatMap(({ before }) => Object.keys(shownIn(before, "after")).map(idOfPosting));
  const started = (await findRun(ctx.sql, run.id))?.startedAt?.getTime() ?? ctx.now().getTime();
  const until = Date.now() + WAIT_MS;
  let onTheWay = await listOnTheWay(ctx.sql, ids);
  while (onTheWay.length > 0 && Date.now() < until) {
    await setTimeout(POLL_MS);
    onTheWay = await listOnTheWay(ctx.sql, onTheWay);
  }
  const over = ctx.now().getTime() - started > LONGEST_MS;
  const waiting = new Set(onTheWay);
  const ready = rows.filter(
    ({ before }) => over || !Object.keys(shownIn(before, "after")).some((name) => waiting.has(idOfPosting(name))),
  );
  if (ready.length === 0) return;
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const found = await loadToCompare(
    ctx.sql,
    ready.map(({ target }) => target.slice(6)),
  );
  const after = new Map<string, ComparedShipment | string>();
  for (const [connectionId, shipments] of Map.groupBy(found, (one) => one.connectionId)) {
    const connection = connections.get(connectionId) as WorkingConnection;
    try {
      for (const one of await compareChunk(ctx, comparer, connection, shipments, {
        day,
        runId: run.id,
        settings: reconciliation,
      }))
        after.set(one.shipment.id, one);
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
      for (const { id } of shipments) after.set(id, `Odoo cannot be read: ${error.message}`);
    }
  }
  const results = ready.map((row) => provedOf(row, after.get(row.target.slice(6))));
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

function provedOf(
  { position, before }: { position: number; before: Json },
  found: ComparedShipment | string | undefined,
): ItemResult {
  const base = { position, before: null, after: null };
  if (found === undefined || typeof found === "string")
    return { ...base, result: "failed", reason: found ?? "The shipment is gone." };
  const kinds = Object.keys(shownIn(before, "after")).map((name) => name.slice(0, name.indexOf(" ")));
  const mine = (difference: Difference) =>
    difference.verdicts.waypost_odoo !== undefined &&
    POSTINGS_OF[difference.aspect].some((kind) => kinds.includes(kind));
  const left = found.differences.filter(mine);
  if (left.length === 0) return { ...base, result: "changed", reason: "Converged: Odoo was read back and agrees." };
  return {
    position,
    before: Object.fromEntries(left.map(({ aspect, said }) => [aspect, said.odoo ?? null])),
    after: Object.fromEntries(left.map(({ aspect, said }) => [aspect, said.waypost ?? null])),
    result: "failed",
    reason: `Not converged. ${left.map(({ aspect, why }) => `${aspect}: ${why}`).join(". ")}`.slice(0, 500),
  };
}
