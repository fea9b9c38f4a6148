import { windowInWords } from "@/core/batches/words";
import { SETTLEMENT_KINDS } from "@/core/freight/window";
import { holdByPolicy } from "@/core/postings/policy";
import type { PostingTiming } from "@/core/postings/timing";
import { listSettlementRuns, listWindows } from "@/db/queries/freight-settlement";
import { listConnections, listLastPosted } from "@/db/queries/odoo";
import type { Context } from "../context";
import { scheduleInWords } from "../freight/schedule-settlement";
import { policiesOf } from "../odoo/redecide";
import { type BatchRun, type BatchStanding, RUNS_SHOWN } from "./standing";

/** Freight settlement: postings of approved bills, as they come or window by window, by the timing of their kinds on every connection. */
export async function standingOfSettlement(ctx: Pick<Context, "sql" | "now">): Promise<BatchStanding> {
  const now = ctx.now();
  const connections = (await listConnections(ctx.sql)).filter(({ state }) => state !== "archived");
  const [windows, byHand, last] = await Promise.all([
    listWindows(ctx.sql, null, now, RUNS_SHOWN),
    listSettlementRuns(ctx.sql, RUNS_SHOWN),
    listLastPosted(ctx.sql, SETTLEMENT_KINDS),
  ]);
  const timings: { timing: PostingTiming }[] = [];
  const untils: number[] = [];
  for (const connection of connections) {
    const policies = await policiesOf(ctx.sql, connection);
    for (const kind of SETTLEMENT_KINDS) {
      const { timing } = policies.byKind[kind];
      timings.push({ timing });
      const untilMs = holdByPolicy(kind, policies, now.getTime())?.untilMs ?? null;
      if (untilMs !== null) untils.push(untilMs);
    }
  }
  const one = new Set(timings.map(({ timing }) => JSON.stringify(timing))).size === 1;
  const lastMs = Math.max(0, ...[...last, ...byHand].map(({ at }) => at.getTime()));
  return {
    workflow: "freight_settlement",
    open: null,
    words: scheduleInWords(timings) || "no Odoo is connected",
    timing: one ? (timings[0]?.timing ?? null) : null,
    nextAt: untils.length === 0 ? null : new Date(Math.min(...untils)),
    lastAt: lastMs === 0 ? null : new Date(lastMs),
    refusal: connections.length === 0 ? "Connect an Odoo first: approved bills have nowhere to go." : null,
    runs: [...windows.map(runOfWindow), ...byHand.map(runByHand)]
      .sort((a, b) => b.at.getTime() - a.at.getTime())
      .slice(0, RUNS_SHOWN),
  };
}

function runOfWindow(row: Awaited<ReturnType<typeof listWindows>>[number]): BatchRun {
  const at = row.endsAt.toISOString();
  const href = `/freight/settlement?window=${encodeURIComponent(at)}`;
  return { id: `window ${at}`, at: row.endsAt, endedAt: row.endsAt, by: null, href, ...windowInWords(row) };
}

function runByHand({ at, by, after }: Awaited<ReturnType<typeof listSettlementRuns>>[number]): BatchRun {
  const [released, checked] = [after?.released ?? 0, after?.checked ?? 0];
  const bills = checked === 1 ? "undecided bill" : "undecided bills";
  const words = `${released.toLocaleString("en")} let go, ${checked.toLocaleString("en")} ${bills} checked again`;
  return { id: `by hand ${at.toISOString()}`, at, endedAt: at, state: "done", words, by, href: "/freight/settlement" };
}
