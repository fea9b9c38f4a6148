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
  type NoteKind,
  reviewShipments,
  updateExceptions,
} from "@/db/queries/exception-acts";
import { listExceptionNotes } from "@/db/queries/exceptions";
import { notifyLive } from "@/db/queries/live";
import { lockShipments } from "@/db/queries/pipeline/locks";
import { type Actor, recordAudit } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** An act of a person changes at most so many at once; more are asked for in smaller filters. */
export const BULK_LIMIT = 20_000;

export type ExceptionAct = {
  action: string;
  note: NoteKind;
  /** States out of which the act leads. */
  from: readonly ExceptionState[];
  change: ExceptionChange;
  text: string;
  after: Json;
  /** Further condition, with the words for when a single exception fails it. */
  only?: { holds: (chosen: ChosenException) => boolean; otherwise: (chosen: ChosenException) => string };
  /** True where what the shipment's postings should be depends on it. */
  replans: boolean;
};

export type ExceptionActResult = { changed: number; unchanged: number; ids: string[] };

/**
 * Does one act on all exceptions of a target in one transaction: set statement, notes, counters, audit, news. One exception that is not in a
 * fitting state any more is a conflict that says who changed what; of many, those are left alone and counted.
 */
export async function changeExceptions(
  ctx: Context,
  actor: Actor,
  target: ExceptionTarget,
  act: ExceptionAct,
): Promise<ExceptionActResult> {
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const chosen = await choose(tx, actor, target, now);
    const single = "ids" in target && target.ids.length === 1 ? chosen[0] : undefined;
    const fit = chosen.filter((c) => act.from.includes(c.state) && (act.only?.holds(c) ?? true));
    if (single && fit.length === 0) throw await conflict(tx, single, act);
    if (act.replans) {
      await lockShipments(tx, new Set(fit.flatMap((c) => (c.shipmentId ? [c.shipmentId] : []))));
    }
    const changed = await update(tx, fit, act.change, now);
    const done = fit.filter((c) => changed.has(c.id));
    if (single && done.length === 0) {
      const [again] = await chooseByIds(tx, [single.id]);
      throw await conflict(tx, again ?? single, act);
    }
    const by = actor.kind === "person" ? actor.id : null;
    await insertExceptionNotes(
      tx,
      done.map((c) => ({ homeId: c.homeId, exceptionId: c.id, id: ctx.uuid() })),
      { kind: act.note, text: act.text, by, at: now },
    );
    await count(tx, done, act.change, now);
    if (act.replans)
      await reviewShipments(
        tx,
        done.flatMap((c) => (c.shipmentId ? [c.shipmentId] : [])),
        now,
      );
    if (done.length > 0) {
      await recordAudit(ctx, tx, actor, auditOf(target, done, act));
      await notifyLive(
        tx,
        "exceptions",
        done.map((c) => c.id),
      );
    }
    return { changed: done.length, unchanged: chosen.length - done.length, ids: done.slice(0, 500).map((c) => c.id) };
  });
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
  if (change.to === "open" && reopened.length > 0) await countClosedByPeople(tx, groups(reopened), -1, now);
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

async function conflict(tx: Tx, now: ChosenException, act: ExceptionAct): Promise<AppError> {
  const words = await lastChange(tx, now);
  if (act.from.includes(now.state) && act.only && !act.only.holds(now))
    return new AppError("conflict", `${act.only.otherwise(now)} ${words}`.trim());
  return new AppError("conflict", `This exception is ${now.state} now. ${words}`.trim(), { state: now.state });
}

const DID: Readonly<Record<string, string>> = {
  acknowledged: "acknowledged it",
  assigned: "assigned it",
  snoozed: "snoozed it",
  resolved: "resolved it",
  reopened: "opened it again",
  closed: "closed it because the cause is gone",
  refreshed: "refreshed it",
};

async function lastChange(tx: Tx, at: ChosenException): Promise<string> {
  const notes = await listExceptionNotes(tx, at.homeId, at.id);
  const last = notes.find((note) => note.kind !== "comment");
  if (!last) return "";
  return `${last.byName ?? "Waypost"} ${DID[last.kind] ?? last.kind} at ${last.at.toISOString().slice(0, 16).replace("T", " ")} UTC.`;
}
