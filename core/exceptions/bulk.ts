import { z } from "zod";
import type { Right } from "../access/rights";
import type { SnoozeChoice } from "./cause-snooze";
import { type ExceptionTarget, exceptionTarget } from "./filter";

export const BULK_ACTS = ["acknowledge", "assign", "snooze", "resolve", "reopen", "comment"] as const;
export type BulkActName = (typeof BULK_ACTS)[number];

/** A choice of `snoozeChoice`, with its instant as text where it was stored or sent. */
export const bulkSnooze = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("until"), until: z.coerce.date() }),
  z.object({ mode: z.literal("more"), more: z.number().int().min(1).max(100_000) }),
  z.object({ mode: z.literal("escalating") }),
]) satisfies z.ZodType<SnoozeChoice>;

/** What is done to each exception of a selection, as it is asked for, stored with the run and written into a rule. */
export const bulkAct = z.discriminatedUnion("act", [
  z.object({ act: z.literal("acknowledge") }),
  z.object({ act: z.literal("assign"), assigneeId: z.uuid().nullable() }),
  z.object({ act: z.literal("snooze"), choice: bulkSnooze }),
  z.object({ act: z.literal("resolve"), reason: z.string().trim().min(3).max(1000) }),
  z.object({ act: z.literal("reopen"), reason: z.string().trim().max(1000).default("") }),
  z.object({ act: z.literal("comment"), text: z.string().trim().min(1).max(4000) }),
]);
export type BulkAct = z.infer<typeof bulkAct>;

export const bulkInput = z.object({ target: exceptionTarget, act: bulkAct });

/** The right that each act needs, alone or in bulk. */
export const RIGHT_OF_ACT: Readonly<Record<BulkActName, Right>> = {
  acknowledge: "exceptions:acknowledge",
  assign: "exceptions:assign",
  snooze: "exceptions:snooze",
  resolve: "exceptions:resolve",
  reopen: "exceptions:resolve",
  comment: "exceptions:comment",
};

/** Says whether what an act did can be taken back; words that colleagues read cannot. */
export function canUndo(act: BulkActName): boolean {
  return act !== "comment";
}

/** At most so many exceptions are one run. */
export const BULK_LIMIT = 500_000;

/** What a run keeps about its scope; dates travel as text. */
export const bulkScope = z.object({
  act: bulkAct,
  /** The filter it was chosen by; null where they were chosen one by one. */
  filter: z.record(z.string(), z.unknown()).nullable(),
  chosen: z.number().int().min(0),
  rule: z.string().nullable().default(null),
});
export type BulkScope = z.infer<typeof bulkScope>;

export function filterOfTarget(target: ExceptionTarget): Record<string, unknown> | null {
  return "filter" in target ? { ...target.filter } : null;
}

const IS: Readonly<Record<BulkActName, string>> = {
  acknowledge: "It is acknowledged already.",
  assign: "They have it already.",
  snooze: "It is resolved.",
  resolve: "It is resolved already.",
  reopen: "It is open already.",
  comment: "",
};

/** Says why an exception was left as it is: the act leads to where it stands. */
export function unchangedBecause(act: BulkActName, state: string): string {
  return act === "acknowledge" && state === "resolved" ? "It is resolved." : IS[act];
}
