import {
  ASPECTS,
  type Aspect,
  lettersFor,
  OPEN_VERDICTS,
  PAIRS,
  type Pair,
  placeOf,
  VERDICTS,
  type Verdict,
} from "@/core/reconciliation/aspects";
import type { CauseName, Difference } from "@/core/reconciliation/cause";
import { NO_WAREHOUSE, type ReadinessFilter, type ReconciliationFilter } from "@/core/reconciliation/filter";
import type { ReadinessLine, ReadinessList } from "@/core/reconciliation/readiness";
import type { Tx } from "@/db/client";

export type CountRow = {
  day: string;
  connectionId: number;
  pair: Pair;
  aspect: Aspect;
  verdict: Verdict;
  count: number;
};

/** Counts of days by pair, aspect and verdict, newest day first; all connections, or those named. */
export async function listCounts(
  tx: Tx,
  of: { from: string; to: string; connection: readonly number[] },
): Promise<CountRow[]> {
  const { from, to, connection } = of;
  return tx<
    CountRow[]
  >`select day::text, connection_id as "connectionId", pair, aspect, verdict, count from reconciliation_count
    where day between ${from}::date and ${to}::date and count > 0
      ${connection.length > 0 ? tx`and connection_id = any(${[...connection]}::int[])` : tx``} order by day desc, pair, aspect, verdict`;
}

export type DayRow = { day: string; shipments: number; open: number; openBy: Record<Aspect, number> };

/** How many shipments were compared on days, how many of them differ in something, and in what. */
export async function listDays(
  tx: Tx,
  of: { from: string; to: string; connection: readonly number[] },
): Promise<DayRow[]> {
  const { from, to, connection } = of;
  const only = connection.length > 0 ? tx`and connection_id = any(${[...connection]}::int[])` : tx``;
  const [days, aspects] = await Promise.all([
    tx<
      { day: string; shipments: number; open: number }[]
    >`select day::text, count(*)::int as shipments, count(*) filter (where open > 0)::int as open
      from reconciliation_row where day between ${from}::date and ${to}::date ${only} group by day order by day desc`,
    tx<
      { day: string; aspect: Aspect; count: number }[]
    >`select day::text, aspect, count(*)::int as count from reconciliation_row, unnest(aspects) aspect
      where day between ${from}::date and ${to}::date and open > 0 ${only} group by 1, 2`,
  ]);
  const byDay = Map.groupBy(aspects, ({ day }) => day);
  return days.map((row) => {
    const found = new Map((byDay.get(row.day) ?? []).map(({ aspect, count }) => [aspect, count]));
    const openBy = Object.fromEntries(ASPECTS.map((aspect) => [aspect, found.get(aspect) ?? 0]));
    return { ...row, openBy: openBy as Record<Aspect, number> };
  });
}

/** Rows of which a named pair and aspect has a named verdict, a named cause and the rest of the filter. */
function where(tx: Tx, filter: ReconciliationFilter) {
  const { day, connection, pair, aspect, verdict, cause, carrier, warehouse, search, posted } = filter;
  const { places, letters } = meant(filter);
  const narrowed = pair.length + aspect.length + verdict.length > 0;
  // only rows that differ can have such a verdict: the index of those is small
  const onlyOpen =
    (verdict.length > 0 && verdict.every((one) => OPEN_VERDICTS.includes(one))) || cause.length > 0 || posted;
  return tx`day = ${day}::date
    ${connection.length > 0 ? tx`and connection_id = any(${connection}::int[])` : tx``}
    ${onlyOpen ? tx`and open > 0` : tx``}
    ${narrowed ? tx`and exists (select from unnest(${places}::int[]) p where substr(letters, p + 1, 1) = any(${letters}::text[]))` : tx``}
    ${cause.length > 0 ? (aspect.length > 0 ? tx`and exists (select from jsonb_array_elements(differences) d where d->>'aspect' = any(${aspect}::text[]) and d->>'cause' = any(${cause}::text[]))` : tx`and causes && ${cause}::text[]`) : tx``}
    ${carrier.length > 0 ? tx`and carrier = any(${carrier}::text[])` : tx``}
    ${warehouse.length > 0 ? tx`and warehouse = any(${warehouse}::text[])` : tx``}
    ${posted ? tx`and exists (select from posting p where p.shipment_id = reconciliation_row.shipment_id and p.state in ('posted', 'verified')) and not exists (select from posting p where p.shipment_id = reconciliation_row.shipment_id and p.state not in ('posted', 'verified', 'superseded', 'cancelled'))` : tx``}
    ${search === "" ? tx`` : tx`and name ilike ${`%${search.replace(/[\\%_]/g, "\\$&")}%`}`}`;
}

export type ReconciliationListRow = {
  id: string;
  day: string;
  known: boolean;
  connectionId: number;
  connection: string;
  pickingId: number;
  name: string;
  carrier: string | null;
  warehouse: string | null;
  letters: string;
  causes: CauseName[];
  open: number;
  differences: Difference[] | null;
  comparedAt: Date;
};

