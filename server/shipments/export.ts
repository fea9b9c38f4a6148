import { csvRow } from "@/core/csv-row";
import type { ShipmentFilter } from "@/core/shipments/filter";
import { streamShipments } from "@/db/queries/shipments";
import { type Actor, may, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { planShipments } from "./list";
import { shipmentScope } from "./scope";

const HEAD = [
  "shipment_id",
  "name",
  "stage",
  "summary",
  "milestone",
  "ended",
  "carrier",
  "service",
  "tracking_number",
  "warehouse",
  "customer",
  "channel",
  "promised_at",
  "eta_at",
  "last_event_at",
  "updated_at",
  "open_exceptions",
];

/** Gives all shipments of a filter as CSV, a batch at a time, and records that somebody took them; customers only to who may read them. */
export async function exportShipments(
  ctx: Context,
  actor: Actor,
  filter: ShipmentFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "shipments:read");
  await recordAudit(ctx, ctx.sql, actor, { action: "shipments.export", subject: "shipments", after: { ...filter } });
  const [scope, { plan }] = await Promise.all([shipmentScope(ctx, actor), planShipments(ctx, filter)]);
  const { sql } = ctx;
  const shown = may(actor, "customers:read");
  const now = ctx.now();
  return (async function* () {
    yield csvRow(HEAD);
    for await (const rows of streamShipments(sql, { filter, plan, now, scope }))
      yield rows
        .map((row) =>
          csvRow([
            row.id,
            row.name,
            row.stage,
            row.summary,
            row.milestone,
            row.terminal,
            row.carrier,
            row.service,
            row.trackingNumber,
            row.warehouse,
            shown ? row.customer : null,
            row.channel,
            row.promisedAt,
            row.etaAt,
            row.lastEventAt,
            row.updatedAt,
            row.openExceptions,
          ]),
        )
        .join("");
  })();
}
