import type { Thresholds } from "@/core/exceptions/thresholds";
import type { StoredClaim } from "./attributes";
import { combine, packageState } from "./combine";
import type { StoredEvent } from "./event";
import { factsInOrder, type SortedFacts, type TimedEvent } from "./facts-in-order";
import type { EventKind } from "./milestones";
import { ownedAttributes, type Posted, standingClaims } from "./owned";
import { ownedMilestones } from "./owned-milestones";
import type { Ownership } from "./ownership";
import { isGone, renumbered, withoutRenumbered } from "./renumbered";
import type { Advisory, FieldValue, Shipment } from "./shipment";
import { type Track, trackOf } from "./track";
import { trackingOf } from "./tracking-by";

export type FoldInput = {
  /** All events of the shipment and its linked members, in any order; duplicates and older generations do no harm. */
  events: readonly StoredEvent[];
  claims: readonly StoredClaim[];
  /** `odooOnly`: nobody but Odoo ever named it. */
  packages: readonly { number: string; issuer: string | null; master: boolean; odooOnly?: boolean }[];
  /** What Waypost last posted: an equal value read from Odoo is a confirmation, not a fact of class odoo. */
  posted: readonly Posted[];
  ownership: Ownership;
  thresholds: Thresholds;
  /** Skew window of a feed in minutes, where it differs from `thresholds.skewMinutes`. */
  skewMinutesOf?: (feedId: number) => number | undefined;
  /** True where Waypost itself validated the transfer: that Odoo says done is then a confirmation, and implies no dispatch. */
  transferPosted?: boolean;
};

/** Folds all facts about a shipment to what is true. The same facts give the same answer in any order and any number. */
export function fold(input: FoldInput): Shipment {
  const { thresholds, ownership } = input;
  const facts = factsInOrder(input.events, thresholds);
  const applied = input.transferPosted ? facts.applied.filter(isNoConfirmation) : facts.applied;
  const skewMs = (feedId: number) => (input.skewMinutesOf?.(feedId) ?? thresholds.skewMinutes) * 60_000;
  const said = standingClaims(input.claims, input.posted);
  const gone = renumbered(said, applied);
  const claims = withoutRenumbered(said, gone);
  const { attributes, advisories } = ownedAttributes(claims, ownership);
  const told = input.posted.some(({ attribute, atMs }) => attribute === "tracking_number" && atMs != null);
  const tracking = trackingOf(claims, applied, ownership, told);
  const packages = knownPackages(input.packages).filter(
    (known) => !isContradicted(known, tracking.trackingBy) && !isGone(known.number, gone, tracking.trackingBy, applied),
  );
  const tracks = tracksOf(applied, packages, skewMs, ownership.milestones);
  if (tracking.attribute !== null) attributes.tracking_number = tracking.attribute;
  advisories.push(...tracking.advisories);
  advisories.sort(compareAdvisories);
  return {
    ...combine(tracks, packages),
    packages: packages.map((known, index) => packageState(known, tracks[index] as Track)),
    implausible: facts.implausible.map(({ key, feedId, raw, receivedAtMs }) => ({
      key,
      feedId,
      rawTime: raw.time,
      receivedAtMs,
    })),
    late: lateOf(facts),
    unmapped: unmappedOf(facts.unmapped),
    lastEventAtMs: applied[applied.length - 1]?.atMs ?? null,
    lastReceivedAtMs: facts.lastReceivedAtMs,
    etaMs: instantOf(attributes.eta) ?? forecastOf(facts),
    promisedDeliveryAtMs: instantOf(attributes.promised_delivery_at),
    promisedDispatchAtMs: instantOf(attributes.promised_dispatch_at),
    attributes,
    advisories,
    trackingBy: tracking.trackingBy,
    eventCount: facts.eventCount,
    flooded: facts.flooded,
  };
}

function compareAdvisories(a: Advisory, b: Advisory): number {
  if (a.attribute !== b.attribute) return a.attribute < b.attribute ? -1 : 1;
  return a.feedId - b.feedId || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0);
}

function isNoConfirmation({ event }: TimedEvent): boolean {
  return event.feedClass !== "odoo" || !event.inferred;
}

function knownPackages(packages: FoldInput["packages"]): FoldInput["packages"][number][] {
  const byNumber = new Map<string, FoldInput["packages"][number]>();
  for (const known of packages) {
    const other = byNumber.get(known.number);
    if (other === undefined) byNumber.set(known.number, known);
    else
      byNumber.set(known.number, {
        number: known.number,
        issuer: smaller(known.issuer, other.issuer),
        master: known.master || other.master,
        odooOnly: known.odooOnly === true && other.odooOnly === true,
      });
  }
  return [...byNumber.values()].sort((a, b) => (a.number < b.number ? -1 : 1));
}

