import { diff } from "@/core/exceptions/diff";
import type { Finding } from "@/core/exceptions/finding";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import { recountShipments } from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { loadExceptions } from "@/db/queries/pipeline/load-judged";
import { lockShipments } from "@/db/queries/pipeline/locks";
import { closeExceptions, openExceptions, refreshExceptions } from "@/db/queries/pipeline/save-judged";
import type { Context } from "../context";
import { newException } from "../pipeline/judge";

export type Raised = {
  homeId: string;
  shipmentId: string | null;
  finding: Finding;
  correlationId: string | null;
  connectionId?: number;
  postingKey?: string;
};

type Deps = Pick<Context, "now" | "uuid">;

/** Opens (or refreshes) exceptions that are raised outside the fold: about messages, feeds, connections and postings. Returns how many opened. */
export async function raise(ctx: Deps, tx: Tx, rows: readonly Raised[], slot: number): Promise<number> {
  if (rows.length === 0) return 0;
  const now = ctx.now();
  const known = await loadExceptions(tx, [...new Set(rows.map((row) => row.homeId))]);
  const open: Parameters<typeof openExceptions>[1][number][] = [];
  const refresh: Parameters<typeof refreshExceptions>[1][number][] = [];
  for (const row of rows) {
    const mine = known.filter((e) => e.homeId === row.homeId);
    const changes = diff(mine, [row.finding], []);
    const touch = { messageId: row.finding.messageId, receivedAtMs: now.getTime(), correlationId: row.correlationId };
    const made = newException(row.finding, row.homeId, row.shipmentId, touch, ctx.uuid());
    for (const _ of changes.open)
      open.push({ ...made, connectionId: row.connectionId ?? null, postingKey: row.postingKey ?? null });
    for (const change of changes.refresh)
      refresh.push({ homeId: row.homeId, id: change.id, finding: row.finding, evidenceHash: made.evidenceHash });
  }
  await refreshExceptions(tx, refresh, now);
  const opened = await openExceptions(tx, open, slot, now);
  if (opened.size > 0) await notifyLive(tx, "exceptions");
  return opened.size;
}

/**
 * Lets shipments count their open exceptions anew, after a transaction that opened or closed some of them beside the fold: in one of its own,
 * because whoever posts or compares holds other rows first than whoever folds.
 */
export async function recount(ctx: Pick<Context, "sql">, shipmentIds: readonly (string | null)[]): Promise<void> {
  const ids = [...new Set(shipmentIds.filter((id) => id !== null))];
  if (ids.length === 0) return;
  await ctx.sql.begin(async (tx) => {
    await lockShipments(tx, ids);
    await recountShipments(tx, ids);
  });
}

/** Makes exactly these findings stand in each home, of the kinds named: opens, refreshes, and closes what is found no more. */
export async function settleFindings(
  ctx: Deps,
  tx: Tx,
  homes: readonly {
    homeId: string;
    shipmentId: string | null;
    findings: readonly Finding[];
    correlationId: string | null;
  }[],
  kinds: readonly ExceptionKind[],
  slot: number,
): Promise<void> {
  if (homes.length === 0) return;
  const now = ctx.now();
  const known = Map.groupBy(
    await loadExceptions(
      tx,
      homes.map(({ homeId }) => homeId),
    ),
    (row) => row.homeId,
  );
  const open: Parameters<typeof openExceptions>[1][number][] = [];
  const refresh: Parameters<typeof refreshExceptions>[1][number][] = [];
  const close: Parameters<typeof closeExceptions>[1][number][] = [];
  for (const { homeId, shipmentId, findings, correlationId } of homes) {
    const changes = diff(known.get(homeId) ?? [], findings, kinds);
    const made = (finding: Finding, id: string) =>
      newException(
        finding,
        homeId,
        shipmentId,
        { messageId: finding.messageId, receivedAtMs: now.getTime(), correlationId },
        id,
      );
    open.push(...changes.open.map((finding) => made(finding, ctx.uuid())));
    refresh.push(
      ...changes.refresh.map(({ id, finding }) => ({
        homeId,
        id,
        finding,
        evidenceHash: made(finding, id).evidenceHash,
      })),
    );
    close.push(...changes.close.map((id) => ({ homeId, id, noteId: ctx.uuid(), why: "The cause is gone." })));
  }
  await refreshExceptions(tx, refresh, now);
  await closeExceptions(tx, close, slot, now);
  const opened = await openExceptions(tx, open, slot, now);
  if (opened.size + close.length > 0) await notifyLive(tx, "exceptions");
}

/** Closes open exceptions of a home by kind (and subject, where given): the cause is gone, or a person (`by`) settled it and the decision holds. */
export async function clear(
  ctx: Deps,
  tx: Tx,
  rows: readonly { homeId: string; kind: ExceptionKind; subject?: string; why: string; by?: string | null }[],
  slot: number,
): Promise<number> {
  if (rows.length === 0) return 0;
  const known = await loadExceptions(tx, [...new Set(rows.map((row) => row.homeId))]);
  const close = known.flatMap((e) => {
    const row = rows.find(
      (r) => r.homeId === e.homeId && r.kind === e.kind && (r.subject === undefined || r.subject === e.subject),
    );
    return row && e.state !== "resolved"
      ? [{ homeId: e.homeId, id: e.id, noteId: ctx.uuid(), why: row.why, by: row.by ?? null }]
      : [];
  });
  const closed = await closeExceptions(tx, close, slot, ctx.now());
  if (closed > 0) await notifyLive(tx, "exceptions");
  return closed;
}
