import { type Charge, chargeOfWord } from "@/core/freight/charges";
import { type Checked, checkBill } from "@/core/freight/check";
import { type Document, duplicatesOf, lineageOf } from "@/core/freight/duplicate";
import { type Matched, type Named, shipmentOf } from "@/core/freight/match";
import type { FreightSettings } from "@/core/freight/settings";
import type { Tx } from "@/db/client";
import {
  type CaseRow,
  findHits,
  type InvoiceRow,
  type LineRow,
  loadExpected,
  loadInvoiceReferences,
  loadLines,
  loadRelated,
  type ReferenceRow,
} from "@/db/queries/freight";
import { sumCosts } from "@/db/queries/freight-costs";
import type { Environment, Reading } from "../pipeline/environment";

const MOST_RELATED = 5_000;

export type Judged = {
  invoice: InvoiceRow;
  row: CaseRow;
  checked: Checked;
  words: string[];
  duplicates: { invoiceId: string; number: string }[];
  related: string[];
};

/** What the check says of bills by what is stored and by the settings; a handful of statements for all of them. Writes nothing. */
export async function checkBills(
  tx: Tx,
  invoices: readonly InvoiceRow[],
  environment: Environment | undefined,
  settings: FreightSettings,
): Promise<Judged[]> {
  const facts = await loadFacts(tx, invoices);
  return invoices.map((invoice) => judgeOne(invoice, facts, environment, settings));
}

type Facts = {
  documents: Map<string, Document>;
  lines: Map<string, LineRow[]>;
  matches: Map<string, Map<number, Matched>>;
  expected: Map<string, { amountMinor: number; currency: string }>;
  approved: Map<string, Map<string, number>>;
};

async function loadFacts(tx: Tx, invoices: readonly InvoiceRow[]): Promise<Facts> {
  const ids = invoices.map(({ id }) => id);
  const related = await loadRelated(tx, ids, MOST_RELATED);
  const all = [...new Map([...invoices, ...related].map((row) => [row.id, row])).values()];
  const lines = Map.groupBy(
    await loadLines(
      tx,
      all.map(({ id }) => id),
    ),
    (row) => row.invoiceId,
  );
  const references = Map.groupBy(
    await loadInvoiceReferences(
      tx,
      all.map(({ id }) => id),
    ),
    (row) => row.invoiceId,
  );
  const documents = new Map(
    all.map((row) => [row.id, documentOf(row, references.get(row.id) ?? [], lines.get(row.id) ?? [])]),
  );
  const values = new Set(ids.flatMap((id) => (references.get(id) ?? []).map(({ value }) => value)));
  const hits = Map.groupBy(await findHits(tx, [...values]), (hit) => hit.value);
  const matches = new Map(
    invoices.map((row) => {
      const own = references.get(row.id) ?? [];
      const billedAtMs = row.invoiceDate === null ? row.receivedAt.getTime() : Date.parse(row.invoiceDate);
      return [row.id, matchLines(lines.get(row.id) ?? [], own, hits, billedAtMs)];
    }),
  );
  const shipments = [
    ...new Set([...matches.values()].flatMap((byLine) => [...byLine.values()]).flatMap((m) => m.shipmentId ?? [])),
  ];
  const expected = new Map((await loadExpected(tx, shipments)).map((row) => [row.shipmentId, row]));
  const approved = new Map<string, Map<string, number>>();
  for (const row of await sumCosts(tx, shipments)) {
    const byCurrency = approved.get(row.shipmentId) ?? new Map<string, number>();
    approved.set(row.shipmentId, byCurrency.set(row.currency, row.amountMinor));
  }
  return { documents, lines, matches, expected, approved };
}

function documentOf(row: InvoiceRow, references: readonly ReferenceRow[], lines: readonly LineRow[]): Document {
  return {
    id: row.id,
    vendor: row.vendor,
    number: row.number,
    numberKey: row.numberKey,
    kind: row.kind,
    totalText: row.total,
    receivedAtMs: row.receivedAt.getTime(),
    messageId: row.messageId,
    at: row.at,
    references,
    lines,
  };
}

/** A line's own numbers name its shipment; where it has none, those of the whole bill do. */
function matchLines(
  lines: readonly LineRow[],
  references: readonly ReferenceRow[],
  hits: ReadonlyMap<string, Parameters<typeof shipmentOf>[1]>,
  billedAtMs: number,
): Map<number, Matched> {
  const byPosition = Map.groupBy(references, ({ position }) => position);
  const find = (named: readonly Named[]) =>
    shipmentOf(
      named,
      named.flatMap(({ value }) => hits.get(value) ?? []),
      billedAtMs,
    );
  const whole = find(byPosition.get(0) ?? []);
  return new Map(
    lines.map(({ position }) => {
      const own = byPosition.get(position);
      return [position, own === undefined ? whole : find(own)];
    }),
  );
}

function judgeOne(
  invoice: InvoiceRow,
  facts: Facts,
  environment: Environment | undefined,
  settings: FreightSettings,
): Judged {
  const document = facts.documents.get(invoice.id) as Document;
  const near = [...facts.documents.values()].filter((other) => isNear(document, other));
  const duplicates = duplicatesOf(document, near);
  const chargeOf = chargesOf(environment?.readings.get(invoice.feedId));
  const lines = facts.lines.get(invoice.id) ?? [];
  const currency =
    invoice.currency ?? settings.vendors.find(({ vendor }) => vendor === invoice.vendor)?.currency ?? null;
  const checked = checkBill({
    document,
    currency,
    lines,
    chargeOf,
    matches: facts.matches.get(invoice.id) ?? new Map(),
    expected: facts.expected,
    approved: new Map(
      [...facts.approved].map(([shipmentId, byCurrency]) => [shipmentId, byCurrency.get(currency ?? "") ?? 0]),
    ),
    duplicates,
    settings,
  });
  const { verdict, objections, billedMinor, expectedMinor, overMinor, underMinor, matched } = checked;
  const words = lines.filter((line) => line.implied === null && line.code !== null && chargeOf(line.code) === null);
  return {
    invoice,
    checked,
    duplicates,
    words: [...new Set(words.flatMap((line) => line.code ?? []))],
    related: near.map(({ id }) => id),
    row: {
      id: invoice.id,
      state: invoice.state,
      verdict,
      currency: checked.currency,
      billedMinor,
      expectedMinor,
      overMinor,
      underMinor,
      matched,
      objections,
      duplicateOf: duplicates.map(({ invoiceId }) => invoiceId).sort(),
      lineage: lineageOf(document, near),
      lines: checked.lines,
    },
  };
}

function isNear(one: Document, other: Document): boolean {
  if (one.id === other.id || one.vendor !== other.vendor) return false;
  if (one.numberKey === other.numberKey) return true;
  const values = new Set(one.references.map(({ kind, value }) => `${kind} ${value}`));
  return other.references.some(({ kind, value }) => values.has(`${kind} ${value}`));
}

/** The feed's crosswalk, then what the standard itself says: a feed that is older than the pack has none of its words. Then both in lower case. */
function chargesOf(reading: Reading | undefined): (word: string) => Charge | null {
  const pack = reading?.adapter.packs.charge ?? {};
  return chargeOfWord(
    (word) => reading?.lookup("charge", word) ?? (Object.hasOwn(pack, word) ? pack[word] : undefined),
  );
}
