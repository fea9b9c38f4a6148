import { z } from "zod";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import {
  chooseByIds,
  countClosedByPeople,
  insertExceptionNotes,
  reviewShipments,
  updateExceptions,
} from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { findClosedPair, listPairDecisions, pairName } from "@/db/queries/look-alikes";
import { insertLinks, type LinkRow, updateHeads } from "@/db/queries/pipeline/save";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { clear } from "../exceptions/raise";
import { loadEnvironment } from "../pipeline/environment";
import { loadLocked } from "../pipeline/families";
import { judgeNow, lockFamilies, repeated, saveNow, WEB_SLOT } from "./refold";

export const linkInput = z.object({
  /** The one that becomes a member. */
  shipmentId: z.uuid(),
  /** The one that stays. */
  headId: z.uuid(),
  why: z.string().trim().min(1).max(500),
});
export const unlinkInput = z.object({ shipmentId: z.uuid(), why: z.string().trim().min(1).max(500) });

export const previewLinkInput = linkInput.omit({ why: true });
export type LinkPreview = {
  before: string | null;
  after: string | null;
  opens: string[];
  closes: number;
  postings: { kind: string; record: string | null; before: Json; after: Json; held: string | null }[];
};

/** Shows what the head would be with all facts of both, and what that opens, closes and posts. Writes nothing. */
export async function previewLink(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof previewLinkInput>,
): Promise<LinkPreview> {
  requireRight(actor, "shipments:link");
  return repeated(ctx, async (tx) => {
    const { families, env } = await lockFamilies(tx, [input.shipmentId, input.headId]);
    const member = families.family(input.shipmentId);
    const head = families.family(input.headId);
    if (!member || !head) throw new AppError("not_found", "There is no such shipment.");
    if (member === head) throw new AppError("conflict", "These two are linked already.");
    const before = head.members.get(head.headId)?.milestone ?? null;
    families.link(head, member);
    const [judged] = await judgeNow(ctx, tx, env, families, [head]);
    return {
      before,
      after: judged?.saved.shipment.milestone ?? null,
      opens: judged?.open.map(({ finding }) => finding.text) ?? [],
      closes: judged?.close.length ?? 0,
      postings: (judged?.postings ?? []).map(({ kind, recordName, before: was, after, held }) => ({
        kind,
        record: recordName,
        before: was,
        after,
        held,
      })),
    };
  });
}

/** Links two shipments that are one movement: reversible, audited; the head is folded again over all facts of both. */
export async function linkShipments(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof linkInput>,
): Promise<{ headId: string }> {
  requireRight(actor, "shipments:link");
  if (input.shipmentId === input.headId) throw new AppError("invalid", "A shipment cannot be linked to itself.");
  return repeated(ctx, async (tx) => {
    const { families, env } = await lockFamilies(tx, [input.shipmentId, input.headId]);
    const member = families.family(input.shipmentId);
    const head = families.family(input.headId);
    if (!member || !head) throw new AppError("not_found", "There is no such shipment.");
    if (member === head) throw new AppError("conflict", "These two are linked already.");
    const moved = [...member.members.keys()].map((shipmentId) => ({ shipmentId, headId: head.headId }));
    const memberId = member.headId;
    families.link(head, member);
    await updateHeads(tx, moved, ctx.now());
    await recordLink(ctx, tx, actor, memberId, head.headId, "linked", input.why);
    await saveNow(ctx, tx, await judgeNow(ctx, tx, env, families, [head]));
    await clearPair(ctx, tx, actor, memberId, head.headId, "The shipments were linked.");
    await clear(
      ctx,
      tx,
      [
        { homeId: memberId, kind: "unknown_shipment", why: "It was linked." },
        { homeId: memberId, kind: "unrouted_shipment", why: "It was linked." },
        { homeId: memberId, kind: "ambiguous_match", why: "It was linked." },
      ],
      WEB_SLOT,
    );
    await recordAudit(ctx, tx, actor, {
      action: "shipments.link",
      subject: `shipment:${memberId}`,
      before: { headId: null },
      after: { headId: head.headId },
      reason: input.why,
    });
    return { headId: head.headId };
  });
}

