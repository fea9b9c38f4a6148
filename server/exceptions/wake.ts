import { chooseByIds, insertExceptionNotes, wakeSnoozed } from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { recordAudit, requireRight, SYSTEM } from "../access/actor";
import type { Context } from "../context";

const BATCH = 500;

/** Opens snoozed exceptions whose time has come; run by the clock. Returns how many; more wait when it is the batch size. */
export async function wakeExceptions(ctx: Context): Promise<number> {
  requireRight(SYSTEM, "exceptions:snooze");
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const ids = await wakeSnoozed(tx, now, BATCH);
    if (ids.length === 0) return 0;
    const woken = await chooseByIds(tx, ids);
    await insertExceptionNotes(
      tx,
      woken.map((c) => ({ homeId: c.homeId, exceptionId: c.id, id: ctx.uuid() })),
      { kind: "reopened", text: "snooze ended", by: null, at: now },
    );
    await recordAudit(ctx, tx, SYSTEM, {
      action: "exceptions.wake",
      subject: "exceptions",
      after: { count: ids.length, ids: ids.slice(0, 500) },
    });
    await notifyLive(tx, "exceptions", ids);
    return ids.length;
  });
}
