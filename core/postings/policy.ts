import { z } from "zod";
import { EVENT_CLASSES, EVENT_URGENCIES, type EventUrgency } from "@/core/shipments/event-classes";
import type { EventKind } from "@/core/shipments/milestones";
import { type HoldReason, POSTING_KINDS, type PostingKind } from "./kinds";
import { postingTiming, REAL_TIME, standing } from "./timing";

/** Classes in which postings overtake each other: what a customer waits for, the rest of the day's work, and what has time. */
export const POSTING_CLASSES = EVENT_URGENCIES;
export type PostingClass = EventUrgency;

/** The class of each kind unless a connection says otherwise. A new kind has to choose. */
export const POSTING_CLASS: Readonly<Record<PostingKind, PostingClass>> = {
  tracking_number: "urgent",
  transfer_validated: "normal",
  proof_of_delivery: "normal",
  status_note: "bulk",
  exception_activity: "normal",
  status_field: "normal",
  return_transfer: "normal",
  customer_invoice: "normal",
  freight_cost: "bulk",
  vendor_bill: "bulk",
  vendor_credit: "bulk",
  landed_cost: "bulk",
};

/** The class as the database keeps it: the lower goes first. */
export const CLASS_RANK: Readonly<Record<PostingClass, number>> = { urgent: 0, normal: 1, bulk: 2 };

/**
 * The class in which a posting leaves: that of its kind. A note about a milestone carries the news of an event, so where nobody gave notes
 * another class it goes with the event's own, where that is more urgent.
 */
export function classOfPosting(kind: PostingKind, name: string, { byKind }: ConnectionPolicies): PostingClass {
  const own = byKind[kind].class;
  if (kind !== "status_note" || own !== POSTING_CLASS[kind] || !(name in EVENT_CLASSES)) return own;
  const news = EVENT_CLASSES[name as EventKind].urgency;
  return CLASS_RANK[news] < CLASS_RANK[own] ? news : own;
}

export function classOfRank(rank: number): PostingClass {
  return POSTING_CLASSES[rank] ?? "normal";
}

/** What a person decides for one kind of one connection. `openUntil`: let go now, whatever the timing says, until this instant. */
export const kindPolicy = z.object({
  class: z.enum(POSTING_CLASSES),
  timing: postingTiming,
  openUntil: z.iso.datetime().nullable().default(null),
});
export type KindPolicy = z.infer<typeof kindPolicy>;

/** All that says when the postings of a connection may go, beside its switches. */
export type ConnectionPolicies = {
  byKind: Readonly<Record<PostingKind, KindPolicy>>;
  pausedClasses: readonly PostingClass[];
  /** Kinds that a degraded rule holds back until it is lifted. */
  degraded: ReadonlySet<PostingKind>;
};

/** Fills stored policies up with the defaults; one that does not fit its schema counts as not given. */
export function readPolicies(stored: unknown, pausedClasses: unknown, degraded: readonly string[]): ConnectionPolicies {
  const given = (typeof stored === "object" && stored !== null ? stored : {}) as Record<string, unknown>;
  const byKind = Object.fromEntries(
    POSTING_KINDS.map((kind) => {
      const parsed = kindPolicy.safeParse(given[kind]);
      return [kind, parsed.success ? parsed.data : defaultPolicy(kind)];
    }),
  ) as Record<PostingKind, KindPolicy>;
  const paused = Array.isArray(pausedClasses) ? pausedClasses : [];
  return {
    byKind,
    pausedClasses: POSTING_CLASSES.filter((one) => paused.includes(one)),
    degraded: new Set(POSTING_KINDS.filter((kind) => degraded.includes(kind))),
  };
}

/** The class to which the postings of a kind belong on a connection. */
export function classOfKind(
  connection: { policies: unknown; pausedClasses: unknown },
  kind: PostingKind,
): PostingClass {
  return readPolicies(connection.policies, connection.pausedClasses, []).byKind[kind].class;
}

export function defaultPolicy(kind: PostingKind): KindPolicy {
  return { class: POSTING_CLASS[kind], timing: REAL_TIME, openUntil: null };
}

/** Reasons that policy gives and takes back by itself; the others are for a person or a switch to end. */
export const POLICY_HOLDS = ["paused", "window", "interval", "degraded"] as const satisfies readonly HoldReason[];

/** Why a posting of a kind waits, and when that ends by itself (null: when a person ends it). */
export type PolicyHold = { because: (typeof POLICY_HOLDS)[number]; untilMs: number | null };

/**
 * Decides whether a posting of a kind that comes now has to wait. The strongest reason is told: a rule of a person, then a paused class,
 * then the calendar.
 */
export function holdByPolicy(kind: PostingKind, policies: ConnectionPolicies, nowMs: number): PolicyHold | null {
  const policy = policies.byKind[kind];
  if (policies.degraded.has(kind)) return { because: "degraded", untilMs: null };
  if (policies.pausedClasses.includes(policy.class)) return { because: "paused", untilMs: null };
  if (policy.openUntil !== null && nowMs < Date.parse(policy.openUntil)) return null;
  const now = standing(policy.timing, nowMs);
  if (now.open) return null;
  return { because: policy.timing.mode === "interval" ? "interval" : "window", untilMs: now.opensAtMs };
}

/** The kinds whose planned postings may leave now. What an interval has let go is no longer held back by it. */
export function kindsThatMayLeave(policies: ConnectionPolicies, nowMs: number): PostingKind[] {
  return POSTING_KINDS.filter((kind) => {
    const hold = holdByPolicy(kind, policies, nowMs);
    return hold === null || hold.because === "interval";
  });
}

/** Of each 12 postings that leave while all classes wait, so many are of the class: bulk goes last, and never not at all. */
export const CLASS_SHARE: Readonly<Record<PostingClass, number>> = { urgent: 8, normal: 3, bulk: 1 };

/**
 * Puts what is due in the order in which it leaves: by smooth weighted turns over the classes, each class in the order given. A class
 * with nothing due leaves its turns to the others.
 */
export function inTurns<Item>(items: readonly Item[], classOf: (item: Item) => PostingClass): Item[] {
  const queues = POSTING_CLASSES.map((name) => ({
    name,
    items: items.filter((item) => classOf(item) === name),
    at: 0,
  }));
  const order: Item[] = [];
  let credits = NO_CREDITS;
  for (let live = queues.filter((q) => q.items.length > 0); live.length > 0; ) {
    const turn = nextTurn(
      credits,
      live.map(({ name }) => name),
    );
    credits = turn.credits;
    const next = live.find(({ name }) => name === turn.class);
    if (next) order.push(next.items[next.at++] as Item);
    live = live.filter((q) => q.at < q.items.length);
  }
  return order;
}

/** What each class is owed in smooth weighted turns. */
export type TurnCredits = Readonly<Record<PostingClass, number>>;
export const NO_CREDITS: TurnCredits = { urgent: 0, normal: 0, bulk: 0 };

/** Whose turn it is among the classes that wait, of which there is at least one in the order of urgency. */
export function nextTurn(
  credits: TurnCredits,
  waiting: readonly PostingClass[],
): { class: PostingClass; credits: TurnCredits } {
  const owed = { ...credits };
  for (const name of waiting) owed[name] += CLASS_SHARE[name];
  const next = waiting.reduce((best, name) => (owed[name] > owed[best] ? name : best));
  owed[next] -= waiting.reduce((total, name) => total + CLASS_SHARE[name], 0);
  return { class: next, credits: owed };
}
