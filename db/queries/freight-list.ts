import type { FreightAct } from "@/core/freight/acts";
import type { Charge } from "@/core/freight/charges";
import type { FreightFilter } from "@/core/freight/filter";
import {
  FREIGHT_STATES,
  type FreightState,
  type LineVerdict,
  type Matching,
  type Objection,
  VERDICTS,
  type Verdict,
} from "@/core/freight/states";
import type { Keyset } from "@/core/keyset";
import type { PostingState } from "@/core/postings/kinds";
import { normaliseNumber } from "@/core/shipments/references";
import type { Tx } from "@/db/client";

export type BillRow = {
  id: string;
  micros: string;
  number: string;
  kind: "invoice" | "credit";
  document: string;
  vendor: string;
  invoiceDate: string | null;
  receivedAt: Date;
  state: FreightState;
  verdict: Verdict | null;
  version: number;
  currency: string | null;
  total: string | null;
  billedMinor: number | null;
  expectedMinor: number | null;
  overMinor: number;
  underMinor: number;
  payMinor: number | null;
  matched: Matching;
  objections: Objection[];
  reason: string | null;
  decidedAt: Date | null;
  decidedBy: string | null;
  postingId: string | null;
  postingState: PostingState | null;
};

/** Counting stops here. */
export const FREIGHT_COUNT_LIMIT = 10_000;
const NAMED = 2_000;

/** Ids of bills that words name: a number from its start, or any number on a bill as a whole; null where nothing was searched. */
async function billsNamed(tx: Tx, words: string): Promise<string[] | null> {
  const value = normaliseNumber(words);
  if (value === "") return null;
  const rows = await tx<{ id: string }[]>`
    (select id from freight_invoice where number_key like ${`${value.replace(/[\\%_]/g, "\\$&")}%`} limit ${NAMED})
    union (select invoice_id as id from freight_reference where value = ${value} limit ${NAMED})`;
  return rows.map((row) => row.id);
}

function where(
  tx: Tx,
  filter: FreightFilter,
  named: readonly string[] | null,
  but: "state" | "verdict" | "vendor" | null = null,
) {
  return tx`true
    ${but !== "state" && filter.state.length > 0 ? tx`and c.state = any(${filter.state}::text[])` : tx``}
    ${but !== "verdict" && filter.verdict.length > 0 ? tx`and c.verdict = any(${filter.verdict}::text[])` : tx``}
    ${but !== "vendor" && filter.vendor.length > 0 ? tx`and c.vendor = any(${filter.vendor}::text[])` : tx``}
    ${filter.shipment === null ? tx`` : tx`and c.invoice_id in (select invoice_id from freight_line_case where shipment_id = ${filter.shipment}::uuid)`}
    ${named === null ? tx`` : tx`and c.invoice_id = any(${[...named]}::uuid[])`}`;
}

const columns = (
  tx: Tx,
) => tx`c.invoice_id as id, (extract(epoch from c.received_at) * 1000000)::bigint::text as micros, f.number, f.kind, f.document, f.vendor,
  f.invoice_date::text as "invoiceDate", c.received_at as "receivedAt", c.state, c.verdict, c.version, c.currency, f.total, c.billed_minor::float8 as "billedMinor",
  c.expected_minor::float8 as "expectedMinor", c.over_minor::float8 as "overMinor", c.under_minor::float8 as "underMinor", c.pay_minor::float8 as "payMinor",
  c.matched, c.objections, c.reason, c.decided_at as "decidedAt", p.name as "decidedBy", o.id as "postingId", o.state as "postingState"`;

const joined = (tx: Tx) => tx`join freight_invoice f on f.id = c.invoice_id left join person p on p.id = c.decided_by
  left join lateral (select id, state from posting where shipment_id = c.invoice_id and kind in ('vendor_bill', 'vendor_credit') order by created_at desc limit 1) o on true`;

/** One page of freight bills, newest receipt first. */
export async function listBills(
  tx: Tx,
  options: { filter: FreightFilter; after: Keyset | null; limit: number },
): Promise<BillRow[]> {
  const { filter, after, limit } = options;
  const named = await billsNamed(tx, filter.search);
  const beyond =
    after === null
      ? tx``
      : tx`and (c.received_at, c.invoice_id) < ('epoch'::timestamptz + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`;
  return tx<BillRow[]>`
    with page as (select c.* from freight_case c where ${where(tx, filter, named)} ${beyond} order by c.received_at desc, c.invoice_id desc limit ${limit})
    select ${columns(tx)} from page c ${joined(tx)} order by c.received_at desc, c.invoice_id desc`;
}

export type BillCounts = {
  state: { value: FreightState; count: number }[];
  verdict: { value: Verdict; count: number }[];
  vendor: { value: string; count: number }[];
};

