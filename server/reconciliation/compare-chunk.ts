import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { type Compared, lettersOf, OPEN_VERDICTS, tallyChange } from "@/core/reconciliation/aspects";
import { type Difference, differences, type PostingFact, type SourceFact } from "@/core/reconciliation/cause";
import { type Accepted, type Amount, type Comparison, compare, type OdooHeld } from "@/core/reconciliation/compare";
import { type InvoiceGap, invoiceGap, lookAgainAt } from "@/core/reconciliation/invoice-gap";
import { type Readiness, readinessOf } from "@/core/reconciliation/readiness";
import type { ReconciliationSettings } from "@/core/reconciliation/settings";
import type { Json } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import { sumCosts } from "@/db/queries/freight-costs";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import {
  addCounts,
  listInvoicedSince,
  listNumbersElsewhere,
  listOpenInvoiceHomes,
  listProofFeeds,
  listSilentFeeds,
  loadAccepted,
  loadKeptExceptions,
  loadLetters,
  loadPostingsToCompare,
  lockDay,
  type PostingToCompare,
  type ReadinessToSave,
  type RowToSave,
  replaceReadiness,
  type ShipmentToCompare,
  saveRows,
  sumBilled,
} from "@/db/queries/reconcile-rows";
import { type ProductWords, readHeld } from "../adapters/odoo/held";
import type { Context } from "../context";
import { clear, type Raised, raise, recount } from "../exceptions/raise";
import type { OdooClients } from "../odoo/clients";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import type { Worker } from "../pipeline/work";

/** What comparing needs of its process; `words` remembers the names of products by connection. */
export type Comparer = { worker: Worker; clients: OdooClients; words: Map<number, ProductWords> };

export function makeComparer(worker: Worker, clients: OdooClients): Comparer {
  return { worker, clients, words: new Map() };
}

export type ComparedShipment = {
  shipment: ShipmentToCompare;
  odoo: OdooHeld | null;
  /** How its delivery and its invoice stand apart. */
  gap: InvoiceGap | null;
  comparison: Comparison;
  differences: Difference[];
};

/**
 * Reads transfers of one connection back from Odoo and compares them with what is known: a fixed number of statements and of reading calls,
 * whatever their number. Writes nothing. Throws `OdooFailure`.
 */
