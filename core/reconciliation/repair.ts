import { POSTING_ORDER, type PostingKind } from "@/core/postings/kinds";
import type { Attribute, Json } from "@/core/shipments/attributes";
import type { Ownership } from "@/core/shipments/ownership";
import type { Aspect } from "./aspects";
import type { Difference } from "./cause";

/** What can be done about a difference; `post` and `accept` are done by Waypost, the others by a person. */
export const REPAIR_ACTS = [
  "mend_mapping",
  "link",
  "ask_source",
  "wait_for_feed",
  "correct_in_odoo",
  "switch_on",
  "accept",
  "post",
  "wait",
] as const;
export type RepairAct = (typeof REPAIR_ACTS)[number];

export type RepairStep = {
  act: RepairAct;
  aspect: Aspect;
  /** One sentence. */
  text: string;
  posting: { id: string; key: string; kind: PostingKind } | null;
  /** Values in Odoo before and after; null where the step changes nothing there. */
  before: Json;
  after: Json;
};

const PLACE: Readonly<Record<RepairAct, number>> = {
  mend_mapping: 0,
  link: 1,
  ask_source: 2,
  wait_for_feed: 3,
  correct_in_odoo: 4,
  switch_on: 5,
  accept: 6,
  post: 10,
  wait: 90,
};

/** Attributes by which the ownership matrix says whose value of an aspect counts. */
export const ATTRIBUTE_OF: Partial<Record<Aspect, Attribute>> = {
  tracking: "tracking_number",
  quantities: "quantities",
  freight: "expected_freight",
  proof: "proof_of_delivery",
};

/**
 * Plans what to do about the differences of one shipment, in the order in which it must be done: what is misread is mended before anything is
 * posted, and postings go in the order of their kinds.
 */
export function planRepair(found: readonly Difference[], ownership: Ownership): RepairStep[] {
  const steps = found.flatMap((difference) => stepsOf(difference, ownership));
  const place = (step: RepairStep) =>
    PLACE[step.act] + (step.act === "post" && step.posting ? POSTING_ORDER[step.posting.kind] : 0);
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => place(a.step) - place(b.step) || a.index - b.index)
    .map(({ step }) => step);
}

/** Whether the ownership matrix lets Odoo decide an aspect against whoever else spoke. */
export function odooOwns(aspect: Aspect, ownership: Ownership): boolean {
  const attribute = ATTRIBUTE_OF[aspect];
  return attribute !== undefined && ownership[attribute][0] === "odoo";
}

/** Whether a person may accept what Odoo holds: it holds something, or somebody took our value out. */
export function mayAccept(difference: Pick<Difference, "aspect" | "said" | "verdicts">): boolean {
  return (
    difference.verdicts.waypost_odoo !== undefined &&
    difference.said.waypost !== undefined &&
    difference.said.odoo !== undefined
  );
}

function stepsOf(difference: Difference, ownership: Ownership): RepairStep[] {
  const { aspect, cause, said, why, posting } = difference;
  const step = (act: RepairAct, text: string, writes = false): RepairStep => ({
    act,
    aspect,
    text,
    posting: writes && posting ? { id: posting.id, key: posting.key, kind: posting.kind } : null,
    before: writes ? (said.odoo ?? null) : null,
    after: writes ? (said.waypost ?? null) : null,
  });
  switch (cause) {
    case "mapping":
      return [step("mend_mapping", `Say what “${difference.word}” means; what was told is then read again`)];
    case "wrong_match":
      return [
        step(
          "link",
          `Look at ${difference.other?.name ?? "the other shipment"} and link or part the two, or correct the number`,
        ),
      ];
    case "lost_by_source":
      return [step("ask_source", "Ask the source to send it again, or read it back from there")];
    case "late_feed":
      return posting
        ? [step("wait", "It goes out by itself")]
        : [step("wait_for_feed", "Bring the feed back; what it tells late is taken")];
    case "refused":
      return [step("correct_in_odoo", `Correct what Odoo says of it: ${why}`), step("post", "Post it again", true)];
    case "changed_by_hand":
      if (odooOwns(aspect, ownership)) return [step("accept", "Odoo owns this value: accept it", false)];
      return posting
        ? [step("post", "Post our value again, or accept Odoo's", true)]
        : [step("accept", "Accept what Odoo holds, or correct it there")];
    case "not_kept":
      if (odooOwns(aspect, ownership)) return [step("accept", "Odoo owns this value: accept it", false)];
      return [
        step("correct_in_odoo", "Look which rule or automation of Odoo sets it back, and change that"),
        step("post", "Post our value again; what is posted before that may be taken back again", true),
      ];
    case "never_posted":
      if (aspect === "exceptions" && difference.verdicts.waypost_odoo === undefined)
        return [step("ask_source", `${why}: replay what it told, or open one by hand`)];
      return neverPosted(difference, step);
  }
}

function neverPosted(
  { posting, aspect }: Difference,
  step: (act: RepairAct, text: string, writes?: boolean) => RepairStep,
): RepairStep[] {
  if (posting === null) return [step("correct_in_odoo", WITHOUT_POSTING[aspect])];
  if (posting.state === "held") return [step("switch_on", HELD[posting.held ?? "observe"] ?? "Let the posting out")];
  if (posting.state === "cancelled" || posting.state === "superseded") return [step("post", "Post it", true)];
  return [step("wait", "It goes out by itself")];
}

const HELD: Readonly<Record<string, string>> = {
  observe: "The connection only observes: switch this kind of posting on",
  kind_off: "This kind of posting is off: switch it on",
  paused: "The connection is paused: resume it",
  breaker: "Odoo cannot be reached; it goes out when Odoo is back",
  window: "It goes out in the next window",
  maintenance: "It goes out when the maintenance ends",
  before_connection: "It is older than the connection: post it by hand if Odoo is to have it",
};

const WITHOUT_POSTING: Readonly<Record<Aspect, string>> = {
  state: "Validate the transfer in Odoo",
  tracking: "Enter the number in Odoo",
  quantities: "Correct the quantities in Odoo",
  freight: "Enter the freight in Odoo",
  proof: "Attach the proof in Odoo",
  returns: "Make the return in Odoo",
  exceptions: "Close or open the activity in Odoo",
  invoices: "Make the invoice in Odoo",
};
