import { z } from "zod";
import { POSTING_KINDS, type PostingState } from "./kinds";

/** Where a posting stands that failed and that nothing sends again by itself: Odoo refused it, or the last retry was used up. */
export const FAILED_STATES = ["rejected", "dead"] as const satisfies readonly PostingState[];

/** A window of time in which postings failed; empty lists name all kinds and connections, no end means until now. */
export const failedWindow = z.object({
  since: z.coerce.date(),
  until: z.coerce.date().nullish(),
  kinds: z.array(z.enum(POSTING_KINDS)).max(POSTING_KINDS.length).default([]),
  connections: z.array(z.int().positive()).max(50).default([]),
});
export type FailedWindow = z.infer<typeof failedWindow>;

/**
 * The window as a run keeps it, or what is wrong with it. Its end is never after now: what fails later, by the run itself too, is not in it, so
 * that each is posted again once.
 */
export function boundWindow(
  window: Pick<FailedWindow, "since" | "until">,
  now: Date,
): { since: Date; until: Date } | { wrong: string } {
  const until = window.until && window.until < now ? window.until : now;
  if (window.since >= now) return { wrong: "The window has to begin in the past." };
  if (window.since >= until) return { wrong: "The window has to end after it begins." };
  return { since: window.since, until };
}
