import { writeKeyset } from "@/core/keyset";
import { ASPECTS, type Aspect, PAIRS, type Pair, type Verdict } from "@/core/reconciliation/aspects";
import type { Difference } from "@/core/reconciliation/cause";
import type { ReadinessFilter, ReconciliationFilter } from "@/core/reconciliation/filter";
import { mayAccept, odooOwns, planRepair, type RepairAbout } from "@/core/reconciliation/repair";
import { dayOf, dayPlus } from "@/core/reconciliation/settings";
import { NEVER, type Standing, standingsOf } from "@/core/reconciliation/standing";
import {
  countReadiness,
  countRows,
  findNewestRow,
  findRow,
  listCounts,
  listDays,
  listDecisions,
  listFacets,
  listReadiness,
  listRows,
  sumProducts,
} from "@/db/queries/reconcile-list";
import { listDayRuns } from "@/db/queries/reconcile-scope";
import { findFeedsById, findRepairOf, listMended } from "@/db/queries/repair";
import type { Context } from "../context";
import { AppError } from "../errors";
import { readSettings } from "../settings/read";
import { wordsOf } from "./repair-words";

/** How far back a source is asked where nothing tells it better; the dry run of a repair names it. */
const ASK_BACK_MS = 7 * 86_400_000;

const NOTHING_OPEN = Object.fromEntries(ASPECTS.map((aspect) => [aspect, 0])) as Record<Aspect, number>;

type Cell = Record<Verdict, number>;
const empty = (): Cell => ({ matched: 0, differs: 0, missing_left: 0, missing_right: 0, accepted: 0 });

export type DayView = {
  day: string;
  /** How far the comparison of the whole day is. */
  standing: Standing;
  shipments: number;
  open: number;
  /** Shipments that differ, by what they differ in. */
  openBy: Record<Aspect, number>;
  /** Counts of comparisons by pair; those of an aspect add up to those of the pair, those of pairs to those of the day. */
  pairs: Record<Pair, Cell>;
  aspects: Record<Aspect, Cell>;
  all: Cell;
};

/**
 * All days of a span by pairs with their counts, newest first, also those that were never compared; `aspect` narrows to some of what is compared.
 * `oldest` is the first day of which something is kept, or could be.
 */
export async function readMatrix(
  ctx: Pick<Context, "sql" | "now">,
  input: { days: number; to?: string | undefined; aspect: readonly Aspect[]; connection: readonly number[] },
): Promise<{ days: DayView[]; today: string; oldest: string }> {
  const { reconciliation } = await readSettings(ctx);
  const today = dayOf(ctx.now().getTime(), reconciliation.zone);
  const to = input.to === undefined || input.to > today ? today : input.to;
  const oldest = dayPlus(today, -reconciliation.keepDays);
  const from = [dayPlus(to, 1 - input.days), oldest].toSorted().at(-1) as string;
  const span = { from, to, connection: input.connection };
  const [counts, compared, runs] = await Promise.all([
    listCounts(ctx.sql, span),
    listDays(ctx.sql, span),
    listDayRuns(ctx.sql, span),
  ]);
  const byDay = Map.groupBy(counts, ({ day }) => day);
  const found = new Map(compared.map((one) => [one.day, one]));
  const standings = standingsOf(runs);
  const days: string[] = [];
  for (let day = to; day >= from; day = dayPlus(day, -1)) days.push(day);
  return {
    today,
    oldest,
    days: days.map((day) => {
      const { shipments, open, openBy } = found.get(day) ?? { shipments: 0, open: 0, openBy: NOTHING_OPEN };
      const view: DayView = {
        day,
        standing: standings.get(day) ?? NEVER,
        shipments,
        open,
        openBy,
        pairs: Object.fromEntries(PAIRS.map((pair) => [pair, empty()])) as Record<Pair, Cell>,
        aspects: Object.fromEntries(ASPECTS.map((aspect) => [aspect, empty()])) as Record<Aspect, Cell>,
        all: empty(),
      };
      for (const { pair, aspect, verdict, count } of byDay.get(day) ?? []) {
        view.aspects[aspect][verdict] += count;
        if (input.aspect.length > 0 && !input.aspect.includes(aspect)) continue;
        view.pairs[pair][verdict] += count;
        view.all[verdict] += count;
      }
      return view;
    }),
  };
}

