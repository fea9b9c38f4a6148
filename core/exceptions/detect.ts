import type { PostingKind } from "@/core/postings/kinds";
import type { Attribute, Json, OdooPicking } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import type { Judgement } from "./finding";
import type { ExceptionKind } from "./kinds";
import type { Thresholds } from "./thresholds";

export type DetectInput = {
  shipmentId: string;
  shipment: Shipment;
  nowMs: number;
  thresholds: Thresholds;
  /** True for a shipment that no order, picking or warehouse record is known for yet. */
  provisional: boolean;
  firstReceivedAtMs: number;
  /** A connection exists, so facts without a picking are homeless. */
  odooExpected: boolean;
  picking: OdooPicking | null;
  posted: readonly { kind: PostingKind; attribute: Attribute | null; value: Json; postedAtMs: number }[];
  feedName: (feedId: number) => string;
};

/** Kinds that `detect` owns; all others are raised elsewhere and left alone by `diff`. */
export const DETECTED_KINDS: readonly ExceptionKind[] = [
  "event_flood",
  "unmapped_code",
  "implausible_time",
  "unknown_shipment",
  "label_failed",
  "first_scan_late",
  "scan_late",
  "dispatch_late",
  "delivery_late",
  "delivery_failed",
  "address_mismatch",
  "customs_hold",
  "held",
  "damaged",
  "lost",
  "misrouted",
  "short",
  "status_regression",
  "tracking_mismatch",
  "quantity_mismatch",
  "pod_missing",
  "odoo_drift",
];

/** Judges one shipment against its promises and the clock: the findings that should be open, and when to look again. */
export function detect(_input: DetectInput): Judgement {
  return { findings: [], reviewAtMs: null };
}
