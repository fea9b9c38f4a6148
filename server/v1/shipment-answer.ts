import type { z } from "zod";
import type { StoredEvent } from "@/core/shipments/event";
import { MILESTONES } from "@/core/shipments/milestones";
import type { ApiReference, ApiShipment } from "@/db/queries/api-shipments";
import type { eventShape, shipmentShape } from "./shapes";

export type FeedSlugs = ReadonlyMap<number, string>;

export const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const isoOfMs = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A shipment as the API shows it: milestones in the order of their rank. */
export function shipmentAnswer(
  shipment: ApiShipment,
  references: readonly ApiReference[],
  feeds: FeedSlugs,
): z.input<typeof shipmentShape> {
  const { state } = shipment;
  const picking = state.attributes?.odoo_picking?.value;
  const pickingName =
    typeof picking === "object" && picking !== null && !Array.isArray(picking) && typeof picking.name === "string"
      ? picking.name
      : null;
  const { id, name, milestone, summary, stage, terminal, carrier, openExceptions } = shipment;
  return {
    id,
    name,
    milestone,
    summary,
    stage,
    terminal,
    carrier,
    openExceptions,
    milestones: MILESTONES.flatMap((one) => {
      const reached = state.reached?.[one];
      if (!reached) return [];
      const { occurredAtMs, offsetMinutes, basis, inferred, feedId } = reached;
      const feed = feedId === null ? null : (feeds.get(feedId) ?? null);
      return [{ milestone: one, occurredAt: isoOfMs(occurredAtMs), offsetMinutes, basis, inferred, feed }];
    }),
    references: references.map(({ kind, issuer, value }) => ({ kind, issuer: issuer || null, value })),
    packages: (state.packages ?? []).map(({ number, issuer, milestone: reached, summary: of, terminal: end }) => ({
      number,
      issuer,
      milestone: reached,
      summary: of,
      terminal: end,
    })),
    promisedAt: iso(shipment.promisedAt),
    eta: iso(shipment.etaAt),
    odoo:
      shipment.pickingId === null || shipment.connection === null
        ? null
        : { connection: shipment.connection, pickingId: shipment.pickingId, name: pickingName },
    updatedAt: shipment.updatedAt.toISOString(),
  };
}

export function eventAnswer(event: StoredEvent, feeds: FeedSlugs): z.input<typeof eventShape> {
  return {
    kind: event.kind,
    classifier: event.classifier,
    occurredAt: isoOfMs(event.time?.occurredAtMs ?? null),
    offsetMinutes: event.time?.offsetMinutes ?? null,
    precision: event.time?.precision ?? null,
    basis: event.time?.basis ?? null,
    receivedAt: new Date(event.receivedAtMs).toISOString(),
    feed: feeds.get(event.feedId) ?? "",
    receipt: event.messageId,
    package: event.package,
    location: event.location,
    rawCode: event.raw.code ?? event.raw.word,
    rawDescription: event.raw.description,
    rawTime: event.raw.time,
    inferred: event.inferred,
    retracts: event.retracts,
  };
}
