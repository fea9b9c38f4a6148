import type { ExceptionTarget } from "@/core/exceptions/filter";
import type { ExceptionState } from "@/core/exceptions/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import {
  type ChosenException,
  chooseByFilter,
  chooseByIds,
  countClosedByPeople,
  type ExceptionChange,
  insertExceptionNotes,
  listLastNotes,
  type NoteKind,
  reviewShipments,
  updateExceptions,
} from "@/db/queries/exception-acts";
import { settleGroups, unsettleGroups } from "@/db/queries/exception-settle";
import { notifyLive } from "@/db/queries/live";
import { lockShipments } from "@/db/queries/pipeline/locks";
import { type Actor, deciderOf, recordAudit } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** An act of a person changes at most so many at once; more are asked for in smaller filters. */
export const BULK_LIMIT = 20_000;

export type ExceptionAct = {
  action: string;
  note: NoteKind;
  /** States out of which the act leads. */
  from: readonly ExceptionState[];
  change: ExceptionChange | ((tx: Tx, fit: readonly ChosenException[]) => Promise<ExceptionChange>);
  text: string;
  after: Json;
  /** Further condition, with the words for when a single exception fails it. */
  only?: { holds: (chosen: ChosenException) => boolean; otherwise: (chosen: ChosenException) => string };
  /** Those that may not be changed yet, with the sentence that says why. */
  refused?: (tx: Tx, fit: readonly ChosenException[]) => Promise<ReadonlyMap<string, string>>;
  /** True where what the shipment's postings should be depends on it. */
  replans: boolean;
  /** What else belongs into the transaction, given those that changed. */
  also?: (tx: Tx, done: readonly ChosenException[]) => Promise<void>;
};

export type ExceptionActResult = { changed: number; unchanged: number; ids: string[] };

export type Applied = { done: ChosenException[]; refused: ReadonlyMap<string, string> };

/**
 * The one way by which exceptions change, for one, for some and in runs: set statement, notes, counters, news, in the transaction of the
 * caller, who records the audit row. `able` are in a state the act leads out of; those that moved meanwhile are in neither list.
 */
export async function applyAct(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  able: readonly ChosenException[],
  act: ExceptionAct,
): Promise<Applied> {
  const now = ctx.now();
  const refused = (await act.refused?.(tx, able)) ?? new Map<string, string>();
  const fit = refused.size === 0 ? able : able.filter((c) => !refused.has(c.id));
  if (act.replans) {
    await lockShipments(tx, new Set(fit.flatMap((c) => (c.shipmentId ? [c.shipmentId] : []))));
  }
  const change = typeof act.change === "function" ? await act.change(tx, fit) : act.change;
  const changed = await update(tx, fit, change, now);
  const done = fit.filter((c) => changed.has(c.id));
  await insertExceptionNotes(
    tx,
    done.map((c) => ({ homeId: c.homeId, exceptionId: c.id, id: ctx.uuid() })),
    { kind: act.note, text: noteText(actor, act.text), by: actor.kind === "person" ? actor.id : null, at: now },
  );
  await count(tx, done, change, now);
  if (change.to === "resolved") {
    const by = deciderOf(actor);
    await settleGroups(
      tx,
      done.map((c) => ({ groupId: c.groupId, kind: c.kind, by })),
      now,
    );
  }
  if (act.replans)
    await reviewShipments(
      tx,
      done.flatMap((c) => (c.shipmentId ? [c.shipmentId] : [])),
      now,
    );
  if (done.length > 0)
    await notifyLive(
      tx,
      "exceptions",
      done.map((c) => c.id),
    );
  return { done, refused };
}

/** What a rule or a key did carries its name, as no person stands beside it. */
function noteText(actor: Actor, text: string): string {
  if (actor.kind === "person" || (actor.kind === "system" && actor.rule === undefined)) return text;
  return text === "" ? actor.name : `${actor.name}: ${text}`;
}

/** Says whether the act leads out of where an exception stands. */
export function leadsOut(act: ExceptionAct, chosen: ChosenException): boolean {
  return act.from.includes(chosen.state) && (act.only?.holds(chosen) ?? true);
}

/**
 * Does one act on all exceptions of a target in one transaction. One exception that is not in a fitting state any more, or stands otherwise
 * than the one who asks saw it because of somebody else, is a conflict that says who changed what; of many, those are left alone and counted.
 */
export async function changeExceptions(
  ctx: Context,
  actor: Actor,
  target: ExceptionTarget,
  act: ExceptionAct,
): Promise<ExceptionActResult> {
  return ctx.sql.begin(async (tx) => {
    const chosen = await choose(tx, actor, target, ctx.now());
    const single = "ids" in target && target.ids.length === 1 ? chosen[0] : undefined;
    const seen = ("ids" in target && target.seen) || {};
    const moved = await movedByOthers(
      tx,
      actor,
      chosen.filter((c) => movedSince(seen[c.id], c)),
    );
    const able = chosen.filter((c) => leadsOut(act, c) && !moved.has(c.id));
    if (single && able.length === 0) throw await conflict(tx, single, act, seen[single.id]);
    const { done, refused } = await applyAct(ctx, tx, actor, able, act);
    const why = single && refused.get(single.id);
    if (why) throw new AppError("precondition", why);
    if (single && done.length === 0) {
      const [again] = await chooseByIds(tx, [single.id]);
      throw await conflict(tx, again ?? single, act, seen[single.id]);
    }
    if (done.length > 0) {
      await act.also?.(tx, done);
      await recordAudit(ctx, tx, actor, auditOf(target, done, act));
    }
    return { changed: done.length, unchanged: chosen.length - done.length, ids: done.slice(0, 500).map((c) => c.id) };
  });
}