/** A page of the rows of a day. */
export async function readRows(
  ctx: Pick<Context, "sql">,
  input: { filter: ReconciliationFilter; cursor?: string | null | undefined; limit: number },
) {
  const rows = await listRows(ctx.sql, { filter: input.filter, after: input.cursor ?? null, limit: input.limit + 1 });
  const items = rows.slice(0, input.limit);
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}

/** How many rows a filter has, and by cause, carrier and warehouse. */
export async function countReconciled(ctx: Pick<Context, "sql">, filter: ReconciliationFilter) {
  const [total, facets] = await Promise.all([countRows(ctx.sql, filter), listFacets(ctx.sql, filter)]);
  return { total: total.shipments, comparisons: total.comparisons, ...facets };
}

/** A row with the plan of its repair and what was decided of it; the newest of a shipment where no day is named. Throws `not_found`. */
export async function readRow(ctx: Pick<Context, "sql">, input: { id: string; day?: string | undefined }) {
  const row = input.day ? await findRow(ctx.sql, input.id, input.day) : await findNewestRow(ctx.sql, input.id);
  if (!row) throw new AppError("not_found", "This shipment was not compared on that day.");
  const { ownership } = await readSettings(ctx);
  const found = row.differences ?? [];
  const [feeds, mended, repairing] = await Promise.all([
    findFeedsById(ctx.sql, [...new Set(found.flatMap(({ feedId }) => feedId ?? []))]),
    listMended(ctx.sql, wordsOf(found)),
    findRepairOf(ctx.sql, row.id),
  ]);
  const about: RepairAbout = {
    shipmentId: row.id,
    known: row.known,
    connectionId: row.connectionId,
    pickingId: row.pickingId,
    belongs: null,
    slugOf: (feedId) => feeds.get(feedId)?.slug ?? null,
    isAskable: (feedId) => feeds.get(feedId)?.askable ?? false,
    askFromMs: row.comparedAt.getTime() - ASK_BACK_MS,
    isMended: (feedId, kind, word) => mended.has(`${feedId}/${kind}/${word}`),
  };
  return {
    ...row,
    differences: found.map((difference: Difference) => ({
      ...difference,
      acceptable: mayAccept(difference),
      odooOwns: odooOwns(difference.aspect, ownership),
    })),
    steps: planRepair(found, ownership, about),
    /** The repair that is under way or waits for it. */
    repairing,
    decisions: await listDecisions(ctx.sql, row.id),
  };
}

/** What differs of a shipment in its newest comparison, with who changed it; null where it was never compared. */
export async function readNewest(ctx: Pick<Context, "sql">, shipmentId: string) {
  return (await findNewestRow(ctx.sql, shipmentId)) ? readRow(ctx, { id: shipmentId }) : null;
}

/** A page of a readiness list. */
export async function readReadiness(
  ctx: Pick<Context, "sql">,
  input: { filter: ReadinessFilter; after: { micros: string; id: string } | null; limit: number },
) {
  const rows = await listReadiness(ctx.sql, { ...input, limit: input.limit + 1 });
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > input.limit && last ? writeKeyset(last) : null };
}

const MOST_PRODUCTS = 200;

/** Counts of the readiness lists, and the products that stand on this one by warehouse. */
export async function countReady(ctx: Pick<Context, "sql">, filter: ReadinessFilter) {
  const [counts, products] = await Promise.all([
    countReadiness(ctx.sql, filter),
    sumProducts(ctx.sql, filter, MOST_PRODUCTS),
  ]);
  return { ...counts, products };
}
