import type { Role } from "@/core/access/roles";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const EXCEPTION_STATES = ["open", "acknowledged", "snoozed", "resolved"] as const;
export type ExceptionState = (typeof EXCEPTION_STATES)[number];

/** clearing: recovery closes it. latched: a person must. The others close by the act named. */
export const CLOSINGS = ["clearing", "latched", "on_replay", "on_link", "on_merge", "on_repost", "on_confirm"] as const;
export type Closing = (typeof CLOSINGS)[number];

export const IMPACTS = ["customer", "warehouse", "billing", "inventory", "carrier", "cash"] as const;
export type Impact = (typeof IMPACTS)[number];

export const EXCEPTION_KINDS = [
  "event_flood",
  "unreadable_message",
  "unmapped_code",
  "implausible_time",
  "unknown_shipment",
  "ambiguous_match",
  "duplicate_shipment",
  "duplicate_burst",
  "rejected_sender",
  "feed_silent",
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
  "posting_rejected",
  "posting_unconfirmed",
  "odoo_unreachable",
  "odoo_drift",
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
  /** What to do, in plain words. */
  playbook: readonly string[];
};

const MINUTES: Readonly<Record<Severity, number>> = { critical: 15, high: 60, medium: 480, low: 2880 };

function kind(
  label: string,
  severity: Severity,
  owner: Role,
  closing: Closing,
  impacts: readonly Impact[],
  playbook: readonly string[],
): ExceptionKindSpec {
  return { label, severity, owner, closing, impacts, respondWithinMinutes: MINUTES[severity], playbook };
}

