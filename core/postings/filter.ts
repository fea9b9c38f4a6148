import { z } from "zod";
import { HOLD_REASONS, POSTING_KINDS, POSTING_STATES, type PostingState } from "./kinds";

/** Tabs of the outbox and the states each shows. */
export const OUTBOX_TABS = {
  due: ["planned"],
  sending: ["sending"],
  posted: ["posted", "verified"],
  waiting: ["held"],
  rejected: ["rejected"],
  unconfirmed: ["unconfirmed"],
  dead: ["dead"],
  dropped: ["superseded", "cancelled"],
} as const satisfies Record<string, readonly PostingState[]>;
export type OutboxTab = keyof typeof OUTBOX_TABS;
export const OUTBOX_TAB_NAMES = Object.keys(OUTBOX_TABS) as [OutboxTab, ...OutboxTab[]];

/** States in which a posting waits and nothing of it has left for Odoo: the only ones that a person may cancel. */
export const CANCELLABLE = ["planned", "held"] as const satisfies readonly PostingState[];
/** States out of which a person may send again; a look-up comes first where an earlier call may have arrived. */
export const REPOSTABLE = [
  "planned",
  "held",
  "rejected",
  "unconfirmed",
  "dead",
  "cancelled",
] as const satisfies readonly PostingState[];

/** What a person filtered the outbox by; an empty list filters nothing. */
export const postingFilter = z.object({
  state: z.array(z.enum(POSTING_STATES)).max(20).default([]),
  kind: z.array(z.enum(POSTING_KINDS)).max(20).default([]),
  connection: z.array(z.int().positive()).max(50).default([]),
  held: z.array(z.enum(HOLD_REASONS)).max(20).default([]),
  /** Any number of the shipment, from its start, or a posting key, shipment id or correlation id as a whole. */
  search: z.string().trim().max(200).default(""),
});
export type PostingFilter = z.infer<typeof postingFilter>;
