import { z } from "zod";
import { refusalOfSnooze, snoozeChoice, snoozeWords } from "@/core/exceptions/cause-snooze";
import type { Tx } from "@/db/client";
import { insertExceptionNotes } from "@/db/queries/exception-acts";
import { findExceptionGroup } from "@/db/queries/exception-groups";
import {
  deleteCauseSnoozes,
  insertCauseSnooze,
  loadGroupRates,
  type Member,
  putMembersAway,
  wakeFreed,
} from "@/db/queries/exception-snoozes";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Members changed together with their cause; the sweep goes on with more. */
export const CAUSE_BATCH = 5000;

export const snoozeCauseInput = z.object({ groupId: z.guid(), choice: snoozeChoice });
export const wakeCauseInput = z.object({ groupId: z.guid() });

/** Puts a whole cause away: what stands in it now, and what opens in it until it wakes. */
export async function snoozeCause(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof snoozeCauseInput>,
): Promise<{ changed: number }> {
  requireRight(actor, "exceptions:snooze");
  const { groupId, choice } = input;
  const now = ctx.now();
  const refusal = refusalOfSnooze(choice, now.getTime());
  if (refusal) throw new AppError("invalid", refusal);
  return ctx.sql.begin(async (tx) => {
    await requireGroup(tx, groupId);
    const rate = (await loadGroupRates(tx, [groupId], now)).get(groupId) ?? { opened: 0, perHour: 0 };
    const by = actor.kind === "person" ? actor.id : null;
    await insertCauseSnooze(tx, { groupId, choice, rate, by, at: now });
    const words = snoozeWords(choice);
    const away = await putMembersAway(tx, now, CAUSE_BATCH);
    await noteMembers(ctx, tx, away, { kind: "snoozed", text: `with its cause, ${words}`, by });
    await recordAudit(ctx, tx, actor, {
      action: "exceptions.snooze_cause",
      subject: `exception_group:${groupId}`,
      after: { mode: choice.mode, words, count: away.length, openedBefore: rate.opened, perHour: rate.perHour },
    });
    await notifyLive(tx, "exceptions");
    return { changed: away.length };
  });
}

/** Wakes a cause that was put away, with all its members: the way back of `snoozeCause`. */
export async function wakeCause(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof wakeCauseInput>,
): Promise<{ changed: number }> {
  requireRight(actor, "exceptions:snooze");
  return ctx.sql.begin(async (tx) => {
    await requireGroup(tx, input.groupId);
    const ended = await deleteCauseSnoozes(tx, [input.groupId]);
    if (ended.length === 0) throw new AppError("conflict", "This cause is awake: somebody, or its time, was faster.");
    const woken = await wakeFreed(tx, ctx.now(), CAUSE_BATCH);
    const by = actor.kind === "person" ? actor.id : null;
    await noteMembers(ctx, tx, woken, { kind: "reopened", text: "its cause was woken", by });
    await recordAudit(ctx, tx, actor, {
      action: "exceptions.wake_cause",
      subject: `exception_group:${input.groupId}`,
      after: { count: woken.length },
    });
    await notifyLive(tx, "exceptions");
    return { changed: woken.length };
  });
}

/** Writes the same note to each of many. */
export async function noteMembers(
  ctx: Pick<Context, "now" | "uuid">,
  tx: Tx,
  members: readonly Pick<Member, "homeId" | "id">[],
  note: { kind: "snoozed" | "reopened" | "suppressed"; text: string; by: string | null },
): Promise<void> {
  await insertExceptionNotes(
    tx,
    members.map((m) => ({ homeId: m.homeId, exceptionId: m.id, id: ctx.uuid() })),
    { ...note, at: ctx.now() },
  );
}

async function requireGroup(tx: Tx, id: string): Promise<void> {
  if (!(await findExceptionGroup(tx, id))) throw new AppError("not_found", "This group of exceptions does not exist.");
}
