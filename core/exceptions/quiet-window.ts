import { z } from "zod";
import { EXCEPTION_KINDS, type ExceptionKind } from "./kinds";

/** planned: somebody announced work. outage: a carrier or feed is down. */
export const WINDOW_ORIGINS = ["planned", "outage"] as const;
export type WindowOrigin = (typeof WINDOW_ORIGINS)[number];

const LONGEST_DAYS = 30;

/** What a window covers and when; conditions that are null match everything, all null is the whole workspace. */
export const windowPlan = z
  .object({
    feedId: z.number().int().positive().nullable().default(null),
    carrier: z.string().trim().min(1).max(200).nullable().default(null),
    kind: z.enum(EXCEPTION_KINDS).nullable().default(null),
    fromAt: z.date(),
    toAt: z.date(),
    reason: z.string().trim().min(3).max(500),
    origin: z.enum(WINDOW_ORIGINS).default("planned"),
  })
  .refine((w) => w.toAt > w.fromAt, { message: "The end has to come after the begin.", path: ["toAt"] })
  .refine((w) => w.toAt.getTime() - w.fromAt.getTime() <= LONGEST_DAYS * 86_400_000, {
    message: `A window lasts ${LONGEST_DAYS} days at most.`,
    path: ["toAt"],
  });
export type WindowPlan = z.infer<typeof windowPlan>;

/** `toldCarriers`: the carriers whose news come by its feed mainly; null where that is no feed by which carriers speak. */
export type WindowScope = {
  feedId: number | null;
  toldCarriers: readonly string[] | null;
  carrier: string | null;
  kind: ExceptionKind | null;
};
/** `toldBy`: the feeds that told the milestones of the shipment. */
export type Suppressible = {
  kind: ExceptionKind;
  feedId: number | null;
  carrier: string | null;
  toldBy: readonly number[];
};

/** Says whether a window covers an exception; carriers are compared without case. What is about Waypost itself is never suppressed. */
export function covers(window: WindowScope, exception: Suppressible): boolean {
  if (NEVER.has(exception.kind) && window.kind !== exception.kind) return false;
  if (window.feedId !== null && window.feedId !== exception.feedId && !followsFrom(window, exception)) return false;
  if (window.kind !== null && window.kind !== exception.kind) return false;
  return window.carrier === null || sameCarrier(window.carrier, exception.carrier);
}

/** Kinds that say that a carrier's news did not come: while its feed is down they say nothing about the shipment. */
export const FOLLOW_SILENCE = [
  "first_scan_late",
  "scan_late",
  "delivery_late",
  "delivery_at_risk",
] as const satisfies readonly ExceptionKind[];
const FOLLOWS: ReadonlySet<ExceptionKind> = new Set(FOLLOW_SILENCE);

/** The feed of the window would have told: it told of this shipment before, or tells of its carrier. */
function followsFrom({ feedId, toldCarriers }: WindowScope, { kind, carrier, toldBy }: Suppressible): boolean {
  if (feedId === null || toldCarriers === null || !FOLLOWS.has(kind)) return false;
  return toldBy.includes(feedId) || toldCarriers.some((one) => sameCarrier(one, carrier));
}

/** Kinds that only a window naming them holds back: trouble of our own, forged senders, and goods that are gone. */
export const NEVER_BY_THE_WAY = [
  "our_fault",
  "rejected_sender",
  "posting_unconfirmed",
  "lost",
  "damaged",
  "short",
] as const satisfies readonly ExceptionKind[];
const NEVER: ReadonlySet<ExceptionKind> = new Set(NEVER_BY_THE_WAY);

/** Compares two names of carriers as people write them. */
export function sameCarrier(a: string, b: string | null): boolean {
  return b !== null && a.trim().toLowerCase() === b.trim().toLowerCase();
}

export type WindowState = "planned" | "running" | "over";

/** Says where a window stands at an instant. */
export function stateOfWindow(window: { fromAt: Date; toAt: Date; endedAt: Date | null }, nowMs: number): WindowState {
  if (window.endedAt !== null || window.toAt.getTime() <= nowMs) return "over";
  return window.fromAt.getTime() <= nowMs ? "running" : "planned";
}

/** What is known of a feed or carrier in which an outage may be seen. */
export type OutageSign = {
  feedId: number | null;
  carrier: string | null;
  name: string;
  /** The feed is silent since (ms), or null. */
  silentSinceMs: number | null;
  /** Openings of one cause within the last hour, and those an hour over the days before. */
  lastHour: number;
  usualPerHour: number;
};
export type OutageProposal = Pick<OutageSign, "feedId" | "carrier" | "name"> & { why: string };

const FEWEST_IN_OUTAGE = 20;
const OUTAGE_FACTOR = 10;

/** Proposes windows where a feed is silent or a cause explodes: at least 20 within an hour and ten times the usual; each place once. */
export function proposeOutages(signs: readonly OutageSign[]): OutageProposal[] {
  const proposals = new Map<string, OutageProposal>();
  for (const { feedId, carrier, name, silentSinceMs, lastHour, usualPerHour } of signs) {
    const explodes = lastHour >= Math.max(FEWEST_IN_OUTAGE, OUTAGE_FACTOR * usualPerHour);
    if (silentSinceMs === null && !explodes) continue;
    const why =
      silentSinceMs !== null
        ? `nothing came since ${new Date(silentSinceMs).toISOString().slice(0, 16).replace("T", " ")} UTC`
        : `${lastHour.toLocaleString("en")} of one cause within an hour, usual are ${usualPerHour.toFixed(1)}`;
    const key = `${feedId ?? ""}\u001f${carrier?.toLowerCase() ?? ""}`;
    if (!proposals.has(key)) proposals.set(key, { feedId, carrier, name, why });
  }
  return [...proposals.values()];
}