/**
 * A number that stands or stood in Odoo alone, where others name numbers and Odoo names none of theirs: somebody typed it in their place, so it
 * is no further package that has yet to move.
 */
function isContradicted(known: FoldInput["packages"][number], trackingBy: Shipment["trackingBy"]): boolean {
  if (known.odooOnly !== true) return false;
  const odoo = trackingBy.filter(({ feedClass }) => feedClass === "odoo").flatMap(({ numbers }) => numbers);
  const others = trackingBy.filter(({ feedClass }) => feedClass !== "odoo").flatMap(({ numbers }) => numbers);
  if (others.length === 0 || others.includes(known.number)) return false;
  return !odoo.includes(known.number) || !odoo.some((number) => others.includes(number));
}

function smaller(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** One track a package; one for all where none is known. An event whose number is no known package is about all of them. */
function tracksOf(
  applied: readonly TimedEvent[],
  packages: readonly { number: string }[],
  skewMs: (feedId: number) => number,
  owners: Ownership["milestones"],
): Track[] {
  if (packages.length < 2) return [ownedTrack(applied, skewMs, owners)];
  const own = new Map<string, TimedEvent[]>(packages.map(({ number }) => [number, []]));
  for (const timed of applied) {
    const list = timed.event.package === null ? undefined : own.get(timed.event.package);
    if (list) list.push(timed);
    else for (const every of own.values()) every.push(timed);
  }
  return packages.map(({ number }) => ownedTrack(own.get(number) ?? [], skewMs, owners));
}

/** That a carrier has scanned it is so whoever owns its milestones. */
function ownedTrack(
  events: readonly TimedEvent[],
  skewMs: (feedId: number) => number,
  owners: Ownership["milestones"],
): Track {
  const owned = ownedMilestones(events, owners);
  const track = trackOf(owned, skewMs);
  if (owned.length < events.length) track.firstCarrierScanAtMs = trackOf(events, skewMs).firstCarrierScanAtMs;
  return track;
}

const MOST_LATE = 50;

function lateOf({ late }: SortedFacts): Shipment["late"] {
  if (late.length === 0) return [];
  return late
    .toSorted((a, b) => a.event.receivedAtMs - b.event.receivedAtMs || (a.event.key < b.event.key ? -1 : 1))
    .slice(-MOST_LATE)
    .map(({ event, atMs, lateMs }) => ({
      key: event.key,
      feedId: event.feedId,
      kind: event.kind,
      occurredAtMs: atMs,
      receivedAtMs: event.receivedAtMs,
      lateMs,
    }));
}

function unmappedOf(events: readonly StoredEvent[]): Shipment["unmapped"] {
  if (events.length === 0) return [];
  const words = new Map<string, Shipment["unmapped"][number]>();
  for (const { feedId, raw, key } of events) {
    const word = raw.word ?? raw.code ?? raw.description ?? "";
    const slot = `${feedId}\u001f${word}`;
    const known = words.get(slot);
    if (known === undefined) {
      words.set(slot, { feedId, word, description: raw.description, count: 1, firstKey: key });
    } else {
      known.count += 1;
      if (key < known.firstKey) {
        known.firstKey = key;
        known.description = raw.description;
      }
    }
  }
  return [...words.values()].sort((a, b) => a.feedId - b.feedId || (a.word < b.word ? -1 : 1));
}

const ARRIVES: ReadonlySet<EventKind> = new Set<EventKind>([
  "eta_updated",
  "appointment_set",
  "delivered",
  "delivery_arrived",
  "available_for_pickup",
]);

/** The latest forecast of the arrival, estimates before plans. The instant decides, since what was said when is not known. */
function forecastOf(facts: SortedFacts): number | null {
  let best: TimedEvent | null = null;
  for (const timed of facts.forecasts) {
    if (!ARRIVES.has(timed.event.kind)) continue;
    if (best === null || isBetterForecast(timed, best)) best = timed;
  }
  return best?.atMs ?? null;
}

function isBetterForecast(timed: TimedEvent, best: TimedEvent): boolean {
  if (timed.event.classifier !== best.event.classifier) return timed.event.classifier === "estimated";
  return timed.atMs > best.atMs;
}

/** A value that names a day only lasts until its end (UTC). */
function instantOf(field: FieldValue | undefined): number | null {
  if (typeof field?.value !== "string") return null;
  const instant = Date.parse(field.value);
  if (Number.isNaN(instant)) return null;
  return /^\d{4}-\d{2}-\d{2}$/.test(field.value) ? instant + 86_400_000 - 1000 : instant;
}
