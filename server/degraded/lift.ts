import type { z } from "zod";
import type { liftRuleInput } from "@/core/postings/degraded";
import type { Json } from "@/core/shipments/attributes";
import { countPostedOf, leaveHeld, liftRuleRow, lockRule } from "@/db/queries/degraded";
import { findFeedRow } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { findConnection } from "@/db/queries/odoo";
import { endQuietWindow } from "@/db/queries/quiet-windows";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { tellNamed } from "../alerts/personal";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "../odoo/redecide";

/** What became of all that a rule concerned while it was in force. */
export type Tally = { posted: number; released: number; left: number };

/**
 * Lifts a degraded rule. What it held back is posted, by the policies that hold now, or left for good; the tally accounts for all of it.
 * Throws `conflict` where it is lifted already.
 */
export async function liftRule(ctx: Context, actor: Actor, input: z.output<typeof liftRuleInput>): Promise<Tally> {
  requireRight(actor, "degraded:manage");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const rule = await lockRule(tx, input.id);
    if (!rule) throw new AppError("conflict", "This rule is not in force any more.");
    const tally: Tally = { posted: 0, released: 0, left: 0 };
    const { connectionId, kinds } = rule;
    if (rule.windowId !== null) await endQuietWindow(tx, rule.windowId, now);
    const connection = connectionId === null ? null : await findConnection(tx, connectionId);
    if (connection) {
      tally.posted = await countPostedOf(tx, connection.id, kinds, rule.startedAt);
      if (input.held === "leave")
        tally.left = await leaveHeld(tx, connection.id, kinds, `Gone on without, while: ${rule.reason}`, now);
    }
    await liftRuleRow(tx, rule, actor.name, tally, now);
    if (connection)
      tally.released = (await redecide(tx, connection.id, kinds, await policiesOf(tx, connection), now)).released;
    await liftRuleRow(tx, rule, actor.name, tally, now);
    await recordAudit(ctx, tx, actor, {
      action: "degraded.lift",
      subject: connectionId === null ? `feed:${rule.feedId}` : `connection:${connectionId}`,
      before: { rule: rule.rule, kinds, since: rule.startedAt.toISOString() } as Json,
      after: { held: input.held, ...tally },
    });
    const feed = rule.feedId === null ? null : await findFeedRow(tx, { id: rule.feedId });
    if (feed && rule.rule === "reroute" && rule.personId !== null)
      await tellNamed(ctx, tx, actor, rule.personId, {
        title: `${feed.name} is asked as usual again`,
        text: `${actor.name} lifted the rule that named you: ${rule.reason}.`,
        href: `/feeds/${feed.slug}`,
      });
    await notifyLive(tx, "degraded");
    await notifyLive(tx, "exceptions");
    return tally;
  });
}