/** A page of the rows of a day by shipment, after one. */
export async function listRows(
  tx: Tx,
  of: { filter: ReconciliationFilter; after: string | null; limit: number },
): Promise<ReconciliationListRow[]> {
  return tx<ReconciliationListRow[]>`with page as (select * from reconciliation_row where ${where(tx, of.filter)}
      ${of.after === null ? tx`` : tx`and shipment_id > ${of.after}::uuid`} order by shipment_id limit ${of.limit})
    select r.shipment_id as id, r.day::text, r.known, r.connection_id as "connectionId", coalesce(c.name, '') as connection, r.picking_id as "pickingId",
      r.name, r.carrier, r.warehouse, r.letters, r.causes, r.open, r.differences, r.compared_at as "comparedAt"
    from page r left join odoo_connection c on c.id = r.connection_id order by r.shipment_id`;
}

/** How many rows a filter has, and how many comparisons of these rows it means: those add up to the counts of days and pairs. */
export async function countRows(
  tx: Tx,
  filter: ReconciliationFilter,
): Promise<{ shipments: number; comparisons: number }> {
  const { places, letters } = meant(filter);
  const [row] = await tx<{ shipments: number; comparisons: number }[]>`select count(*)::int as shipments, coalesce(sum((
      select count(*) from unnest(${places}::int[]) p where substr(letters, p + 1, 1) = any(${letters}::text[]))), 0)::int as comparisons
    from reconciliation_row where ${where(tx, filter)}`;
  return row ?? { shipments: 0, comparisons: 0 };
}

/** The places and letters of the pairs, aspects and verdicts that a filter names; nothing named is all. */
function meant({ pair, aspect, verdict }: ReconciliationFilter): { places: number[]; letters: string[] } {
  const aspects = aspect.length > 0 ? aspect : ASPECTS;
  return {
    places: (pair.length > 0 ? pair : PAIRS).flatMap((one) => aspects.map((other) => placeOf(one, other))),
    letters: lettersFor(verdict.length > 0 ? verdict : VERDICTS),
  };
}

export type Facet = { value: string; count: number };

/** Causes, carriers and warehouses of the rows of a filter, each with its count; a facet does not narrow itself. */
export async function listFacets(
  tx: Tx,
  filter: ReconciliationFilter,
): Promise<{ cause: Facet[]; carrier: Facet[]; warehouse: Facet[] }> {
  const [cause, carrier, warehouse] = await Promise.all([
    tx<Facet[]>`select c as value, count(distinct (shipment_id))::int as count from (
        select shipment_id, d->>'cause' as c from reconciliation_row, jsonb_array_elements(differences) d
        where ${where(tx, { ...filter, cause: [] })} and open > 0
          ${filter.aspect.length > 0 ? tx`and d->>'aspect' = any(${filter.aspect}::text[])` : tx``}) x group by c order by 2 desc, 1`,
    tx<
      Facet[]
    >`select carrier as value, count(*)::int as count from reconciliation_row where ${where(tx, { ...filter, carrier: [] })} and carrier is not null
      group by 1 order by 2 desc, 1 limit 100`,
    tx<
      Facet[]
    >`select warehouse as value, count(*)::int as count from reconciliation_row where ${where(tx, { ...filter, warehouse: [] })} and warehouse is not null
      group by 1 order by 2 desc, 1 limit 100`,
  ]);
  return { cause, carrier, warehouse };
}

/** Ids of the rows of a filter that differ and that Waypost knows. */
export async function listRowIds(tx: Tx, filter: ReconciliationFilter, limit: number): Promise<string[]> {
  const rows = await tx<
    { id: string }[]
  >`select shipment_id as id from reconciliation_row where ${where(tx, filter)} and open > 0 and known
    order by shipment_id limit ${limit}`;
  return rows.map((row) => row.id);
}

/** The newest row of a shipment; null where it was never compared. */
export async function findNewestRow(tx: Tx, shipmentId: string): Promise<ReconciliationListRow | null> {
  const [row] = await tx<
    ReconciliationListRow[]
  >`select r.shipment_id as id, r.day::text, r.known, r.connection_id as "connectionId",
      coalesce(c.name, '') as connection, r.picking_id as "pickingId", r.name, r.carrier, r.warehouse, r.letters, r.causes, r.open, r.differences,
      r.compared_at as "comparedAt"
    from reconciliation_row r left join odoo_connection c on c.id = r.connection_id
    where r.shipment_id = ${shipmentId}::uuid order by r.day desc limit 1`;
  return row ?? null;
}

