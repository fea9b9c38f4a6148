import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { StoredEvent } from "@/core/shipments/event";
import { type Milestone, RANK } from "@/core/shipments/milestones";
import type { PackageState, Reached, Shipment } from "@/core/shipments/shipment";
import { sightings } from "@/core/shipments/sightings";
import { type Lateness, latenessOf } from "./lateness";
import type { Moment } from "./moment";
import { type Tone, toneOf } from "./tone";

/** A shipment as the lookup desk reads it: its columns, its fold, and what hangs on it. `exceptions` and `notes` are null where the viewer may not see them. */
export type LookupFacts = {
  id: string;
  name: string;
  carrier: string | null;
  service: string | null;
  customer: string | null;
  warehouse: string | null;
  trackingNumber: string | null;
  provisional: boolean;
  createdAtMs: number;
  state: Shipment | Record<string, never>;
  /** Current events of the shipment and its linked members. */
  events: readonly StoredEvent[];
  references: readonly { kind: string; said: string }[];
  siblings: readonly Sibling[];
  exceptions: readonly OpenException[] | null;
  notes: readonly Note[] | null;
};

/** Another shipment of the same order. */
export type Sibling = {
  id: string;
  name: string;
  milestone: Milestone | null;
  summary: string;
  terminal: string | null;
  carrier: string | null;
  warehouse: string | null;
  trackingNumber: string | null;
  promisedAtMs: number | null;
  etaAtMs: number | null;
  openExceptions: number;
};

export type OpenException = {
  id: string;
  kind: ExceptionKind;
  severity: string;
  /** Who answers for it, as the queue says. */
  party: string;
  text: string;
  openedAtMs: number;
  assignee: string | null;
};

/** A note in Odoo's chatter: `told` once it stands there. */
export type Note = { id: string; headline: string; lines: string[]; state: string; atMs: number; told: boolean };

/** One stop on the way: what happened where, by whose clock. */
export type Stop = {
  key: string;
  kind: StoredEvent["kind"];
  at: Moment;
  place: string | null;
  feedId: number;
  package: string | null;
};

/** The one card. Instants in ms since 1970; words for the person at the desk, not for the customer. */
export type Answer = {
  id: string;
  name: string;
  tone: Tone;
  /** What the customer calls it: their order, else the tracking number. */
  calledBy: { kind: "order" | "tracking" | "none"; said: string | null };
  carrier: string | null;
  service: string | null;
  customer: string | null;
  warehouse: string | null;
  trackingNumber: string | null;
  trackingUrl: string | null;
  provisional: boolean;
  milestone: Milestone | null;
  terminal: string | null;
  place: string | null;
  since: Moment | null;
  lastNewsMs: number | null;
  next: string | null;
  promisedMs: number | null;
  etaMs: number | null;
  lateness: Lateness | null;
  signedBy: string | null;
  way: Stop[];
  back: Stop[];
  /** Names of the transfers by which Odoo expects or took its goods back. */
  returns: string[];
  packages: PackageState[];
  siblings: Sibling[];
  exceptions: (OpenException & { label: string })[] | null;
  notes: Note[] | null;
  /** Condition that stands now and its reason in the source's words. */
  trouble: { kind: string; description: string | null; sinceMs: number } | null;
};

const MOST_STOPS = 40;

/** Says of a shipment what a support person needs at once: where, since when, what comes next, promise, reason of lateness, the way. */
export function answerOf(facts: LookupFacts, nowMs: number): Answer {
  const state = "packages" in facts.state ? (facts.state as Shipment) : null;
  const stops = stopsOf(facts.events, state);
  const current = state === null ? undefined : stops.findLast((stop) => stop.kind === state.milestone);
  const trouble = state?.conditions.at(-1) ?? null;
  const reached = state?.milestone ? state.reached[state.milestone] : undefined;
  const isReturn = (stop: Stop) => stop.kind.startsWith("return");
  const lateness = state === null ? null : latenessOf(state, facts.exceptions ?? [], nowMs);
  return {
    id: facts.id,
    name: facts.name,
    tone: toneOf(state, lateness),
    calledBy: calledBy(facts),
    carrier: facts.carrier,
    service: facts.service,
    customer: facts.customer,
    warehouse: facts.warehouse,
    trackingNumber: facts.trackingNumber,
    trackingUrl: trackingUrl(state),
    provisional: facts.provisional,
    milestone: state?.milestone ?? null,
    terminal: state?.terminal ?? null,
    place: stops.findLast((stop) => stop.place !== null)?.place ?? null,
    since: momentOf(reached) ?? current?.at ?? null,
    lastNewsMs: state?.lastEventAtMs ?? null,
    next: nextStep(state),
    promisedMs: state?.promisedDeliveryAtMs ?? null,
    etaMs: state?.terminal === null ? state.etaMs : null,
    lateness,
    signedBy: textOf(state?.attributes.signed_by?.value),
    way: stops.filter((stop) => !isReturn(stop)).slice(-MOST_STOPS),
    back: stops.filter(isReturn).slice(-MOST_STOPS),
    returns: returnsIn(state),
    packages: state?.packages ?? [],
    siblings: [...facts.siblings],
    exceptions: facts.exceptions?.map((one) => ({ ...one, label: labelOf(one.kind) })) ?? null,
    notes: facts.notes === null ? null : [...facts.notes],
    trouble:
      trouble === null ? null : { kind: trouble.kind, description: trouble.description, sinceMs: trouble.sinceMs },
  };
}

