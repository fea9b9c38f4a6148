import { FREIGHT_KINDS } from "@/core/freight/findings";
import type { InvoiceFacts } from "@/core/shipments/facts";
import { canonicalJson } from "@/core/shipments/identity";
import { normaliseNumber, type Reference } from "@/core/shipments/references";
import type { Tx } from "@/db/client";
import { notifyFreight } from "@/db/queries/live";
import { insertInvoices, type NewInvoice, withdrawInvoices } from "@/db/queries/pipeline/freight";
import { clear } from "../exceptions/raise";
import { hashId, type Interpreted } from "./interpret";

type Deps = { now: () => Date; uuid: () => string; slot: number };

/** A bill with more references than this names its first ones. */
const MOST_REFERENCES = 50_000;

/**
 * Keeps the freight bills that messages carry, each once by its content; a replay takes back what a message no longer says. They are checked
 * beside the pipeline.
 */
export async function keepInvoices(tx: Tx, items: readonly Interpreted[], replay: boolean, deps: Deps): Promise<void> {
  const rows = new Map<string, NewInvoice>();
  for (const item of items) {
    for (const facts of item.facts?.invoices ?? []) {
      const row = invoiceRow(item, facts);
      const known = rows.get(row.id);
      if (!known || isBefore(row, known)) rows.set(row.id, row);
    }
  }
  const now = deps.now();
  await insertInvoices(tx, [...rows.values()], now);
  const read = replay ? items.filter((item) => item.facts !== null).map((item) => item.message.id) : [];
  const gone = await withdrawInvoices(tx, read, [...rows.keys()], now);
  const why = "The message, read again, no longer says it.";
  await clear(
    deps,
    tx,
    gone.flatMap((homeId) => FREIGHT_KINDS.map((kind) => ({ homeId, kind, why }))),
    deps.slot,
  );
  if (rows.size > 0 || gone.length > 0) await notifyFreight(tx);
}

function isBefore(a: NewInvoice, b: NewInvoice): boolean {
  return a.receivedAtMs === b.receivedAtMs ? a.messageId < b.messageId : a.receivedAtMs < b.receivedAtMs;
}

function invoiceRow(item: Interpreted, facts: InvoiceFacts): NewInvoice {
  const { message, reading } = item;
  const vendor = facts.vendor ?? reading.slug;
  const numberKey = normaliseNumber(facts.number);
  const { kind, document, date, due, currency, total, lines } = facts;
  const said = (refs: readonly Reference[]) =>
    refs.map((ref) => [ref.kind, ref.issuer ?? "", ref.value].join("/")).sort();
  const content = canonicalJson({
    date,
    due,
    currency,
    total,
    references: said(facts.references),
    lines: lines.map((line) => ({
      code: line.code,
      description: line.description,
      amount: line.amount,
      references: said(line.references),
    })),
  });
  return {
    id: hashId(["freight", vendor, numberKey, kind, content].join("\u001f")),
    vendor: vendor.slice(0, 100),
    number: facts.number.slice(0, 200),
    numberKey: numberKey.slice(0, 200),
    kind,
    document,
    invoiceDate: date,
    dueDate: due,
    currency,
    total,
    feedId: reading.feedId,
    messageId: message.id,
    at: facts.at,
    receivedAtMs: message.receivedAtMs,
    correlationId: message.correlationId,
    lines: lines.map(({ line, code, description, implied, amount }) => ({ line, code, description, implied, amount })),
    references: referencesOf(facts),
  };
}

function referencesOf(facts: InvoiceFacts): NewInvoice["references"] {
  const rows = new Map<string, NewInvoice["references"][number]>();
  const add = (refs: readonly Reference[], position: number) => {
    for (const { kind, value, issuer, said } of refs) {
      if (rows.size >= MOST_REFERENCES) return;
      rows.set([value, kind, issuer ?? "", position].join("\u001f"), {
        value,
        kind,
        issuer: issuer ?? "",
        position,
        said,
      });
    }
  };
  add(facts.references, 0);
  for (const [at, line] of facts.lines.entries()) add(line.references, at + 1);
  return [...rows.values()];
}
