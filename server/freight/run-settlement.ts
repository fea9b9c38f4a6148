import { SETTLEMENT_KINDS } from "@/core/freight/window";
import type { Json } from "@/core/shipments/attributes";
import { askReviewOfAll } from "@/db/queries/freight";
import { notifyFreight } from "@/db/queries/live";
import { findConnection, listConnections } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { letGo } from "../odoo/let-go";

/** What comes so long after a run goes with it. */
const OPEN_MINUTES = 60;

/**
 * Checks every undecided bill again, and lets every freight posting go that waits for its window or batch, in every connection; what waits for
 * another reason goes on waiting.
 */
export async function runSettlement(ctx: Context, actor: Actor): Promise<{ released: number; checked: number }> {
  requireRight(actor, "freight:decide");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const gone: { connection: string; kind: string; released: number; openUntil: string }[] = [];
    for (const { id } of await listConnections(tx)) {
      for (const kind of SETTLEMENT_KINDS) {
        // read anew for each kind: the one before has changed its policies
        const connection = await findConnection(tx, id);
        if (!connection || connection.state === "archived") continue;
        const one = await letGo(tx, connection, kind, OPEN_MINUTES, now);
        if (one !== null)
          gone.push({ connection: connection.name, kind, released: one.moved.released, openUntil: one.openUntil });
      }
    }
    const checked = await askReviewOfAll(tx, now);
    if (checked > 0) await notifyFreight(tx);
    const released = gone.reduce((sum, one) => sum + one.released, 0);
    await recordAudit(ctx, tx, actor, {
      action: "freight.run_settlement",
      subject: "freight:settlement",
      before: null,
      after: { released, checked, kinds: gone as unknown as Json },
    });
    return { released, checked };
  });
}
