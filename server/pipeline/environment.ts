import { DEFAULT_THRESHOLDS, type Thresholds, thresholdsSchema } from "@/core/exceptions/thresholds";
import { type CrosswalkKind, type FeedClass, LEAST_URGENT, PEOPLE } from "@/core/feeds/feed";
import type { Tested } from "@/core/postings/checks";
import { connectionPolicy, testedIn } from "@/core/postings/connection-policy";
import { heldByRules } from "@/core/postings/degraded";
import type { ConnectionPolicy } from "@/core/postings/plan";
import { type ConnectionPolicies, readPolicies } from "@/core/postings/policy";
import { type Routing, routingSchema } from "@/core/routing/rules";
import {
  DEFAULT_OBJECTIVES,
  type Objective,
  objectiveSchema,
  WORKFLOWS,
  type Workflow,
} from "@/core/service-levels/objectives";
import { DEFAULT_OWNERSHIP, type Ownership } from "@/core/shipments/ownership";
import type { Tx } from "@/db/client";
import {
  type CrosswalkRow,
  environmentStamp,
  type FeedReadingRow,
  loadConnections,
  loadCrosswalks,
  loadFeedReadings,
  loadMappingAt,
  loadOdooLogins,
  loadSettings,
} from "@/db/queries/pipeline/environment";
import { listRulesInForce } from "@/db/queries/posting-policy";
import type { FeedAdapter } from "../adapters/feed";
import { adapterNamed } from "../adapters/registry";

/** How one feed is read: adapter, zone, settings and crosswalk of one mapping version. */
export type Reading = {
  feedId: number;
  slug: string;
  name: string;
  class: FeedClass;
  adapter: FeedAdapter;
  zone: string | null;
  skewMinutes: number | null;
  settings: unknown;
  generation: number;
  mappingVersion: number;
  connectionId: number | null;
  lookup: (kind: CrosswalkKind, word: string) => string | undefined;
};

/** All that readings and judgements depend on beside the facts: fixed for one batch. */
export type Environment = {
  stamp: string;
  readings: ReadonlyMap<number, Reading>;
  /** The most urgent class in which any feed's messages come. */
  mostUrgent: number;
  thresholds: Thresholds;
  ownership: Ownership;
  objectives: Readonly<Record<Workflow, Objective>>;
  routing: Routing;
  policies: ReadonlyMap<number, ConnectionPolicy>;
  /** What the last test of each connection found. */
  tested: ReadonlyMap<number, Tested | null>;
  /** When postings of each connection may go, and in which class. */
  postingPolicies: ReadonlyMap<number, ConnectionPolicies>;
  odooLogins: ReadonlyMap<string, string>;
  classOf: (feedId: number) => FeedClass;
  feedName: (feedId: number) => string;
};

/** Reads the environment; the same stamp gives the one that is given back. */
export async function loadEnvironment(tx: Tx, known?: Environment): Promise<Environment> {
  const stamp = await environmentStamp(tx);
  if (known?.stamp === stamp) return known;
  const [feeds, entries, connections, settings, odooLogins] = [
    await loadFeedReadings(tx),
    await loadCrosswalks(tx),
    await loadConnections(tx),
    await loadSettings(tx),
    await loadOdooLogins(tx),
  ];
  const rules = await listRulesInForce(tx);
  const words = wordsByFeed(entries);
  const readings = new Map<number, Reading>();
  for (const feed of feeds) {
    const reading = readingOf(feed, words.get(feed.id) ?? new Map());
    if (reading) readings.set(feed.id, reading);
  }
  const thresholds = thresholdsSchema.safeParse(settings.get("thresholds") ?? {});
  const routing = routingSchema.safeParse(settings.get("routing") ?? {});
  const objectives = { ...DEFAULT_OBJECTIVES };
  for (const workflow of WORKFLOWS) {
    const own = objectiveSchema.safeParse(
      (settings.get("objectives") as Record<string, unknown> | undefined)?.[workflow],
    );
    if (own.success) objectives[workflow] = own.data;
  }
  return {
    stamp,
    readings,
    mostUrgent: Math.min(LEAST_URGENT, ...feeds.map((feed) => feed.urgency)),
    thresholds: thresholds.success ? thresholds.data : DEFAULT_THRESHOLDS,
    ownership: { ...DEFAULT_OWNERSHIP, ...((settings.get("ownership") as Partial<Ownership> | undefined) ?? {}) },
    objectives,
    routing: routing.success ? routing.data : routingSchema.parse({}),
    policies: new Map(
      connections.map((row) => [
        row.id,
        connectionPolicy({ ...row, invoiceNeedsProof: row.invoice_needs_proof, postSince: row.post_since }),
      ]),
    ),
    tested: new Map(connections.map((row) => [row.id, testedIn(row.last_test)])),
    postingPolicies: new Map(
      connections.map((row) => [row.id, readPolicies(row.policies, row.paused_classes, heldByRules(rules, row.id))]),
    ),
    odooLogins,
    classOf: (feedId) => readings.get(feedId)?.class ?? "carrier",
    feedName: (feedId) => (feedId === PEOPLE.feedId ? PEOPLE.name : (readings.get(feedId)?.name ?? `feed ${feedId}`)),
  };
}

/** The reading of a feed as it was at an earlier mapping version, for replays under the original mapping. */
export async function readingAt(tx: Tx, reading: Reading, version: number): Promise<Reading> {
  if (version === reading.mappingVersion) return reading;
  const old = await loadMappingAt(tx, reading.feedId, version);
  return {
    ...reading,
    zone: old.settings === null ? reading.zone : old.zone,
    settings: old.settings === null ? reading.settings : reading.adapter.parseSettings(old.settings),
    mappingVersion: version,
    lookup: lookupIn(wordsByFeed(old.entries).get(reading.feedId) ?? new Map()),
  };
}

/** Words by kind. */
type Words = Map<CrosswalkKind, Map<string, string>>;

function wordsByFeed(entries: readonly CrosswalkRow[]): Map<number, Words> {
  const byFeed = new Map<number, Words>();
  for (const entry of entries) {
    const kinds: Words = byFeed.get(entry.feed_id) ?? new Map();
    byFeed.set(entry.feed_id, kinds);
    const words = kinds.get(entry.kind) ?? new Map<string, string>();
    kinds.set(entry.kind, words.set(entry.word, entry.to));
  }
  return byFeed;
}

function lookupIn(words: Words): Reading["lookup"] {
  return (kind, word) => words.get(kind)?.get(word);
}

/** null where the stored adapter or its settings are none this code knows: the feed's messages are then set aside, the others go on. */
function readingOf(feed: FeedReadingRow, words: Words): Reading | null {
  const adapter = adapterNamed(feed.adapter);
  if (adapter === null) return null;
  let settings: unknown;
  try {
    settings = adapter.parseSettings(feed.settings);
  } catch {
    return null;
  }
  return {
    feedId: feed.id,
    slug: feed.slug,
    name: feed.name,
    class: feed.class,
    adapter,
    zone: feed.zone,
    skewMinutes: feed.skew_minutes,
    settings,
    generation: feed.generation,
    mappingVersion: feed.mapping_version,
    connectionId: feed.connection_id,
    lookup: lookupIn(words),
  };
}
