import { z } from "zod";
import type { Tx } from "@/db/client";
import { loadReferences } from "@/db/queries/pipeline/load";
import { lockReferences } from "@/db/queries/pipeline/locks";
import { insertLinks, updateHeads } from "@/db/queries/pipeline/save";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { clear } from "../exceptions/raise";
import { judgeTouched, save } from "../pipeline/advance";
import { loadEnvironment } from "../pipeline/environment";
import { type Families, type Family, loadLocked } from "../pipeline/families";
import { emptyFiled } from "../pipeline/file-facts";
import { isRepeatable } from "../pipeline/work";

export const linkInput = z.object({
  /** The one that becomes a member. */
  shipmentId: z.uuid(),
  /** The one that stays. */
  headId: z.uuid(),
  why: z.string().trim().min(1).max(500),
});
export const unlinkInput = z.object({ shipmentId: z.uuid(), why: z.string().trim().min(1).max(500) });

const WEB_SLOT = 900;

/** Links two shipments that are one movement: reversible, audited; the head is folded again over all facts of both. */
export async function linkShipments(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof linkInput>,
): Promise<{ headId: string }> {
  requireRight(actor, "shipments:link");
  if (input.shipmentId === input.headId) throw new AppError("invalid", "A shipment cannot be linked to itself.");
  return repeat(ctx, async (tx) => {
    const families = await lockBoth(tx, [input.shipmentId, input.headId]);
    const member = families.family(input.shipmentId);
    const head = families.family(input.headId);
    if (!member || !head) throw new AppError("not_found", "There is no such shipment.");
    if (member === head) throw new AppError("conflict", "These two are linked already.");
    const moved = [...member.members.keys()].map((shipmentId) => ({ shipmentId, headId: head.headId }));
    const memberId = member.headId;
    families.link(head, member);
    await updateHeads(tx, moved, ctx.now());
    await recordLink(ctx, tx, actor, memberId, head.headId, "linked", input.why);
    await settle(ctx, tx, families, [head]);
    await clearPair(ctx, tx, memberId, head.headId, "The shipments were linked.");
    await clear(
      ctx,
      tx,
      [
        { homeId: memberId, kind: "unknown_shipment", why: "It was linked." },
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
  await repeat(ctx, async (tx) => {
    const before = await lockBoth(tx, [input.shipmentId]);
    const family = before.family(input.shipmentId);
    if (!family) throw new AppError("not_found", "There is no such shipment.");
    if (family.headId === input.shipmentId) throw new AppError("conflict", "This shipment is not linked to another.");
    await updateHeads(tx, [{ shipmentId: input.shipmentId, headId: null }], ctx.now());
    await recordLink(ctx, tx, actor, input.shipmentId, family.headId, "unlinked", input.why);
    const env = await loadEnvironment(tx);
    const families = await loadLocked(tx, env, [input.shipmentId, family.headId]);
    await settle(ctx, tx, families, [...families.byHead.values()]);
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
    await clearPair(ctx, tx, input.shipmentId, input.headId, "They are two shipments.");
    await recordAudit(ctx, tx, actor, {
      action: "shipments.keep_apart",
      subject: `shipment:${input.shipmentId}`,
      after: { otherId: input.headId },
      reason: input.why,
    });
  });
}

/** References first, then shipments: whoever changes membership holds the locks of both sides. */
async function lockBoth(tx: Tx, ids: readonly string[]): Promise<Families> {
  const references = await loadReferences(tx, ids);
  await lockReferences(tx, new Set(references.map((row) => row.value)));
  return loadLocked(tx, await loadEnvironment(tx), ids);
}

async function settle(ctx: Context, tx: Tx, families: Families, touchedFamilies: readonly Family[]): Promise<void> {
  const env = await loadEnvironment(tx);
  const now = ctx.now();
  const touched = new Map(
    touchedFamilies.map((family) => [
      family.headId,
      { messageId: null, receivedAtMs: now.getTime(), correlationId: null },
    ]),
  );
  const deps = { now: ctx.now, uuid: ctx.uuid, slot: WEB_SLOT };
  await save(tx, emptyFiled(), await judgeTouched(tx, env, families, touched, deps, now), deps, now);
}

async function recordLink(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  shipmentId: string,
  otherId: string,
  kind: "linked" | "unlinked" | "kept_apart",
  why: string,
): Promise<void> {
  await insertLinks(
    tx,
    [{ shipmentId, id: ctx.uuid(), otherId, kind, why, byPerson: actor.kind === "person" ? actor.id : null }],
    ctx.now(),
  );
}

async function clearPair(ctx: Context, tx: Tx, one: string, other: string, why: string): Promise<void> {
  const [first, second] = [one, other].sort() as [string, string];
  await clear(ctx, tx, [{ homeId: first, kind: "duplicate_shipment", subject: `pair:${second}`, why }], WEB_SLOT);
}

async function repeat<T>(ctx: Context, step: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await ctx.sql.begin("isolation level read committed", (tx) => step(tx))) as T;
    } catch (error) {
      if (!isRepeatable(error) || attempt >= 5) throw error;
    }
  }
}
