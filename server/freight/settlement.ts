import { SETTLEMENT_KINDS } from "@/core/freight/window";
import type { PostingKind } from "@/core/postings/kinds";
import { holdByPolicy, type PolicyHold } from "@/core/postings/policy";
import type { PostingTiming } from "@/core/postings/timing";
import {
  listNext,
  listOfWindow,
  listSettlementRuns,
  listWaiting,
  listWindows,
  type SettlementRow,
  type WaitingRow,
  type WindowRow,
} from "@/db/queries/freight-settlement";
import { listConnections } from "@/db/queries/odoo";
import type { Context } from "../context";
import { policiesOf } from "../odoo/redecide";

type Reader = Pick<Context, "sql" | "now">;

export type SettlementKind = {
  connectionId: number;
  connection: string;
  kind: PostingKind;
  timing: PostingTiming;
  /** Why they wait now and until when; null while the window is open. */
  hold: PolicyHold | null;
  waiting: WaitingRow[];
};

const NEXT_SHOWN = 20;
const RUNS_SHOWN = 10;

/** When freight postings go next, what waits and for what, and when a person let them go last. */
export async function readSettlement(ctx: Reader) {
  const now = ctx.now();
  const connections = (await listConnections(ctx.sql)).filter(({ state }) => state !== "archived");
  const ids = connections.map(({ id }) => id);
  const [waiting, next, runs] = await Promise.all([
    listWaiting(ctx.sql, ids),
    listNext(ctx.sql, ids, now, NEXT_SHOWN),
    listSettlementRuns(ctx.sql, RUNS_SHOWN),
  ]);
  const kinds: SettlementKind[] = [];
  for (const connection of connections) {
    const policies = await policiesOf(ctx.sql, connection);
    for (const kind of SETTLEMENT_KINDS)
      kinds.push({
        connectionId: connection.id,
        connection: connection.name,
        kind,
        timing: policies.byKind[kind].timing,
        hold: holdByPolicy(kind, policies, now.getTime()),
        waiting: waiting.filter((row) => row.connectionId === connection.id && row.kind === kind),
      });
  }
  return { kinds, next, runs, now };
}

/** Past and coming windows, newest first; one more page while `before` says where it goes on. */
export async function readWindows(
  ctx: Reader,
  before: Date | null,
  limit: number,
): Promise<{ items: WindowRow[]; next: Date | null }> {
  const rows = await listWindows(ctx.sql, before, ctx.now(), limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.endsAt ?? null) : null };
}

/** Postings of one window, one page. */
export async function readWindow(
  ctx: Reader,
  endsAt: Date,
  after: string | null,
  limit: number,
): Promise<{ items: SettlementRow[]; next: string | null }> {
  const rows = await listOfWindow(ctx.sql, endsAt, after, ctx.now(), limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
