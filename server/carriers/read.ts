import { type Figure, figureOf, figuresOf } from "@/core/carriers/figures";
import { type CarrierFilter, type Days, dayAt, daysBefore, weeksOf } from "@/core/carriers/filter";
import type { Basis } from "@/core/carriers/kpis";
import { addCounts, type Dimension, SPREADS, type Spread, type Sums } from "@/core/carriers/measures";
import { readProgress } from "@/db/queries/carrier-counts";
import {
  type CarrierChoices,
  type CountRow,
  listCarrierChoices,
  type SpreadRow,
  sumCounts,
  sumSpreads,
} from "@/db/queries/carrier-scores";
import { cached } from "../cached";
import type { Context } from "../context";

export type CarrierAsk = CarrierFilter & { days: Days; basis: Basis; by: Dimension };

export type Score = {
  /** Value of the dimension, as the filters take it; null for all of them together. */
  value: string | null;
  /** As people read it. */
  word: string;
  /** Shipments handed over in these days. */
  shipments: number;
  figures: Figure[];
  /** The same of as many days before. */
  before: Figure[];
  /** On-time delivery week by week, the oldest first. */
  trend: Figure[];
};

export type Scores = { days: Days; before: Days; weeks: Days[]; all: Score; groups: Score[]; more: number };

const MOST_GROUPS = 200;
/** Where only parts of one carrier are shown, these are the spreads that are looked at. */
const OF_PARTS = ["transit"] as const;

/** Figures of each carrier (or service, lane, warehouse) with those of the days before, the most shipments first, at most `most`. */
export async function readScores(ctx: Context, ask: CarrierAsk, most = MOST_GROUPS): Promise<Scores> {
  const { days, by } = ask;
  const before = daysBefore(days);
  const weeks = weeksOf(days);
  const options = { basis: ask.basis, narrowed: isNarrowed(ask) };
  const spreads = options.narrowed ? OF_PARTS : SPREADS;
  // the days before are the first step
  const [counts, keys] = await Promise.all([
    sumCounts(ctx.sql, { ...ask, steps: [before, ...weeks] }, today(ctx)),
    sumSpreads(ctx.sql, { ...ask, steps: [before, days] }, spreads),
  ]);
  const score = (value: string | null, mine: readonly CountRow[], spread: readonly SpreadRow[]): Score => {
    const now = sumsOf(
      mine.filter(({ step }) => step > 0),
      spread.filter(({ step }) => step > 0),
    );
    const then = sumsOf(
      mine.filter(({ step }) => step === 0),
      spread.filter(({ step }) => step === 0),
    );
    return {
      value,
      word: wordOf(by, value, [...mine, ...spread]),
      shipments: now.counts.handed_over,
      figures: figuresOf(now, options),
      before: figuresOf(then, options),
      trend: weeks.map((_, at) => {
        const week = sumsOf(
          mine.filter(({ step }) => step === at + 1),
          [],
        );
        return figureOf("on_time_delivery", week, options);
      }),
    };
  };
  const [countsOf, keysOf] = [Map.groupBy(counts, (row) => row.group), Map.groupBy(keys, (row) => row.group)];
  const groups = [...new Set([...countsOf.keys(), ...keysOf.keys()])]
    .map((group) => ({ group, mine: countsOf.get(group) ?? [], spread: keysOf.get(group) ?? [] }))
    .filter(
      ({ mine, spread }) => mine.some((row) => row.step > 0 && isSomething(row)) || spread.some((row) => row.step > 0),
    )
    .map(({ group, mine, spread }) => score(group, mine, spread))
    .sort(byShipments);
  return {
    days,
    before,
    weeks,
    all: score(null, counts, keys),
    groups: groups.slice(0, most),
    more: Math.max(0, groups.length - most),
  };
}

/** A service, lane or warehouse of one carrier. */
export type PartScore = Pick<Score, "value" | "word" | "shipments" | "figures">;

