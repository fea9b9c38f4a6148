import type { Tone } from "@/components/ui/badge";
import type { MarkShape } from "@/components/ui/mark";
import type { FreightAct } from "@/core/freight/acts";
import type { FreightTab } from "@/core/freight/filter";
import type { FreightState, LineVerdict, Verdict } from "@/core/freight/states";

type Look = { word: string; tone: Tone; shape: MarkShape };

export const STATE_LOOK: Readonly<Record<FreightState, Look>> = {
  received: { word: "Being checked", tone: "idle", shape: "ring" },
  open: { word: "To decide", tone: "open", shape: "ring" },
  second: { word: "Second approval", tone: "late", shape: "half" },
  approved: { word: "Approved", tone: "ok", shape: "check" },
  short_paid: { word: "Paid short", tone: "ok", shape: "check" },
  disputed: { word: "Disputed", tone: "late", shape: "diamond" },
  rejected: { word: "Rejected", tone: "idle", shape: "cross" },
  withdrawn: { word: "Withdrawn", tone: "idle", shape: "cross" },
};

export const VERDICT_LOOK: Readonly<Record<Verdict, Look>> = {
  blocked: { word: "Blocked", tone: "broken", shape: "cross" },
  duplicate: { word: "Billed twice", tone: "broken", shape: "cross" },
  invalid: { word: "Charge refused", tone: "high", shape: "triangle" },
  unmatched: { word: "No shipment", tone: "high", shape: "triangle" },
  variance: { word: "Differs", tone: "high", shape: "triangle" },
  unchecked: { word: "No expectation", tone: "idle", shape: "ring" },
  clean: { word: "Within tolerance", tone: "ok", shape: "check" },
};

export const LINE_LOOK: Readonly<Record<LineVerdict, Look>> = {
  unmapped: { word: "unknown charge", tone: "broken", shape: "cross" },
  invalid: { word: "refused", tone: "high", shape: "triangle" },
  duplicate: { word: "billed before", tone: "broken", shape: "cross" },
  unmatched: { word: "no shipment", tone: "high", shape: "triangle" },
  over: { word: "over", tone: "high", shape: "triangle" },
  under: { word: "under", tone: "late", shape: "diamond" },
  no_expected: { word: "no expectation", tone: "idle", shape: "ring" },
  within: { word: "within", tone: "ok", shape: "check" },
  credit: { word: "credit", tone: "idle", shape: "ring" },
};

export const TAB_WORD: Readonly<Record<FreightTab, string>> = {
  to_decide: "To decide",
  second: "Second approval",
  disputed: "Disputed",
  paid: "Approved",
  dropped: "Dropped",
};

export const ACT_WORD: Readonly<Record<FreightAct, string>> = {
  approve: "Approve",
  short_pay: "Pay short",
  dispute: "Dispute",
  reject: "Reject",
  reopen: "Open again",
};

export const ACT_DONE: Readonly<Record<FreightAct, string>> = {
  approve: "approved",
  short_pay: "paid short",
  dispute: "disputed",
  reject: "rejected",
  reopen: "opened again",
};
