import type { Right } from "@/core/access/rights";
import { POSTING_ORDER, type PostingKind } from "@/core/postings/kinds";
import type { Attribute, Json } from "@/core/shipments/attributes";
import type { Ownership } from "@/core/shipments/ownership";
import type { Aspect } from "./aspects";
import type { Difference } from "./cause";
import { type Deed, RIGHTS_OF_DEED } from "./deeds";

/** What can be done about a difference; the run of a repair does what has a deed or a posting and waits for what it must, a person does the others. */
export const REPAIR_ACTS = [
  "mend_mapping",
  "link",
  "move_number",
  "recover",
  "replay",
  "ask_feed",
  "ask_source",
  "wait_for_feed",
  "correct_in_odoo",
  "switch_on",
  "release",
  "accept",
  "plan",
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
  deed: Deed | null;
  /** The run waits for it, and looks again by itself. */
  waits: "feed" | "source" | "posting" | null;
  feedId: number | null;
  /** Where a person does what Waypost cannot. */
  href: string | null;
};

/** What planning has to know of the shipment beside its differences. */
export type RepairAbout = {
  shipmentId: string;
  /** False where Odoo has a transfer and Waypost no shipment of it. */
  known: boolean;
  connectionId: number;
  pickingId: number;
  /** On which of the two shipments a number stands rightly, where a person said it. */
  belongs: "here" | "there" | null;
  slugOf: (feedId: number) => string | null;
  /** Whether the source of a feed can be asked for what it did not send, and from when on it is asked. */
  isAskable: (feedId: number) => boolean;
  askFromMs: number;
  /** Whether a word that had no meaning has one now. */
  isMended: (feedId: number, kind: "status" | "product", word: string) => boolean;
};

const PLACE: Readonly<Record<RepairAct, number>> = {
  mend_mapping: 0,
  link: 1,
  move_number: 2,
  recover: 3,
  replay: 4,
  ask_feed: 5,
  ask_source: 5,
  wait_for_feed: 6,
  plan: 7,
  correct_in_odoo: 8,
  switch_on: 9,
  release: 10,
  accept: 11,
  post: 12,
  wait: 990,
};

/** Attributes by which the ownership matrix says whose value of an aspect counts. */
export const ATTRIBUTE_OF: Partial<Record<Aspect, Attribute>> = {
  tracking: "tracking_number",
  quantities: "quantities",
  freight: "expected_freight",
  proof: "proof_of_delivery",
};

/**
 * Plans what to do about the differences of one shipment, in the order in which it must be done: what is misread or misplaced is mended before
 * anything is posted, and postings go in the order of their kinds.
 */
export function planRepair(found: readonly Difference[], ownership: Ownership, about: RepairAbout): RepairStep[] {
  const steps = withoutRepeats(found.flatMap((difference) => stepsOf(difference, ownership, about)));
  const place = (step: RepairStep) =>
    PLACE[step.act] + (step.act === "post" && step.posting ? POSTING_ORDER[step.posting.kind] : 0);
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => place(a.step) - place(b.step) || a.index - b.index)
    .map(({ step }) => step);
}

/** Rights that somebody needs who lets all of these steps be done. */
export function rightsOfSteps(steps: readonly Pick<RepairStep, "deed" | "act">[]): Right[] {
  const needed = steps.flatMap(({ deed, act }) =>
    deed !== null ? RIGHTS_OF_DEED[deed.act] : act === "post" ? RIGHTS_OF_DEED.post : [],
  );
  return [...new Set(needed)];
}

