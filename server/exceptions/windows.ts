import { z } from "zod";
import {
  type OutageProposal,
  proposeOutages,
  sameCarrier,
  stateOfWindow,
  windowPlan,
} from "@/core/exceptions/quiet-window";
import { notifyLive } from "@/db/queries/live";
import {
  endQuietWindow,
  insertQuietWindow,
  liftWindow,
  listDueWindows,
  listOutageSigns,
  listQuietWindows,
  lockQuietWindow,
  markBegun,
  markLifted,
  type QuietWindow,
  suppressStanding,
  untell,
} from "@/db/queries/quiet-windows";
import { type Actor, recordAudit, requireRight, SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { noteMembers } from "./snooze-cause";

/** Exceptions that one look puts away or gives back; more follow at once. */
const BATCH = 5000;
const MOST_WINDOWS = 20;
const MOST_LISTED = 100;

export const planWindowInput = windowPlan;
export const endWindowInput = z.object({ id: z.uuid() });

export type WindowRow = QuietWindow & { state: ReturnType<typeof stateOfWindow> };

/** Plans a time in which matching exceptions are recorded and suppressed; one whose end has passed is refused. */
export async function planWindow(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof planWindowInput>,
): Promise<{ id: string }> {
  requireRight(actor, "exceptions:suppress");
  const now = ctx.now();
  if (input.toAt <= now) throw new AppError("invalid", "This window has already ended: choose an end still to come.");
  return ctx.sql.begin(async (tx) => {
    const id = ctx.uuid();
    await insertQuietWindow(tx, { ...input, id, by: actor.kind === "person" ? actor.id : null, at: now });
    await recordAudit(ctx, tx, actor, {
      action: "exceptions.plan_window",
      subject: `quiet_window:${id}`,
      after: { ...input, fromAt: input.fromAt.toISOString(), toAt: input.toAt.toISOString() },
      reason: input.reason,
    });
    await notifyLive(tx, "exceptions");
    return { id };
  });
}

/** Ends a window before its time; what it held comes back. */
export async function endWindow(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof endWindowInput>,
): Promise<{ changed: true }> {
  requireRight(actor, "exceptions:suppress");
  await ctx.sql.begin(async (tx) => {
    const window = await lockQuietWindow(tx, input.id);
    if (!window) throw new AppError("not_found", "This window does not exist.");
    const now = ctx.now();
    if (stateOfWindow(window, now.getTime()) === "over") throw new AppError("conflict", "This window is over already.");
    if (window.ruled)
      throw new AppError("conflict", "This window goes with a degraded rule. Lift the rule, and it is over too.");
    await endQuietWindow(tx, window.id, now);
    if (window.fromAt > now) await markLifted(tx, window.id, now);
    await recordAudit(ctx, tx, actor, {
      action: "exceptions.end_window",
      subject: `quiet_window:${window.id}`,
      before: { toAt: window.toAt.toISOString() },
      after: { endedAt: now.toISOString() },
    });
    await notifyLive(tx, "exceptions");
  });
  return { changed: true };
}

/** The windows, and what looks like an outage and has no window yet. */
export async function readWindows(
  ctx: Context,
  actor: Actor,
): Promise<{ windows: WindowRow[]; proposals: OutageProposal[] }> {
  requireRight(actor, "exceptions:read");
  const now = ctx.now();
  const windows = (await listQuietWindows(ctx.sql, MOST_LISTED)).map((window) => ({
    ...window,
    state: stateOfWindow(window, now.getTime()),
  }));
  const held = windows.filter((window) => window.state === "running");
  const proposals = proposeOutages(await listOutageSigns(ctx.sql, now)).filter(
    ({ feedId, carrier }) =>
      !held.some(
        (w) => (feedId !== null && w.feedId === feedId) || (w.carrier !== null && sameCarrier(w.carrier, carrier)),
      ),
  );
  return { windows, proposals };
}

/** Puts away what stood when windows began and gives back what ended ones held, in sets. Returns how many. */
export async function sweepWindows(ctx: Context): Promise<number> {
  requireRight(SYSTEM, "exceptions:suppress");
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    let moved = 0;
    for (const { id, over, reason } of await listDueWindows(tx, now, MOST_WINDOWS)) {
      const members = over ? await liftWindow(tx, id, now, BATCH) : await suppressStanding(tx, id, now, BATCH);
      moved += members.length;
      await noteMembers(ctx, tx, members, {
        kind: over ? "reopened" : "suppressed",
        text: over ? "the window that held it back is over" : reason,
        by: null,
      });
      if (members.length > 0) {
        await recordAudit(ctx, tx, SYSTEM, {
          action: over ? "exceptions.lift" : "exceptions.suppress",
          subject: `quiet_window:${id}`,
          after: { count: members.length, ids: members.slice(0, 500).map((m) => m.id) },
        });
      }
      if (over) {
        const back = members.filter((m) => "state" in m && (m.state === "open" || m.state === "acknowledged"));
        await untell(
          tx,
          back.map((m) => m.groupId),
        );
      }
      if (members.length < BATCH) await (over ? markLifted(tx, id, now) : markBegun(tx, id, now));
    }
    if (moved > 0) await notifyLive(tx, "exceptions");
    return moved;
  });
}
