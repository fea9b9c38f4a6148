import { setTimeout } from "node:timers/promises";
import type { z } from "zod";
import { tallyChange } from "@/core/reconciliation/aspects";
import { type Difference, POSTINGS_OF } from "@/core/reconciliation/cause";
import { nextLook } from "@/core/reconciliation/deeds";
import type { Json } from "@/core/shipments/attributes";
import { workingConnections } from "@/db/queries/odoo-work";
import { addCounts, deleteRows, listOnTheWay, loadToCompare, lockDay } from "@/db/queries/reconcile-rows";
import { readItems } from "@/db/queries/reconcile-scope";
import { listFamilyIds, listOnTheWayOf, type Rest, restItems, shipmentsOfPickings } from "@/db/queries/repair";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { findRun } from "@/db/queries/runs";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { type ComparedShipment, type Comparer, compareChunk } from "./compare-chunk";
import { idOfPosting, kindOfPosting, shipmentOf, toProve } from "./repair-items";

type Item = { position: number; target: string };
type Proof = z.infer<typeof toProve> & { position: number; rowId: string; shipmentId: string | null };

/** How long a chunk waits for its postings before it lets the run rest, how long they may be on their way at all, and how often it looks. */
const WAIT_MS = 15_000;
const LONGEST_MS = 5 * 60_000;
const POLL_MS = 250;
/** What was done of the facts goes through the pipeline: it is looked for this often, so long. */
const SOON_MS = 3_000;
const SOON_FOR_MS = 20_000;

/**
 * Waits for the postings of a repair, then compares again: the proof that it converged, or what still stands against it. Where the plan waits for
 * a feed, a source or a posting, it looks again at its time.
 */
export async function proveItems(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  items: readonly Item[],
  day: string,
): Promise<void> {
  const proofs = await readProofs(ctx, run, items);
  const startedAtMs = (await findRun(ctx.sql, run.id))?.startedAt?.getTime() ?? ctx.now().getTime();
  const waiting = await settle(ctx, proofs);
  const over = ctx.now().getTime() - startedAtMs > LONGEST_MS;
  const ready = proofs.filter((one) => over || !waiting.has(one));
  const after = await compareAgain(ctx, comparer, run, ready, day);
  const rests: Rest[] = [...waiting].flatMap((one) =>
    over ? [] : [{ position: one.position, until: soon(ctx), reason: "Its posting is on the way." }],
  );
  const results: ItemResult[] = [];
  const nowMs = ctx.now().getTime();
  for (const proof of ready) {
    const result = provedOf(proof, proof.shipmentId === null ? undefined : after.get(proof.shipmentId));
    const until = result.result === "failed" ? laterLook(proof, startedAtMs, nowMs) : null;
    if (until === null) results.push(result);
    else rests.push({ position: proof.position, until: new Date(until), reason: waitingFor(proof, result, until) });
  }
  await forgetUnknown(
    ctx,
    day,
    ready.filter(({ position }) => results.some((one) => one.position === position && one.result === "changed")),
  );
  await ctx.sql.begin(async (tx) => {
    await restItems(tx, run.id, rests);
    await finishItems(tx, run.id, results, ctx.now());
  });
}

const soon = (ctx: Context) => new Date(ctx.now().getTime() + SOON_MS);

async function readProofs(ctx: Context, run: WorkingRun, items: readonly Item[]): Promise<Proof[]> {
  const rows = await readItems(
    ctx.sql,
    run.id,
    items.map(({ position }) => position),
  );
  const proofs = rows.map(({ position, target, before }) => {
    const rowId = shipmentOf(target);
    return { ...toProve.parse(before), position, rowId, shipmentId: rowId as string | null };
  });
  const found = await shipmentsOfPickings(
    ctx.sql,
    proofs.flatMap(({ unknown }) => unknown ?? []),
  );
  return proofs.map((one) =>
    one.unknown === null
      ? one
      : { ...one, shipmentId: found.get(`${one.unknown.connectionId}/${one.unknown.pickingId}`) ?? null },
  );
}

