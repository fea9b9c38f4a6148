import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import { PLAYBOOKS } from "@/core/exceptions/playbooks";
import type { Json, OdooPicking } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import type { Shipment } from "@/core/shipments/shipment";
import { addressActivities } from "./address-activity";
import { type Desire, desires, trackingInOdoo, type Wishes } from "./desire";
import type { DesiredExceptionActivity, DesiredPosting, PostedModel } from "./desired";
import type { HoldReason, PostingKind, PostingState } from "./kinds";
import { OPT_IN_KINDS, POSTING_TYPE } from "./kinds";
import { faultIn, NEEDS_OPEN } from "./record-allows";

export { DEFAULT_WISHES, desiredPostings } from "./desire";

export type ConnectionPolicy = Wishes & {
  connectionId: number;
  observing: boolean;
  kinds: Readonly<Record<PostingKind, "on" | "off">>;
  /** Edges are posted only for facts first received at or after this instant; null: posting was never switched on. */
  postSinceMs: number | null;
  paused: boolean;
};

export type ExistingPosting = { key: string; kind: PostingKind; state: PostingState; desired: DesiredPosting };

/** An exception of this shipment that somebody owns or owned. */
export type Activity = {
  exceptionId: string;
  kind: ExceptionKind;
  text: string;
  assigneeLogin: string | null;
  dueAtMs: number;
  open: boolean;
};

export type PlanInput = {
  shipmentId: string;
  shipment: Shipment;
  picking: OdooPicking | null;
  policy: ConnectionPolicy | null;
  existing: readonly ExistingPosting[];
  activities: readonly Activity[];
  /** Receipt of the news at hand: that of facts whose own receipt is not known. */
  firstReceivedAtMs: number;
  /** True while a history is loaded: edges are then planned and held. */
  backfill: boolean;
  nowMs: number;
  correlationId: string | null;
};

export type PlannedPosting = {
  /** Unique for good: kind, connection, record and what tells two effects of a kind apart; letters, digits, _ and - only. */
  key: string;
  kind: PostingKind;
  record: { model: PostedModel; id: number };
  desired: DesiredPosting;
  before: Json;
  after: Json;
  held: HoldReason | null;
  /** When the fact that asks for it was first received, where it may be asked for long after; null: the news at hand. */
  receivedAtMs: number | null;
  /** Keys of postings not sent yet that this one replaces. */
  supersedes: string[];
};

/** States in which a posting has had no effect in Odoo, so that a newer one may take its place. */
const REPLACEABLE: ReadonlySet<PostingState> = new Set(["planned", "held", "rejected", "dead"]);

/**
 * Plans the postings that do not exist yet by key. What should be is a function of the facts (`desiredPostings`); the policy only says
 * which of it is held. Nothing is planned while no picking of a known connection is linked.
 */
export function plan(input: PlanInput): PlannedPosting[] {
  const { picking, policy, shipment } = input;
  if (picking === null || policy === null) return [];
  const planned: PlannedPosting[] = [];
  const isThere = (kind: PostingKind, name: string) => {
    const key = `${kind}-${picking.connectionId}-${picking.pickingId}-${name}`;
    return input.existing.some((posting) => posting.key === key);
  };
  for (const desire of desires(shipment, picking, policy, isThere)) {
    // what somebody has to choose first is not piled up for those who never do
    const isChosen = !OPT_IN_KINDS.has(desire.desired.kind) || policy.kinds[desire.desired.kind] === "on";
    const posting = isChosen ? planOne(input, picking, policy, desire) : null;
    if (posting !== null) planned.push(posting);
  }
  for (const desire of addressActivities(shipment, picking, input.existing)) {
    const posting = planOne(input, picking, policy, desire);
    if (posting !== null) planned.push(posting);
  }
  for (const activity of input.activities) {
    const posting = planActivity(input, picking, policy, activity);
    if (posting !== null) planned.push(posting);
  }
  return planned;
}

/**
 * Says why a posting must wait, if it must: the connection only observes, the kind is off, an edge stands for facts from before
 * posting began or from a history, or posting is paused. `receivedAtMs` is when the fact behind it was first received.
 */
export function holdOf(
  kind: PostingKind,
  policy: Omit<ConnectionPolicy, "connectionId" | keyof Wishes>,
  receivedAtMs: number,
  backfill: boolean,
): HoldReason | null {
  if (policy.observing) return "observe";
  if (policy.kinds[kind] !== "on") return "kind_off";
  const isOld = policy.postSinceMs === null || receivedAtMs < policy.postSinceMs || backfill;
  if (POSTING_TYPE[kind] === "edge" && isOld) return "before_connection";
  return policy.paused ? "paused" : null;
}