/** Takes a link back: the member is its own head again, both are folded again. */
export async function unlinkShipment(ctx: Context, actor: Actor, input: z.infer<typeof unlinkInput>): Promise<void> {
  requireRight(actor, "shipments:link");
  await repeated(ctx, async (tx) => {
    const before = await lockFamilies(tx, [input.shipmentId]);
    const family = before.families.family(input.shipmentId);
    if (!family) throw new AppError("not_found", "There is no such shipment.");
    if (family.headId === input.shipmentId) throw new AppError("conflict", "This shipment is not linked to another.");
    await updateHeads(tx, [{ shipmentId: input.shipmentId, headId: null }], ctx.now());
    await recordLink(ctx, tx, actor, input.shipmentId, family.headId, "unlinked", input.why);
    const env = await loadEnvironment(tx);
    const families = await loadLocked(tx, env, [input.shipmentId, family.headId]);
    await saveNow(ctx, tx, await judgeNow(ctx, tx, env, families, [...families.byHead.values()]));
    await recordAudit(ctx, tx, actor, {
      action: "shipments.unlink",
      subject: `shipment:${input.shipmentId}`,
      before: { headId: family.headId },
      after: { headId: null },
      reason: input.why,
    });
  });
}

/** Decides that two look-alikes are two: the suggestion is resolved and does not come back for the same pair. */
export async function keepApart(ctx: Context, actor: Actor, input: z.infer<typeof linkInput>): Promise<void> {
  requireRight(actor, "shipments:link");
  await ctx.sql.begin(async (tx) => {
    await recordLink(ctx, tx, actor, input.shipmentId, input.headId, "kept_apart", input.why);
    await clearPair(ctx, tx, actor, input.shipmentId, input.headId, "They are two shipments.");
    await recordAudit(ctx, tx, actor, {
      action: "shipments.keep_apart",
      subject: `shipment:${input.shipmentId}`,
      after: { otherId: input.headId },
      reason: input.why,
    });
  });
}

/** Takes a decision to keep two apart back: its exception stands again, and the same two may be suggested anew. */
export async function reconsiderPair(ctx: Context, actor: Actor, input: z.infer<typeof linkInput>): Promise<void> {
  requireRight(actor, "shipments:link");
  await ctx.sql.begin(async (tx) => {
    const { shipmentId, headId } = input;
    const decisions = await listPairDecisions(tx, [[shipmentId, headId]]);
    if (decisions.get(pairName(shipmentId, headId))?.kind !== "kept_apart")
      throw new AppError("conflict", "These two are not kept apart.");
    await recordLink(ctx, tx, actor, shipmentId, headId, "reconsidered", input.why);
    await reopenPair(ctx, tx, actor, shipmentId, headId, input.why);
    await recordAudit(ctx, tx, actor, {
      action: "shipments.reconsider",
      subject: `shipment:${shipmentId}`,
      before: { keptApartFrom: headId },
      after: { keptApartFrom: null },
      reason: input.why,
    });
  });
}

async function reopenPair(ctx: Context, tx: Tx, actor: Actor, one: string, other: string, why: string): Promise<void> {
  const [first, second] = [one, other].sort() as [string, string];
  const id = await findClosedPair(tx, first, second);
  const chosen = id === null ? [] : await chooseByIds(tx, [id]);
  const now = ctx.now();
  if ((await updateExceptions(tx, chosen, { to: "open" }, now)).size === 0) return;
  const by = actor.kind === "person" ? actor.id : null;
  await insertExceptionNotes(
    tx,
    chosen.map((c) => ({ homeId: c.homeId, exceptionId: c.id, id: ctx.uuid() })),
    { kind: "reopened", text: why, by, at: now },
  );
  await countClosedByPeople(
    tx,
    chosen.map((c) => c.groupId),
    -1,
    now,
  );
  await reviewShipments(
    tx,
    chosen.flatMap((c) => (c.shipmentId ? [c.shipmentId] : [])),
    now,
  );
  await notifyLive(
    tx,
    "exceptions",
    chosen.map((c) => c.id),
  );
}

async function recordLink(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  shipmentId: string,
  otherId: string,
  kind: LinkRow["kind"],
  why: string,
): Promise<void> {
  await insertLinks(
    tx,
    [{ shipmentId, id: ctx.uuid(), otherId, kind, why, byPerson: actor.kind === "person" ? actor.id : null }],
    ctx.now(),
  );
}

/** Settles the suggestion about a pair; because a person did, it does not come again for the same two. */
async function clearPair(ctx: Context, tx: Tx, actor: Actor, one: string, other: string, why: string): Promise<void> {
  const [first, second] = [one, other].sort() as [string, string];
  const by = actor.kind === "person" ? actor.id : null;
  await clear(ctx, tx, [{ homeId: first, kind: "duplicate_shipment", subject: `pair:${second}`, why, by }], WEB_SLOT);
}