/** The row of a shipment on a day; null where it was not compared then. */
export async function findRow(tx: Tx, shipmentId: string, day: string): Promise<ReconciliationListRow | null> {
  const [row] = await tx<
    ReconciliationListRow[]
  >`select r.shipment_id as id, r.day::text, r.known, r.connection_id as "connectionId",
      coalesce(c.name, '') as connection, r.picking_id as "pickingId", r.name, r.carrier, r.warehouse, r.letters, r.causes, r.open, r.differences,
      r.compared_at as "comparedAt"
    from reconciliation_row r left join odoo_connection c on c.id = r.connection_id
    where r.shipment_id = ${shipmentId}::uuid and r.day = ${day}::date`;
  return row ?? null;
}

export type Decision = {
  id: string;
  aspect: Aspect;
  decision: "accept" | "post";
  ours: string;
  theirs: string;
  reason: string | null;
  changedBy: string | null;
  changedAt: Date | null;
  byName: string;
  at: Date;
  endedAt: Date | null;
};

/** What people decided about a shipment, newest first. */
export async function listDecisions(tx: Tx, shipmentId: string): Promise<Decision[]> {
  return tx<
    Decision[]
  >`select id, aspect, decision, ours, theirs, reason, changed_by as "changedBy", changed_at as "changedAt", by_name as "byName", at,
      ended_at as "endedAt" from reconciliation_decision where shipment_id = ${shipmentId}::uuid order by at desc, id desc limit 50`;
}

function readyWhere(tx: Tx, { list, warehouse, carrier, product, search }: ReadinessFilter) {
  const like = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return tx`list = ${list} ${warehouse.length > 0 ? tx`and coalesce(warehouse, ${NO_WAREHOUSE}) = any(${warehouse}::text[])` : tx``}
    ${carrier.length > 0 ? tx`and carrier = any(${carrier}::text[])` : tx``}
    ${product.length > 0 ? tx`and exists (select from jsonb_array_elements(lines) l where l->>'code' = any(${product}::text[]))` : tx``}
    ${search === "" ? tx`` : tx`and (name ilike ${like} or order_name ilike ${like} or customer ilike ${like})`}`;
}

export type ReadinessRow = {
  id: string;
  list: ReadinessList;
  micros: string;
  name: string;
  orderName: string | null;
  customer: string | null;
  carrier: string | null;
  warehouse: string | null;
  since: Date;
  lines: ReadinessLine[];
  valueMinor: number | null;
  currency: string | null;
  checkedAt: Date;
};

/** A page of a readiness list, longest standing first. */
export async function listReadiness(
  tx: Tx,
  of: { filter: ReadinessFilter; after: { micros: string; id: string } | null; limit: number },
): Promise<ReadinessRow[]> {
  return tx<
    ReadinessRow[]
  >`select shipment_id as id, list, (extract(epoch from since) * 1000000)::bigint::text as micros, name, order_name as "orderName",
      customer, carrier, warehouse, since, lines, value_minor::float8 as "valueMinor", currency, checked_at as "checkedAt" from readiness_item
    where ${readyWhere(tx, of.filter)} ${
      of.after === null
        ? tx``
        : tx`and (since, shipment_id) > ('epoch'::timestamptz + ${of.after.micros}::float8 * interval '1 microsecond', ${of.after.id}::uuid)`
    } order by since, shipment_id limit ${of.limit}`;
}

/** How many stand on each list, and on this one by warehouse and carrier. */
export async function countReadiness(
  tx: Tx,
  filter: ReadinessFilter,
): Promise<{ lists: { list: ReadinessList; count: number }[]; total: number; warehouse: Facet[]; carrier: Facet[] }> {
  const [lists, total, warehouse, carrier] = await Promise.all([
    tx<{ list: ReadinessList; count: number }[]>`select list, count(*)::int as count from readiness_item group by list`,
    tx<{ n: number }[]>`select count(*)::int as n from readiness_item where ${readyWhere(tx, filter)}`,
    tx<
      Facet[]
    >`select coalesce(warehouse, ${NO_WAREHOUSE}) as value, count(*)::int as count from readiness_item where ${readyWhere(tx, { ...filter, warehouse: [] })}
      group by 1 order by 2 desc, 1 limit 100`,
    tx<
      Facet[]
    >`select carrier as value, count(*)::int as count from readiness_item where ${readyWhere(tx, { ...filter, carrier: [] })} and carrier is not null
      group by 1 order by 2 desc, 1 limit 100`,
  ]);
  return { lists, total: total[0]?.n ?? 0, warehouse, carrier };
}

export type AtRisk = { code: string; warehouse: string; quantity: number; shipments: number };

/** How much of each product, by warehouse, stands on a list: goods that left and that Odoo still counts, for one. */
export async function sumProducts(tx: Tx, filter: ReadinessFilter, limit: number): Promise<AtRisk[]> {
  return tx<
    AtRisk[]
  >`select l->>'code' as code, coalesce(warehouse, ${NO_WAREHOUSE}) as warehouse, sum((l->>'quantity')::numeric)::float8 as quantity,
      count(distinct shipment_id)::int as shipments
    from readiness_item, jsonb_array_elements(lines) l where ${readyWhere(tx, filter)} group by 1, 2 order by 3 desc, 1, 2 limit ${limit}`;
}