/** One carrier: every figure week by week, and apart by service, lane and warehouse. */
export async function readCarrier(
  ctx: Context,
  { carrier, ...rest }: Omit<CarrierAsk, "carrier" | "by"> & { carrier: string },
): Promise<{
  weeks: { days: Days; figures: Figure[] }[];
  services: PartScore[];
  lanes: PartScore[];
  warehouses: PartScore[];
}> {
  const ask: CarrierAsk = { ...rest, carrier: [carrier], by: "carrier" };
  const weeks = weeksOf(ask.days);
  const options = { basis: ask.basis, narrowed: isNarrowed(ask) };
  const partsBy = async (by: Dimension): Promise<PartScore[]> => {
    const of = { ...ask, by, steps: [ask.days] };
    const [counts, keys] = await Promise.all([sumCounts(ctx.sql, of, today(ctx)), sumSpreads(ctx.sql, of, OF_PARTS)]);
    const keysOf = Map.groupBy(keys, (row) => row.group);
    return counts
      .filter(isSomething)
      .map((row) => {
        const figures = figuresOf(sumsOf([row], keysOf.get(row.group) ?? []), { ...options, narrowed: true });
        return { value: row.group, word: row.group, shipments: row.counts.handed_over, figures };
      })
      .sort(byShipments);
  };
  const [counts, keys, services, lanes, warehouses] = await Promise.all([
    sumCounts(ctx.sql, { ...ask, steps: weeks }, today(ctx)),
    sumSpreads(ctx.sql, { ...ask, steps: weeks }, options.narrowed ? OF_PARTS : SPREADS),
    partsBy("service"),
    partsBy("lane"),
    partsBy("warehouse"),
  ]);
  return {
    weeks: weeks.map((days, at) => {
      const inStep = ({ step }: { step: number }) => step === at;
      return { days, figures: figuresOf(sumsOf(counts.filter(inStep), keys.filter(inStep)), options) };
    }),
    services,
    lanes,
    warehouses,
  };
}

const today = (ctx: Pick<Context, "now">) => dayAt(ctx.now().getTime());

function byShipments(a: PartScore, b: PartScore): number {
  return b.shipments - a.shipments || (a.word < b.word ? -1 : 1);
}

function wordOf(by: Dimension, value: string | null, rows: readonly { said: string }[]): string {
  if (value === null) return "All";
  return by === "carrier" ? (rows[0]?.said ?? value) : value;
}

function sumsOf(counts: readonly CountRow[], keys: readonly SpreadRow[]): Sums {
  const spreads: Partial<Record<Spread, Map<string, number>>> = {};
  for (const { spread, key, n } of keys) {
    spreads[spread] ??= new Map();
    spreads[spread].set(key, (spreads[spread].get(key) ?? 0) + n);
  }
  return { counts: addCounts(counts.map((row) => row.counts)), spreads };
}

const choicesOf = cached<CarrierChoices>(30_000, () => Date.now());

/** What there is to choose from. */
export async function readChoices(ctx: Context): Promise<CarrierChoices> {
  return (await choicesOf(ctx.config.databaseUrl, () => listCarrierChoices(ctx.sql))).value;
}

export type CountingState = {
  /** Changes up to here are counted; null where none is yet. */
  countedTo: Date | null;
  /** False while history is still being counted. */
  complete: boolean;
};

/** How far the counting has come. */
export async function readCountingState(ctx: Pick<Context, "sql">): Promise<CountingState> {
  const progress = await readProgress(ctx.sql);
  const shipments = progress.find(({ name }) => name === "shipments");
  return {
    countedTo: shipments?.caughtUpAt ?? shipments?.at ?? null,
    complete: progress.length > 1 && progress.every(({ caughtUpAt }) => caughtUpAt !== null),
  };
}

/** Bills and latencies are known by carrier alone. */
function isNarrowed({ by, service, lane, warehouse }: CarrierAsk): boolean {
  return by !== "carrier" || service.length + lane.length + warehouse.length > 0;
}

function isSomething({ counts }: CountRow): boolean {
  return Object.values(counts).some((n) => n > 0);
}
