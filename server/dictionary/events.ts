import { type EventType, eventTypes } from "@/core/dictionary/event-types";
import { FEED_URGENCIES } from "@/core/feeds/feed";
import type { EventKind } from "@/core/shipments/milestones";
import { withoutFreeText } from "@/core/shipments/private";
import { type CatalogueFeed, listCatalogueFeeds, listProducers, listTold, type Told } from "@/db/queries/dictionary";
import { findShipmentHead, listEvents } from "@/db/queries/shipment-page";
import { type Actor, may, requireRight } from "../access/actor";
import { adapterNamed } from "../adapters/registry";
import { cached } from "../cached";
import type { Context } from "../context";
import { AppError } from "../errors";
import { inScope, shipmentScope } from "../shipments/scope";
import { eventSchema, type JsonSchema } from "../v1/event-schema";
import { eventAnswer } from "../v1/shipment-answer";

/** A feed that tells a type of event. */
export type EventProducer = {
  feed: string;
  name: string;
  owner: string | null;
  class: string;
  adapter: string;
  adapterVersion: number | null;
  mappingVersion: number;
  /** Class of its messages in the inbox. */
  inbox: string;
  /** How many of its words mean this type, and one of them. */
  words: number;
  sampleWord: string | null;
  /** How many of its newest messages told it, and when the last of them came; null where none did. */
  told: number;
  lastAt: string | null;
};

export type EventEntry = EventType & {
  /** Empty for who may not see feeds. */
  producers: EventProducer[];
  lastAt: string | null;
};

export type EventSample = { shipmentId: string; shipment: string; event: ReturnType<typeof eventAnswer> };

/** How many of the newest messages of each feed are looked at. */
export const MESSAGES_LOOKED_AT = 300;
const EVENTS_READ = 5_000;
const FRESH_MS = 30_000;
const lately = cached<Told[]>(FRESH_MS, () => Date.now());

async function listToldLately(ctx: Context): Promise<Told[]> {
  return (await lately(ctx.config.databaseUrl, () => listTold(ctx.sql, MESSAGES_LOOKED_AT))).value;
}

/** The event catalogue: every type with its class, version and readers, and the feeds that tell it. */
export async function listEventTypes(ctx: Context, actor: Actor): Promise<EventEntry[]> {
  const seesFeeds = may(actor, "feeds:read");
  const [told, words, feeds] = await Promise.all([
    listToldLately(ctx),
    seesFeeds ? listProducers(ctx.sql) : [],
    seesFeeds ? listCatalogueFeeds(ctx.sql) : [],
  ]);
  const byId = new Map(feeds.map((feed) => [feed.id, feed]));
  return eventTypes().map((type) => {
    const own = told.filter(({ kind }) => kind === type.kind);
    const meant = words.filter(({ kind }) => kind === type.kind);
    const ids = [...new Set([...own, ...meant].map(({ feedId }) => feedId))];
    const producers = ids.flatMap((id) => {
      const feed = byId.get(id);
      if (feed === undefined) return [];
      return [producerOf(feed, own.find(byFeed(id)), meant.find(byFeed(id)))];
    });
    producers.sort((a, b) => b.told - a.told || (a.name < b.name ? -1 : 1));
    return { ...type, producers, lastAt: newestOf(own)?.lastAt.toISOString() ?? null };
  });
}

/** One type with its schema and a real event of it, as the actor may see it. Throws `not_found`. */
export async function findEventType(
  ctx: Context,
  actor: Actor,
  kind: string,
): Promise<EventEntry & { schema: JsonSchema; sample: EventSample | null }> {
  const entry = (await listEventTypes(ctx, actor)).find((one) => one.kind === kind);
  if (entry === undefined) throw new AppError("not_found", "There is no event of this type.");
  return { ...entry, schema: eventSchema(entry.kind), sample: await sampleOf(ctx, actor, entry.kind) };
}

/** The whole catalogue with the schema of each type, as a document to take away. */
export async function exportEventTypes(ctx: Context, actor: Actor) {
  requireRight(actor, "shipments:read");
  const types = await listEventTypes(ctx, actor);
  return types.map((type) => ({ ...type, schema: eventSchema(type.kind) }));
}

/** The newest event of a type among those that the actor may see, without what a source wrote freely where that is not for them. */
async function sampleOf(ctx: Context, actor: Actor, kind: EventKind): Promise<EventSample | null> {
  if (!may(actor, "shipments:read")) return null;
  const [told, scope, feeds] = await Promise.all([
    listToldLately(ctx),
    shipmentScope(ctx, actor),
    listCatalogueFeeds(ctx.sql),
  ]);
  const slugs = new Map(feeds.map(({ id, slug }) => [id, slug]));
  const places = told
    .filter((one) => one.kind === kind)
    .sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime())
    .flatMap(({ newest }) => newest);
  for (const { shipmentId, key } of places.slice(0, 20)) {
    const head = await findShipmentHead(ctx.sql, shipmentId);
    if (head === null || !inScope(scope, head)) continue;
    const events = await listEvents(ctx.sql, [shipmentId], () => "carrier", EVENTS_READ);
    const event = events.find((one) => one.key === key && one.kind === kind && !one.withdrawn);
    if (event === undefined) continue;
    const shown = may(actor, "customers:read") ? event : withoutFreeText(event);
    return { shipmentId: head.id, shipment: head.name, event: eventAnswer(shown, slugs) };
  }
  return null;
}

const byFeed =
  (id: number) =>
  ({ feedId }: { feedId: number }): boolean =>
    feedId === id;

function newestOf(told: readonly Told[]): Told | undefined {
  return told.toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime())[0];
}

function producerOf(
  feed: CatalogueFeed,
  told: Told | undefined,
  words: { words: number; sample: string } | undefined,
): EventProducer {
  return {
    feed: feed.slug,
    name: feed.name,
    owner: feed.owner,
    class: feed.class,
    adapter: feed.adapter,
    adapterVersion: adapterNamed(feed.adapter)?.version ?? null,
    mappingVersion: feed.mappingVersion,
    inbox: FEED_URGENCIES[feed.urgency] ?? "normal",
    words: words?.words ?? 0,
    sampleWord: words?.sample ?? null,
    told: told?.count ?? 0,
    lastAt: told?.lastAt.toISOString() ?? null,
  };
}