function momentOf(reached: Reached | undefined): Moment | null {
  if (reached === undefined || reached.occurredAtMs === null) return null;
  const { occurredAtMs, offsetMinutes, precision } = reached;
  return { atMs: occurredAtMs, offsetMinutes, dateOnly: precision === "date" };
}

function labelOf(kind: ExceptionKind): string {
  return EXCEPTION_SPECS[kind]?.label ?? kind.replaceAll("_", " ");
}

function returnsIn(state: Shipment | null): string[] {
  const picking = state?.attributes.odoo_picking?.value;
  const names = typeof picking === "object" && picking !== null && !Array.isArray(picking) ? picking.returns : null;
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === "string") : [];
}

function calledBy({ references, trackingNumber }: LookupFacts): Answer["calledBy"] {
  for (const kind of ["marketplace_order", "sales_order", "customer_po"]) {
    const said = references.find((reference) => reference.kind === kind)?.said;
    if (said !== undefined) return { kind: "order", said };
  }
  return trackingNumber === null ? { kind: "none", said: null } : { kind: "tracking", said: trackingNumber };
}

/** Actual scans that count, in order of event time, each once however many told it; overall words and unread codes are left out. */
function stopsOf(events: readonly StoredEvent[], state: Shipment | null): Stop[] {
  const passed = new Set([...(state?.regressions ?? []), ...(state?.implausible ?? [])].map(({ key }) => key));
  const retracted = new Set(events.flatMap((event) => (event.retracts ? [`${event.feedId} ${event.retracts}`] : [])));
  const counts = (event: StoredEvent) =>
    event.classifier === "actual" &&
    event.time !== null &&
    !event.overall &&
    !event.inferred &&
    event.retracts === null &&
    !passed.has(event.key) &&
    !["unmapped_code", "info", "eta_updated", "appointment_set"].includes(event.kind) &&
    !(event.raw.eventId !== null && retracted.has(`${event.feedId} ${event.raw.eventId}`));
  return sightings(events.filter(counts)).flatMap(({ key, events: [first, ...more] }) =>
    first.time === null
      ? []
      : [
          {
            key,
            kind: first.kind,
            at: {
              atMs: first.time.occurredAtMs,
              offsetMinutes: first.time.offsetMinutes,
              dateOnly: first.time.precision === "date",
            },
            place: first.location ?? more.find((one) => one.location !== null)?.location ?? null,
            feedId: first.feedId,
            package: first.package,
          },
        ],
  );
}

function trackingUrl(state: Shipment | null): string | null {
  const url = textOf(state?.attributes.tracking_url?.value);
  return url !== null && /^https:\/\/[^\s"<>]{4,500}$/.test(url) ? url : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** What comes next by the milestone reached, in words; null at an end or where nothing is known. */
function nextStep(state: Shipment | null): string | null {
  if (state === null || state.milestone === null) return "The warehouse or the carrier tells of it for the first time";
  if (state.terminal !== null) return null;
  const rank = RANK[state.milestone];
  if (state.milestone.startsWith("return")) return "It arrives back at the warehouse";
  if (rank >= RANK.delivered) return null;
  if (state.milestone === "available_for_pickup") return "The recipient collects it";
  if (rank >= RANK.out_for_delivery) return "The driver delivers it, usually the same day";
  if (state.milestone === "customs_started") return "Customs clears it";
  if (rank >= RANK.arrived_destination) return "It goes out for delivery";
  if (rank >= RANK.picked_up) return "It reaches the depot of its destination";
  if (rank >= RANK.packed) return "The carrier picks it up";
  if (rank >= RANK.picked) return "The warehouse packs it";
  return rank >= RANK.allocated ? "The warehouse picks it" : "Stock is set aside for it";
}