export async function compareShipments(
  ctx: Context,
  comparer: Comparer,
  connection: WorkingConnection,
  shipments: readonly ShipmentToCompare[],
  settings: Pick<ReconciliationSettings, "aspects">,
): Promise<ComparedShipment[]> {
  if (shipments.length === 0) return [];
  comparer.worker.environment = await loadEnvironment(ctx.sql, comparer.worker.environment);
  const env = comparer.worker.environment;
  const client = (await comparer.clients.get(ctx, connection)).with({ urgency: "bulk" });
  const words = comparer.words.get(connection.id) ?? new Map();
  comparer.words.set(connection.id, words);
  const ids = shipments.flatMap(({ id, members }) => [id, ...members]);
  const [held, postings, accepted, silent, dialect, billed, approved, kept, proofs, invoicedSince] = await Promise.all([
    readHeld(
      client,
      shipments.map(({ pickingId }) => pickingId),
      words,
    ),
    loadPostingsToCompare(ctx.sql, ids),
    loadAccepted(ctx.sql, ids),
    listSilentFeeds(ctx.sql),
    client.dialect(),
    sumBilled(ctx.sql, ids),
    sumCosts(ctx.sql, ids),
    loadKeptExceptions(ctx.sql, ids),
    listProofFeeds(ctx.sql, ids),
    listInvoicedSince(
      ctx.sql,
      shipments.map(({ id }) => id),
    ),
  ]);
  const productOf = productsOf(env, connection.id);
  const headOf = new Map(shipments.flatMap(({ id, members }) => [id, ...members].map((one) => [one, id] as const)));
  const postingsOf = Map.groupBy(postings, ({ shipmentId }) => headOf.get(shipmentId));
  const billedOf = Map.groupBy(billed, ({ shipmentId }) => headOf.get(shipmentId));
  const approvedOf = Map.groupBy(approved, ({ shipmentId }) => headOf.get(shipmentId));
  const acceptedOf = Map.groupBy(accepted, ({ shipmentId }) => headOf.get(shipmentId));
  const keptOf = Map.groupBy(kept, ({ homeId }) => headOf.get(homeId));
  const proofsOf = Map.groupBy(proofs, ({ shipmentId }) => headOf.get(shipmentId));
  const nowMs = ctx.now().getTime();
  const found = shipments.map((shipment) => {
    const odoo = named(held.get(shipment.pickingId) ?? null, productOf);
    const clock = { thresholds: env.thresholds, invoicedSinceMs: invoicedSince.get(shipment.id) ?? null, nowMs };
    const comparison = compare({
      shipment: shipment.state,
      odoo,
      classOf: env.classOf,
      activities: openMarks(postingsOf.get(shipment.id) ?? []),
      exceptions: keptOf.get(shipment.id) ?? [],
      proofsFrom: proofsOf.get(shipment.id) ?? [],
      accepted: (acceptedOf.get(shipment.id) ?? []) as Accepted[],
      freight: {
        billed: amountOf(billedOf.get(shipment.id) ?? []),
        approved: amountOf(approvedOf.get(shipment.id) ?? []),
      },
      aspects: settings.aspects,
      ...clock,
    });
    return { shipment, odoo, gap: invoiceGap(shipment.state, odoo, clock), comparison };
  });
  const differing = found.filter(({ comparison }) => isOpen(comparison.compared));
  const elsewhere = await numbersElsewhere(ctx, differing);
  return found.map((one) => {
    if (!isOpen(one.comparison.compared)) return { ...one, differences: [] };
    const { shipment, odoo, comparison } = one;
    const family = new Set([shipment.id, ...shipment.members]);
    return {
      ...one,
      differences: differences(comparison, {
        shipment: shipment.state,
        odoo,
        postings: (postingsOf.get(shipment.id) ?? []).map((row) => factOf(row, shipment.state)),
        ownUserId: dialect.userId,
        elsewhere: numbersOf(comparison).flatMap((number) =>
          (elsewhere.get(number) ?? []).filter(({ shipmentId }) => !family.has(shipmentId)),
        ),
        sources: sourcesOf(env, shipment.state, new Set(silent)),
        lateMs: env.thresholds.lateUpdateMinutes * 60_000,
      }),
    };
  });
}

/** Compares shipments and keeps the result under a day: rows, counts, readiness and the exceptions about invoices, in one transaction a connection. */
export async function compareChunk(
  ctx: Context,
  comparer: Comparer,
  connection: WorkingConnection,
  shipments: readonly ShipmentToCompare[],
  under: { day: string; runId: string | null; settings: Pick<ReconciliationSettings, "aspects"> },
): Promise<ComparedShipment[]> {
  const compared = await compareShipments(ctx, comparer, connection, shipments, under.settings);
  await keepCompared(ctx, comparer, connection, compared, under);
  return compared;
}

