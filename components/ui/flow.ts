import type { MarkShape } from "./mark";

/** How something flows: shape, colour and word of each. */
export type Flow = "ok" | "late" | "broken" | "idle";
export const FLOW_SHAPE: Readonly<Record<Flow, MarkShape>> = {
  ok: "dot",
  late: "clock",
  broken: "cross",
  idle: "ring",
};
export const FLOW_TONE: Readonly<Record<Flow, string>> = {
  ok: "text-ok",
  late: "text-late",
  broken: "text-broken",
  idle: "text-idle",
};
export const FLOW_WORD: Readonly<Record<Flow, string>> = { ok: "well", late: "late", broken: "broken", idle: "idle" };
