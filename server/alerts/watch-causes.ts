import { type Colleague, escalatedTo, recipientsOf } from "@/core/alerts/recipients";
import { type AlertRules, wishesOf } from "@/core/alerts/rules";
import { type GroupAlert, watchGroups } from "@/core/alerts/watch-groups";
import { type Notice, noticeOfCause, noticeOfEscalation, noticeOfRecovery } from "@/core/alerts/write";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import {
  type LapsedException,
  listAlerted,
  listLapsed,
  listWatchedCauses,
  lockAlertClock,
  saveAlertClock,
  saveAlertMemories,
  type WatchedCause,
} from "@/db/queries/alerts";
import { insertExceptionNotes } from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { recordAudit, SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { type Telling, tell } from "./tell";

/** Causes and lapsed exceptions looked at in one go; more wait for the next look. */
const MOST_CAUSES = 2000;
const MOST_LAPSED = 1000;
/** Counters are committed a little after the clock they carry. */
const OVERLAP_MS = 120_000;

/**
 * Looks at all causes with news and tells people of what is new, what recovered and what nobody took in time; all of it in one transaction
 * with what is remembered, so that nothing is told twice. Returns how many notices there were.
 */
export async function watchCauses(ctx: Context): Promise<number> {
  const { alerts: rules } = await readSettings(ctx);
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const clock = await lockAlertClock(tx, now);
    const colleagues = (await listAlerted(tx)).map(
      ({ id, role, settings }): Colleague => ({ id, role, wishes: wishesOf(settings) }),
    );
    const causes = await listWatchedCauses(tx, new Date(clock.seenUntil.getTime() - OVERLAP_MS), MOST_CAUSES);
    const tellings = [...(await alertsOf(tx, causes, rules, colleagues, now))];
    const lapse = await lapsed(ctx, tx, clock.dueUntil, rules, colleagues, now);
    tellings.push(...lapse.tellings);
    await tell(ctx, tx, tellings);
    await saveAlertClock(tx, { seenUntil: now, dueUntil: lapse.until });
    return tellings.length;
  });
}

async function alertsOf(
  tx: Tx,
  causes: readonly WatchedCause[],
  rules: AlertRules,
  colleagues: readonly Colleague[],
  now: Date,
): Promise<Telling[]> {
  const steps = watchGroups(causes, rules, now.getTime());
  await saveAlertMemories(tx, steps);
  const byId = new Map(causes.map((cause) => [cause.groupId, cause]));
  return steps.flatMap(({ groupId, alert }) => {
    const cause = byId.get(groupId);
    if (!alert || !cause) return [];
    const notice = noticeOf(cause, alert);
    return recipientsOf(cause.kind, colleagues).map((told) => ({ ...told, kind: alert.kind, notice }));
  });
}

function noticeOf({ groupId, kind, cause, open }: WatchedCause, alert: GroupAlert): Notice {
  const { label, severity } = EXCEPTION_SPECS[kind];
  if (alert.kind === "recovered") return noticeOfRecovery({ label, cause, afterMs: alert.afterMs, groupId });
  return noticeOfCause({ label, cause, severity, fresh: alert.fresh, open, groupId });
}

async function lapsed(
  ctx: Context,
  tx: Tx,
  after: Date,
  rules: AlertRules,
  colleagues: readonly Colleague[],
  now: Date,
): Promise<{ tellings: Telling[]; until: Date }> {
  if (!rules.escalate) return { tellings: [], until: now };
  const late = await listLapsed(tx, after, now, MOST_LAPSED);
  // several may be due at one instant: what was cut off is looked at again from the last instant that is whole
  const last = late.at(-1)?.dueAt.getTime() ?? 0;
  const whole = late.length < MOST_LAPSED ? late : late.filter((e) => e.dueAt.getTime() < last);
  const taken = whole.length > 0 || late.length === 0 ? whole : late;
  const until = late.length < MOST_LAPSED ? now : (taken.at(-1)?.dueAt ?? now);
  if (taken.length === 0) return { tellings: [], until };
  await insertExceptionNotes(
    tx,
    taken.map((e) => ({ homeId: e.homeId, exceptionId: e.id, id: ctx.uuid() })),
    { kind: "escalated", text: "nobody acknowledged it by its due time", by: null, at: now },
  );
  await recordAudit(ctx, tx, SYSTEM, {
    action: "exceptions.escalate",
    subject: "exceptions",
    after: { count: taken.length, ids: taken.slice(0, 500).map((e) => e.id) },
  });
  await notifyLive(
    tx,
    "exceptions",
    taken.map((e) => e.id),
  );
  return { tellings: escalations(taken, colleagues), until };
}

function escalations(late: readonly LapsedException[], colleagues: readonly Colleague[]): Telling[] {
  const byGroup = new Map<string, LapsedException[]>();
  for (const e of late) byGroup.set(e.groupId, [...(byGroup.get(e.groupId) ?? []), e]);
  return [...byGroup.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const { label } = EXCEPTION_SPECS[first.kind];
    const notice = noticeOfEscalation({ label, cause: first.cause, late: members.length, groupId: first.groupId });
    const assigned = new Set(members.flatMap((e) => e.assigneeId ?? []));
    const mine = colleagues
      .filter((c) => assigned.has(c.id))
      .map((c) => ({ personId: c.id, mail: c.wishes.mailPersonal }));
    const others = escalatedTo(first.kind, colleagues).filter((told) => !assigned.has(told.personId));
    return [...others, ...mine].map((told): Telling => ({ ...told, kind: "escalated", notice }));
  });
}
