import { SUMMARIES, type Summary } from "@/core/shipments/milestones";

/** The field that the set-up step makes on transfers in Odoo. */
export const STATUS_FIELD = "x_waypost_status";

const LABELS: Readonly<Record<Summary, string>> = {
  unknown: "Unknown",
  pre_transit: "Announced to the carrier",
  in_transit: "In transit",
  out_for_delivery: "Out for delivery",
  available_for_pickup: "Ready for pick-up",
  delivered: "Delivered",
  exception: "Problem",
  return_to_sender: "Coming back",
  cancelled: "Cancelled",
};

/** Words of the field and how Odoo shows them, in the order of a journey. */
export const STATUS_CHOICES = SUMMARIES.map((value) => ({ value, label: LABELS[value] }));
