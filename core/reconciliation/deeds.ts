import { z } from "zod";
import type { Right } from "@/core/access/rights";
import { CROSSWALK_KINDS } from "@/core/feeds/feed";
import { POSTING_KINDS } from "@/core/postings/kinds";

/** What the run of a repair does beside posting again, each by the verb that a person has for it too. */
export const deed = z.discriminatedUnion("act", [
  z.object({ act: z.literal("move_number"), number: z.string(), from: z.uuid(), to: z.uuid() }),
  z.object({ act: z.literal("replay"), feedId: z.int(), kind: z.enum(CROSSWALK_KINDS), word: z.string() }),
  z.object({ act: z.literal("recover"), connectionId: z.int(), pickingId: z.int() }),
  z.object({ act: z.literal("ask_feed"), feedId: z.int(), from: z.iso.datetime() }),
  z.object({ act: z.literal("release"), connectionId: z.int(), kind: z.enum(POSTING_KINDS) }),
  z.object({ act: z.literal("plan") }),
]);
export type Deed = z.infer<typeof deed>;
export type DeedAct = Deed["act"];
export const DEED_ACTS = [
  "move_number",
  "replay",
  "recover",
  "ask_feed",
  "release",
  "plan",
] as const satisfies readonly DeedAct[];

/** Rights of each deed, beside that to repair. */
export const RIGHTS_OF_DEED: Readonly<Record<DeedAct | "post", readonly Right[]>> = {
  move_number: ["shipments:link", "shipments:correct"],
  replay: ["messages:replay"],
  recover: ["reconciliation:run"],
  ask_feed: ["feeds:manage"],
  release: ["odoo:manage"],
  plan: ["postings:repost"],
  post: ["postings:repost"],
};

/** What the proof of a repair waits for before it says that it has not converged. */
export const waits = z.object({
  for: z.enum(["feed", "source", "posting"]),
  feedId: z.int().nullable(),
  /** From the start of the run to the first look, between looks, and until it is given up; ms. */
  firstMs: z.number(),
  everyMs: z.number(),
  mostMs: z.number(),
});
export type Waits = z.infer<typeof waits>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** So long a run waits for a meaning, a feed or a source, before it ends as not converged. */
export const LONGEST_WAIT_MS = 7 * DAY_MS;
/** So often a run looks whether a word has got its meaning. */
export const LOOK_FOR_MEANING_MS = MINUTE_MS;

/** The waiting for a posting that goes out by itself, or when its window opens. */
export const FOR_POSTING: Waits = {
  for: "posting",
  feedId: null,
  firstMs: 0,
  everyMs: MINUTE_MS,
  mostMs: DAY_MS,
};

/** The waiting for a source that was asked to send again. */
export function forSource(feedId: number | null): Waits {
  return { for: "source", feedId, firstMs: 0, everyMs: 5 * MINUTE_MS, mostMs: LONGEST_WAIT_MS };
}

/**
 * The waiting for a late feed: until the gap after which it usually speaks has passed since it last did, and again after each such gap. At least
 * five minutes, at most six hours between looks.
 */
export function forFeed(
  feedId: number | null,
  usualGapMs: number,
  lastReceivedAtMs: number | null,
  nowMs: number,
): Waits {
  const everyMs = Math.min(6 * 60 * MINUTE_MS, Math.max(5 * MINUTE_MS, usualGapMs));
  const due = lastReceivedAtMs === null ? 0 : lastReceivedAtMs + usualGapMs - nowMs;
  return { for: "feed", feedId, firstMs: due > 0 ? Math.min(due, DAY_MS) : everyMs, everyMs, mostMs: LONGEST_WAIT_MS };
}

/** The longest of several waitings looks first when the earliest does. */
export function together(some: readonly Waits[]): Waits | null {
  const [first, ...others] = some;
  if (first === undefined) return null;
  return others.reduce(
    (all, one) => ({
      ...(one.mostMs > all.mostMs ? one : all),
      firstMs: Math.min(all.firstMs, one.firstMs),
      everyMs: Math.min(all.everyMs, one.everyMs),
      mostMs: Math.max(all.mostMs, one.mostMs),
    }),
    first,
  );
}

/** When a proof that has not converged is looked at next; null where it has waited long enough. */
export function nextLook({ everyMs, mostMs }: Waits, startedAtMs: number, nowMs: number): number | null {
  return nowMs - startedAtMs >= mostMs ? null : Math.min(nowMs + everyMs, startedAtMs + mostMs);
}

type Sayings = readonly { feedClass: string; numbers: readonly string[] }[];

/**
 * Says on which of two shipments a number stands rightly: on the one of which no carrier or warehouse names another. null where both or none have
 * another one: then a person decides.
 */
export function belongsTo(number: string, here: Sayings, there: Sayings): "here" | "there" | null {
  const hasOther = (said: Sayings) =>
    said.some(({ feedClass, numbers }) => feedClass !== "odoo" && numbers.some((one) => one !== number));
  if (hasOther(here) === hasOther(there)) return null;
  return hasOther(here) ? "there" : "here";
}

/** The words by which a source is asked to send again what it lost: which numbers, from when to when, and where to. */
export function wordsToAsk(of: {
  shipment: string;
  numbers: readonly string[];
  feed: string;
  door: string;
  fromMs: number;
  toMs: number;
}): string {
  const minute = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const what =
    of.numbers.length > 0 ? `${of.numbers.join(", ")} (our transfer ${of.shipment})` : `our transfer ${of.shipment}`;
  return [
    `Please send us again all messages about ${what}`,
    `from ${minute(of.fromMs)} to ${minute(of.toMs)}.`,
    `Feed: ${of.feed}. Where to: ${of.door}.`,
    "Sending twice what we have already does no harm.",
  ].join("\n");
}
