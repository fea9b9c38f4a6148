import { type Charge, chargeOfWord } from "@/core/freight/charges";
import { type Checked, checkBill } from "@/core/freight/check";
import { type Document, duplicatesOf, lineageOf } from "@/core/freight/duplicate";
import { FREIGHT_KINDS, findingsOf } from "@/core/freight/findings";
import { type Matched, type Named, shipmentOf } from "@/core/freight/match";
import type { FreightSettings } from "@/core/freight/settings";
import { UNDECIDED } from "@/core/freight/states";
import { windowEnd } from "@/core/freight/window";
import { REAL_TIME } from "@/core/postings/timing";
import { DEFAULT_OBJECTIVES } from "@/core/service-levels/objectives";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Tx } from "@/db/client";
import {
  askReview,
  type CaseRow,
  findHits,
  type InvoiceRow,
  type LineRow,
  loadApproved,
  loadExpected,
  loadInvoiceReferences,
  loadInvoices,
  loadLines,
  loadRelated,
  markHealed,
  type ReferenceRow,
  saveVerdicts,
  takeToJudge,
} from "@/db/queries/freight";
import { notifyLive } from "@/db/queries/live";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { settleFindings } from "../exceptions/raise";
import { type Environment, loadEnvironment, type Reading } from "../pipeline/environment";
import { measureSettlement } from "./measure";

export const JUDGED_AT_ONCE = 100;
const HEALED_AT_ONCE = 500;
const MOST_RELATED = 5_000;

/** What the worker that checks keeps between turns. */
export type FreightWorker = { slot: number; environment: Environment | undefined };

/** Marks what later shipments may have healed, for the check to look at again. */
export function healBills(ctx: Context): Promise<number> {
  return markHealed(ctx.sql, ctx.now(), HEALED_AT_ONCE);
}

/**
 * Checks freight bills that wait for it, a batch in one transaction: totals, charges, repetition, shipments and amounts. Its answer depends on
 * what is stored and on the settings, not on the order in which anything came. Returns how many were checked.
 */
export async function judgeBills(ctx: Context, worker: FreightWorker): Promise<number> {
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const ids = await takeToJudge(tx, now, JUDGED_AT_ONCE);
    if (ids.length === 0) return 0;
    worker.environment = await loadEnvironment(tx, worker.environment);
    const { freight } = readWorkspaceSettings(await listSettings(tx));
    const invoices = await loadInvoices(tx, ids);
    const facts = await loadFacts(tx, invoices);
    const judged = invoices
      .filter((invoice) => (UNDECIDED as readonly string[]).includes(invoice.state))
      .map((invoice) => ({ invoice, ...judgeOne(invoice, facts, worker.environment, freight) }));
    const saved = await saveVerdicts(
      tx,
      judged.map(({ row }) => row),
      now,
    );
    // those that must now call this one the original, or no longer do
    const related = [...new Set(judged.flatMap(({ invoice, related }) => (invoice.judgedAt === null ? related : [])))];
    await askReview(
      tx,
      related.filter((id) => !ids.includes(id)),
      now,
    );
    await raiseFindings(
      ctx,
      tx,
      judged.filter(({ invoice }) => saved.has(invoice.id)),
      worker,
    );
    await measureSettlement(
      ctx,
      tx,
      worker.slot,
      judged
        .filter(({ invoice }) => invoice.judgedAt === null && saved.has(invoice.id))
        .map(({ invoice }) => ({
          homeId: invoice.id,
          feedId: invoice.feedId,
          messageId: invoice.messageId,
          endedAtMs: now.getTime(),
          windowEndsAtMs: verdictDue(invoice.receivedAt, worker.environment),
        })),
    );
    await notifyLive(tx, "freight", [...saved]);
    ctx.log.info({ bills: saved.size }, "freight bills checked");
    return ids.length;
  });
}

/** A verdict has the daily window, whenever its postings go. */
function verdictDue(receivedAt: Date, environment: Environment | undefined): number {
  const objectiveMs = (environment?.objectives ?? DEFAULT_OBJECTIVES).freight_settlement.withinSeconds * 1000;
  return windowEnd(REAL_TIME, receivedAt.getTime(), objectiveMs) ?? 0;
}

type Facts = {
  documents: Map<string, Document>;
  lines: Map<string, LineRow[]>;
  matches: Map<string, Map<number, Matched>>;
  expected: Map<string, { amountMinor: number; currency: string }>;
  approved: Map<string, Map<string, number>>;
};

/** A handful of statements for the whole batch. */
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
  for (const row of await loadApproved(tx, shipments, ids)) {
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

type Judged = {
  row: CaseRow;
  checked: Checked;
  words: string[];
  duplicates: { invoiceId: string; number: string }[];
  related: string[];
};

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

/** Opens what the check found, refreshes what stands, and closes what it no longer finds. */
async function raiseFindings(
  ctx: Context,
  tx: Tx,
  judged: readonly (Judged & { invoice: InvoiceRow })[],
  worker: FreightWorker,
): Promise<void> {
  const rows = judged.map(({ invoice, checked, words, duplicates }) => {
    const reading = worker.environment?.readings.get(invoice.feedId);
    const findings = findingsOf(checked, {
      number: invoice.number,
      vendor: invoice.vendor,
      feedId: invoice.feedId,
      feedSlug: reading?.slug ?? `feed-${invoice.feedId}`,
      feedName: reading?.name ?? `feed ${invoice.feedId}`,
      messageId: invoice.messageId,
      words,
      duplicates,
    });
    const shipments = new Set(checked.lines.map((line) => line.shipmentId));
    const shipmentId = shipments.size === 1 ? ([...shipments][0] ?? null) : null;
    return { homeId: invoice.id, shipmentId, findings, correlationId: invoice.correlationId };
  });
  await settleFindings(ctx, tx, rows, FREIGHT_KINDS, worker.slot);
}