/** Two aspects may ask for the same deed: it is done once. */
function withoutRepeats(steps: readonly RepairStep[]): RepairStep[] {
  const seen = new Set<string>();
  return steps.filter(({ deed }) => {
    if (deed === null) return true;
    const name = JSON.stringify(deed);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
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

type Step = (act: RepairAct, text: string, more?: Partial<RepairStep> & { writes?: boolean }) => RepairStep;

function stepsOf(difference: Difference, ownership: Ownership, about: RepairAbout): RepairStep[] {
  const { aspect, cause, said, why, posting, feedId } = difference;
  const step: Step = (act, text, { writes = false, ...more } = {}) => ({
    act,
    aspect,
    text,
    posting: writes && posting ? { id: posting.id, key: posting.key, kind: posting.kind } : null,
    before: writes ? (said.odoo ?? null) : null,
    after: writes ? (said.waypost ?? null) : null,
    deed: null,
    waits: null,
    feedId: null,
    href: null,
    ...more,
  });
  switch (cause) {
    case "mapping":
      return mapping(difference, about, step);
    case "wrong_match":
      return wrongMatch(difference, about, step);
    case "lost_by_source":
      return lost(difference, about, step);
    case "late_feed":
      return posting
        ? [step("wait", "It goes out by itself", { waits: "posting" })]
        : [
            step("wait_for_feed", "It is compared again when the feed should have spoken; bring it back meanwhile", {
              waits: "feed",
              feedId,
              href: feedHref(feedId, about),
            }),
          ];
    case "refused":
      return [
        step("correct_in_odoo", `Correct what Odoo says of it: ${why}`),
        step("post", "Post it again", { writes: true }),
      ];
    case "changed_by_hand":
      if (odooOwns(aspect, ownership)) return [step("accept", "Odoo owns this value: accept it")];
      return posting
        ? [step("post", "Post our value again, or accept Odoo's", { writes: true })]
        : [step("accept", "Accept what Odoo holds, or correct it there")];
    case "not_kept":
      if (odooOwns(aspect, ownership)) return [step("accept", "Odoo owns this value: accept it")];
      return [
        step("correct_in_odoo", "Look which rule or automation of Odoo sets it back, and change that"),
        step("post", "Post our value again; what is posted before that may be taken back again", { writes: true }),
      ];
    case "never_posted":
      if (aspect === "exceptions" && difference.verdicts.waypost_odoo === undefined)
        return [
          step("ask_source", `${why}: replay what it told, or open one by hand`, {
            href: `/shipments/${about.shipmentId}`,
          }),
        ];
      return neverPosted(difference, about, step);
  }
}

function feedHref(feedId: number | null, { slugOf }: RepairAbout): string {
  const slug = feedId === null ? null : slugOf(feedId);
  return slug === null ? "/feeds" : `/feeds/${slug}`;
}

function mapping({ aspect, word, feedId }: Difference, about: RepairAbout, step: Step): RepairStep[] {
  const href = `${feedHref(feedId, about)}?tab=mapping`;
  if (word === null || feedId === null)
    return [step("mend_mapping", `Say what “${word ?? "it"}” means; what was told is then read again`, { href })];
  const kind = aspect === "quantities" ? ("product" as const) : ("status" as const);
  const deed = { act: "replay" as const, feedId, kind, word };
  if (about.isMended(feedId, kind, word))
    return [step("replay", `“${word}” has a meaning now: what was told with it is read again`, { deed, feedId })];
  return [
    step("mend_mapping", `Say what “${word}” means`, {
      feedId,
      href: `${href}&kind=${kind}&word=${encodeURIComponent(word)}`,
    }),
    step("replay", "What was told with it is then read again; the run waits until it has a meaning", { deed, feedId }),
  ];
}

function wrongMatch({ other, word }: Difference, about: RepairAbout, step: Step): RepairStep[] {
  const name = other?.name ?? "the other shipment";
  if (other === null || word === null)
    return [step("link", `Look at ${name} and link or part the two`, { href: `/shipments/${about.shipmentId}` })];
  const [from, to] =
    about.belongs === "here" ? [other.shipmentId, about.shipmentId] : [about.shipmentId, other.shipmentId];
  return [
    step(
      "move_number",
      `${word} ${whereOf(name)[about.belongs ?? "open"]}, with what was told under it; what Odoo holds of both is then put right`,
      { deed: { act: "move_number", number: word, from, to }, href: `/shipments/${other.shipmentId}` },
    ),
  ];
}

const whereOf = (name: string) => ({
  here: `leaves ${name} and stands on this shipment alone`,
  there: `leaves this shipment and stands on ${name} alone`,
  open: `stands on this shipment and on ${name}: it leaves the one where it is wrong, which the dry run names`,
});

function lost({ feedId }: Difference, about: RepairAbout, step: Step): RepairStep[] {
  const { connectionId, pickingId } = about;
  const recover = step("recover", "What Odoo holds of it is read again", {
    deed: { act: "recover", connectionId, pickingId },
  });
  if (!about.known) return [recover];
  const href = feedHref(feedId, about);
  if (feedId !== null && about.isAskable(feedId)) {
    const from = new Date(about.askFromMs).toISOString();
    const text = "Its source is asked for what it did not send; the run waits for it and compares by itself";
    return [
      recover,
      step("ask_feed", text, { deed: { act: "ask_feed", feedId, from }, waits: "source", feedId, href }),
    ];
  }
  const ask = step("ask_source", "Ask the source to send it again; the run waits for it and compares by itself", {
    waits: "source",
    feedId,
    href,
  });
  return [recover, ask];
}

function neverPosted({ posting, aspect }: Difference, about: RepairAbout, step: Step): RepairStep[] {
  if (posting === null)
    return [
      step("plan", "What the shipment's facts ask for is planned anew", { deed: { act: "plan" } }),
      step("correct_in_odoo", `Where they ask for nothing: ${WITHOUT_POSTING[aspect]}`),
    ];
  if (posting.state === "cancelled" || posting.state === "superseded")
    return [step("post", "Post it", { writes: true })];
  if (posting.state !== "held") return [step("wait", "It goes out by itself", { waits: "posting" })];
  const held = posting.held ?? "observe";
  switch (held) {
    case "before_connection":
      return [step("post", "It is older than the connection: post it all the same", { writes: true })];
    case "contradicted":
      return [step("post", "A later scan speaks against it: post it only where you are sure", { writes: true })];
    case "paused":
      return [
        step("release", "The connection or its class is paused: let it go on, with all that waits in it", {
          deed: { act: "release", connectionId: about.connectionId, kind: posting.kind },
          waits: "posting",
          href: "/settings/odoo",
        }),
      ];
    case "observe":
    case "kind_off":
      return [step("switch_on", HELD[held], { href: "/settings/odoo" })];
    case "degraded":
      return [step("switch_on", HELD[held], { waits: "posting", href: "/settings/odoo" })];
    case "invalid":
      return [
        step("correct_in_odoo", "A check failed; look at the posting, and correct what it says", {
          href: `/postings?id=${posting.id}`,
        }),
      ];
    default:
      return [step("wait", HELD[held], { waits: "posting" })];
  }
}

const HELD = {
  observe: "By policy the connection only observes: switch this kind of posting on",
  kind_off: "By policy this kind of posting is off: switch it on",
  degraded: "A degraded rule holds it back: lift the rule, or wait until it is lifted",
  breaker: "Odoo cannot be reached; it goes out when Odoo is back",
  window: "It goes out in the next window",
  interval: "It goes out with the next batch",
  maintenance: "It goes out when the maintenance ends",
  not_linked: "It goes out when the shipment meets its transfer",
} as const;

/** What a person does in Odoo where nothing can be posted. */
export const WITHOUT_POSTING: Readonly<Record<Aspect, string>> = {
  state: "Validate the transfer in Odoo",
  tracking: "Enter the number in Odoo",
  quantities: "Correct the quantities in Odoo",
  freight: "Enter the freight in Odoo",
  proof: "Attach the proof in Odoo",
  returns: "Make the return in Odoo",
  exceptions: "Close or open the activity in Odoo",
  invoices: "Make the invoice in Odoo",
};
