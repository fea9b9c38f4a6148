import { spikeOver, wakesBecause } from "@/core/exceptions/cause-snooze";
import type { Tx } from "@/db/client";
import { chooseByIds, wakeSnoozed } from "@/db/queries/exception-acts";
import {
  deleteCauseSnoozes,
  listCauseSnoozes,
  listWatchedRates,
  type Member,
  putMembersAway,
  wakeByGroup,
  wakeFreed,
} from "@/db/queries/exception-snoozes";
import { notifyLive } from "@/db/queries/live";
import { recordAudit, requireRight, SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { CAUSE_BATCH, noteMembers } from "./snooze-cause";
import { sweepWindows } from "./windows";

/** Woken by time in one go; at so many or more the clock comes back at once. */
export const WAKE_BATCH = 500;
/** Causes put away, and causes watched for an escalation, that are looked at in one go. */
const MOST_CAUSES = 1000;

/**
 * Brings back what was out of sight and has to come back: by time, by number, by escalation, with its cause, and with the end of a window; and puts
 * away what belongs to a cause or window that is. In sets; run by the clock. Returns how many; more may wait when it is a batch or more.
 */
export async function wakeExceptions(ctx: Context): Promise<number> {
  requireRight(SYSTEM, "exceptions:snooze");
  const moved = await ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const byTime = await chooseByIds(tx, await wakeSnoozed(tx, now, WAKE_BATCH));
    await tell(ctx, tx, byTime, "snooze ended");
    await wakeCauses(ctx, tx, now);
    const freed = await wakeFreed(tx, now, CAUSE_BATCH);
    await tell(ctx, tx, freed, "its cause woke");
    const rates = await listWatchedRates(tx, now, MOST_CAUSES);
    const escalated = rates.filter((r) => r.openedLastHour >= spikeOver(r.perHour)).map((r) => r.groupId);
    const byGroup = await wakeByGroup(tx, escalated, now, CAUSE_BATCH);
    await tell(ctx, tx, byGroup, "as many more came as it waited for, or it escalated");
    const away = await putMembersAway(tx, now, CAUSE_BATCH);
    await noteMembers(ctx, tx, away, { kind: "snoozed", text: "with its cause", by: null });
    if (away.length > 0) await notifyLive(tx, "exceptions");
    return byTime.length + freed.length + byGroup.length + away.length;
  });
  return moved + (await sweepWindows(ctx));
}

/** Ends the snooze of causes whose time, number or escalation has come. */
async function wakeCauses(ctx: Context, tx: Tx, now: Date): Promise<void> {
  const why = new Map<string, string>();
  for (const cause of await listCauseSnoozes(tx, now, MOST_CAUSES)) {
    const because = wakesBecause({ ...cause, untilMs: cause.until?.getTime() ?? null }, now.getTime());
    if (because !== null) why.set(cause.groupId, because);
  }
  for (const id of await deleteCauseSnoozes(tx, [...why.keys()])) {
    await recordAudit(ctx, tx, SYSTEM, {
      action: "exceptions.wake_cause",
      subject: `exception_group:${id}`,
      reason: why.get(id),
    });
  }
}

async function tell(
  ctx: Context,
  tx: Tx,
  woken: readonly Pick<Member, "homeId" | "id">[],
  text: string,
): Promise<void> {
  if (woken.length === 0) return;
  const ids = woken.map((one) => one.id);
  await noteMembers(ctx, tx, woken, { kind: "reopened", text, by: null });
  await recordAudit(ctx, tx, SYSTEM, {
    action: "exceptions.wake",
    subject: "exceptions",
    after: { count: ids.length, ids: ids.slice(0, 500) },
    reason: text,
  });
  await notifyLive(tx, "exceptions", ids.slice(0, 500));
}