type Seen = { state: ExceptionState; assigneeId: string | null };

function movedSince(seen: Seen | undefined, now: ChosenException): boolean {
  return seen !== undefined && (seen.state !== now.state || seen.assigneeId !== now.assigneeId);
}

/** Of those that moved, the ones that somebody else moved last: who acts faster than their own screen follows is in nobody's way. */
async function movedByOthers(tx: Tx, actor: Actor, moved: readonly ChosenException[]): Promise<Set<string>> {
  const ids = new Set(moved.map(({ id }) => id));
  if (actor.kind !== "person") return ids;
  for (const last of await listLastNotes(tx, moved)) if (last.by === actor.id) ids.delete(last.exceptionId);
  return ids;
}

async function choose(tx: Tx, actor: Actor, target: ExceptionTarget, now: Date): Promise<ChosenException[]> {
  if ("ids" in target) {
    const chosen = await chooseByIds(tx, target.ids);
    if (chosen.length === 0) throw new AppError("not_found", "This exception does not exist.");
    return chosen;
  }
  const me = actor.kind === "person" ? actor.id : null;
  const chosen = await chooseByFilter(tx, target.filter, { except: target.except, me, now, limit: BULK_LIMIT + 1 });
  if (chosen.length > BULK_LIMIT) {
    throw new AppError(
      "limit",
      `More than ${BULK_LIMIT.toLocaleString("en")} match. Narrow the filter and go on in parts.`,
    );
  }
  return chosen;
}

async function update(
  tx: Tx,
  fit: readonly ChosenException[],
  change: ExceptionChange,
  now: Date,
): Promise<Set<string>> {
  try {
    return await updateExceptions(tx, fit, change, now);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "23505") {
      throw new AppError("conflict", "The same has been opened anew since. Work on the newer exception instead.");
    }
    throw error;
  }
}

async function count(tx: Tx, done: readonly ChosenException[], change: ExceptionChange, now: Date): Promise<void> {
  const groups = (list: readonly ChosenException[]) => list.map((c) => c.groupId);
  if (change.to === "resolved") await countClosedByPeople(tx, groups(done), 1, now);
  const reopened = done.filter((c) => c.state === "resolved");
  if (change.to === "open" && reopened.length > 0) {
    await countClosedByPeople(tx, groups(reopened), -1, now);
    await unsettleGroups(tx, groups(reopened));
  }
}

function auditOf(target: ExceptionTarget, done: readonly ChosenException[], act: ExceptionAct) {
  const [only] = done;
  const reason = act.text || undefined;
  if ("ids" in target && target.ids.length === 1 && only) {
    const before = { state: only.state, assigneeId: only.assigneeId };
    return { action: act.action, subject: `exception:${only.id}`, before, after: act.after, reason };
  }
  const scope: Json = "ids" in target ? {} : { filter: target.filter as unknown as Json };
  const after: Json = { to: act.after, count: done.length, ids: done.slice(0, 500).map((c) => c.id), ...scope };
  return { action: act.action, subject: "exceptions", after, reason };
}

async function conflict(tx: Tx, now: ChosenException, act: ExceptionAct, seen: Seen | undefined): Promise<AppError> {
  const words = (await lastChanges(tx, [now])).get(now.id) ?? "";
  const present = { present: { state: now.state, assigneeId: now.assigneeId, assigneeName: now.assigneeName } };
  const stands =
    act.from.includes(now.state) && act.only && !act.only.holds(now)
      ? act.only.otherwise(now)
      : seen && seen.state === now.state && seen.assigneeId !== now.assigneeId
        ? `${now.assigneeName ?? "Nobody"} has this exception now.`
        : `This exception is ${now.state} now${seen && seen.state !== now.state ? `, and was ${seen.state} on your screen` : ""}.`;
  return new AppError("conflict", `${stands} ${words}`.trim(), present);
}

const DID: Readonly<Record<string, string>> = {
  acknowledged: "acknowledged it",
  assigned: "assigned it",
  snoozed: "snoozed it",
  suppressed: "suppressed it",
  resolved: "resolved it",
  reopened: "opened it again",
  closed: "closed it because the cause is gone",
  refreshed: "refreshed it",
  ticked: "ticked a step",
  unticked: "took a tick back",
  undone: "took a change back",
};

/** Who changed exceptions last and how, in a sentence each. */
export async function lastChanges(tx: Tx, at: readonly ChosenException[]): Promise<Map<string, string>> {
  const notes = await listLastNotes(tx, at);
  return new Map(
    notes.map((last) => [
      last.exceptionId,
      `${last.byName ?? "Waypost"} ${DID[last.kind] ?? last.kind} at ${last.at.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
    ]),
  );
}