/** Counts by state, verdict and carrier under all other filters, each up to a limit. */
export async function countBills(tx: Tx, filter: FreightFilter): Promise<BillCounts> {
  const named = await billsNamed(tx, filter.search);
  const bounded = (rest: ReturnType<typeof where>) =>
    tx`(select count(*)::int from (select 1 from freight_case c where ${rest} limit ${FREIGHT_COUNT_LIMIT + 1}) n)`;
  const [state, verdict, vendor] = await Promise.all([
    tx<
      BillCounts["state"]
    >`select v as value, ${bounded(tx`c.state = v and ${where(tx, filter, named, "state")}`)} as count from unnest(${[...FREIGHT_STATES]}::text[]) v`,
    tx<
      BillCounts["verdict"]
    >`select v as value, ${bounded(tx`c.verdict = v and ${where(tx, filter, named, "verdict")}`)} as count from unnest(${[...VERDICTS]}::text[]) v`,
    // carriers are few: walked one by one through their index
    tx<BillCounts["vendor"]>`with recursive v(vendor) as (select min(vendor) from freight_case union all
        select (select min(vendor) from freight_case where vendor > v.vendor) from v where v.vendor is not null)
      select vendor as value, ${bounded(tx`c.vendor = v.vendor and ${where(tx, filter, named, "vendor")}`)} as count from v where vendor is not null limit 200`,
  ]);
  return { state, verdict: verdict.filter((row) => row.count > 0), vendor: vendor.filter((row) => row.count > 0) };
}

export type BillLine = {
  position: number;
  line: string;
  code: string | null;
  description: string | null;
  amount: string;
  charge: Charge | null;
  amountMinor: number | null;
  expectedMinor: number | null;
  verdict: LineVerdict | null;
  rule: string | null;
  shipmentId: string | null;
  shipmentName: string | null;
};

export type BillDetail = BillRow & {
  dueDate: string | null;
  feedId: number;
  feed: string | null;
  messageId: string;
  correlationId: string | null;
  at: string;
  judgedAt: Date | null;
  /** It is about to be checked again. */
  checking: boolean;
  firstBy: string | null;
  firstById: string | null;
  lines: BillLine[];
  lineCount: number;
  references: { kind: string; said: string; position: number }[];
  related: {
    id: string;
    number: string;
    kind: "invoice" | "credit";
    state: FreightState;
    how: "repeats" | "belongs";
  }[];
  acts: {
    id: string;
    act: FreightAct;
    fromState: FreightState;
    toState: FreightState;
    reason: string;
    payMinor: number | null;
    /** What spoke against the bill when it was decided. */
    against: string[];
    by: string | null;
    at: Date;
  }[];
};

const LINES_SHOWN = 500;

/** One bill with its lines, numbers, kin and history; null where there is none. */
export async function findBill(tx: Tx, id: string): Promise<BillDetail | null> {
  const [row] = await tx<Omit<BillDetail, "lines" | "references" | "related" | "acts">[]>`
    select ${columns(tx)}, f.due_date::text as "dueDate", f.feed_id as "feedId", d.name as feed, f.message_id as "messageId", f.correlation_id as "correlationId",
      f.at, c.judged_at as "judgedAt", c.review_at is not null as checking, q.name as "firstBy", c.first_by as "firstById",
      (select count(*)::int from freight_line l where l.invoice_id = c.invoice_id) as "lineCount"
    from freight_case c ${joined(tx)} left join person q on q.id = c.first_by left join feed d on d.id = f.feed_id where c.invoice_id = ${id}::uuid`;
  if (!row) return null;
  const [lines, references, related, acts] = await Promise.all([
    tx<
      BillLine[]
    >`select l.position, l.line, l.code, l.description, l.amount, k.charge, k.amount_minor::float8 as "amountMinor",
        k.expected_minor::float8 as "expectedMinor", k.verdict, k.rule, k.shipment_id as "shipmentId", s.name as "shipmentName"
      from freight_line l left join freight_line_case k on k.invoice_id = l.invoice_id and k.position = l.position
        left join shipment s on s.shipment_id = k.shipment_id
      where l.invoice_id = ${id}::uuid order by l.position limit ${LINES_SHOWN}`,
    tx<
      BillDetail["references"]
    >`select kind, said, position from freight_reference where invoice_id = ${id}::uuid order by position, kind, said limit 200`,
    tx<BillDetail["related"]>`
      with mine as (select duplicate_of, lineage from freight_case where invoice_id = ${id}::uuid),
      kin as (select unnest(duplicate_of) as id, 'repeats' as how from mine union select unnest(lineage), 'belongs' from mine
        union select c.invoice_id, 'repeats' from freight_case c where ${id}::uuid = any(c.duplicate_of)
          and c.vendor = (select vendor from freight_case where invoice_id = ${id}::uuid))
      select k.id, f.number, f.kind, c.state, k.how from kin k join freight_invoice f on f.id = k.id join freight_case c on c.invoice_id = k.id limit 50`,
    tx<
      BillDetail["acts"]
    >`select a.id, a.act, a.from_state as "fromState", a.to_state as "toState", a.reason, a.pay_minor::float8 as "payMinor",
        coalesce(a.seen->'objections', '[]') as against, p.name as by, a.at
      from freight_act a left join person p on p.id = a.by_person where a.invoice_id = ${id}::uuid order by a.at desc, a.id desc limit 100`,
  ]);
  return { ...row, lines, references, related, acts };
}