/** The catalogue of domain.md, Exceptions; thresholds stand in thresholds.ts. */
export const EXCEPTION_SPECS: Readonly<Record<ExceptionKind, ExceptionKindSpec>> = {
  event_flood: kind(
    "Too many events",
    "medium",
    "administrator",
    "clearing",
    ["carrier"],
    [
      "Open the feed's message log and look for a sender that repeats itself.",
      "Pause the feed or ask the sender to stop.",
    ],
  ),
  unreadable_message: kind(
    "Message cannot be read",
    "high",
    "support",
    "on_replay",
    ["customer", "warehouse"],
    [
      "Look at the raw message and at the place the problem points to.",
      "Mend the column mapping or ask the sender for a corrected file.",
      "Replay the message.",
    ],
  ),
  unmapped_code: kind(
    "Unknown code",
    "medium",
    "support",
    "on_replay",
    ["customer", "carrier"],
    [
      "Choose what the code means.",
      "Look at the past events it would change, then activate.",
      "Replay the messages that carried it.",
    ],
  ),
  implausible_time: kind(
    "Implausible time",
    "low",
    "support",
    "latched",
    ["carrier"],
    ["Compare the time in the raw message with the receipt.", "Correct the feed's zone, or tell the sender."],
  ),
  unknown_shipment: kind(
    "Facts without a home",
    "medium",
    "support",
    "on_link",
    ["customer"],
    ["Search for the order or picking the numbers belong to.", "Link the two shipments."],
  ),
  ambiguous_match: kind(
    "Several shipments fit",
    "medium",
    "support",
    "on_link",
    ["customer"],
    ["Compare the candidates by lines, packages and warehouse.", "Link the message's shipment to the right one."],
  ),
  duplicate_shipment: kind(
    "Two shipments may be one",
    "medium",
    "support",
    "on_merge",
    ["customer", "inventory"],
    ["Compare references and timelines.", "Merge them or keep them apart."],
  ),
  duplicate_burst: kind(
    "Burst of duplicates",
    "low",
    "administrator",
    "clearing",
    ["carrier"],
    ["Ask the sender why it repeats itself."],
  ),
  rejected_sender: kind(
    "Sender refused",
    "high",
    "administrator",
    "clearing",
    ["customer"],
    ["Check whether the sender's secret was rotated.", "Give the sender the live secret, or block it."],
  ),
  feed_silent: kind(
    "Feed is silent",
    "high",
    "administrator",
    "clearing",
    ["customer", "carrier"],
    ["Ask the sender, check the connection and the credentials.", "When it speaks again, look for what was missed."],
  ),
  label_failed: kind(
    "Label refused",
    "high",
    "support",
    "clearing",
    ["customer", "warehouse"],
    ["Read the carrier's message and correct the field it names.", "Ask for the label again."],
  ),
  first_scan_late: kind(
    "No first scan",
    "high",
    "logistics",
    "clearing",
    ["customer", "carrier"],
    ["Ask the warehouse whether the parcel was handed over.", "Ask the carrier to look for it."],
  ),
  scan_late: kind(
    "No scan for long",
    "medium",
    "logistics",
    "clearing",
    ["customer", "carrier"],
    ["Open a trace with the carrier."],
  ),
  dispatch_late: kind(
    "Dispatch is late",
    "high",
    "logistics",
    "clearing",
    ["customer", "warehouse"],
    ["Ask the warehouse what holds the order.", "Tell the customer the new day."],
  ),
  delivery_late: kind(
    "Delivery is late",
    "high",
    "logistics",
    "clearing",
    ["customer", "carrier"],
    ["Ask the carrier for a new date.", "Tell the customer."],
  ),
  delivery_failed: kind(
    "Delivery failed",
    "high",
    "support",
    "clearing",
    ["customer"],
    ["Read the carrier's reason.", "Agree a new date or address with the customer, and tell the carrier."],
  ),
  address_mismatch: kind(
    "Address problem",
    "high",
    "support",
    "clearing",
    ["customer"],
    ["Compare order, label and delivery address.", "Correct it with the carrier and in Odoo."],
  ),
  customs_hold: kind(
    "Held by customs",
    "high",
    "support",
    "clearing",
    ["customer"],
    ["Send the papers that customs ask for."],
  ),
  held: kind("Held", "high", "support", "clearing", ["customer"], ["Ask the carrier what it waits for."]),
  damaged: kind(
    "Damaged",
    "high",
    "support",
    "latched",
    ["customer", "cash", "inventory"],
    [
      "Ask for photographs and keep the packaging.",
      "File a claim within the carrier's window.",
      "Agree a replacement with the customer.",
    ],
  ),
  lost: kind(
    "Lost",
    "high",
    "support",
    "latched",
    ["customer", "cash", "inventory"],
    ["Open a trace, then file a claim.", "Agree a replacement with the customer."],
  ),
  misrouted: kind(
    "Misrouted",
    "high",
    "support",
    "clearing",
    ["customer", "carrier"],
    ["Ask the carrier for the corrected route and a new date."],
  ),
  short: kind(
    "Pieces missing",
    "high",
    "support",
    "latched",
    ["customer", "inventory", "cash"],
    ["Compare what was handed over with what arrived.", "File a claim or correct the quantities."],
  ),
  status_regression: kind(
    "Scan after the end",
    "medium",
    "support",
    "latched",
    ["carrier"],
    ["Look at the later scan: is it another parcel with a recycled number, or a return?", "Resolve it with a note."],
  ),
  tracking_mismatch: kind(
    "Tracking numbers differ",
    "high",
    "support",
    "clearing",
    ["customer", "warehouse"],
    ["Compare the numbers and who says them.", "Post the right one to Odoo."],
  ),
  quantity_mismatch: kind(
    "Quantities differ",
    "high",
    "logistics",
    "clearing",
    ["inventory", "billing"],
    ["Compare picked, shipped and Odoo quantities per line.", "Correct the source that is wrong."],
  ),
  pod_missing: kind(
    "No proof of delivery",
    "medium",
    "support",
    "clearing",
    ["billing", "cash"],
    ["Ask the carrier for the proof."],
  ),
  posting_rejected: kind(
    "Odoo refused",
    "high",
    "support",
    "on_repost",
    ["inventory", "billing"],
    ["Read Odoo's sentence and correct the record it names.", "Repost."],
  ),
  posting_unconfirmed: kind(
    "No answer from Odoo",
    "high",
    "support",
    "on_confirm",
    ["inventory"],
    ["Open the record in Odoo and look whether the effect is there.", "Confirm it or repost it."],
  ),
  odoo_unreachable: kind(
    "Odoo cannot be reached",
    "critical",
    "administrator",
    "clearing",
    ["inventory", "billing"],
    ["Check that Odoo runs and that the key is valid.", "What waits is posted by itself when it is back."],
  ),
  odoo_drift: kind(
    "Odoo's value changed",
    "medium",
    "support",
    "clearing",
    ["inventory", "customer"],
    ["Compare what was posted with what Odoo holds now.", "Accept Odoo's value or repost ours."],
  ),
  our_fault: kind(
    "Waypost failed on it",
    "high",
    "administrator",
    "on_replay",
    ["customer"],
    [
      "The message was set aside and nothing is lost. Report the error with its correlation id.",
      "Replay it after an upgrade.",
    ],
  ),
};
