import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { FeedClass } from "@/core/feeds/feed";
import type { Ending } from "@/core/shipments/filter";
import { CONDITIONS, type Stage, type Summary } from "@/core/shipments/milestones";

/** "arrived_facility" -> "Arrived facility". */
export function sentence(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

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

export const SUMMARY_LOOK: Readonly<Record<Summary, { word: string; tone: Tone; shape: MarkShape }>> = {
  unknown: { word: "Not known", tone: "idle", shape: "dash" },
  pre_transit: { word: "Before transit", tone: "neutral", shape: "ring" },
  in_transit: { word: "In transit", tone: "accent", shape: "arrow" },
  out_for_delivery: { word: "Out for delivery", tone: "accent", shape: "arrow" },
  available_for_pickup: { word: "Ready for pickup", tone: "late", shape: "clock" },
  delivered: { word: "Delivered", tone: "ok", shape: "check" },
  exception: { word: "Trouble", tone: "broken", shape: "cross" },
  return_to_sender: { word: "Going back", tone: "late", shape: "half" },
  cancelled: { word: "Cancelled", tone: "idle", shape: "dash" },
};

export const ENDING_WORD: Readonly<Record<Ending, string>> = {
  open: "Under way",
  delivered: "Delivered",
  returned: "Returned",
  cancelled: "Cancelled",
  lost: "Lost",
  destroyed: "Destroyed",
};

export const CLASS_WORD: Readonly<Record<FeedClass, string>> = {
  odoo: "Odoo",
  warehouse: "Warehouse",
  transport: "Transport",
  carrier: "Carrier",
  aggregator: "Aggregator",
  marketplace: "Marketplace",
  finance: "Finance",
  customer_service: "Customer service",
};

export const REFERENCE_WORD: Readonly<Record<string, string>> = {
  odoo_picking: "Picking",
  sales_order: "Sales order",
  customer_po: "Customer order",
  tracking_number: "Tracking number",
  pro_number: "PRO number",
  bill_of_lading: "Bill of lading",
  sscc: "SSCC",
  container: "Container",
  booking: "Booking",
  wms_shipment: "Warehouse shipment",
  tms_load: "Load",
  marketplace_order: "Marketplace order",
  marketplace_fulfilment: "Fulfilment",
  invoice: "Invoice",
};

const TROUBLE: ReadonlySet<string> = new Set([
  ...CONDITIONS.filter((kind) => kind !== "found" && kind !== "no_info"),
  "lost",
  "destroyed",
]);

/** Says whether an event of this kind reports trouble. */
export function isTrouble(kind: string): boolean {
  return TROUBLE.has(kind);
}
