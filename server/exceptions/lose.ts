import { lostWords } from "@/core/exceptions/work-order";
import { insertExceptionNotes } from "@/db/queries/exception-acts";
import { markLost } from "@/db/queries/exception-lost";
import { notifyLive } from "@/db/queries/live";
import { recordAudit, requireRight, SYSTEM } from "../access/actor";
import type { Context } from "../context";

export const LOSE_BATCH = 500;

/**
 * Logs as lost the money of exceptions whose clock (promise, claim window, invoice) ran out while they stood, once each, with a note and an audit
 * row; they leave the front of the queue. Run by the clock. Returns how many; more may wait when it is a batch.
 */
export async function loseLapsed(ctx: Context): Promise<number> {
  requireRight(SYSTEM, "exceptions:snooze");
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const lost = await markLost(tx, now, LOSE_BATCH);
    if (lost.length === 0) return 0;
    for (const one of lost) {
      const words = lostWords(one.lostMinor, one.currency, one.deadlineKind, one.deadlineAt.getTime());
      const note = { homeId: one.homeId, exceptionId: one.id, id: ctx.uuid() };
      await insertExceptionNotes(tx, [note], { kind: "lost", text: words, by: null, at: now });
    }
    await recordAudit(ctx, tx, SYSTEM, {
      action: "exceptions.lose",
      subject: "exceptions",
      after: {
        count: lost.length,
        lost: lost.map(({ id, lostMinor, currency, deadlineKind }) => ({ id, lostMinor, currency, deadlineKind })),
      },
    });
    await notifyLive(tx, "exceptions", lost.map((one) => one.id).slice(0, 500));
    return lost.length;
  });
}
