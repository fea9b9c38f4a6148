import type { Tx } from "@/db/client";
import { chooseByIds, insertExceptionNotes } from "@/db/queries/exception-acts";
import {
  dropActivities,
  endActivity,
  type FollowedActivity,
  keepActivityIds,
  noteOpenedActivities,
  takeActivities,
} from "@/db/queries/odoo-activities";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { type Actor, recordAudit } from "../access/actor";
import { type ActivityState, fetchActivities } from "../adapters/odoo/activities";
import type { OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { applyAct, leadsOut } from "../exceptions/change";
import { resolution } from "../exceptions/resolve";
import { isRepeatable } from "../pipeline/work";

const AT_ONCE = 500;
const OVERLAP_SECONDS = 120;

/**
 * Follows the activities that stand for open exceptions: one that was marked done or deleted in Odoo resolves its exception, with a note that
 * names who did it, in one transaction with the mark that it was done. Returns how many were resolved.
 */
export async function followActivities(
  ctx: Context,
  client: OdooClient,
  connection: Pick<WorkingConnection, "id" | "name">,
): Promise<number> {
  const now = ctx.now();
  await ctx.sql.begin((tx) => noteOpenedActivities(tx, connection.id, now, OVERLAP_SECONDS));
  const taken = await takeActivities(ctx.sql, connection.id, AT_ONCE, now);
  const closedHere = ({ state }: FollowedActivity) => state === null || state === "resolved";
  await dropActivities(ctx.sql, connection.id, taken.filter(closedHere));
  const followed = taken.filter((one) => !closedHere(one) && !one.ended);
  if (followed.length === 0) return 0;
  const states = await fetchActivities(
    client,
    followed.map(({ pickingId, exceptionId, activityId }) => ({ pickingId, activityId, marker: exceptionId })),
  );
  const open = followed.flatMap((one, at) => {
    const state = states[at];
    return state?.is === "open" && state.activityId !== one.activityId
      ? [{ ...one, activityId: state.activityId }]
      : [];
  });
  await keepActivityIds(ctx.sql, connection.id, open);
  let resolved = 0;
  for (const [at, one] of followed.entries()) {
    const state = states[at];
    if (state?.is !== "done" && state?.is !== "deleted") continue;
    if (await endedInOdoo(ctx, connection, one, state)) resolved += 1;
  }
  return resolved;
}

type Ended = Extract<ActivityState, { is: "done" | "deleted" }>;

async function endedInOdoo(
  ctx: Context,
  connection: Pick<WorkingConnection, "id" | "name">,
  one: FollowedActivity,
  ended: Ended,
): Promise<boolean> {
  const words = wordsOf(connection.name, ended);
  const actor: Actor = { kind: "system", id: null, name: `Odoo ${connection.name}` };
  const close = async (tx: Tx): Promise<boolean> => {
    const first = await endActivity(tx, connection.id, one, ctx.now());
    const [chosen] = first ? await chooseByIds(tx, [one.exceptionId]) : [];
    if (!chosen) return false;
    const act = resolution(actor, words);
    const { done, refused } = await applyAct(ctx, tx, actor, leadsOut(act, chosen) ? [chosen] : [], act);
    const why = refused.get(chosen.id);
    if (why !== undefined) {
      const note = { kind: "comment", text: `${words} It stays open here: ${why}`, by: null, at: ctx.now() } as const;
      await insertExceptionNotes(tx, [{ homeId: chosen.homeId, exceptionId: chosen.id, id: ctx.uuid() }], note);
    }
    if (done.length > 0)
      await recordAudit(ctx, tx, actor, {
        action: "exceptions.resolve",
        subject: `exception:${chosen.id}`,
        before: { state: chosen.state, assigneeId: chosen.assigneeId },
        after: { state: "resolved", odoo: connection.name, activity: ended },
        reason: words,
      });
    return done.length > 0;
  };
  for (let attempt = 0; ; attempt++) {
    try {
      return await ctx.sql.begin("isolation level read committed", close);
    } catch (error) {
      if (!isRepeatable(error) || attempt >= 5) throw error;
    }
  }
}

/** Who closed it in Odoo, in a sentence. */
function wordsOf(connection: string, ended: Ended): string {
  if (ended.is === "deleted") return `Its activity was deleted in ${connection}; Odoo does not keep by whom.`;
  const said = ended.feedback ? `: ${ended.feedback.slice(0, 500)}` : ".";
  return `${ended.by ?? "Somebody"} marked its activity done in ${connection}${said}`;
}