function planOne(
  input: PlanInput,
  picking: OdooPicking,
  policy: ConnectionPolicy,
  { desired, name, receivedAtMs, orderId, contradicted, supersedes = [] }: Desire,
): PlannedPosting | null {
  const { kind } = desired;
  const base = `${kind}-${picking.connectionId}-${picking.pickingId}`;
  const slot = name === "" ? numbered(base, desired, input.existing) : { key: `${base}-${name}`, supersedes };
  if (slot === null) return null;
  return {
    key: slot.key,
    kind,
    record: orderId === undefined ? pickingRecord(picking) : { model: "sale.order", id: orderId },
    desired,
    before: beforeOf(input, picking, desired),
    after: afterOf(desired),
    held:
      (faultIn(desired, picking) === null ? null : "invalid") ??
      holdOf(kind, policy, receivedAtMs ?? input.firstReceivedAtMs, input.backfill) ??
      (contradicted ? "contradicted" : null),
    receivedAtMs: isWithdrawable(kind) ? receivedAtMs : null,
    supersedes: slot.supersedes,
  };
}

type Slot = { key: string; supersedes: string[] };

/** What a kind would hold of a shipment, shown before anybody chose the kind; null where it would hold nothing. */
export function exampleOf(
  kind: PostingKind,
  shipment: Shipment,
  wishes: Wishes,
): { picking: OdooPicking; after: Json; receivedAtMs: number | null } | null {
  const picking = (shipment.attributes.odoo_picking?.value ?? null) as OdooPicking | null;
  const desire = desires(shipment, picking, wishes).find(({ desired }) => desired.kind === kind);
  if (picking === null || desire === undefined) return null;
  return { picking, after: afterOf(desire.desired), receivedAtMs: desire.receivedAtMs };
}

/**
 * A level: planned anew whenever the newest differs. The validation of a transfer happens once, so it is planned anew only while the
 * newest has not gone out.
 */
function numbered(base: string, desired: DesiredPosting, existing: readonly ExistingPosting[]): Slot | null {
  let newest: ExistingPosting | null = null;
  let highest = 0;
  const supersedes: string[] = [];
  for (const posting of existing) {
    if (!posting.key.startsWith(`${base}-`)) continue;
    if (REPLACEABLE.has(posting.state)) supersedes.push(posting.key);
    const number = Number(posting.key.slice(base.length + 1));
    if (number > highest) {
      highest = number;
      newest = posting;
    }
  }
  // one that was dropped because the facts turned against it never went out: where they turn back, it is wanted anew
  if (newest !== null && newest.state !== "superseded") {
    if (sameDesire(newest.desired, desired)) return null;
    if (POSTING_TYPE[desired.kind] === "edge" && !REPLACEABLE.has(newest.state)) return null;
  }
  return { key: `${base}-${highest + 1}`, supersedes };
}

const WITHDRAWABLE: ReadonlySet<PostingKind> = new Set<PostingKind>(["customer_invoice", "return_transfer"]);
const isWithdrawable = (kind: PostingKind) => WITHDRAWABLE.has(kind);
const WAITING: ReadonlySet<PostingState> = new Set(["planned", "held"]);

/** Postings that have not gone out and that the facts ask for no more (`drop`), or speak against since (`hold`). */
export type Withdrawal = { drop: string[]; hold: string[] };

/**
 * Says what of the waiting postings is to be stopped: a return or a contradicting scan stops an invoice, a return made in Odoo ours, and a
 * cancelled transfer all that needs an open one.
 */
export function withdraw({ shipment, picking, policy, existing }: PlanInput): Withdrawal {
  if (picking === null || policy === null) return { drop: [], hold: [] };
  const open = existing.filter(({ state }) => WAITING.has(state));
  if (picking.state === "cancel")
    return { drop: open.filter(({ kind }) => NEEDS_OPEN.has(kind)).map(({ key }) => key), hold: [] };
  const waiting = open.filter(({ kind }) => isWithdrawable(kind));
  if (waiting.length === 0) return { drop: [], hold: [] };
  const wanted = desires(shipment, picking, policy, (kind) => !isWithdrawable(kind));
  const of = (kind: PostingKind) => wanted.find(({ desired }) => desired.kind === kind);
  return {
    drop: waiting.filter(({ kind }) => of(kind) === undefined).map(({ key }) => key),
    hold: waiting.filter(({ kind, state }) => state === "planned" && of(kind)?.contradicted).map(({ key }) => key),
  };
}

function pickingRecord({ pickingId }: OdooPicking): PlannedPosting["record"] {
  return { model: "stock.picking", id: pickingId };
}

