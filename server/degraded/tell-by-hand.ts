import { listRules, listToDoByHand, saveToldUntil } from "@/db/queries/degraded";
import { tell } from "../alerts/tell";
import type { Context } from "../context";

const MOST_RULES = 200;

/** Tells the person to whom a rule reroutes postings what has to be done in Odoo by hand since the last telling; returns how many were told. */
export async function tellByHand(ctx: Context): Promise<number> {
  let told = 0;
  for (const rule of await listRules(ctx.sql, MOST_RULES)) {
    if (rule.liftedAt !== null || rule.personId === null || rule.connectionId === null) continue;
    const { personId, connectionId } = rule;
    const now = ctx.now();
    await ctx.sql.begin(async (tx) => {
      const todo = await listToDoByHand(tx, connectionId, rule.kinds, rule.toldUntil ?? new Date(0));
      const count = todo.reduce((sum, one) => sum + one.count, 0);
      await saveToldUntil(tx, rule.id, now);
      if (count === 0) return;
      told += count;
      const lines = todo.map(
        (one) =>
          `${one.count} × ${one.kind.replaceAll("_", " ")}: ${one.records.join(", ")}${one.count > one.records.length ? ", …" : ""}`,
      );
      const notice = {
        title: `${count} to do by hand in ${rule.about}`,
        text: [`${rule.reason}.`, ...lines].join("\n").slice(0, 2_000),
        href: `/postings?tab=waiting&held=degraded&connection=${connectionId}`,
      };
      await tell(ctx, tx, [{ personId, mail: true, kind: "assigned", notice }]);
    });
  }
  return told;
}
