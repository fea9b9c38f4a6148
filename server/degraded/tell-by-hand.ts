import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { FOLLOW_SILENCE } from "@/core/exceptions/quiet-window";
import type { Tx } from "@/db/client";
import { listRules, listToAskAbout, listToDoByHand, type RuleRow, saveToldUntil } from "@/db/queries/degraded";
import { tell } from "../alerts/tell";
import type { Context } from "../context";

const MOST_RULES = 200;

type Line = { what: string; count: number; names: readonly string[] };
type Work = { title: (count: number) => string; lines: Line[]; href: string };

/**
 * Tells the person to whom a rule reroutes what there is to do since the last telling: postings to be done in Odoo by hand, or shipments to
 * ask about while their feed is down. Returns how many were told.
 */
export async function tellByHand(ctx: Context): Promise<number> {
  let told = 0;
  for (const rule of await listRules(ctx.sql, MOST_RULES)) {
    const { personId } = rule;
    if (rule.liftedAt !== null || personId === null) continue;
    const now = ctx.now();
    await ctx.sql.begin(async (tx) => {
      const work = await workOf(tx, rule);
      if (work === null) return;
      const count = work.lines.reduce((sum, line) => sum + line.count, 0);
      await saveToldUntil(tx, rule.id, now);
      if (count === 0) return;
      told += count;
      const lines = work.lines.map(
        ({ what, count, names }) => `${count} × ${what}: ${names.join(", ")}${count > names.length ? ", …" : ""}`,
      );
      const text = [`${rule.reason}.`, ...lines].join("\n").slice(0, 2_000);
      const notice = { title: work.title(count), text, href: work.href };
      await tell(ctx, tx, [{ personId, mail: true, kind: "assigned", notice }]);
    });
  }
  return told;
}

async function workOf(tx: Tx, rule: RuleRow): Promise<Work | null> {
  const since = rule.toldUntil ?? new Date(0);
  const { connectionId, windowId, about } = rule;
  if (connectionId !== null)
    return {
      title: (count) => `${count} to do by hand in ${about}`,
      lines: (await listToDoByHand(tx, connectionId, rule.kinds, since)).map(({ kind, count, records }) => ({
        what: kind.replaceAll("_", " "),
        count,
        names: records,
      })),
      href: `/postings?tab=waiting&held=degraded&connection=${connectionId}`,
    };
  const asked = windowId === null ? null : await listToAskAbout(tx, windowId, since);
  if (asked === null) return null;
  return {
    title: (count) => `${count} to ask about while ${about} is down`,
    lines: asked.map(({ kind, count, shipments }) => ({
      what: EXCEPTION_SPECS[kind].label.toLowerCase(),
      count,
      names: shipments ?? [],
    })),
    href: `/exceptions?view=list&state=suppressed&kind=${FOLLOW_SILENCE.join(",")}`,
  };
}
