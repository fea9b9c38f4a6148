import type { Charge } from "@/core/freight/charges";
import type { ReferenceKind } from "@/core/shipments/references";
import type { Tx } from "@/db/client";
import { list } from "./list";

export type NewInvoice = {
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
  receivedAtMs: number;
  correlationId: string;
  lines: { line: string; code: string | null; description: string | null; implied: Charge | null; amount: string }[];
  references: { value: string; kind: ReferenceKind; issuer: string; position: number; said: string }[];
};

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * Keeps freight documents as written; one that is known stays as it is, but for the earliest message that brought it. What is new waits for its
 * check, and so does what an earlier reading had withdrawn.
 */
export async function insertInvoices(tx: Tx, rows: readonly NewInvoice[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into freight_invoice (id, vendor, number, number_key, kind, document, invoice_date, due_date, currency, total, feed_id, message_id, at,
      received_at, correlation_id)
    select i, v, n, nk, k, d, dt::date, du::date, c, tt, f, m, a, r, co from unnest(${list(rows.map((r) => r.id))}::uuid[],
      ${list(rows.map((r) => r.vendor))}::text[], ${list(rows.map((r) => r.number))}::text[], ${list(rows.map((r) => r.numberKey))}::text[],
      ${list(rows.map((r) => r.kind))}::text[], ${list(rows.map((r) => r.document))}::text[], ${list(rows.map((r) => r.invoiceDate))}::text[],
      ${list(rows.map((r) => r.dueDate))}::text[], ${list(rows.map((r) => r.currency))}::text[], ${list(rows.map((r) => r.total))}::text[],
      ${list(rows.map((r) => r.feedId))}::int[], ${list(rows.map((r) => r.messageId))}::uuid[], ${list(rows.map((r) => r.at))}::text[],
      ${list(rows.map((r) => iso(r.receivedAtMs)))}::timestamptz[], ${list(rows.map((r) => r.correlationId))}::text[])
      t(i, v, n, nk, k, d, dt, du, c, tt, f, m, a, r, co) order by i
    on conflict (id) do update set message_id = excluded.message_id, received_at = excluded.received_at, feed_id = excluded.feed_id, at = excluded.at
      where (excluded.received_at, excluded.message_id) < (freight_invoice.received_at, freight_invoice.message_id)`;
  const lines = rows.flatMap((r) => r.lines.map((line, at) => ({ ...line, id: r.id, position: at + 1 })));
  await tx`insert into freight_line (invoice_id, position, line, code, description, implied, amount)
    select * from unnest(${list(lines.map((l) => l.id))}::uuid[], ${list(lines.map((l) => l.position))}::int[], ${list(lines.map((l) => l.line))}::text[],
      ${list(lines.map((l) => l.code))}::text[], ${list(lines.map((l) => l.description))}::text[], ${list(lines.map((l) => l.implied))}::text[],
      ${list(lines.map((l) => l.amount))}::text[]) on conflict do nothing`;
  const refs = rows.flatMap((r) => r.references.map((ref) => ({ ...ref, id: r.id })));
  await tx`insert into freight_reference (value, kind, issuer, invoice_id, position, said)
    select * from unnest(${list(refs.map((r) => r.value))}::text[], ${list(refs.map((r) => r.kind))}::text[], ${list(refs.map((r) => r.issuer))}::text[],
      ${list(refs.map((r) => r.id))}::uuid[], ${list(refs.map((r) => r.position))}::int[], ${list(refs.map((r) => r.said))}::text[]) on conflict do nothing`;
  await tx`insert into freight_case (invoice_id, state, vendor, received_at, review_at, updated_at)
    select i, 'received', v, r, ${now}, ${now} from unnest(${list(rows.map((r) => r.id))}::uuid[], ${list(rows.map((r) => r.vendor))}::text[],
      ${list(rows.map((r) => iso(r.receivedAtMs)))}::timestamptz[]) t(i, v, r) order by i
    on conflict (invoice_id) do update set review_at = ${now}, received_at = least(freight_case.received_at, excluded.received_at),
      state = case when freight_case.state = 'withdrawn' then 'received' else freight_case.state end,
      version = freight_case.version + case when freight_case.state = 'withdrawn' then 1 else 0 end
      where freight_case.state in ('received', 'open', 'second', 'disputed', 'withdrawn')`;
}

/** Takes back what these messages said under an earlier reading and no longer say; what people decided stays. Returns the ids taken back. */
export async function withdrawInvoices(
  tx: Tx,
  messageIds: readonly string[],
  produced: readonly string[],
  now: Date,
): Promise<string[]> {
  if (messageIds.length === 0) return [];
  const rows = await tx<{ id: string }[]>`
    update freight_case c set state = 'withdrawn', version = version + 1, review_at = null, updated_at = ${now} from freight_invoice f
    where f.message_id = any(${list(messageIds)}::uuid[]) and c.invoice_id = f.id and not f.id = any(${list(produced)}::uuid[])
      and c.state in ('received', 'open', 'second', 'disputed') returning c.invoice_id as id`;
  return rows.map((row) => row.id);
}
