import { contributionOfBill } from "@/core/carriers/bill-contribution";
import { changesBetween, type Placed } from "@/core/carriers/changes";
import { type Contribution, type CountingRules, contributionOf, laneOf } from "@/core/carriers/contribution";
import { pack, unpack } from "@/core/carriers/packed";
import { phasesOff } from "@/core/phases/phases";
import { factsInOrder } from "@/core/shipments/facts-in-order";
import { NOT_KNOWN } from "@/core/shipments/filter";
import type { Tx } from "@/db/client";
import {
  addChanges,
  type CellName,
  type ChangedShipment,
  cellKey,
  ensureCells,
  type Fact,
  listChangedBills,
  listChangedHeads,
  listMembers,
  listTroubled,
  lockFacts,
  lockProgress,
  saveFacts,
  saveProgress,
} from "@/db/queries/carrier-counts";
import { loadEvents } from "@/db/queries/pipeline/load";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { type Environment, loadEnvironment } from "../pipeline/environment";

/** What the counting keeps between its steps. */
export type CountMemory = { environment: Environment | undefined };

const BATCH = 500;
/** A change is counted when it is so old: its transaction has ended by then, and what changes again and again is counted once. */
const SETTLED_MS = 30_000;

/** Changes before this instant have settled. */
export function settledBefore(now: Date): Date {
  return new Date(now.getTime() - SETTLED_MS);
}

/** Raised where something is counted in another way: all is then counted anew. */
const COUNTING = 1;

/**
 * Counts what changed for the figures of the carriers: a batch of shipments and one of freight bills, each in one transaction with how far it
 * came, so that it can end anywhere and goes on there. Begins with the oldest change of all, so history is counted when phase 3 is turned on.
 * Returns how many it counted; nothing while the phase is off.
 */
export async function countCarriers(ctx: Context, memory: CountMemory, batch = BATCH): Promise<number> {
  if (phasesOff((await listSettings(ctx.sql)).phases).includes("3")) return 0;
  const before = settledBefore(ctx.now());
  const env = await loadEnvironment(ctx.sql, memory.environment);
  memory.environment = env;
  const shipments = await ctx.sql.begin((tx) => countShipments(ctx, tx, env, before, batch));
  const bills = await ctx.sql.begin((tx) => countBills(ctx, tx, before, batch));
  return shipments + bills;
}

/** True while there may be more than one batch took. */
export function isFull(counted: number, batch = BATCH): boolean {
  return counted >= batch;
}

/** `cells` holds that of the carrier as a whole first. */
type Counted = { subjectId: string; cells: CellName[]; contribution: Contribution };

async function countShipments(ctx: Context, tx: Tx, env: Environment, before: Date, batch: number): Promise<number> {
  const { dispatchGraceMinutes, deliveryGraceMinutes, podMinutes } = env.thresholds;
  const rules: CountingRules = { dispatchGraceMinutes, deliveryGraceMinutes, podMinutes };
  const from = await lockProgress(tx, "shipments", JSON.stringify([COUNTING, rules]));
  const changed = await listChangedHeads(tx, from, before, batch);
  const heads = changed.map(({ id }) => id);
  const members = await listMembers(tx, heads);
  const everyone = [...heads, ...members.map(({ id }) => id)];
  const headOf = new Map(members.map(({ id, headId }) => [id, headId]));
  const troubled = new Set([...(await listTroubled(tx, everyone))].map((id) => headOf.get(id) ?? id));
  const attempts = await firstAttempts(tx, env, changed, headOf);
  const tracks = (feedId: number) => ["carrier", "aggregator"].includes(env.classOf(feedId));
  const counted = changed.flatMap((row): Counted[] => {
    const contribution = contributionOf(
      {
        provisional: row.provisional,
        createdAtMs: row.createdAt.getTime(),
        shipment: row.state,
        troubled: troubled.has(row.id),
        firstAttemptAtMs: attempts.get(row.id) ?? null,
      },
      rules,
      tracks,
    );
    const cells = cellsOf(row);
    return contribution === null || cells.length === 0 ? [] : [{ subjectId: row.id, cells, contribution }];
  });
  await replace(tx, everyone, counted);
  await saveProgress(tx, "shipments", changed.at(-1) ?? null, isFull(changed.length, batch) ? null : ctx.now());
  return changed.length;
}

