import type { TimedEvent } from "./facts-in-order";
import { type Condition, MILESTONES, type Milestone, STAGE_OF, type Summary } from "./milestones";
import type { ActiveCondition, PackageState, Reached, Shipment } from "./shipment";
import type { Track } from "./track";

type Combined = Pick<
  Shipment,
  | "milestone"
  | "stage"
  | "summary"
  | "terminal"
  | "terminalAtMs"
  | "reached"
  | "conditions"
  | "regressions"
  | "attempts"
  | "firstCarrierScanAtMs"
  | "lastMovementAtMs"
>;

/** Milestones that a shipment has reached only when all its packages have. */
const NEEDS_ALL: ReadonlySet<Milestone> = new Set(["delivered", "pod_received", "returned"]);
const MINUTE_MS = 60_000;

/** Makes one answer of the packages': delivered when all are, else as far as the least advanced; a cancelled package holds nobody up. */
export function combine(tracks: readonly Track[], packages: readonly { number: string }[]): Combined {
  const counted = countedTracks(tracks);
  const least = leastAdvanced(counted);
  const allEnded = counted.every((track) => track.terminal !== null);
  const terminal = allEnded ? (least?.terminal ?? null) : null;
  const known = new Set(packages.map(({ number }) => number));
  const conditions = union(tracks, (track) => track.conditions);
  const milestone = least?.milestone ?? null;
  return {
    milestone,
    stage: milestone === null ? null : STAGE_OF[milestone],
    summary: summaryOfAll(counted, least),
    terminal,
    terminalAtMs: terminal === null ? null : latest(counted.map((track) => track.terminalAtMs)),
    reached: reachedByAll(counted),
    conditions: sightings(conditions).map((timed) => conditionOf(timed, known)),
    regressions: regressionsOfAll(tracks, known),
    attempts: sightings(union(tracks, (track) => track.attempts)).length,
    firstCarrierScanAtMs: earliest(tracks.map((track) => track.firstCarrierScanAtMs)),
    lastMovementAtMs: latest(tracks.map((track) => track.lastMovementAtMs)),
  };
}

/** State of one package, as people see it. */
export function packageState(known: Pick<PackageState, "number" | "issuer" | "master">, track: Track): PackageState {
  const { milestone, summary, terminal, lastMovementAtMs } = track;
  return {
    number: known.number,
    issuer: known.issuer,
    master: known.master,
    milestone,
    summary,
    terminal,
    lastMovementAtMs,
  };
}

function countedTracks(tracks: readonly Track[]): readonly Track[] {
  if (tracks.length === 1) return tracks;
  const standing = tracks.filter((track) => track.terminal !== "cancelled");
  return standing.length > 0 ? standing : tracks;
}

/** Packages under way come before those that ended; among the ended the lost ones come first. */
function leastAdvanced(tracks: readonly Track[]): Track | undefined {
  let least: Track | undefined;
  for (const track of tracks) if (least === undefined || place(track) < place(least)) least = track;
  return least;
}

function place(track: Track): number {
  if (track.terminal === null) return track.rank;
  if (track.terminal === "lost" || track.terminal === "destroyed") return 10_000;
  return 20_000 + track.rank;
}

function summaryOfAll(tracks: readonly Track[], least: Track | undefined): Summary {
  if (tracks.some((track) => track.terminal === null && track.summary === "exception")) return "exception";
  return least?.summary ?? "unknown";
}

function reachedByAll(tracks: readonly Track[]): Partial<Record<Milestone, Reached>> {
  const only = tracks[0];
  if (tracks.length === 1 && only !== undefined) return only.reached;
  const reached: Partial<Record<Milestone, Reached>> = {};
  for (const milestone of MILESTONES) {
    const each = tracks.flatMap((track) => track.reached[milestone] ?? []);
    if (each.length === 0 || (NEEDS_ALL.has(milestone) && each.length < tracks.length)) continue;
    reached[milestone] = each.reduce(NEEDS_ALL.has(milestone) ? later : earlier);
  }
  return reached;
}

/** A milestone with a time comes before an inferred one. */
function earlier(a: Reached, b: Reached): Reached {
  if (a.occurredAtMs === null) return b.occurredAtMs === null && smallerKey(a, b) ? a : b;
  if (b.occurredAtMs === null) return a;
  return a.occurredAtMs < b.occurredAtMs || (a.occurredAtMs === b.occurredAtMs && smallerKey(a, b)) ? a : b;
}

/** What one package reached by inference only, all have reached by inference only. */
function later(a: Reached, b: Reached): Reached {
  if (a.occurredAtMs === null) return b.occurredAtMs === null && !smallerKey(a, b) ? b : a;
  if (b.occurredAtMs === null) return b;
  return a.occurredAtMs > b.occurredAtMs || (a.occurredAtMs === b.occurredAtMs && !smallerKey(a, b)) ? a : b;
}

function smallerKey(a: Reached, b: Reached): boolean {
  return (a.key ?? "") <= (b.key ?? "");
}

function union(tracks: readonly Track[], of: (track: Track) => TimedEvent[]): TimedEvent[] {
  const first = tracks[0];
  if (tracks.length === 1 && first !== undefined) return of(first);
  const all = new Set<TimedEvent>();
  for (const track of tracks) for (const timed of of(track)) all.add(timed);
  return [...all].sort(byTimeAndKey);
}

function byTimeAndKey(a: TimedEvent, b: TimedEvent): number {
  return a.atMs - b.atMs || (a.event.key < b.event.key ? -1 : 1);
}

/** The same scan told by two feeds, to the minute, is one sighting. Takes them in order. */
function sightings(sorted: readonly TimedEvent[]): readonly TimedEvent[] {
  if (sorted.length < 2) return sorted;
  const seen = new Set<string>();
  return sorted.filter(({ event, atMs }) => {
    const sighting = `${event.kind} ${event.package} ${Math.floor(atMs / MINUTE_MS)}`;
    if (seen.has(sighting)) return false;
    seen.add(sighting);
    return true;
  });
}

function conditionOf({ event, atMs }: TimedEvent, known: ReadonlySet<string>): ActiveCondition {
  return {
    kind: event.kind as Condition,
    sinceMs: atMs,
    package: event.package !== null && known.has(event.package) ? event.package : null,
    feedId: event.feedId,
    key: event.key,
    code: event.raw.code ?? event.raw.word,
    description: event.raw.description,
    reasonCode: event.reason?.code ?? null,
    party: event.reason?.party ?? null,
  };
}

/** An event about all packages is a regression only when it changed nothing for any of them. */
function regressionsOfAll(tracks: readonly Track[], known: ReadonlySet<string>): Shipment["regressions"] {
  if (tracks.every((track) => track.regressions.length === 0)) return [];
  const count = new Map<TimedEvent, number>();
  for (const track of tracks) for (const timed of track.regressions) count.set(timed, (count.get(timed) ?? 0) + 1);
  const all = [...count].flatMap(([timed, packages]) => {
    const own = timed.event.package !== null && known.has(timed.event.package);
    return own || packages === tracks.length ? [timed] : [];
  });
  return all
    .sort(byTimeAndKey)
    .map(({ event, atMs }) => ({ key: event.key, kind: event.kind, occurredAtMs: atMs, feedId: event.feedId }));
}

function earliest(instants: readonly (number | null)[]): number | null {
  let first: number | null = null;
  for (const instant of instants) if (instant !== null && (first === null || instant < first)) first = instant;
  return first;
}

function latest(instants: readonly (number | null)[]): number | null {
  let last: number | null = null;
  for (const instant of instants) if (instant !== null && (last === null || instant > last)) last = instant;
  return last;
}
