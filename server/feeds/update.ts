import type { z } from "zod";
import type { feedChangeInput } from "@/core/feeds/feed-input";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import {
  type FeedRow,
  findFeedRow,
  insertMappingVersion,
  notifyFeeds,
  updateFeedRow,
} from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { checkedSettings } from "./adapter-settings";

const KEPT = [
  "name",
  "verify",
  "verifySettings",
  "settings",
  "zone",
  "skewMinutes",
  "silenceMinutes",
  "ratePerSecond",
  "rateBurst",
  "maxBytes",
  "urgency",
  "folder",
  "owner",
] as const;

/**
 * Changes the settings of a feed. Another zone or adapter setting is a new mapping version: what comes from now on is read by it, what came
 * before stays until it is replayed. Throws `conflict` when somebody was faster.
 */
export async function updateFeed(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof feedChangeInput>,
): Promise<{ mappingVersion: number; newReading: boolean }> {
  requireRight(actor, "feeds:manage");
  const feed = await findFeedRow(ctx.sql, { id: input.id });
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  if (feed.wayIn === "push" && input.verify === "none")
    throw new AppError("invalid", "What comes over the network must be verified; choose a signature or a key.");
  if (feed.wayIn !== "push" && input.verify !== "none")
    throw new AppError("invalid", "Files and polls carry no signature.");
  const checked = checkedSettings({ ...input, adapter: feed.adapter });
  const change = { ...input, ...checked };
  const newReading = change.zone !== feed.zone || canonicalJson(change.settings) !== canonicalJson(feed.settings);
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const done = await updateFeedRow(tx, feed.id, change, input.seen, now, newReading);
    if (!done) throw new AppError("conflict", `${feed.name} was changed by somebody else. Load it again and look.`);
    if (newReading)
      await insertMappingVersion(tx, {
        feedId: feed.id,
        number: done.mappingVersion,
        generation: done.generation,
        settings: change.settings,
        zone: change.zone,
        note: input.note,
        byPerson: actor.kind === "person" ? actor.id : null,
        at: now,
      });
    const { before, after } = differences(feed, change);
    await recordAudit(ctx, tx, actor, {
      action: "feeds.update",
      subject: `feed:${feed.id}`,
      before,
      after,
      reason: input.note || undefined,
    });
    await notifyLive(tx, "feeds");
    await notifyFeeds(tx);
    return { mappingVersion: done.mappingVersion, newReading };
  });
}

function differences(feed: FeedRow, change: Pick<FeedRow, (typeof KEPT)[number]>) {
  const before: { [key: string]: Json } = {};
  const after: { [key: string]: Json } = {};
  for (const name of KEPT) {
    if (canonicalJson(feed[name]) === canonicalJson(change[name])) continue;
    before[name] = feed[name];
    after[name] = change[name];
  }
  return { before, after };
}
