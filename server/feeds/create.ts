import type { z } from "zod";
import type { newFeedInput } from "@/core/feeds/feed-input";
import {
  insertFeed,
  insertMappingVersion,
  insertPackEntries,
  insertSecret,
  notifyFeeds,
} from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { adapterNamed } from "../adapters/registry";
import type { Context } from "../context";
import { AppError } from "../errors";
import { seal } from "../seal";
import { checkedSettings } from "./adapter-settings";
import { hintOf, newSecretValue } from "./secret-value";

export type CreatedFeed = {
  id: number;
  slug: string;
  /** Where the sender posts to; null for a feed of files. */
  url: string | null;
  /** Shown once and never again; null where nothing is verified. */
  secret: string | null;
};

/** Makes a feed with the packs of its adapter as its first mapping, and its secret. Throws `conflict` for a slug that is taken. */
export async function createFeed(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof newFeedInput>,
): Promise<CreatedFeed> {
  requireRight(actor, "feeds:manage");
  const adapter = adapterNamed(input.adapter);
  if (!adapter) throw new AppError("invalid", `There is no adapter ${input.adapter}.`);
  const { settings, verifySettings } = checkedSettings(input);
  const secret = input.verify === "none" ? null : (input.secret ?? newSecretValue(input.verify));
  const entries = Object.entries(adapter.packs).flatMap(([kind, pack]) =>
    Object.entries(pack ?? {}).map(([word, to]) => ({ kind, word, to })),
  );
  const folder = input.wayIn === "file" ? (input.folder ?? input.slug) : null;
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const id = await insertFeed(tx, { ...input, settings, verifySettings, folder }, now);
    if (id === null) throw new AppError("conflict", `A feed ${input.slug} exists already. Choose another name.`);
    const byPerson = actor.kind === "person" ? actor.id : null;
    const version = { feedId: id, number: 1, generation: 1, settings, zone: input.zone, byPerson, at: now };
    await insertMappingVersion(tx, { ...version, note: "First version, from the packs of the adapter" });
    await insertPackEntries(tx, id, entries);
    if (secret !== null)
      await insertSecret(tx, {
        id: ctx.uuid(),
        feedId: id,
        sealed: seal(ctx.config.secretKey, secret),
        hint: hintOf(secret),
        createdAt: now,
      });
    const { name, slug, class: feedClass, wayIn, verify, zone } = input;
    await recordAudit(ctx, tx, actor, {
      action: "feeds.create",
      subject: `feed:${id}`,
      after: { name, slug, adapter: input.adapter, class: feedClass, wayIn, verify, zone },
    });
    await notifyLive(tx, "feeds");
    await notifyFeeds(tx);
    const url = input.wayIn === "push" ? `${ctx.config.publicUrl}/api/feeds/${slug}` : null;
    return { id, slug, url, secret };
  });
}
