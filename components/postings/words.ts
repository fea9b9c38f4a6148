import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { OutboxTab } from "@/core/postings/filter";
import type { PostingKind, PostingState } from "@/core/postings/kinds";

export const POSTING_LOOK: Readonly<Record<PostingState, { word: string; tone: Tone; shape: MarkShape }>> = {
  planned: { word: "Due", tone: "neutral", shape: "hollow_square" },
  held: { word: "Waiting", tone: "idle", shape: "pause" },
  sending: { word: "Sending", tone: "accent", shape: "arrow" },
  posted: { word: "Posted", tone: "ok", shape: "square" },
  verified: { word: "Verified", tone: "ok", shape: "check" },
  unconfirmed: { word: "Unconfirmed", tone: "late", shape: "clock" },
  rejected: { word: "Rejected", tone: "broken", shape: "cross" },
  dead: { word: "Given up", tone: "broken", shape: "octagon" },
  superseded: { word: "Replaced", tone: "idle", shape: "dash" },
  cancelled: { word: "Cancelled", tone: "idle", shape: "dash" },
};

export const TAB_WORD: Readonly<Record<OutboxTab, string>> = {
  due: "Due",
  sending: "Sending",
  posted: "Posted",
  waiting: "Waiting",
  rejected: "Rejected",
  unconfirmed: "Unconfirmed",
  dead: "Given up",
  dropped: "Dropped",
};

export const POSTING_KIND_WORD: Readonly<Record<PostingKind, string>> = {
  tracking_number: "Tracking number",
  transfer_validated: "Transfer validated",
  status_note: "Status note",
  proof_of_delivery: "Proof of delivery",
  exception_activity: "Activity for an exception",
  status_field: "Delivery status field",
  return_transfer: "Return transfer",
  customer_invoice: "Customer invoice",
  freight_cost: "Cost of freight",
  vendor_bill: "Carrier's bill",
  vendor_credit: "Carrier's credit",
  landed_cost: "Landed cost",
};

/** What each kind does in Odoo, for a person who decides whether to switch it on. */
export const POSTING_KIND_EFFECT: Readonly<Record<PostingKind, string>> = {
  tracking_number: "Writes carrier and tracking reference on the picking, once known and different.",
  transfer_validated: "Validates the picking when the goods have left; makes a backorder for what did not.",
  status_note: "Leaves a note in the picking's chatter at the milestones chosen below.",
  proof_of_delivery: "Attaches the signed document to the picking.",
  exception_activity:
    "Opens an activity on the picking when an exception is assigned, and closes it with the exception.",
  status_field:
    "Keeps where the shipment stands in a field of the picking: the one that the set-up below makes, or delivery_state where that community module is installed.",
  return_transfer:
    "Makes the return of the picking when the goods turn back and Odoo has none yet; somebody receives it as usual.",
  customer_invoice:
    "Makes a draft invoice of what the order has delivered, once everything of it that left has arrived. A return or a scan that contradicts the delivery stops it; somebody posts the draft.",
  freight_cost: "Writes what carrying really cost on the picking, once a freight bill is approved.",
  vendor_bill:
    "Makes a draft bill of an approved freight bill: a line for each class of charges, the original attached.",
  vendor_credit: "Makes a draft credit of an approved credit of a carrier, the original attached.",
  landed_cost: "Makes a draft landed cost over the transfers of an approved freight bill, where the module is there.",
};
