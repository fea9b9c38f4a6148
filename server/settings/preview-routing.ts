import { z } from "zod";
import { type RouteDecision, saidIn, subjectOf } from "@/core/routing/decide";
import { type Routing, routingSchema } from "@/core/routing/rules";
import type { Tx } from "@/db/client";
import type { SavedShipment } from "@/db/queries/pipeline/save";
import { listOpenShipments } from "@/db/queries/routing";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError, sentenceOfZod } from "../errors";
import { judgeTouched } from "../pipeline/advance";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { loadLocked } from "../pipeline/families";
import { checkTargets } from "./routing-targets";

export const previewRoutingInput = z.object({ value: z.record(z.string().max(100), z.unknown()) });

export type RoutingPreview = {
  /** Open shipments that were looked at; `more` when there are others, older ones. */
  looked: number;
  more: boolean;
  /** How many go where, and how many of them stay there because of their transfer. */
  places: { connectionId: number; companyId: number | null; shipments: number; linked: number }[];
  rules: { id: string; takes: number; unheeded: number }[];
  otherwise: number;
  /** Shipments that no rule sends anywhere. */
  none: number;
  /** Shipments whose Odoo would be another one than now. */
  moved: number;
  /** What is known of shipments that no rule takes, the most frequent first. */
  untaken: (Record<UntakenField, string | null> & { shipments: number })[];
  samples: { shipmentId: string; shipment: string; before: RouteDecision | null; after: RouteDecision | null }[];
};

type UntakenField = "warehouse" | "company" | "channel" | "country";

const MOST_UNTAKEN = 12;
const MOST = 5_000;
const CHUNK = 250;
const SAMPLES = 50;

class LookedAt extends Error {}

/** Shows which open shipments would go where by these rules, before they are saved; writes nothing. */
export async function previewRouting(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof previewRoutingInput>,
): Promise<RoutingPreview> {
  requireRight(actor, "settings:manage");
  const parsed = routingSchema.safeParse(input.value);
  if (!parsed.success) throw new AppError("invalid", sentenceOfZod(parsed.error));
  await checkTargets(ctx.sql, parsed.data);
  const env: Environment = { ...(await loadEnvironment(ctx.sql)), routing: parsed.data };
  const ids = await listOpenShipments(ctx.sql, MOST + 1);
  const found = emptyPreview(parsed.data, ids.length > MOST);
  const looked = ids.slice(0, MOST);
  for (let from = 0; from < looked.length; from += CHUNK) {
    await ctx.sql
      .begin(async (tx) => {
        await lookAt(ctx, tx, env, looked.slice(from, from + CHUNK), found);
        throw new LookedAt();
      })
      .catch((error: unknown) => {
        if (!(error instanceof LookedAt)) throw error;
      });
  }
  found.places.sort((a, b) => b.shipments - a.shipments);
  found.untaken = found.untaken.sort((a, b) => b.shipments - a.shipments).slice(0, MOST_UNTAKEN);
  return found;
}

function emptyPreview({ rules }: Routing, more: boolean): RoutingPreview {
  const counts = rules.map(({ id }) => ({ id, takes: 0, unheeded: 0 }));
  return { looked: 0, more, places: [], rules: counts, otherwise: 0, none: 0, moved: 0, untaken: [], samples: [] };
}

async function lookAt(
  ctx: Context,
  tx: Tx,
  env: Environment,
  ids: readonly string[],
  found: RoutingPreview,
): Promise<void> {
  const families = await loadLocked(tx, env, ids);
  const now = ctx.now();
  const touch = { messageId: null, receivedAtMs: now.getTime(), correlationId: null };
  const touched = new Map([...families.byHead.keys()].map((id) => [id, touch]));
  for (const { family, saved } of await judgeTouched(
    tx,
    env,
    families,
    touched,
    { now: () => now, uuid: ctx.uuid, slot: 0 },
    now,
  )) {
    const before = family.members.get(family.headId)?.route ?? null;
    noteUntaken(found, saved);
    note(found, { shipmentId: saved.shipmentId, shipment: saved.name, before, after: saved.route });
  }
}

function note(found: RoutingPreview, sample: RoutingPreview["samples"][number]): void {
  const { before, after } = sample;
  found.looked++;
  if (after === null) return;
  countPlace(found, after);
  const rule = found.rules.find(({ id }) => id === (after.rule ?? after.unheeded?.rule)?.id);
  if (rule) rule[after.unheeded === null ? "takes" : "unheeded"]++;
  if (after.by === "default") found.otherwise++;
  if (after.by === "none") found.none++;
  const isMoved = before?.connectionId !== after.connectionId || before?.companyId !== after.companyId;
  if (isMoved && after.by !== "transfer") found.moved++;
  if (((isMoved && after.by !== "transfer") || after.unheeded !== null) && found.samples.length < SAMPLES)
    found.samples.push(sample);
}

function noteUntaken(found: RoutingPreview, { route, shipment }: SavedShipment): void {
  if (route === null || (route.by !== "none" && route.by !== "default")) return;
  const { warehouse, company, channel, country } = subjectOf([], saidIn(shipment.attributes));
  const like = { warehouse, company, channel, country };
  const known = found.untaken.find((one) => UNTAKEN.every((field) => one[field] === like[field]));
  if (known) known.shipments++;
  else found.untaken.push({ ...like, shipments: 1 });
}

const UNTAKEN: readonly UntakenField[] = ["warehouse", "company", "channel", "country"];

function countPlace(found: RoutingPreview, { connectionId, companyId, by }: RouteDecision): void {
  if (connectionId === null) return;
  let place = found.places.find((one) => one.connectionId === connectionId && one.companyId === companyId);
  if (place === undefined) {
    place = { connectionId, companyId, shipments: 0, linked: 0 };
    found.places.push(place);
  }
  place.shipments++;
  if (by === "transfer") place.linked++;
}
