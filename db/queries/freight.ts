import type { Charge } from "@/core/freight/charges";
import type { CheckedLine } from "@/core/freight/check";
import type { Hit } from "@/core/freight/match";
import { type FreightState, type Matching, type Objection, PAID, UNDECIDED, type Verdict } from "@/core/freight/states";
import type { ReferenceKind } from "@/core/shipments/references";
import type { Tx } from "@/db/client";

export type InvoiceRow = {
  id: string;
  vendor: string;
  number: string;
  numberKey: string;
  kind: "invoice" | "credit";
  document: string;
  invoiceDate: string | null;
  dueDate: string | null;
  currency: string | null;
  total: string | null;
  feedId: number;
  messageId: string;
  at: string;
  receivedAt: Date;
  correlationId: string | null;
  state: FreightState;
  verdict: Verdict | null;
  version: number;
  judgedAt: Date | null;
};

export type LineRow = {
  invoiceId: string;
  position: number;
  line: string;
  code: string | null;
  description: string | null;
  implied: Charge | null;
  amount: string;
};

export type ReferenceRow = {
  invoiceId: string;
  position: number;
  kind: ReferenceKind;
  issuer: string | null;
  value: string;
  said: string;
};

/**
 * Marks bills for another check that a later shipment may heal: undecided ones whose numbers now name one, and those whose shipments changed
 * since; half a minute back, because a transaction's clock stands at its beginning. Bounded by what is undecided.
 */
export async function markHealed(tx: Tx, now: Date, limit: number): Promise<number> {
  const result = await tx`
    with healed as (
      select distinct c.invoice_id from freight_case c
        join freight_line_case l on l.invoice_id = c.invoice_id and l.shipment_id is null
        join freight_reference f on f.invoice_id = c.invoice_id and f.position in (0, l.position)
        join reference r on r.value = f.value and r.kind = f.kind
        join shipment s on s.shipment_id = r.shipment_id
      where c.state in ('open', 'second', 'disputed') and c.review_at is null and s.updated_at > c.judged_at - interval '30 seconds' limit ${limit}),
    changed as (
      select distinct c.invoice_id from freight_case c
        join freight_line_case l on l.invoice_id = c.invoice_id
        join shipment s on s.shipment_id = l.shipment_id
      where c.state in ('open', 'second', 'disputed') and c.review_at is null and s.updated_at > c.judged_at - interval '30 seconds' limit ${limit})
    update freight_case c set review_at = ${now} from (select invoice_id from healed union select invoice_id from changed) t
    where c.invoice_id = t.invoice_id and c.review_at is null`;
  return result.count;
}

