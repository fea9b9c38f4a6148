import type { z } from "zod";
import type { degradedRuleInput } from "@/core/postings/degraded";
import type { Json } from "@/core/shipments/attributes";
import { insertRule } from "@/db/queries/degraded";
import { findFeedRow } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { findConnection } from "@/db/queries/odoo";
import { findPerson } from "@/db/queries/people";
import { insertQuietWindow } from "@/db/queries/quiet-windows";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { tellNamed } from "../alerts/personal";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "../odoo/redecide";
import { requireSameOdoo } from "./same-odoo";

/** The quiet window of a rule ends when that is lifted, and by no clock: the banner says so for as long. */
const FOREVER_MS = 100 * 365 * 86_400_000;

type Input = z.output<typeof degradedRuleInput>;
type AboutConnection = Extract<Input, { connectionId: number }>;
type AboutFeed = Extract<Input, { feedId: number }>;

/**
 * Begins a degraded rule, shown on every screen until it is lifted. About a connection: its postings of some kinds are held, go another way,
 * or are gone on without. About a feed: its silence and what follows from it raise nothing meanwhile. Throws `conflict` where one is in force, and
 * what `requireSameOdoo` does.
 */
export async function startRule(ctx: Context, actor: Actor, input: Input): Promise<{ id: number; held: number }> {
  requireRight(actor, "degraded:manage");
  if (input.personId !== null && (await findPerson(ctx.sql, input.personId))?.state !== "active")
    throw new AppError("invalid", "This person has no active account.");
  return "connectionId" in input ? aboutConnection(ctx, actor, input) : aboutFeed(ctx, actor, input);
}

async function aboutConnection(ctx: Context, actor: Actor, input: AboutConnection) {
  const { connectionId, rule, kinds, reason, personId } = input;
  const connection = await findConnection(ctx.sql, connectionId);
  if (!connection || connection.state === "archived") throw new AppError("not_found", "There is no such connection.");
  const viaConnectionId = rule === "reroute" ? input.viaConnectionId : null;
  if (viaConnectionId !== null) {
    const via = await findConnection(ctx.sql, viaConnectionId);
    if (!via || via.state === "archived" || via.id === connectionId)
      throw new AppError("invalid", "Choose another connection that is not archived.");
    await requireSameOdoo(ctx, connection, via, input.sameDatabase);
  }
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const id = await insertRule(
      tx,
      {
        connectionId,
        feedId: null,
        rule,
        kinds,
        viaConnectionId,
        personId,
        windowId: null,
        reason,
        startedBy: actor.name,
      },
      now,
    );
    if (id === null)
      throw new AppError("conflict", `A rule about ${connection.name} is in force already. Lift it first.`);
    const moved = await redecide(tx, connectionId, kinds, await policiesOf(tx, connection), now);
    await recordAudit(ctx, tx, actor, {
      action: "degraded.start",
      subject: `connection:${connectionId}`,
      after: { rule, kinds, viaConnectionId, personId, confirmed: input.sameDatabase, held: moved.held } as Json,
      reason,
    });
    await notifyLive(tx, "degraded");
    return { id, held: moved.held };
  });
}

async function aboutFeed(ctx: Context, actor: Actor, { feedId, rule, personId, reason }: AboutFeed) {
  const feed = await findFeedRow(ctx.sql, { id: feedId });
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const windowId = ctx.uuid();
    await insertQuietWindow(tx, {
      id: windowId,
      feedId,
      carrier: null,
      kind: rule === "skip" ? "feed_silent" : null,
      fromAt: now,
      toAt: new Date(now.getTime() + FOREVER_MS),
      reason,
      origin: "outage",
      by: actor.kind === "person" ? actor.id : null,
      at: now,
    });
    const row = { connectionId: null, feedId, rule, kinds: [], viaConnectionId: null, personId, windowId, reason };
    const id = await insertRule(tx, { ...row, startedBy: actor.name }, now);
    if (id === null) throw new AppError("conflict", `A rule about ${feed.name} is in force already. Lift it first.`);
    await recordAudit(ctx, tx, actor, {
      action: "degraded.start",
      subject: `feed:${feedId}`,
      after: { rule, personId },
      reason,
    });
    if (rule === "reroute" && personId !== null)
      await tellNamed(ctx, tx, actor, personId, {
        title: `${actor.name} named you to ask another way while ${feed.name} is down`,
        text: `${reason}. Ask the carrier by telephone or portal for what is urgent, until the rule is lifted.`,
        href: `/feeds/${feed.slug}`,
      });
    await notifyLive(tx, "degraded");
    await notifyLive(tx, "exceptions");
    return { id, held: 0 };
  });
}