async function keepCompared(
  ctx: Context,
  { worker }: Comparer,
  connection: WorkingConnection,
  compared: readonly ComparedShipment[],
  { day, runId }: { day: string; runId: string | null },
): Promise<void> {
  if (compared.length === 0) return;
  const now = ctx.now();
  const rows = compared.map(rowOf);
  const nowMs = now.getTime();
  const ready = compared.map((one) => ({
    ...one,
    lists: readinessOf(one.shipment.state, one.odoo, one.gap, nowMs),
    reviewAtMs: lookAgainAt(one.gap, nowMs),
  }));
  const touched = await ctx.sql.begin("isolation level read committed", async (tx) => {
    await lockDay(tx, day, connection.id);
    await saveResults(tx, day, connection.id, rows, runId, now);
    await replaceReadiness(
      tx,
      ready.map(({ shipment }) => shipment.id),
      ready.flatMap(readinessRows),
      now,
    );
    const { open, gone } = invoiceFindings(compared, nowMs);
    await raise(ctx, tx, open, worker.slot);
    const settled = await listOpenInvoiceHomes(tx, gone);
    const why = "Delivery and invoice agree.";
    await clear(
      ctx,
      tx,
      settled.map((homeId) => ({ homeId, kind: "invoice_not_ready" as const, why })),
      worker.slot,
    );
    return [...open.map(({ shipmentId }) => shipmentId), ...settled];
  });
  await recount(ctx, touched);
}

/** Writes rows of a day and changes its counts with them. */
export async function saveResults(
  tx: Parameters<typeof saveRows>[0],
  day: string,
  connectionId: number,
  rows: readonly RowToSave[],
  runId: string | null,
  now: Date,
): Promise<void> {
  const before = await loadLetters(
    tx,
    day,
    rows.map(({ shipmentId }) => shipmentId),
  );
  const changes = rows.map((row) => ({ before: before.get(row.shipmentId) ?? null, after: row.letters }));
  await saveRows(tx, day, rows, runId, now);
  await addCounts(tx, day, connectionId, tallyChange(changes));
}

function rowOf({ shipment, comparison, differences: found }: ComparedShipment): RowToSave {
  return {
    shipmentId: shipment.id,
    known: true,
    connectionId: shipment.connectionId,
    pickingId: shipment.pickingId,
    name: shipment.name,
    carrier: shipment.carrier,
    warehouse: shipment.warehouse,
    letters: lettersOf(comparison.compared),
    aspects: found.map(({ aspect }) => aspect),
    causes: [...new Set(found.map(({ cause }) => cause))],
    differences: found,
  };
}

const isOpen = (compared: readonly Compared[]) => compared.some(({ verdict }) => OPEN_VERDICTS.includes(verdict));

/** One sum, where all is in one currency. */
function amountOf(rows: readonly Amount[]): Amount | null {
  const [first, ...others] = rows;
  if (first === undefined || others.some(({ currency }) => currency !== first.currency)) return null;
  return {
    amountMinor: rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    currency: first.currency,
  };
}

/** Marks of activities that were sent as open and not as closed. */
function openMarks(postings: readonly PostingToCompare[]): string[] {
  const sent = postings.filter(({ marker, state }) => marker !== null && (state === "posted" || state === "verified"));
  const closed = new Set(sent.filter(({ markerState }) => markerState === "closed").map(({ marker }) => marker));
  return sent.flatMap(({ marker, markerState }) =>
    markerState === "open" && marker !== null && !closed.has(marker) ? [marker] : [],
  );
}

function factOf(row: PostingToCompare, shipment: Shipment): PostingFact {
  const { id, key, kind, state, held, reason } = row;
  const late = shipment.late.at(-1);
  return { id, key, kind, state, held, reason, atMs: row.postedAtMs, lateByMs: late?.lateMs ?? null };
}

/** The sources that could have spoken, and whether they did. */
function sourcesOf(env: Environment, shipment: Shipment, silent: ReadonlySet<number>): SourceFact[] {
  const spoke = new Set<number>();
  for (const reached of Object.values(shipment.reached)) if (reached.feedId !== null) spoke.add(reached.feedId);
  for (const { feedId } of [...shipment.trackingBy, ...shipment.unmapped, ...shipment.advisories]) spoke.add(feedId);
  for (const { feedId } of Object.values(shipment.attributes)) spoke.add(feedId);
  return [...env.readings.values()].map(({ feedId, name, class: feedClass }) => ({
    feedId,
    name,
    feedClass,
    silent: silent.has(feedId),
    spoke: spoke.has(feedId),
  }));
}

