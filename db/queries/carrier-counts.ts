import type { CountedBill } from "@/core/carriers/bill-contribution";
import type { DayChange, SpreadChange } from "@/core/carriers/changes";
import { type Level, MEASURES } from "@/core/carriers/measures";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";

/** A place in the order (updated_at, id); `at` is text, because a Date has no microseconds. */
export type Place = { at: string; id: string };
export type ProgressName = "shipments" | "bills";

const START: Place = { at: "-infinity", id: "00000000-0000-0000-0000-000000000000" };

/** Locks how far one order of changes was counted; other limits than those it was counted by begin it anew. */
export async function lockProgress(tx: Tx, name: ProgressName, rules: string): Promise<Place> {
  await tx`insert into carrier_progress (name, at, id, rules) values (${name}, ${START.at}::text::timestamptz, ${START.id}, ${rules}) on conflict do nothing`;
  const [row] = await tx<(Place & { rules: string })[]>`
    select at::text as at, id, rules from carrier_progress where name = ${name} for update`;
  if (row?.rules === rules) return { at: row.at, id: row.id };
  await tx`update carrier_progress set at = ${START.at}::text::timestamptz, id = ${START.id}, rules = ${rules}, caught_up_at = null where name = ${name}`;
  return START;
}

/** Remembers how far it was counted; `caughtUpAt` where nothing was left. */
export async function saveProgress(
  tx: Tx,
  name: ProgressName,
  place: Place | null,
  caughtUpAt: Date | null,
): Promise<void> {
  await tx`update carrier_progress set at = coalesce(${place?.at ?? null}::text::timestamptz, at), id = coalesce(${place?.id ?? null}::uuid, id),
    caught_up_at = coalesce(${caughtUpAt}::timestamptz, caught_up_at) where name = ${name}`;
}

export type Progress = { name: ProgressName; at: Date | null; caughtUpAt: Date | null };

/** How far the counting has come; `at` null before its first step. */
export async function readProgress(tx: Tx): Promise<Progress[]> {
  return tx<
    Progress[]
  >`select name, case when isfinite(at) then at end as at, caught_up_at as "caughtUpAt" from carrier_progress`;
}

export type ChangedShipment = Place & {
  provisional: boolean;
  carrier: string | null;
  service: string | null;
  warehouse: string | null;
  createdAt: Date;
  state: Partial<Shipment>;
};

/** Heads that changed after a place and before an instant, in order; which they are, the index of the list says alone. */
export async function listChangedHeads(tx: Tx, after: Place, before: Date, limit: number): Promise<ChangedShipment[]> {
  return tx<ChangedShipment[]>`
    with page as materialized (select shipment_id from shipment where head_id is null
        and (updated_at, shipment_id) > (${after.at}::text::timestamptz, ${after.id}::uuid) and updated_at < ${before}
      order by updated_at, shipment_id limit ${limit})
    select s.shipment_id as id, s.updated_at::text as at, s.provisional, s.carrier, s.service, s.warehouse, s.created_at as "createdAt", s.state
    from page join shipment s using (shipment_id) order by s.updated_at, s.shipment_id`;
}

/** Members of heads. */
export async function listMembers(tx: Tx, heads: readonly string[]): Promise<{ id: string; headId: string }[]> {
  if (heads.length === 0) return [];
  return tx<{ id: string; headId: string }[]>`
    select shipment_id as id, head_id as "headId" from shipment where head_id = any(${[...heads]}::uuid[])`;
}

/** Those of these shipments that ever had an exception which is the carrier's doing. */
export async function listTroubled(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx<{ id: string }[]>`
    select distinct shipment_id as id from exception where shipment_id = any(${[...ids]}::uuid[]) and party = 'carrier'`;
  return new Set(rows.map(({ id }) => id));
}

export type ChangedBill = Place & CountedBill & { vendor: string };

/** Freight bills whose standing changed after a place and before an instant, in order. */
export async function listChangedBills(tx: Tx, after: Place, before: Date, limit: number): Promise<ChangedBill[]> {
  const rows = await tx<(Omit<ChangedBill, "receivedAtMs"> & { receivedAt: Date })[]>`
    with page as (select * from freight_case where (updated_at, invoice_id) > (${after.at}::text::timestamptz, ${after.id}::uuid) and updated_at < ${before}
      order by updated_at, invoice_id limit ${limit})
    select c.invoice_id as id, c.updated_at::text as at, c.vendor, f.kind, c.state, c.verdict, c.currency, c.billed_minor::float8 as "billedMinor",
      c.over_minor::float8 as "overMinor", c.under_minor::float8 as "underMinor", c.pay_minor::float8 as "payMinor", c.received_at as "receivedAt",
      (select count(distinct shipment_id)::int from freight_line_case l where l.invoice_id = c.invoice_id) as shipments
    from page c join freight_invoice f on f.id = c.invoice_id order by c.updated_at, c.invoice_id`;
  return rows.map(({ receivedAt, ...row }) => ({ ...row, receivedAtMs: receivedAt.getTime() }));
}

