import type { CarrierFilter, Days } from "@/core/carriers/filter";
import {
  type Dimension,
  DUE_MEASURES,
  type Level,
  MEASURES,
  type Measure,
  type Spread,
} from "@/core/carriers/measures";
import type { Sql, Tx } from "@/db/client";

/** One group of cells in one step of time; `said` is its first carrier as it is written. */
type Part = { group: string; said: string; step: number };
export type CountRow = Part & { counts: Record<Measure, number> };
export type SpreadRow = Part & { spread: Spread; key: string; n: number };

export type ScoreQuestion = CarrierFilter & {
  by: Dimension;
  /** Spans of days, each a step: one follows the other without a gap, the oldest first. */
  steps: readonly Days[];
};

/**
 * Adds the daily counts up by one dimension and by steps of days, over the coarsest cells that tell the dimensions asked for. What ran out before
 * `today` (a day of UTC) is over is not known yet.
 */
export async function sumCounts(tx: Tx, question: ScoreQuestion, today: string): Promise<CountRow[]> {
  const sums = MEASURES.map((name) => {
    const over = DUE_MEASURES.has(name) ? " filter (where d.day < t.today)" : "";
    return `coalesce(sum(d.${name})${over}, 0)::float8 as ${name}`;
  });
  const rows = await tx<(Part & Record<Measure, number>)[]>`
    with cells as materialized (${cellsOf(tx, question)})
    select c.grp as "group", min(c.said) as said, ${stepOf(tx, question)} as step, ${tx.unsafe(sums.join(", "))}
    from cells c cross join (select ${today}::date as today) t join carrier_day d on d.cell_id = c.id and ${inSteps(tx, question)}
    group by 1, 3`;
  return rows.map(({ group, said, step, ...counts }) => ({ group, said, step, counts }));
}

/**
 * Adds up what is counted by a further key, in the same way. Over lanes it is some hundred thousand small rows: hashed they take a third of what
 * they take sorted, which the planner, who expects few, would choose.
 */
export async function sumSpreads(sql: Sql, question: ScoreQuestion, spreads: readonly Spread[]): Promise<SpreadRow[]> {
  return sql.begin("read only", async (tx) => {
    await tx`set local enable_sort = off`;
    return tx<SpreadRow[]>`
      with cells as materialized (${cellsOf(tx, question)})
      select c.grp as "group", min(c.said) as said, ${stepOf(tx, question)} as step, d.spread, d.key, sum(d.n)::float8 as n
      from cells c join carrier_spread d on d.cell_id = c.id and d.spread = any(${[...spreads]}::text[]) and ${inSteps(tx, question)}
      group by 1, 3, 4, 5`;
  });
}

const stepOf = (tx: Tx, { steps }: ScoreQuestion) =>
  tx`width_bucket(d.day, ${steps.map(({ from }) => from)}::date[]) - 1`;

const inSteps = (tx: Tx, { steps }: ScoreQuestion) =>
  tx`d.day between ${steps[0]?.from ?? null}::date and ${steps.at(-1)?.to ?? null}::date`;

const PARTS = ["service", "lane", "warehouse"] as const;

/** Cells of the coarsest level that tells apart what is asked for. */
function cellsOf(tx: Tx, { by, carrier, ...filter }: ScoreQuestion) {
  const chosen = (name: Dimension, values: readonly string[]) =>
    values.length === 0 ? tx`` : tx`and ${tx.unsafe(name)} = any(${[...values]}::text[])`;
  const carriers = carrier.map((name) => name.toLowerCase());
  return tx`select id, said, ${tx.unsafe(by)} as grp from carrier_cell where level = ${levelOf({ by, carrier, ...filter })}
    ${chosen("carrier", carriers)} ${PARTS.map((name) => chosen(name, filter[name]))}`;
}

function levelOf({ by, carrier, ...filter }: Omit<ScoreQuestion, "steps">): Level {
  const [part, ...more] = PARTS.filter((name) => by === name || filter[name].length > 0);
  if (part === undefined) return "carrier";
  if (more.length > 0) return "combined";
  return by === "carrier" || carrier.length > 0 ? part : `all_${part}`;
}

export type CarrierChoices = Record<Exclude<Dimension, "carrier">, string[]> & {
  carrier: { value: string; said: string }[];
};

const MOST_CHOICES = 500;

/** What there is to choose from: carriers as they are written, services, lanes and warehouses, by name. */
export async function listCarrierChoices(tx: Tx): Promise<CarrierChoices> {
  const distinct = async (name: (typeof PARTS)[number]) => {
    const rows = await tx<{ value: string }[]>`
      select distinct ${tx.unsafe(name)} as value from carrier_cell where level = ${`all_${name}`} order by 1 limit ${MOST_CHOICES}`;
    return rows.map(({ value }) => value);
  };
  const [carrier, service, lane, warehouse] = await Promise.all([
    tx<{ value: string; said: string }[]>`select carrier as value, said from carrier_cell
      where level = 'carrier' order by 1 limit ${MOST_CHOICES}`,
    distinct("service"),
    distinct("lane"),
    distinct("warehouse"),
  ]);
  return { carrier: [...carrier], service, lane, warehouse };
}
