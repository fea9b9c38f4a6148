import { z } from "zod";
import { FREIGHT_STATES, type FreightState, VERDICTS } from "./states";

/** Tabs of the list of freight bills and the states each shows. */
export const FREIGHT_TABS = {
  to_decide: ["received", "open"],
  second: ["second"],
  disputed: ["disputed"],
  paid: ["approved", "short_paid"],
  dropped: ["rejected", "withdrawn"],
} as const satisfies Record<string, readonly FreightState[]>;
export type FreightTab = keyof typeof FREIGHT_TABS;
export const FREIGHT_TAB_NAMES = Object.keys(FREIGHT_TABS) as [FreightTab, ...FreightTab[]];

/** What a person filtered freight bills by; an empty list filters nothing. */
export const freightFilter = z.object({
  state: z.array(z.enum(FREIGHT_STATES)).max(20).default([]),
  verdict: z.array(z.enum(VERDICTS)).max(20).default([]),
  vendor: z.array(z.string().max(100)).max(50).default([]),
  shipment: z.uuid().nullable().default(null),
  /** A bill's number from its start, or a number of a shipment on it as a whole. */
  search: z.string().trim().max(200).default(""),
});
export type FreightFilter = z.infer<typeof freightFilter>;
