import type { FeedClass } from "@/core/feeds/feed";
import { EVENT_CLASSES } from "@/core/shipments/event-classes";
import { type Milestone, RANK } from "@/core/shipments/milestones";
import type { Reached } from "@/core/shipments/shipment";
import type { Finding, Judgement } from "../finding";
import { type DetectInput, duration, finding, MINUTE_MS, NOTHING, type Rule, utc } from "../rule";

type Minutes = "outForDeliveryMinutes" | "customsMinutes" | "returnMinutes";
type Switch = "expectPicked" | "expectPacked" | "expectPickedUp" | "expectOutForDelivery";

const CARRIERS: readonly FeedClass[] = ["carrier", "aggregator", "transport"];

/** Steps that must follow the one they depend on (EVENT_CLASSES) within a time. */
const FOLLOWING: readonly { milestone: Milestone; within: Minutes }[] = [
  { milestone: "delivered", within: "outForDeliveryMinutes" },
  { milestone: "customs_cleared", within: "customsMinutes" },
  { milestone: "returned", within: "returnMinutes" },
];

/** Steps that a source of such a class, where it speaks of the shipment at all, must not skip. */
const EXPECTED: readonly { milestone: Milestone; by: readonly FeedClass[]; when: Switch }[] = [
  { milestone: "picked", by: ["warehouse"], when: "expectPicked" },
  { milestone: "packed", by: ["warehouse"], when: "expectPacked" },
  { milestone: "picked_up", by: CARRIERS, when: "expectPickedUp" },
  { milestone: "out_for_delivery", by: CARRIERS, when: "expectOutForDelivery" },
];

/** Raises `missing_milestone` for a step that was skipped, or whose time passed after the step before it; names the step and its source. */
export const missingMilestone: Rule = (input) => {
  const { shipment } = input;
  if (shipment.milestone === null || isOver(shipment.terminal)) return NOTHING;
  const judgement: Judgement = { findings: [], reviewAtMs: null };
  followUps(input, judgement);
  if (EXPECTED.some(({ when }) => input.thresholds[when])) gaps(input, judgement);
  return judgement;
};

function isOver(terminal: string | null): boolean {
  return terminal !== null && terminal !== "delivered";
}

function followUps(input: DetectInput, judgement: Judgement): void {
  const { reached, conditions } = input.shipment;
  for (const { milestone, within } of FOLLOWING) {
    const after = EVENT_CLASSES[milestone].after as Milestone;
    const before = reached[after];
    const minutes = input.thresholds[within];
    if (before === undefined || before.occurredAtMs === null || minutes === 0 || isPassed(input, milestone)) continue;
    const sinceMs = before.occurredAtMs;
    // trouble that was reported since is an exception of its own and says why the step did not come
    if (conditions.some((condition) => condition.sinceMs >= sinceMs)) continue;
    const dueAtMs = sinceMs + minutes * MINUTE_MS;
    if (input.nowMs < dueAtMs) wait(judgement, dueAtMs);
    else
      judgement.findings.push(
        missing(input, milestone, before, `${after} ${utc(sinceMs)}`, {
          text: `no ${words(milestone)} ${duration(minutes)} after ${words(after)}`,
          evidence: { after, at: utc(sinceMs), due: utc(dueAtMs) },
        }),
      );
  }
}

/** The step was told, or one that makes it pointless to wait. */
function isPassed({ shipment }: DetectInput, milestone: Milestone): boolean {
  if (shipment.reached[milestone] !== undefined) return true;
  return shipment.milestone !== null && RANK[shipment.milestone] > RANK[milestone];
}

function gaps(input: DetectInput, judgement: Judgement): void {
  const { reached } = input.shipment;
  for (const { milestone, by, when } of EXPECTED) {
    const own = reached[milestone];
    if (!input.thresholds[when] || (own !== undefined && !own.inferred)) continue;
    const later = laterStep(input, milestone, by);
    if (later === null) continue;
    const dueAtMs = (later.reached.receivedAtMs ?? 0) + input.thresholds.gapGraceMinutes * MINUTE_MS;
    if (input.nowMs < dueAtMs) wait(judgement, dueAtMs);
    else
      judgement.findings.push(
        missing(input, milestone, later.reached, `before ${later.milestone}`, {
          text: `told ${words(later.milestone)} but never ${words(milestone)}`,
          evidence: {
            later: later.milestone,
            at: later.reached.occurredAtMs === null ? null : utc(later.reached.occurredAtMs),
          },
        }),
      );
  }
}

/** The first step after the one that is missing which a source of the class told itself. */
function laterStep(
  { shipment, classOf }: DetectInput,
  milestone: Milestone,
  by: readonly FeedClass[],
): { milestone: Milestone; reached: Reached } | null {
  let best: { milestone: Milestone; reached: Reached } | null = null;
  for (const [name, reached] of Object.entries(shipment.reached) as [Milestone, Reached][]) {
    if (reached.inferred || reached.feedId === null || RANK[name] <= RANK[milestone]) continue;
    if (!by.includes(classOf(reached.feedId))) continue;
    if (best === null || RANK[name] < RANK[best.milestone]) best = { milestone: name, reached };
  }
  return best;
}

function missing(
  input: DetectInput,
  milestone: Milestone,
  told: Reached,
  occurrence: string,
  says: { text: string; evidence: Finding["evidence"] },
): Finding {
  const source = told.feedId === null ? "The source" : input.feedName(told.feedId);
  return finding("missing_milestone", {
    subject: `milestone:${milestone}`,
    occurrence,
    cause: { source: `feed:${told.feedId ?? ""}`, what: `missing ${milestone}` },
    text: `${source}: ${says.text}`,
    evidence: { missing: milestone, source, ...says.evidence },
    feedId: told.feedId,
  });
}

function wait(judgement: Judgement, atMs: number): void {
  if (judgement.reviewAtMs === null || atMs < judgement.reviewAtMs) judgement.reviewAtMs = atMs;
}

function words(milestone: Milestone): string {
  return milestone.replaceAll("_", " ");
}
