import type { Judgement } from "./finding";
import type { ExceptionKind } from "./kinds";
import type { DetectInput, Rule } from "./rule";
import { addressMismatch } from "./rules/address-mismatch";
import { deliveryAtRisk } from "./rules/delivery-at-risk";
import { deliveryFailed } from "./rules/delivery-failed";
import { deliveryLate } from "./rules/delivery-late";
import { dispatchLate } from "./rules/dispatch-late";
import { eventFlood } from "./rules/event-flood";
import { firstScanLate } from "./rules/first-scan-late";
import { implausibleTime } from "./rules/implausible-time";
import { labelFailed } from "./rules/label-failed";
import { lateUpdate } from "./rules/late-update";
import { lost } from "./rules/lost";
import { missingMilestone } from "./rules/missing-milestone";
import { odooDrift } from "./rules/odoo-drift";
import { podMissing } from "./rules/pod-missing";
import { quantityMismatch } from "./rules/quantity-mismatch";
import { customsHold, damaged, held, misrouted, short } from "./rules/reported-condition";
import { returnUnannounced } from "./rules/return-unannounced";
import { scanLate } from "./rules/scan-late";
import { statusRegression } from "./rules/status-regression";
import { trackingMismatch } from "./rules/tracking-mismatch";
import { unknownShipment } from "./rules/unknown-shipment";
import { unmappedCode } from "./rules/unmapped-code";
import { unroutedShipment } from "./rules/unrouted-shipment";

export type { DetectInput } from "./rule";

const RULES = {
  event_flood: eventFlood,
  unmapped_code: unmappedCode,
  implausible_time: implausibleTime,
  unknown_shipment: unknownShipment,
  unrouted_shipment: unroutedShipment,
  late_update: lateUpdate,
  missing_milestone: missingMilestone,
  label_failed: labelFailed,
  first_scan_late: firstScanLate,
  scan_late: scanLate,
  dispatch_late: dispatchLate,
  delivery_late: deliveryLate,
  delivery_at_risk: deliveryAtRisk,
  delivery_failed: deliveryFailed,
  address_mismatch: addressMismatch,
  customs_hold: customsHold,
  held,
  damaged,
  lost,
  misrouted,
  short,
  status_regression: statusRegression,
  tracking_mismatch: trackingMismatch,
  quantity_mismatch: quantityMismatch,
  return_unannounced: returnUnannounced,
  pod_missing: podMissing,
  odoo_drift: odooDrift,
} satisfies Partial<Record<ExceptionKind, Rule>>;

/** Kinds that `detect` owns; all others are raised elsewhere and left alone by `diff`. */
export const DETECTED_KINDS = Object.keys(RULES) as (keyof typeof RULES)[] as readonly ExceptionKind[];
const ALL_RULES: readonly Rule[] = Object.values(RULES);

/** Judges one shipment against its promises and the clock: the findings that should be open, and when (ms) to look again. */
export function detect(input: DetectInput): Judgement {
  const judgement: Judgement = { findings: [], reviewAtMs: null };
  for (const rule of ALL_RULES) {
    const { findings, reviewAtMs } = rule(input);
    for (const finding of findings) judgement.findings.push(finding);
    if (reviewAtMs !== null && (judgement.reviewAtMs === null || reviewAtMs < judgement.reviewAtMs)) {
      judgement.reviewAtMs = reviewAtMs;
    }
  }
  return judgement;
}