/** `cells` holds that of the carrier as a whole first; `counted` is packed. */
export type Fact = { subjectId: string; cells: number[]; counted: string };

/** What these subjects were counted as, locked. */
export async function lockFacts(tx: Tx, subjects: readonly string[]): Promise<Fact[]> {
  if (subjects.length === 0) return [];
  return tx<Fact[]>`select subject_id as "subjectId", cells, counted from carrier_fact
    where subject_id = any(${[...subjects]}::uuid[]) order by subject_id for update`;
}

/** Replaces what these subjects were counted as: those without a new fact are forgotten. */
export async function saveFacts(tx: Tx, facts: readonly Fact[], forgotten: readonly string[]): Promise<void> {
  if (forgotten.length > 0) await tx`delete from carrier_fact where subject_id = any(${[...forgotten]}::uuid[])`;
  if (facts.length === 0) return;
  await tx`insert into carrier_fact (subject_id, cells, counted)
    select s, string_to_array(c, ',')::int[], f from unnest(${facts.map((f) => f.subjectId)}::uuid[],
      ${facts.map((f) => f.cells.join(","))}::text[], ${facts.map((f) => f.counted)}::text[]) t(s, c, f)
    on conflict (subject_id) do update set cells = excluded.cells, counted = excluded.counted`;
}

export type CellName = {
  level: Level;
  carrier: string;
  said: string;
  service: string;
  lane: string;
  warehouse: string;
};

/** Names a cell. */
export function cellKey({ carrier, service, lane, warehouse }: Omit<CellName, "said" | "level">): string {
  return [carrier, service, lane, warehouse].join("\u001f");
}

/** Ids of cells by `cellKey`; those that are new are made. */
export async function ensureCells(tx: Tx, cells: readonly CellName[]): Promise<Map<string, number>> {
  const wanted = [...new Map(cells.map((cell) => [cellKey(cell), cell])).values()];
  const ids = await findCells(tx, wanted);
  const missing = wanted.filter((cell) => !ids.has(cellKey(cell)));
  if (missing.length === 0) return ids;
  await tx`insert into carrier_cell (level, said, carrier, service, lane, warehouse) select * from ${unnested(tx, missing, true)} on conflict do nothing`;
  return findCells(tx, wanted);
}

async function findCells(tx: Tx, cells: readonly CellName[]): Promise<Map<string, number>> {
  if (cells.length === 0) return new Map();
  const rows = await tx<(CellName & { id: number })[]>`
    select c.id, c.carrier, c.service, c.lane, c.warehouse from carrier_cell c join ${unnested(tx, cells, false)} on
      c.carrier = t.carrier and c.service = t.service and c.lane = t.lane and c.warehouse = t.warehouse`;
  return new Map(rows.map((row) => [cellKey(row), row.id]));
}

/** `whole`: with level and word in front of the four names. */
function unnested(tx: Tx, cells: readonly CellName[], whole: boolean) {
  const names = tx`${cells.map((c) => c.carrier)}::text[], ${cells.map((c) => c.service)}::text[], ${cells.map((c) => c.lane)}::text[],
    ${cells.map((c) => c.warehouse)}::text[]`;
  if (!whole) return tx`unnest(${names}) t(carrier, service, lane, warehouse)`;
  return tx`unnest(${cells.map((c) => c.level)}::text[], ${cells.map((c) => c.said)}::text[], ${names}) t(level, said, carrier, service, lane, warehouse)`;
}

/** Adds changes to the daily counts, in the order of their keys. */
export async function addChanges(
  tx: Tx,
  { days, spreads }: { days: readonly DayChange[]; spreads: readonly SpreadChange[] },
): Promise<void> {
  if (days.length > 0) {
    const rows = days.map(({ cell, day, counts }) => ({ cell_id: cell, day, ...counts }));
    const names = MEASURES.join(", ");
    await tx`insert into carrier_day (cell_id, day, ${tx.unsafe(names)})
      select cell_id, day, ${tx.unsafe(names)} from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        t(cell_id int, day date, ${tx.unsafe(MEASURES.map((name) => `${name} int`).join(", "))}) order by cell_id, day
      on conflict (cell_id, day) do update set ${tx.unsafe(MEASURES.map((name) => `${name} = carrier_day.${name} + excluded.${name}`).join(", "))}`;
  }
  if (spreads.length > 0) {
    await tx`insert into carrier_spread (cell_id, spread, day, key, n)
      select c, s, d, k, n from unnest(${spreads.map((s) => s.cell)}::int[], ${spreads.map((s) => s.spread)}::text[],
        ${spreads.map((s) => s.day)}::date[], ${spreads.map((s) => s.key)}::text[], ${spreads.map((s) => s.n)}::bigint[]) t(c, s, d, k, n) order by 1, 2, 3, 4
      on conflict (cell_id, spread, day, key) do update set n = carrier_spread.n + excluded.n`;
  }
}