/** That a transfer would also write the tracking number makes it no other transfer. */
export function sameDesire(a: DesiredPosting, b: DesiredPosting): boolean {
  if (a.kind === "transfer_validated" && b.kind === "transfer_validated") {
    return a.backorder === b.backorder && canonicalJson(a.quantities as Json) === canonicalJson(b.quantities as Json);
  }
  // the steps between two words are no news to the field
  if (a.kind === "status_field" && b.kind === "status_field")
    return a.status === b.status && a.shippedOn === b.shippedOn && a.deliveredAt === b.deliveredAt;
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

function beforeOf({ shipment, existing }: PlanInput, picking: OdooPicking, { kind }: DesiredPosting): Json {
  if (kind === "transfer_validated") return { state: picking.state };
  if (kind === "status_field") return { status: lastPostedStatus(existing) };
  if (kind !== "tracking_number") return null;
  return { carrier_tracking_ref: trackingInOdoo(shipment) ?? lastPostedTracking(existing) };
}

function lastPostedTracking(existing: readonly ExistingPosting[]): string | null {
  const last = lastPosted(existing, "tracking_number");
  return last?.kind === "tracking_number" ? last.trackingReference : null;
}

function lastPostedStatus(existing: readonly ExistingPosting[]): string | null {
  const last = lastPosted(existing, "status_field");
  return last?.kind === "status_field" ? last.status : null;
}

function lastPosted(existing: readonly ExistingPosting[], kind: PostingKind): DesiredPosting | null {
  let last: DesiredPosting | null = null;
  let highest = 0;
  for (const { key, state, desired } of existing) {
    const number = Number(key.slice(key.lastIndexOf("-") + 1));
    if (desired.kind !== kind || (state !== "posted" && state !== "verified") || number <= highest) continue;
    highest = number;
    last = desired;
  }
  return last;
}

/** What Odoo is to hold, for a person to read beside what it holds. */
export function afterOf(desired: DesiredPosting): Json {
  switch (desired.kind) {
    case "tracking_number":
      return { carrier_tracking_ref: desired.trackingReference };
    case "transfer_validated":
      return { state: "done", quantities: desired.quantities as Json, backorder: desired.backorder };
    case "status_note":
      return { note: [desired.headline, ...desired.lines].join("\n") };
    case "proof_of_delivery":
      return { attachment: desired.fileName, sha1: desired.sha1 };
    case "exception_activity":
      return { activity: desired.summary, state: desired.state, due: desired.dueOn };
    case "status_field":
      return { status: desired.status };
    case "return_transfer":
      return { return: desired.quantities === null ? "all that left" : (desired.quantities as Json) };
    case "customer_invoice":
      return { invoice: "draft, of what the order delivered" };
    case "freight_cost":
      return { carrier_price: desired.price, currency: desired.currency };
    case "vendor_bill":
    case "vendor_credit":
      return {
        bill: desired.reference,
        total: `${desired.total} ${desired.currency}`,
        lines: desired.lines.map((line) => `${line.label}: ${line.amount}`),
        original: desired.document?.fileName ?? null,
      };
    case "landed_cost":
      return { landed_cost: desired.reference, amount: desired.amount, transfers: desired.pickingIds.length };
  }
}

/** Opened once, and closed once if it was ever opened. */
function planActivity(
  input: PlanInput,
  picking: OdooPicking,
  policy: ConnectionPolicy,
  activity: Activity,
): PlannedPosting | null {
  const base = `exception_activity-${picking.connectionId}-${picking.pickingId}-${activity.exceptionId}`;
  const opened = input.existing.find((posting) => posting.key === `${base}-open`);
  const key = `${base}-${activity.open ? "open" : "closed"}`;
  if (input.existing.some((posting) => posting.key === key)) return null;
  if (!activity.open && opened === undefined) return null;
  const desired = activityOf(activity);
  return {
    key,
    kind: "exception_activity",
    record: pickingRecord(picking),
    desired,
    before: opened === undefined ? null : { activity: desired.summary, state: "open" },
    after: afterOf(desired),
    held: holdOf("exception_activity", policy, input.nowMs, input.backfill),
    receivedAtMs: null,
    supersedes: !activity.open && opened !== undefined && REPLACEABLE.has(opened.state) ? [opened.key] : [],
  };
}

function activityOf({ exceptionId, kind, text, assigneeLogin, dueAtMs, open }: Activity): DesiredExceptionActivity {
  const { label } = EXCEPTION_SPECS[kind];
  const steps = PLAYBOOKS[kind].map((step) => step.text);
  const owner = assigneeLogin === null ? [] : [`Assigned to ${assigneeLogin}.`];
  return {
    kind: "exception_activity",
    marker: exceptionId.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 64),
    state: open ? "open" : "closed",
    summary: label,
    note: [text, ...steps, ...owner].join("\n").slice(0, 5_000),
    dueOn: new Date(dueAtMs).toISOString().slice(0, 10),
    userId: null,
    feedback: open ? null : "Resolved in Waypost.",
  };
}
