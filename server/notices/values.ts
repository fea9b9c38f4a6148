import { carrierName } from "@/core/carriers/name";
import { factOf } from "@/core/notices/occasions";
import type { NoticesSettings } from "@/core/notices/settings";
import { sayInstant, type Values } from "@/core/notices/template";
import type { ToldShipment } from "@/db/queries/notices";

/** What the variables of a message stand for with one shipment. */
export function valuesOf(shipment: ToldShipment, { company, zone }: Pick<NoticesSettings, "company" | "zone">): Values {
  const delivered = factOf(shipment.told, "delivered");
  return {
    order: shipment.order ?? shipment.name,
    tracking_number: shipment.trackingNumber,
    carrier: shipment.carrier && carrierName(shipment.carrier),
    promised: sayInstant(shipment.promisedAt?.getTime() ?? null, zone, "day"),
    delivered_at: delivered && sayInstant(delivered.occurredAtMs, zone, delivered.dateOnly ? "day" : "time"),
    company,
  };
}
