import { recipientsOf } from "@/core/alerts/recipients";
import { wishesOf } from "@/core/alerts/rules";
import { noticeOfBudget } from "@/core/alerts/write";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import {
  BUDGET_LEVELS,
  type BudgetLevel,
  type FailureBudget,
  LEVEL_SEVERITY,
  readBudget,
  spend,
  standingOf,
} from "@/core/postings/failure-budget";
import type { Tx } from "@/db/client";
import { listAlerted } from "@/db/queries/alerts";
import { notifyLive } from "@/db/queries/live";
import { lockFailures, saveFailures, type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { loadExceptions } from "@/db/queries/pipeline/load-judged";
import { tell } from "../alerts/tell";
import type { Context } from "../context";
import { clear, raise } from "../exceptions/raise";
import { budgetFinding, homeOfConnection } from "../postings/findings";
import type { OdooClients } from "./clients";

const KIND = "odoo_failure_budget" as const;
/** Above it a level is told as it is reached; the first is news as any other cause. */
const FIRST = BUDGET_LEVELS[0];

/**
 * Adds the calls that this process made to the failure budgets of their connections, and raises, escalates or clears the one exception about
 * each. A budget that nobody calls against is judged as its hour passes.
 */
export async function countFailures(ctx: Context, clients: OdooClients, slot: number): Promise<void> {
  for (const connection of await workingConnections(ctx.sql)) {
    const ended = clients.takeEnded(connection.id);
    if (ended.calls === 0 && readBudget(connection.failures).minutes.length === 0) continue;
    await ctx.sql.begin(async (tx) => {
      const kept = await lockFailures(tx, connection.id);
      if (kept === null) return;
      const nowMs = ctx.now().getTime();
      const before = readBudget(kept.failures);
      const after = spend(before, ended, kept.percent, nowMs);
      if (ended.calls === 0 && JSON.stringify(before) === JSON.stringify(after)) return;
      await saveFailures(tx, connection.id, after);
      if (after.level === before.level) return;
      if (after.level === null) {
        const why = "Few enough calls of the last hour failed.";
        await clear(ctx, tx, [{ homeId: homeOfConnection(connection.id), kind: KIND, why }], slot);
      } else {
        const worse = after.level > (before.level ?? 0);
        // what a person resolved comes back when it grows worse, not when it gets better
        if (worse || (await standingIn(tx, connection.id)))
          await judge(ctx, tx, connection, after, after.level, kept.percent, slot);
        if (worse && after.level > FIRST) await tellLevel(ctx, tx, connection, after.level);
      }
      await notifyLive(tx, "odoo");
      ctx.log.warn({ connection: connection.id, from: before.level, to: after.level }, "failure budget");
    });
  }
}

async function judge(
  ctx: Context,
  tx: Tx,
  connection: WorkingConnection,
  budget: FailureBudget,
  level: BudgetLevel,
  percent: number,
  slot: number,
): Promise<void> {
  const standing = standingOf(budget, percent, ctx.now().getTime());
  const finding = budgetFinding(connection, level, standing, budget.sinceMs ?? ctx.now().getTime());
  const homeId = homeOfConnection(connection.id);
  const row = { homeId, shipmentId: null, finding, correlationId: null, connectionId: connection.id };
  await raise(ctx, tx, [row], slot);
}

async function standingIn(tx: Tx, connectionId: number) {
  const known = await loadExceptions(tx, [homeOfConnection(connectionId)]);
  return known.find(({ kind, state }) => kind === KIND && state !== "resolved");
}

/** Tells whom it concerns that a worse level is reached, unless a quiet window holds the exception out of sight. */
async function tellLevel(ctx: Context, tx: Tx, connection: WorkingConnection, level: BudgetLevel): Promise<void> {
  const standing = await standingIn(tx, connection.id);
  if (!standing || standing.state === "suppressed") return;
  const colleagues = (await listAlerted(tx)).map(({ id, role, settings }) => ({
    id,
    role,
    wishes: wishesOf(settings),
  }));
  const severity = LEVEL_SEVERITY[level];
  const { label } = EXCEPTION_SPECS[KIND];
  const notice = noticeOfBudget({ label, cause: standing.text, severity, level, groupId: standing.groupId });
  const told = recipientsOf(KIND, colleagues, severity);
  await tell(
    ctx,
    tx,
    told.map((one) => ({ ...one, kind: "opened", notice })),
  );
}
