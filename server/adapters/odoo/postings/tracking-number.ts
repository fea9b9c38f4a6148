import type { DesiredTrackingNumber } from "@/core/postings/desired";
import { idOf, linkOf, textOf } from "../call";
import { hasField } from "../dialect";
import { companyContext, type ImportRow, type PostingKindOf, RECORD_GONE, readPickings } from "./kind";

/** The values that put a tracking number and, where one is named, a carrier on a picking. */
export function trackingValues(tracking: Pick<DesiredTrackingNumber, "trackingReference" | "carrierId">) {
  const { trackingReference, carrierId } = tracking;
  return {
    carrier_tracking_ref: trackingReference.trim(),
    ...(carrierId !== null && { carrier_id: carrierId }),
  };
}

function importRow(id: number, tracking: Pick<DesiredTrackingNumber, "trackingReference" | "carrierId">): ImportRow {
  const { trackingReference, carrierId } = tracking;
  const own = [String(id), trackingReference.trim()];
  return carrierId === null
    ? { fields: [".id", "carrier_tracking_ref"], data: own }
    : { fields: [".id", "carrier_tracking_ref", "carrier_id/.id"], data: [...own, String(carrierId)] };
}

/** Writes the picking's tracking field and carrier; a level: the value itself says whether it happened. */
export const trackingNumber: PostingKindOf<"tracking_number"> = {
  kind: "tracking_number",
  looksFirst: false,
  together: { most: 200, like: ({ desired }) => String(desired.carrierId !== null) },
  read: (requests) => [readPickings(requests, ["carrier_tracking_ref", "carrier_id", "state"])],
  call: (request, _seen, dialect) =>
    hasField(dialect, "stock.picking", "carrier_tracking_ref")
      ? {
          do: "send",
          calls: [
            {
              model: "stock.picking",
              method: "write",
              ids: [request.record.id],
              args: { vals: trackingValues(request.desired) },
              context: companyContext(request),
              row: importRow(request.record.id, request.desired),
            },
          ],
        }
      : {
          do: "refuse",
          reason: "This Odoo has no tracking field on transfers: its delivery module is not installed.",
          field: "carrier_tracking_ref",
        },
  verify: (request, [pickings = []]) => {
    const picking = pickings.find((row) => row.id === request.record.id);
    if (!picking) return RECORD_GONE;
    const number = textOf(picking.carrier_tracking_ref)?.trim() ?? null;
    const carrier = linkOf(picking.carrier_id);
    const found = { trackingReference: number, carrierId: carrier?.id ?? null, carrier: carrier?.name ?? null };
    const { trackingReference, carrierId } = request.desired;
    const numberHolds = number === trackingReference.trim();
    const carrierHolds = carrierId === null || idOf(picking.carrier_id) === carrierId;
    if (numberHolds && carrierHolds) return { verdict: "holds", reason: "Odoo holds the tracking number.", found };
    if (number === null) return { verdict: "absent", reason: "Odoo's tracking field is empty.", found };
    return {
      verdict: "differs",
      reason: numberHolds
        ? `Odoo has the number, but the carrier ${carrier?.name ?? "none"}.`
        : `Odoo holds the tracking number ${number}.`,
      found,
    };
  },
};
