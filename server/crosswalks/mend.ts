import { z } from "zod";
import { CROSSWALK_KINDS } from "@/core/feeds/feed";
import { CHARGES, chargeIn } from "@/core/freight/charges";
import { EVENT_KINDS, type EventKind, summaryOf } from "@/core/shipments/milestones";
import type { Tx } from "@/db/client";
import { findCrosswalkEntry } from "@/db/queries/crosswalks";
import { askReviewOfFeed } from "@/db/queries/freight";
import { notifyFreight } from "@/db/queries/live";
import {
  type AffectedCursor,
  countAffected,
  findFeedId,
  insertMappingVersion,
  listAffected,
  lockFeedForMending,
  nextGeneration,
  setCrosswalkEntry,
} from "@/db/queries/mend";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

const word = z.string().min(1).max(500);
export const mendInput = z.object({
  feed: z.string().min(1).max(100),
  kind: z.enum(CROSSWALK_KINDS),
  word,
  /** Our value; null takes the meaning away. */
  to: z.string().min(1).max(200).nullable(),
});
export type MendInput = z.infer<typeof mendInput>;
export const changedInput = mendInput.extend({
  cursor: z.object({ shipmentId: z.uuid(), key: z.uuid() }).nullish(),
  limit: z.int().min(1).max(500).default(200),
});

/** Most past events that a preview looks at. */
const MOST = 100_000;
/** So many of them come with the preview itself. */
const FIRST = 50;

/** One past event that a changed meaning would change. */
export type ChangedEvent = {
  shipmentId: string;
  shipment: string;
  description: string | null;
  occurredAt: Date | null;
  from: string;
  to: string | null;
  receipt: string;
};

export type MendPreview = {
  feed: string;
  kind: string;
  word: string;
  from: string | null;
  to: string | null;
  /** How many past events it would change, up to a hundred thousand; `more` when there are more. */
  events: number;
  shipments: number;
  more: boolean;
  /** The first of them; `next` leads to the rest. */
  samples: ChangedEvent[];
  next: AffectedCursor | null;
};

/** Lists the past events that a changed meaning would change; writes nothing. */
export async function previewMend(ctx: Context, actor: Actor, input: MendInput): Promise<MendPreview> {
  requireRight(actor, "crosswalks:read");
  const to = checked(input);
  const feedId = await feedIdOf(ctx, input.feed);
  const known = await findCrosswalkEntry(ctx.sql, feedId, input.kind, input.word);
  const of = { feedId, word: input.word, to: to ?? "unmapped_code" };
  const [counted, first] =
    input.kind === "status"
      ? await Promise.all([countAffected(ctx.sql, of, MOST), pageOf(ctx, of, to, null, FIRST)])
      : [
          { events: 0, shipments: 0, more: false },
          { items: [], nextCursor: null },
        ];
  return {
    feed: input.feed,
    kind: input.kind,
    word: input.word,
    from: known?.to ?? null,
    to,
    ...counted,
    samples: first.items,
    next: first.nextCursor,
  };
}

/** A page of the past events that a changed meaning would change; writes nothing. */
export async function listChanged(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof changedInput>,
): Promise<{ items: ChangedEvent[]; nextCursor: AffectedCursor | null }> {
  requireRight(actor, "crosswalks:read");
  const to = checked(input);
  const feedId = await feedIdOf(ctx, input.feed);
  if (input.kind !== "status") return { items: [], nextCursor: null };
  return pageOf(ctx, { feedId, word: input.word, to: to ?? "unmapped_code" }, to, input.cursor ?? null, input.limit);
}

async function pageOf(
  ctx: Context,
  of: { feedId: number; word: string; to: string },
  to: string | null,
  after: AffectedCursor | null,
  limit: number,
) {
  const rows = await listAffected(ctx.sql, of, { after, limit: limit + 1, most: MOST });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map(({ shipmentId, shipment, description, occurredAt, kind, messageId }) => {
      return { shipmentId, shipment, description, occurredAt, from: kind, to, receipt: messageId };
    }),
    nextCursor: last === undefined ? null : { shipmentId: last.shipmentId, key: last.key },
  };
}

export type Mended = { version: number; generation: number; from: string | null; to: string | null };

/** Puts a meaning in force as a new mapping version. Past messages keep theirs until they are replayed. */
export async function mendCrosswalk(ctx: Context, actor: Actor, input: MendInput): Promise<Mended> {
  requireRight(actor, "crosswalks:mend");
  return ctx.sql.begin((tx) => mendWithin(ctx, tx, actor, input));
}

/** The same inside a transaction that does more. Throws `conflict` where the word means that already. */
export async function mendWithin(ctx: Context, tx: Tx, actor: Actor, input: MendInput): Promise<Mended> {
  requireRight(actor, "crosswalks:mend");
  const to = checked(input);
  const feed = await lockFeedForMending(tx, input.feed);
  if (!feed) throw new AppError("not_found", `There is no feed ${input.feed}.`);
  const known = await findCrosswalkEntry(tx, feed.id, input.kind, input.word);
  if ((known?.to ?? null) === to) throw new AppError("conflict", `“${input.word}” means that already.`);
  const number = feed.mappingVersion + 1;
  const generation = await nextGeneration(tx, feed.id);
  await setCrosswalkEntry(tx, { feedId: feed.id, kind: input.kind, word: input.word, to, since: number });
  if (input.kind === "charge" && (await askReviewOfFeed(tx, feed.id, ctx.now())) > 0) await notifyFreight(tx);
  const byPerson = actor.kind === "person" ? actor.id : null;
  const note = `${input.kind} ${input.word}: ${known?.to ?? "unmapped"} -> ${to ?? "unmapped"}`.slice(0, 500);
  await insertMappingVersion(tx, {
    feedId: feed.id,
    number,
    generation,
    settings: feed.settings,
    zone: feed.zone,
    note,
    byPerson,
    at: ctx.now(),
  });
  await recordAudit(ctx, tx, actor, {
    action: "crosswalks.mend",
    subject: `feed:${feed.slug}/${input.kind}/${input.word}`.slice(0, 300),
    before: { to: known?.to ?? null, version: feed.mappingVersion },
    after: { to, version: number },
  });
  return { version: number, generation, from: known?.to ?? null, to };
}

async function feedIdOf(ctx: Context, slug: string): Promise<number> {
  const id = await findFeedId(ctx.sql, slug);
  if (id === null) throw new AppError("not_found", `There is no feed ${slug}.`);
  return id;
}

/** A status may only become one of our kinds of events, a charge one of our classes. */
export function checked(input: MendInput): string | null {
  if (input.kind === "charge" && input.to !== null && chargeIn(input.to) === null)
    throw new AppError("invalid", `${input.to} is no class of charges of ours.`, { allowed: CHARGES });
  if (input.to === null || input.kind !== "status") return input.to;
  if (!(EVENT_KINDS as readonly string[]).includes(input.to)) {
    throw new AppError("invalid", `${input.to} is no milestone, condition or note of ours.`, { allowed: EVENT_KINDS });
  }
  if (input.to === "unmapped_code")
    throw new AppError("invalid", "Unmapped is not a meaning; take the meaning away instead.");
  return input.to;
}

/** Meanings a status may have, with the coarse word people know. */
export function statusTargets(): { value: EventKind; summary: string }[] {
  return EVENT_KINDS.filter((kind) => kind !== "unmapped_code").map((value) => ({ value, summary: summaryOf(value) }));
}
