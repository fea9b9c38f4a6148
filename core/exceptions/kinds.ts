import type { Role } from "@/core/access/roles";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** suppressed: recorded while a quiet window holds; neither in the queue nor alerted, and back with the end of the window. */
export const EXCEPTION_STATES = ["open", "acknowledged", "snoozed", "suppressed", "resolved"] as const;
export type ExceptionState = (typeof EXCEPTION_STATES)[number];

/** clearing: recovery closes it. latched: a person must. The others close by the act named. */
export const CLOSINGS = [
  "clearing",
  "latched",
  "on_replay",
  "on_link",
  "on_merge",
  "on_repost",
  "on_confirm",
  "on_decision",
] as const;
export type Closing = (typeof CLOSINGS)[number];

export const IMPACTS = ["customer", "warehouse", "billing", "inventory", "carrier", "cash"] as const;
export type Impact = (typeof IMPACTS)[number];

/** Whose doing an exception is, or who has to move: the parties of X12 1651 (standards.md 1.1). */
export const RESPONSIBLE_PARTIES = ["carrier", "shipper", "consignee", "customs", "weather", "other"] as const;
export type ResponsibleParty = (typeof RESPONSIBLE_PARTIES)[number];

export const EXCEPTION_KINDS = [
  "event_flood",
  "unreadable_message",
  "unmapped_code",
  "implausible_time",
  "unknown_shipment",
  "unrouted_shipment",
  "ambiguous_match",
  "duplicate_shipment",
  "duplicate_burst",
  "rejected_sender",
  "feed_silent",
  "missed_updates",
  "late_update",
  "missing_milestone",
  "label_failed",
  "first_scan_late",
  "scan_late",
  "dispatch_late",
  "delivery_late",
  "delivery_at_risk",
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
  "return_unannounced",
  "pod_missing",
  "posting_rejected",
  "posting_unconfirmed",
  "odoo_unreachable",
  "odoo_failure_budget",
  "odoo_drift",
  "invoice_not_ready",
  "slo_burn",
  "day_not_reconciled",
  "freight_window_missed",
  "freight_variance",
  "freight_duplicate",
  "freight_unmatched",
  "freight_invalid_charge",
  "our_fault",
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

export type ExceptionKindSpec = {
  /** Sentence case, for people. */
  label: string;
  severity: Severity;
  owner: Role;
  closing: Closing;
  impacts: readonly Impact[];
  /** Response time in minutes until due. */
  respondWithinMinutes: number;
  /** Whose doing it is where no source says so. */
  party: ResponsibleParty;
  /** True where nothing gets better until a person acts; the others may clear by themselves. */
  actionRequired: boolean;
};

const MINUTES: Readonly<Record<Severity, number>> = { critical: 15, high: 60, medium: 480, low: 2880 };

function kind(
  label: string,
  severity: Severity,
  owner: Role,
  closing: Closing,
  impacts: readonly Impact[],
  party: ResponsibleParty,
  actionRequired: boolean,
): ExceptionKindSpec {
  return { label, severity, owner, closing, impacts, party, actionRequired, respondWithinMinutes: MINUTES[severity] };
}

/** The catalogue of domain.md, Exceptions; thresholds stand in thresholds.ts. */
export const EXCEPTION_SPECS: Readonly<Record<ExceptionKind, ExceptionKindSpec>> = {
  event_flood: kind("Too many events", "medium", "administrator", "clearing", ["carrier"], "carrier", false),
  unreadable_message: kind(
    "Message cannot be read",
    "high",
    "support",
    "on_replay",
    ["customer", "warehouse"],
    "other",
    true,
  ),
  unmapped_code: kind("Unknown code", "medium", "support", "on_replay", ["customer", "carrier"], "other", true),
  implausible_time: kind("Implausible time", "low", "support", "latched", ["carrier"], "carrier", false),
  unknown_shipment: kind("Facts without a home", "medium", "support", "on_link", ["customer"], "shipper", true),
  unrouted_shipment: kind(
    "No rule says which Odoo",
    "high",
    "administrator",
    "clearing",
    ["customer"],
    "shipper",
    true,
  ),
  ambiguous_match: kind("Several shipments fit", "medium", "support", "on_link", ["customer"], "shipper", true),
  duplicate_shipment: kind(
    "Two shipments may be one",
    "medium",
    "support",
    "on_merge",
    ["customer", "inventory"],
    "shipper",
    true,
  ),
  duplicate_burst: kind("Burst of duplicates", "low", "administrator", "clearing", ["carrier"], "other", false),
  rejected_sender: kind("Sender refused", "high", "administrator", "clearing", ["customer"], "other", true),
  feed_silent: kind("Feed is silent", "high", "administrator", "clearing", ["customer", "carrier"], "other", true),
  missed_updates: kind(
    "Updates were not sent",
    "medium",
    "administrator",
    "clearing",
    ["customer", "carrier"],
    "other",
    true,
  ),
  late_update: kind("Update came late", "low", "logistics", "latched", ["customer", "carrier"], "carrier", false),
  missing_milestone: kind(
    "Step is missing",
    "medium",
    "logistics",
    "clearing",
    ["customer", "warehouse", "carrier"],
    "carrier",
    false,
  ),
  label_failed: kind("Label refused", "high", "support", "clearing", ["customer", "warehouse"], "shipper", true),
  first_scan_late: kind("No first scan", "high", "logistics", "clearing", ["customer", "carrier"], "carrier", true),
  scan_late: kind("No scan for long", "medium", "logistics", "clearing", ["customer", "carrier"], "carrier", false),
  dispatch_late: kind("Dispatch is late", "high", "logistics", "clearing", ["customer", "warehouse"], "shipper", true),
  delivery_late: kind("Delivery is late", "high", "logistics", "clearing", ["customer", "carrier"], "carrier", false),
  delivery_at_risk: kind(
    "Delivery at risk",
    "medium",
    "logistics",
    "clearing",
    ["customer", "carrier"],
    "carrier",
    false,
  ),
  delivery_failed: kind("Delivery failed", "high", "support", "clearing", ["customer"], "consignee", true),
  address_mismatch: kind("Address problem", "high", "support", "clearing", ["customer"], "shipper", true),
  customs_hold: kind("Held by customs", "high", "support", "clearing", ["customer"], "customs", true),
  held: kind("Held", "high", "support", "clearing", ["customer"], "carrier", true),
  damaged: kind("Damaged", "high", "support", "latched", ["customer", "cash", "inventory"], "carrier", true),
  lost: kind("Lost", "high", "support", "latched", ["customer", "cash", "inventory"], "carrier", true),
  misrouted: kind("Misrouted", "high", "support", "clearing", ["customer", "carrier"], "carrier", false),
  short: kind("Pieces missing", "high", "support", "latched", ["customer", "inventory", "cash"], "shipper", true),
  status_regression: kind("Scan after the end", "medium", "support", "latched", ["carrier"], "carrier", false),
  tracking_mismatch: kind(
    "Tracking numbers differ",
    "high",
    "support",
    "clearing",
    ["customer", "warehouse"],
    "shipper",
    true,
  ),
  quantity_mismatch: kind(
    "Quantities differ",
    "high",
    "logistics",
    "clearing",
    ["inventory", "billing"],
    "shipper",
    true,
  ),
  return_unannounced: kind(
    "Return nobody announced",
    "medium",
    "support",
    "clearing",
    ["customer", "warehouse", "inventory"],
    "consignee",
    true,
  ),
  pod_missing: kind("No proof of delivery", "medium", "support", "clearing", ["billing", "cash"], "carrier", true),
  posting_rejected: kind("Odoo refused", "high", "support", "on_repost", ["inventory", "billing"], "shipper", true),
  posting_unconfirmed: kind("No answer from Odoo", "high", "support", "on_confirm", ["inventory"], "other", true),
  odoo_unreachable: kind(
    "Odoo cannot be reached",
    "critical",
    "administrator",
    "clearing",
    ["inventory", "billing"],
    "shipper",
    true,
  ),
  odoo_failure_budget: kind(
    "Calls to Odoo fail",
    "medium",
    "administrator",
    "clearing",
    ["inventory", "billing"],
    "shipper",
    true,
  ),
  odoo_drift: kind("Odoo's value changed", "medium", "support", "clearing", ["inventory", "customer"], "shipper", true),
  invoice_not_ready: kind(
    "Not ready to invoice",
    "medium",
    "finance",
    "clearing",
    ["billing", "cash"],
    "shipper",
    true,
  ),
  slo_burn: kind("Service level burns", "high", "logistics", "clearing", ["customer", "carrier"], "other", true),
  day_not_reconciled: kind(
    "Day not reconciled",
    "high",
    "administrator",
    "clearing",
    ["inventory", "billing"],
    "other",
    true,
  ),
  freight_window_missed: kind(
    "Freight missed its window",
    "high",
    "finance",
    "clearing",
    ["billing", "cash"],
    "other",
    true,
  ),
  freight_variance: kind(
    "Freight bill differs",
    "high",
    "finance",
    "on_decision",
    ["billing", "cash", "carrier"],
    "carrier",
    true,
  ),
  freight_duplicate: kind(
    "Freight billed twice",
    "high",
    "finance",
    "on_decision",
    ["billing", "cash"],
    "carrier",
    true,
  ),
  freight_unmatched: kind(
    "Freight bill without a shipment",
    "high",
    "finance",
    "on_decision",
    ["billing", "carrier"],
    "carrier",
    true,
  ),
  freight_invalid_charge: kind(
    "Freight bill fails a check",
    "high",
    "finance",
    "on_decision",
    ["billing", "cash", "carrier"],
    "carrier",
    true,
  ),
  our_fault: kind("Waypost failed on it", "high", "administrator", "on_replay", ["customer"], "other", true),
};
