import type { Workflow } from "@/core/service-levels/objectives";
import type { Stage } from "@/core/shipments/milestones";

export const STAGE_WORD: Readonly<Record<Stage, string>> = {
  order_released: "Released",
  allocated: "Allocated",
  picked: "Picked",
  packed: "Packed",
  booked: "Booked",
  dispatched: "Dispatched",
  in_transit: "In transit",
  delivered: "Delivered",
  returning: "Returning",
  settled: "Settled",
};

export const WORKFLOW_WORD: Readonly<Record<Workflow, string>> = {
  shipment_creation: "Shipment creation",
  tracking_publication: "Tracking publication",
  label_response: "Label response",
  delivery_exception: "Delivery exception",
  proof_of_delivery: "Proof of delivery",
  status_update: "Status update",
  historical_reconciliation: "Reconciliation of a day",
  freight_settlement: "Freight settlement",
  customer_notification: "Customer notification",
};
