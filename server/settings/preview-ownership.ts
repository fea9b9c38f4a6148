import { z } from "zod";
import { workspaceSchemas } from "@/core/settings/workspace";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import type { OwnedField, Ownership } from "@/core/shipments/ownership";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { shipmentsWithFields } from "@/db/queries/ownership";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError, sentenceOfZod } from "../errors";
import { judgeTouched } from "../pipeline/advance";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { loadLocked } from "../pipeline/families";
import type { Judged } from "../pipeline/judge";
import { REVIEW_BACK_MS } from "./change";

export const previewOwnershipInput = z.object({ value: z.record(z.string().max(100), z.unknown()) });

export type OwnershipSide = { value: Json; feed: string; class: string } | null;
export type OwnershipPreview = {
  /** Fields whose order differs from the one that holds. */
  fields: OwnedField[];
  /** Shipments that were looked at; `more` when there are others, older ones, that were not. */
  looked: number;
  more: boolean;
  shipments: number;
  values: number;
  opens: number;
  closes: number;
  postings: number;
  samples: { shipmentId: string; shipment: string; field: OwnedField; before: OwnershipSide; after: OwnershipSide }[];
};

/** Newest shipments that a preview looks at, in chunks. */
const MOST = 5_000;
const CHUNK = 250;
const SAMPLES = 50;

class LookedAt extends Error {}

/**
 * Shows what another order of ownership would change, before it is saved: each shipment is folded, judged and planned by the order that holds and by
 * the new one, and nothing is written.
 */
export async function previewOwnership(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof previewOwnershipInput>,
): Promise<OwnershipPreview> {
  requireRight(actor, "settings:manage");
  const parsed = workspaceSchemas.ownership.safeParse(input.value);
  if (!parsed.success) throw new AppError("invalid", sentenceOfZod(parsed.error));
  const env = await loadEnvironment(ctx.sql);
  const proposed: Environment = { ...env, ownership: parsed.data as Ownership };
  const fields = (Object.keys(parsed.data) as OwnedField[]).filter(
    (field) => String(proposed.ownership[field]) !== String(env.ownership[field]),
  );
  const found: OwnershipPreview = {
    fields,
    looked: 0,
    more: false,
    shipments: 0,
    values: 0,
    opens: 0,
    closes: 0,
    postings: 0,
    samples: [],
  };
  if (fields.length === 0) return found;
  const since = new Date(ctx.now().getTime() - REVIEW_BACK_MS);
  const ids = await shipmentsWithFields(ctx.sql, { fields, since, limit: MOST + 1 });
  found.more = ids.length > MOST;
  const looked = ids.slice(0, MOST);
  for (let from = 0; from < looked.length; from += CHUNK) {
    const chunk = looked.slice(from, from + CHUNK);
    await ctx.sql
      .begin(async (tx) => {
        await lookAt(ctx, tx, env, proposed, chunk, found);
        throw new LookedAt();
      })
      .catch((error: unknown) => {
        if (!(error instanceof LookedAt)) throw error;
      });
  }
  return found;
}

async function lookAt(
  ctx: Context,
  tx: Tx,
  env: Environment,
  proposed: Environment,
  ids: readonly string[],
  found: OwnershipPreview,
): Promise<void> {
  const families = await loadLocked(tx, env, ids);
  const now = ctx.now();
  const touch = { messageId: null, receivedAtMs: now.getTime(), correlationId: null };
  const touched = new Map([...families.byHead.keys()].map((id) => [id, touch]));
  const deps = { now: () => now, uuid: ctx.uuid, slot: 0 };
  const before = await judgeTouched(tx, env, families, touched, deps, now);
  const after = new Map(
    (await judgeTouched(tx, proposed, families, touched, deps, now)).map((j) => [j.family.headId, j]),
  );
  for (const was of before) {
    const is = after.get(was.family.headId);
    if (!is) continue;
    found.looked++;
    note(found, env, was, is);
  }
}

function note(found: OwnershipPreview, env: Environment, was: Judged, is: Judged): void {
  const changed = found.fields.filter((field) => !sameField(fieldOf(was, field), fieldOf(is, field)));
  const opens = added(was.open.map(nameOf), is.open.map(nameOf));
  const closes = added(
    was.close.map((one) => one.id),
    is.close.map((one) => one.id),
  );
  const postings = added(was.postings.map(textOf), is.postings.map(textOf));
  if (changed.length + opens + closes + postings === 0) return;
  found.shipments++;
  found.values += changed.length;
  found.opens += opens;
  found.closes += closes;
  found.postings += postings;
  for (const field of changed) {
    if (found.samples.length >= SAMPLES) return;
    const { headId: shipmentId } = was.family;
    const [before, after] = [sideOf(env, fieldOf(was, field)), sideOf(env, fieldOf(is, field))];
    found.samples.push({ shipmentId, shipment: is.saved.name, field, before, after });
  }
}

const fieldOf = (judged: Judged, field: OwnedField) => decided(judged.saved.shipment, field);
const nameOf = ({ finding }: Judged["open"][number]) => `${finding.kind} ${finding.subject}`;
const textOf = (posting: Judged["postings"][number]) => `${posting.key} ${canonicalJson(posting.after)}`;

type Decided = { value: Json; feedId: number | null; feedClass: string | null };

/** What counts of a field; of milestones the furthest, with when it was reached. */
function decided(shipment: Shipment, field: OwnedField): Decided | undefined {
  if (field !== "milestones") return shipment.attributes[field];
  const { milestone, reached } = shipment;
  if (milestone === null) return undefined;
  const at = reached[milestone]?.occurredAtMs ?? null;
  const value =
    at === null ? milestone : `${milestone}, ${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return { value: value.replaceAll("_", " "), feedId: reached[milestone]?.feedId ?? null, feedClass: null };
}

function sameField(one: Decided | undefined, other: Decided | undefined): boolean {
  return canonicalJson(one?.value ?? null) === canonicalJson(other?.value ?? null);
}

function added(before: readonly string[], after: readonly string[]): number {
  const known = new Set(before);
  return after.filter((one) => !known.has(one)).length;
}

function sideOf(env: Environment, field: Decided | undefined): OwnershipSide {
  if (!field) return null;
  const { value, feedId, feedClass } = field;
  if (feedId === null) return { value, feed: "", class: "" };
  return { value, feed: env.feedName(feedId), class: feedClass ?? env.classOf(feedId) };
}
