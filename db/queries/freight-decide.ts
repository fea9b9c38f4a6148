import type { FreightAct } from "@/core/freight/acts";
import type { FreightState, Objection } from "@/core/freight/states";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type LockedCase = {
  id: string;
  state: FreightState;
  version: number;
  verdict: string | null;
  currency: string | null;
  billedMinor: number | null;
  expectedMinor: number | null;
  payMinor: number | null;
  objections: Objection[];
  duplicateOf: string[];
  firstBy: string | null;
  reason: string | null;
  updatedAt: Date;
  vendor: string;
  number: string;
  numberKey: string;
  kind: "invoice" | "credit";
  invoiceDate: string | null;
  dueDate: string | null;
  messageId: string;
  correlationId: string | null;
};

/** One bill, held until the transaction ends unless it is only looked at; null where there is none. */
export async function lockCase(tx: Tx, id: string, hold = true): Promise<LockedCase | null> {
  const [row] = await tx<LockedCase[]>`
    select c.invoice_id as id, c.state, c.version, c.verdict, c.currency, c.billed_minor::float8 as "billedMinor", c.expected_minor::float8 as "expectedMinor",
      c.pay_minor::float8 as "payMinor", c.objections, c.duplicate_of as "duplicateOf", c.first_by as "firstBy", c.reason, c.updated_at as "updatedAt",
      f.vendor, f.number, f.number_key as "numberKey", f.kind, f.invoice_date::text as "invoiceDate", f.due_date::text as "dueDate",
      f.message_id as "messageId", f.correlation_id as "correlationId"
    from freight_case c join freight_invoice f on f.id = c.invoice_id where c.invoice_id = ${id}::uuid ${hold ? tx`for update of c` : tx``}`;
  return row ?? null;
}

/** Who acted on a bill last. */
export async function lastActor(tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx<{ name: string | null }[]>`
    select p.name from freight_act a left join person p on p.id = a.by_person where a.invoice_id = ${id}::uuid order by a.at desc, a.id desc limit 1`;
  return row?.name ?? null;
}

/** The bill that has the one place of a number; null where it is free. */
export async function findPlace(
  tx: Tx,
  of: { vendor: string; numberKey: string; kind: "invoice" | "credit" },
): Promise<string | null> {
  const [row] = await tx<
    { id: string }[]
  >`select invoice_id as id from freight_paid where vendor = ${of.vendor} and number_key = ${of.numberKey} and kind = ${of.kind}`;
  return row?.id ?? null;
}

/** Takes the one place of a bill's number; the id of the bill that has it already, else null. */
export async function takePlace(
  tx: Tx,
  of: { vendor: string; numberKey: string; kind: "invoice" | "credit"; id: string },
): Promise<string | null> {
  await tx`insert into freight_paid (vendor, number_key, kind, invoice_id) values (${of.vendor}, ${of.numberKey}, ${of.kind}, ${of.id}) on conflict do nothing`;
  const taken = await findPlace(tx, of);
  return taken === of.id ? null : taken;
}

export type CaseChange = {
  id: string;
  state: FreightState;
  payMinor: number | null;
  reason: string | null;
  firstBy: string | null;
  decidedBy: string | null;
  costAt: Date | null;
  reviewAt: Date | null;
};

export async function saveDecision(tx: Tx, change: CaseChange, now: Date): Promise<void> {
  await tx`update freight_case set state = ${change.state}, version = version + 1, pay_minor = ${change.payMinor}, reason = ${change.reason},
      first_by = ${change.firstBy}, first_at = case when ${change.firstBy}::uuid is null then null else coalesce(first_at, ${now}) end,
      decided_by = ${change.decidedBy}, decided_at = case when ${change.decidedBy}::uuid is null then null else ${now} end, cost_at = ${change.costAt},
      review_at = ${change.reviewAt}, updated_at = ${now}
    where invoice_id = ${change.id}::uuid`;
}

export async function insertAct(
  tx: Tx,
  act: {
    invoiceId: string;
    id: string;
    act: FreightAct;
    from: FreightState;
    to: FreightState;
    reason: string;
    payMinor: number | null;
    seen: Json;
    byPerson: string;
    at: Date;
  },
): Promise<void> {
  await tx`insert into freight_act (invoice_id, id, act, from_state, to_state, reason, pay_minor, seen, by_person, at)
    values (${act.invoiceId}, ${act.id}, ${act.act}, ${act.from}, ${act.to}, ${act.reason}, ${act.payMinor}, ${tx.json(act.seen as never)}, ${act.byPerson}, ${act.at})`;
}

export type ChargeRow = {
  position: number;
  charge: string | null;
  amountMinor: number | null;
  shipmentId: string | null;
  said: string | null;
};

/** What the check said of a bill's charges, with the carrier's own words. */
export async function listCharges(tx: Tx, id: string): Promise<ChargeRow[]> {
  return tx<
    ChargeRow[]
  >`select k.position, k.charge, k.amount_minor::float8 as "amountMinor", k.shipment_id as "shipmentId", coalesce(l.code, l.description) as said
    from freight_line_case k left join freight_line l on l.invoice_id = k.invoice_id and l.position = k.position
    where k.invoice_id = ${id}::uuid order by k.position`;
}

/** Bills that repeat this one or share a shipment with it and wait for a decision: to be checked again when it changes. */
export async function listKin(tx: Tx, id: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    (select c.invoice_id as id from freight_case c where c.state in ('open', 'second', 'disputed') and ${id}::uuid = any(c.duplicate_of) limit 1000)
    union
    (select c.invoice_id from freight_line_case m join freight_line_case o on o.shipment_id = m.shipment_id and o.invoice_id <> m.invoice_id
        join freight_case c on c.invoice_id = o.invoice_id
      where m.invoice_id = ${id}::uuid and c.state in ('open', 'second', 'disputed') limit 5000)`;
  return rows.map((row) => row.id);
}

/** People's decisions go one at a time: two bills of one shipment are not approved past each other. Held until the transaction ends. */
export async function lockDecisions(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(742012)`;
}

/** What the first of two people saw speak against a bill when approving it. */
export async function findFirstSeen(tx: Tx, id: string): Promise<string[]> {
  const [row] = await tx<{ texts: string[] }[]>`select coalesce(seen->'objections', '[]') as texts from freight_act
    where invoice_id = ${id}::uuid and to_state = 'second' order by at desc, id desc limit 1`;
  return row?.texts ?? [];
}

export type Original = { contentType: string | null; name: string | null; body: Buffer | null };

/** The message that carried a bill. */
export async function findOriginal(tx: Tx, messageId: string, receivedAt: Date): Promise<Original | null> {
  const [row] = await tx<
    Original[]
  >`select content_type as "contentType", name, body from message where id = ${messageId} and received_at = ${receivedAt}`;
  return row ?? null;
}
