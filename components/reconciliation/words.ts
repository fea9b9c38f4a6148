import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { Aspect, Pair, System, Verdict } from "@/core/reconciliation/aspects";
import type { CauseName } from "@/core/reconciliation/cause";
import type { ReadinessList } from "@/core/reconciliation/readiness";
import type { RepairAct } from "@/core/reconciliation/repair";
import type { StandingState } from "@/core/reconciliation/standing";

export const SYSTEM_WORD: Readonly<Record<System, string>> = {
  carrier: "Carrier",
  warehouse: "Warehouse",
  waypost: "Waypost",
  odoo: "Odoo",
};

export const PAIR_WORD: Readonly<Record<Pair, string>> = {
  waypost_odoo: "Waypost and Odoo",
  carrier_waypost: "Carrier and Waypost",
  carrier_odoo: "Carrier and Odoo",
  warehouse_waypost: "Warehouse and Waypost",
  warehouse_odoo: "Warehouse and Odoo",
};

export const ASPECT_WORD: Readonly<Record<Aspect, string>> = {
  state: "State",
  tracking: "Tracking number",
  quantities: "Quantities",
  freight: "Freight",
  proof: "Proof of delivery",
  returns: "Returns",
  exceptions: "Exceptions",
  invoices: "Invoices",
};

export const VERDICT_LOOK: Readonly<Record<Verdict, { word: string; tone: Tone; shape: MarkShape }>> = {
  matched: { word: "Matched", tone: "ok", shape: "check" },
  differs: { word: "Differs", tone: "broken", shape: "cross" },
  missing_left: { word: "Missing left", tone: "late", shape: "dash" },
  missing_right: { word: "Missing right", tone: "late", shape: "dash" },
  accepted: { word: "Accepted", tone: "idle", shape: "pause" },
};

export const CAUSE_WORD: Readonly<Record<CauseName, { word: string; help: string }>> = {
  never_posted: { word: "Never posted", help: "Waypost knows it, and Odoo was never told." },
  refused: { word: "Refused by Odoo", help: "Odoo was told and refused it." },
  changed_by_hand: { word: "Changed by hand", help: "Somebody set another value in Odoo." },
  not_kept: {
    word: "Accepted, not kept",
    help: "Odoo accepted it and does not hold it, though no other person wrote: a rule of Odoo, or a lost write.",
  },
  late_feed: { word: "Feed is late", help: "The source tells late or is silent." },
  wrong_match: { word: "Wrong match", help: "The number is that of another shipment." },
  mapping: { word: "Not mapped", help: "A word or product has no meaning here yet." },
  lost_by_source: { word: "Lost by the source", help: "The source tells of others and not of this one." },
};

export const STANDING_LOOK: Readonly<Record<StandingState, { word: string; tone: Tone; shape: MarkShape }>> = {
  compared: { word: "Compared", tone: "ok", shape: "check" },
  part: { word: "In part", tone: "late", shape: "triangle" },
  running: { word: "Running", tone: "accent", shape: "arrow" },
  paused: { word: "Paused", tone: "late", shape: "pause" },
  waiting: { word: "Waits", tone: "late", shape: "clock" },
  failed: { word: "Not compared", tone: "broken", shape: "cross" },
  cancelled: { word: "Cancelled", tone: "idle", shape: "dash" },
  never: { word: "Never", tone: "idle", shape: "dash" },
};

export const LIST_WORD: Readonly<Record<ReadinessList, { word: string; help: string }>> = {
  delivered_not_invoiced: {
    word: "Delivered, not invoiced",
    help: "The carrier delivered these quantities, and Odoo has not invoiced them.",
  },
  invoiced_not_delivered: {
    word: "Invoiced, not delivered",
    help: "Odoo has invoiced these quantities, and nobody told of a delivery. For prepaid orders on their way that is normal; it becomes an exception when it lasts too long.",
  },
  shipped_not_validated: {
    word: "Shipped, not validated",
    help: "The goods left, and Odoo still counts them: its stock is too high by these quantities.",
  },
  return_on_the_way: { word: "Returns on the way", help: "Goods come back and have not arrived." },
};

export const ACT_WORD: Readonly<Record<RepairAct, string>> = {
  mend_mapping: "Mend the mapping",
  link: "Link or part",
  move_number: "Move the number",
  recover: "Read again from Odoo",
  replay: "Read the messages again",
  release: "Let it go on",
  plan: "Plan anew",
  ask_feed: "Ask the source for what was missed",
  ask_source: "Ask the source",
  wait_for_feed: "Bring the feed back",
  correct_in_odoo: "Correct in Odoo",
  switch_on: "Let it out",
  accept: "Accept Odoo's value",
  post: "Post our value",
  wait: "Wait",
};