/** Those whose postings are still on their way after a while: the ones posted again, and whatever the deeds had planned. */
async function settle(ctx: Context, proofs: readonly Proof[]): Promise<Set<Proof>> {
  const until = Date.now() + WAIT_MS;
  const families = await listFamilyIds(
    ctx.sql,
    proofs.flatMap(({ deeds, shipmentId }) => (deeds.length > 0 && shipmentId ? [shipmentId] : [])),
  );
  for (;;) {
    const named = new Set(
      await listOnTheWay(
        ctx.sql,
        proofs.flatMap(({ after }) => Object.keys(after).map(idOfPosting)),
      ),
    );
    const moving = await listOnTheWayOf(
      ctx.sql,
      families.map(({ id }) => id),
    );
    const heads = new Set(families.filter(({ id }) => moving.has(id)).map(({ headId }) => headId));
    const left = proofs.filter(
      ({ after, shipmentId }) =>
        (shipmentId !== null && heads.has(shipmentId)) ||
        Object.keys(after).some((name) => named.has(idOfPosting(name))),
    );
    if (left.length === 0 || Date.now() >= until) return new Set(left);
    await setTimeout(POLL_MS);
  }
}

async function compareAgain(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  proofs: readonly Proof[],
  day: string,
): Promise<Map<string, ComparedShipment | string>> {
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const found = await loadToCompare(
    ctx.sql,
    proofs.flatMap(({ shipmentId }) => shipmentId ?? []),
  );
  const after = new Map<string, ComparedShipment | string>();
  for (const [connectionId, shipments] of Map.groupBy(found, (one) => one.connectionId)) {
    const connection = connections.get(connectionId);
    const fail = (why: string) => {
      for (const { id } of shipments) after.set(id, why);
    };
    if (!connection) {
      fail("Its Odoo connection is archived.");
      continue;
    }
    try {
      const under = { day, runId: run.id, settings: reconciliation };
      for (const one of await compareChunk(ctx, comparer, connection, shipments, under))
        after.set(one.shipment.id, one);
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
      fail(`Odoo cannot be read: ${error.message}`);
    }
  }
  return after;
}

/** When a proof that did not converge is looked at again; null where nothing more is waited for. */
function laterLook({ waits, deeds }: Proof, startedAtMs: number, nowMs: number): number | null {
  if (deeds.length > 0 && nowMs - startedAtMs < SOON_FOR_MS) return nowMs + SOON_MS;
  return waits === null ? null : nextLook(waits, startedAtMs, nowMs);
}

const WAITED = { feed: "the feed to speak", source: "the source to send it again", posting: "its posting to go out" };

function waitingFor({ waits }: Proof, { reason }: ItemResult, until: number): string {
  const what = waits === null ? "what was done to come through" : WAITED[waits.for];
  const at = new Date(until).toISOString().slice(0, 16).replace("T", " ");
  return `Waits for ${what}; compared again at ${at} UTC. ${reason ?? ""}`.slice(0, 500);
}

function provedOf(proof: Proof, found: ComparedShipment | string | undefined): ItemResult {
  const { position, after, aspects, unknown } = proof;
  const base = { position, before: null, after: null };
  if (found === undefined && unknown !== null)
    return { ...base, result: "failed", reason: `${unknown.name} is not a shipment here yet.` };
  if (found === undefined || typeof found === "string")
    return { ...base, result: "failed", reason: found ?? "The shipment is gone." };
  if (unknown !== null)
    return { ...base, result: "changed", reason: `Converged: ${unknown.name} is a shipment here now.` };
  const kinds = Object.keys(after).map(kindOfPosting);
  const mine = (difference: Difference) =>
    aspects.includes(difference.aspect) ||
    (difference.verdicts.waypost_odoo !== undefined &&
      POSTINGS_OF[difference.aspect].some((kind) => kinds.includes(kind)));
  const left = found.differences.filter(mine);
  if (left.length === 0) return { ...base, result: "changed", reason: "Converged: Odoo was read back and agrees." };
  return {
    position,
    before: Object.fromEntries(left.map(({ aspect, said }) => [aspect, said.odoo ?? null])) as Json,
    after: Object.fromEntries(left.map(({ aspect, said }) => [aspect, said.waypost ?? null])) as Json,
    result: "failed",
    reason: `Not converged. ${left.map(({ aspect, why }) => `${aspect}: ${why}`).join(". ")}`.slice(0, 500),
  };
}

/** The row of a transfer that is known now leaves the day, with what it had counted. */
async function forgetUnknown(ctx: Context, day: string, proofs: readonly Proof[]): Promise<void> {
  const known = proofs.flatMap(({ unknown, rowId }) => (unknown ? [{ ...unknown, rowId }] : []));
  for (const [connectionId, some] of Map.groupBy(known, (one) => one.connectionId))
    await ctx.sql.begin(async (tx) => {
      await lockDay(tx, day, connectionId);
      await deleteRows(
        tx,
        day,
        some.map(({ rowId }) => rowId),
      );
      await addCounts(
        tx,
        day,
        connectionId,
        tallyChange(some.map(({ letters }) => ({ before: letters, after: null }))),
      );
    });
}