async function countBills(ctx: Context, tx: Tx, before: Date, batch: number): Promise<number> {
  const from = await lockProgress(tx, "bills", JSON.stringify([COUNTING]));
  const changed = await listChangedBills(tx, from, before, batch);
  const counted = changed.flatMap((bill): Counted[] => {
    const contribution = contributionOfBill(bill);
    const whole = { carrier: bill.vendor.toLowerCase(), said: bill.vendor, ...CARRIER };
    return contribution === null ? [] : [{ subjectId: bill.id, cells: [whole], contribution }];
  });
  await replace(
    tx,
    changed.map(({ id }) => id),
    counted,
  );
  await saveProgress(tx, "bills", changed.at(-1) ?? null, isFull(changed.length, batch) ? null : ctx.now());
  return changed.length;
}

const CARRIER = { level: "carrier", service: "*", lane: "*", warehouse: "*" } as const;

/** The cells of every level that a shipment stands in, that of the carrier as a whole first; none without a carrier. */
function cellsOf(row: ChangedShipment): CellName[] {
  const said = row.carrier?.trim() ?? "";
  if (said === "") return [];
  const whole: CellName = { ...CARRIER, carrier: said.toLowerCase(), said };
  const all = { ...whole, carrier: "*", said: "*" };
  const [service, lane, warehouse] = [row.service || NOT_KNOWN, laneOf(row.state), row.warehouse || NOT_KNOWN];
  return [
    whole,
    { ...whole, level: "service", service },
    { ...whole, level: "lane", lane },
    { ...whole, level: "warehouse", warehouse },
    { ...whole, level: "combined", service, lane, warehouse },
    { ...all, level: "all_service", service },
    { ...all, level: "all_lane", lane },
    { ...all, level: "all_warehouse", warehouse },
  ];
}

/** Only the events say when the first attempt was; they are read for the few shipments that have one. */
async function firstAttempts(
  tx: Tx,
  env: Environment,
  changed: readonly ChangedShipment[],
  headOf: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  const tried = new Set(changed.filter(({ state }) => (state.attempts ?? 0) > 0).map(({ id }) => id));
  const ids = [...tried, ...[...headOf].filter(([, head]) => tried.has(head)).map(([id]) => id)];
  const events = await loadEvents(tx, ids, env.classOf);
  const byHead = Map.groupBy(events, ({ shipmentId }) => headOf.get(shipmentId) ?? shipmentId);
  return new Map(
    [...byHead].flatMap(([head, all]) => {
      const first = factsInOrder(all, env.thresholds).applied.find(({ event }) => event.kind === "delivery_attempted");
      return first ? [[head, first.atMs] as const] : [];
    }),
  );
}

/** Puts new facts in the place of the old ones of these subjects, and moves the daily counts by the difference. */
async function replace(tx: Tx, subjects: readonly string[], counted: readonly Counted[]): Promise<void> {
  const old = await lockFacts(tx, subjects);
  const cells = await ensureCells(
    tx,
    counted.flatMap((one) => one.cells),
  );
  const idOf = (cell: CellName): number => {
    const id = cells.get(cellKey(cell));
    if (id === undefined) throw new Error("a cell that was just made is not there");
    return id;
  };
  const facts = counted.map(
    (one): Fact => ({ subjectId: one.subjectId, cells: one.cells.map(idOf), counted: pack(one.contribution) }),
  );
  const placed = (fact: Fact): Placed => ({ cells: fact.cells, contribution: unpack(fact.counted) });
  await addChanges(tx, changesBetween(old.map(placed), facts.map(placed)));
  const now = new Set(facts.map(({ subjectId }) => subjectId));
  await saveFacts(
    tx,
    facts,
    old.map(({ subjectId }) => subjectId).filter((id) => !now.has(id)),
  );
}