/** Odoo's words for products as the feed of that Odoo has them mapped. */
function productsOf(env: Environment, connectionId: number): (code: string) => string {
  const reading = [...env.readings.values()].find((one) => one.class === "odoo" && one.connectionId === connectionId);
  return (code) => reading?.lookup("product", code) ?? code;
}

function named(odoo: OdooHeld | null, productOf: (code: string) => string): OdooHeld | null {
  if (odoo === null) return null;
  const ours = <L extends { code: string }>(lines: readonly L[]) =>
    lines.map((line) => ({ ...line, code: productOf(line.code) }));
  const returns = odoo.returns.map((one) => ({ ...one, lines: ours(one.lines) }));
  return { ...odoo, lines: ours(odoo.lines), returns };
}

function numbersOf({ said }: Comparison): string[] {
  const values = [said.tracking?.odoo, said.tracking?.waypost, said.tracking?.carrier, said.tracking?.warehouse];
  return [...new Set(values.flatMap((value) => (Array.isArray(value) ? value.map(String) : [])))];
}

async function numbersElsewhere(
  ctx: Context,
  differing: readonly { comparison: Comparison }[],
): Promise<Map<string, { number: string; shipmentId: string; name: string }[]>> {
  const numbers = [...new Set(differing.flatMap(({ comparison }) => numbersOf(comparison)))];
  return Map.groupBy(await listNumbersElsewhere(ctx.sql, numbers), ({ number }) => number);
}

function readinessRows({
  shipment,
  odoo,
  lists,
  reviewAtMs,
}: ComparedShipment & { lists: readonly Readiness[]; reviewAtMs: number }): ReadinessToSave[] {
  const value = shipment.state.attributes.order_value?.value;
  const money = value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  return lists.map(({ list, sinceMs, lines }) => ({
    shipmentId: shipment.id,
    list,
    connectionId: shipment.connectionId,
    pickingId: shipment.pickingId,
    name: shipment.name,
    orderName: odoo?.order ?? null,
    customer: shipment.customer,
    carrier: shipment.carrier,
    warehouse: shipment.warehouse,
    sinceMs,
    reviewAtMs,
    lines,
    valueMinor: typeof money?.amountMinor === "number" ? money.amountMinor : null,
    currency: typeof money?.currency === "string" ? money.currency : null,
  }));
}

/** Delivered and not invoiced, or invoiced and not delivered, beyond the days that may pass. */
function invoiceFindings(compared: readonly ComparedShipment[], nowMs: number): { open: Raised[]; gone: string[] } {
  const open: Raised[] = [];
  const gone: string[] = [];
  for (const { shipment, odoo, gap } of compared) {
    if (gap === null || nowMs <= gap.dueAtMs) {
      gone.push(shipment.id);
      continue;
    }
    const delivered = gap.list === "delivered_not_invoiced";
    const since = new Date(gap.sinceMs).toISOString();
    const evidence: { [name: string]: Json } = {
      order: odoo?.order ?? null,
      invoiced: odoo?.invoiced ?? null,
      delivered: delivered ? since : null,
      ...(delivered ? {} : { invoicedSince: since }),
    };
    const finding: Finding = {
      kind: "invoice_not_ready",
      subject: "shipment",
      severity: EXCEPTION_SPECS.invoice_not_ready.severity,
      occurrence: gap.list,
      cause: { source: `connection:${shipment.connectionId}`, what: gap.list },
      text: delivered
        ? `${odoo?.order ?? shipment.name} was delivered and is not invoiced`
        : `${odoo?.order ?? shipment.name} is invoiced and was not delivered`,
      evidence,
      feedId: null,
      messageId: null,
    };
    open.push({
      homeId: shipment.id,
      shipmentId: shipment.id,
      finding,
      correlationId: null,
      connectionId: shipment.connectionId,
    });
  }
  return { open, gone };
}