/** Takes bills that wait for their check, oldest wish first; another worker's are skipped. */
export async function takeToJudge(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select invoice_id as id from freight_case where review_at <= ${now} order by review_at, invoice_id limit ${limit} for update skip locked`;
  return rows.map((row) => row.id);
}

const columns = (
  tx: Tx,
) => tx`f.id, f.vendor, f.number, f.number_key as "numberKey", f.kind, f.document, f.invoice_date::text as "invoiceDate",
  f.due_date::text as "dueDate", f.currency, f.total, f.feed_id as "feedId", f.message_id as "messageId", f.at, f.received_at as "receivedAt",
  f.correlation_id as "correlationId", c.state, c.verdict, c.version, c.judged_at as "judgedAt"`;

export async function loadInvoices(tx: Tx, ids: readonly string[]): Promise<InvoiceRow[]> {
  if (ids.length === 0) return [];
  return tx<
    InvoiceRow[]
  >`select ${columns(tx)} from freight_invoice f join freight_case c on c.invoice_id = f.id where f.id = any(${[...ids]}::uuid[])`;
}

/**
 * Bills of the same carriers that share their number or one of their own numbers with these, but for those that are out of the question. At
 * most `limit`.
 */
export async function loadRelated(tx: Tx, ids: readonly string[], limit: number): Promise<InvoiceRow[]> {
  if (ids.length === 0) return [];
  return tx<InvoiceRow[]>`
    with mine as (select id, vendor, number_key from freight_invoice where id = any(${[...ids]}::uuid[])),
    near as (
      select o.id from mine m join freight_invoice o on o.vendor = m.vendor and o.number_key = m.number_key
      union
      select o.id from mine m join freight_reference r on r.invoice_id = m.id
        join freight_reference q on q.value = r.value and q.kind = r.kind and q.invoice_id <> m.id
        join freight_invoice o on o.id = q.invoice_id and o.vendor = m.vendor
      limit ${limit})
    select ${columns(tx)} from near n join freight_invoice f on f.id = n.id join freight_case c on c.invoice_id = f.id
    where c.state not in ('rejected', 'withdrawn')`;
}

export async function loadLines(tx: Tx, ids: readonly string[]): Promise<LineRow[]> {
  if (ids.length === 0) return [];
  return tx<
    LineRow[]
  >`select invoice_id as "invoiceId", position, line, code, description, implied, amount from freight_line
    where invoice_id = any(${[...ids]}::uuid[]) order by invoice_id, position`;
}

export async function loadInvoiceReferences(tx: Tx, ids: readonly string[]): Promise<ReferenceRow[]> {
  if (ids.length === 0) return [];
  return tx<
    ReferenceRow[]
  >`select invoice_id as "invoiceId", position, kind, nullif(issuer, '') as issuer, value, said from freight_reference
    where invoice_id = any(${[...ids]}::uuid[])`;
}

/** Shipments that have one of these numbers, by their heads. */
export async function findHits(tx: Tx, values: readonly string[]): Promise<Hit[]> {
  if (values.length === 0) return [];
  const rows = await tx<
    { kind: ReferenceKind; issuer: string | null; value: string; shipmentId: string; liveUntil: Date | null }[]
  >`select r.kind, nullif(r.issuer, '') as issuer, r.value, coalesce(s.head_id, s.shipment_id) as "shipmentId", r.live_until as "liveUntil"
    from reference r join shipment s on s.shipment_id = r.shipment_id where r.value = any(${[...values]}::text[]) limit 50000`;
  return rows.map(({ liveUntil, ...row }) => ({ ...row, liveUntilMs: liveUntil?.getTime() ?? null }));
}

export type Expected = { shipmentId: string; amountMinor: number; currency: string };

/**
 * What shipments should cost: as the check saw it when a bill of theirs was approved, because Odoo holds the real cost since; else what is
 * claimed now.
 */
export async function loadExpected(tx: Tx, shipmentIds: readonly string[]): Promise<Expected[]> {
  if (shipmentIds.length === 0) return [];
  return tx<Expected[]>`
    with seen as (
      select distinct on (l.shipment_id) l.shipment_id, l.expected_minor, c.currency from freight_line_case l
        join freight_case c on c.invoice_id = l.invoice_id
      where l.shipment_id = any(${[...shipmentIds]}::uuid[]) and c.state = any(${[...PAID]}::text[]) and l.expected_minor is not null
      order by l.shipment_id, c.decided_at)
    select s.shipment_id as "shipmentId", coalesce(e.expected_minor::float8, (v->>'amountMinor')::float8) as "amountMinor",
      coalesce(e.currency, v->>'currency') as currency
    from shipment s left join seen e on e.shipment_id = s.shipment_id
      cross join lateral (select s.state->'attributes'->'expected_freight'->'value' as v) x
    where s.shipment_id = any(${[...shipmentIds]}::uuid[])
      and (e.expected_minor is not null or (jsonb_typeof(v->'amountMinor') = 'number' and v->>'currency' is not null))`;
}

export type CaseRow = {
  id: string;
  state: FreightState;
  verdict: Verdict;
  currency: string | null;
  billedMinor: number | null;
  expectedMinor: number | null;
  overMinor: number;
  underMinor: number;
  matched: Matching;
  objections: Objection[];
  duplicateOf: string[];
  lineage: string[];
  lines: CheckedLine[];
};

/** Writes what the check said; a bill that was decided meanwhile stays as it was. The version moves only where something is another. */
export async function saveVerdicts(tx: Tx, rows: readonly CaseRow[], now: Date): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const saved = await tx<{ id: string }[]>`
    update freight_case c set state = case when c.state = 'received' then 'open' else c.state end, verdict = t.ve, currency = t.cu,
      billed_minor = t.bm, expected_minor = t.em, over_minor = t.ov, under_minor = t.un, matched = t.ma, objections = t.ob::jsonb,
      duplicate_of = string_to_array(t.du, ',')::uuid[], lineage = string_to_array(t.li, ',')::uuid[], judged_at = ${now}, review_at = null,
      version = c.version + case when c.state = 'received' or c.verdict is distinct from t.ve or c.objections is distinct from t.ob::jsonb
        or c.billed_minor is distinct from t.bm or c.expected_minor is distinct from t.em then 1 else 0 end,
      updated_at = case when c.state = 'received' or c.verdict is distinct from t.ve or c.objections is distinct from t.ob::jsonb then ${now} else c.updated_at end
    from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.verdict)}::text[], ${rows.map((r) => r.currency)}::text[],
      ${rows.map((r) => r.billedMinor)}::bigint[], ${rows.map((r) => r.expectedMinor)}::bigint[], ${rows.map((r) => r.overMinor)}::bigint[],
      ${rows.map((r) => r.underMinor)}::bigint[], ${rows.map((r) => r.matched)}::text[], ${rows.map((r) => JSON.stringify(r.objections))}::text[],
      ${rows.map((r) => r.duplicateOf.join(","))}::text[], ${rows.map((r) => r.lineage.join(","))}::text[])
      t(id, ve, cu, bm, em, ov, un, ma, ob, du, li)
    where c.invoice_id = t.id and c.state = any(${[...UNDECIDED]}::text[]) returning c.invoice_id as id`;
  const ids = new Set(saved.map((row) => row.id));
  const lines = rows
    .filter((row) => ids.has(row.id))
    .flatMap((row) => row.lines.map((line) => ({ ...line, id: row.id })));
  await tx`insert into freight_line_case (invoice_id, position, charge, shipment_id, amount_minor, expected_minor, verdict, rule)
    select * from unnest(${lines.map((l) => l.id)}::uuid[], ${lines.map((l) => l.position)}::int[], ${lines.map((l) => l.charge)}::text[],
      ${lines.map((l) => l.shipmentId)}::uuid[], ${lines.map((l) => l.amountMinor)}::bigint[], ${lines.map((l) => l.expectedMinor)}::bigint[],
      ${lines.map((l) => l.verdict)}::text[], ${lines.map((l) => l.rule)}::text[])
    on conflict (invoice_id, position) do update set charge = excluded.charge, shipment_id = excluded.shipment_id, amount_minor = excluded.amount_minor,
      expected_minor = excluded.expected_minor, verdict = excluded.verdict, rule = excluded.rule`;
  return ids;
}

/** Asks for another check of undecided bills. */
export async function askReview(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx`update freight_case set review_at = ${now} where invoice_id = any(${[...ids]}::uuid[]) and state = any(${[...UNDECIDED]}::text[])`;
}

/** Asks for another check of all undecided bills: the rules are other ones. */
export async function askReviewOfAll(tx: Tx, now: Date): Promise<number> {
  const result =
    await tx`update freight_case set review_at = ${now} where state = any(${[...UNDECIDED]}::text[]) and review_at is null`;
  return result.count;
}

/** Asks for another check of a feed's undecided bills that hold a charge nobody has mapped: a word of it has a meaning now, or another one. */
export async function askReviewOfFeed(tx: Tx, feedId: number, now: Date): Promise<number> {
  const result = await tx`update freight_case c set review_at = ${now} from freight_invoice f
    where f.id = c.invoice_id and f.feed_id = ${feedId} and c.state = any(${[...UNDECIDED]}::text[]) and c.review_at is null`;
  return result.count;
}
