import type { AdapterName, CrosswalkKind, FeedClass } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type FeedReadingRow = {
  id: number;
  slug: string;
  name: string;
  adapter: AdapterName;
  class: FeedClass;
  zone: string | null;
  skew_minutes: number | null;
  settings: Json;
  generation: number;
  mapping_version: number;
  connection_id: number | null;
  silence_minutes: number | null;
  way_in: string;
  state: string;
  urgency: number;
};

/** One number that changes whenever something changes that a reading or a judgement depends on. */
export async function environmentStamp(tx: Tx): Promise<string> {
  const [row] = await tx<{ stamp: string }[]>`
    select concat_ws('/', (select count(*) || '.' || coalesce(sum(generation), 0) || '.' || coalesce(max(updated_at)::text, '') from feed),
      (select coalesce(max(updated_at)::text, '') || coalesce(max(last_test->>'at'), '') from odoo_connection), (select coalesce(max(updated_at)::text, '') from setting)) as stamp`;
  return row?.stamp ?? "";
}

/** How feeds are read now; the generation is that of the mapping version in force, replays have later ones of their own. */
export async function loadFeedReadings(tx: Tx): Promise<FeedReadingRow[]> {
  return tx<FeedReadingRow[]>`
    select f.id, f.slug, f.name, f.adapter, f.class, f.zone, f.skew_minutes, f.settings, coalesce(v.generation, f.generation) as generation,
      f.mapping_version, f.connection_id, f.silence_minutes, f.way_in, f.state, f.urgency
    from feed f left join mapping_version v on v.feed_id = f.id and v.number = f.mapping_version`;
}

export type CrosswalkRow = { feed_id: number; kind: CrosswalkKind; word: string; to: string };

/** Crosswalk entries in force at each feed's current mapping version. */
export async function loadCrosswalks(tx: Tx): Promise<CrosswalkRow[]> {
  return tx<
    CrosswalkRow[]
  >`select e.feed_id, e.kind, e.word, e."to" from crosswalk_entry e join feed f on f.id = e.feed_id
    where e.since <= f.mapping_version and (e.until is null or e.until > f.mapping_version)`;
}

/** Crosswalk entries and settings of a feed as they were at one mapping version. */
export async function loadMappingAt(
  tx: Tx,
  feedId: number,
  version: number,
): Promise<{ entries: CrosswalkRow[]; settings: Json | null; zone: string | null }> {
  const entries = await tx<CrosswalkRow[]>`select feed_id, kind, word, "to" from crosswalk_entry
    where feed_id = ${feedId} and since <= ${version} and (until is null or until > ${version})`;
  const [row] = await tx<
    { settings: Json; zone: string | null }[]
  >`select settings, zone from mapping_version where feed_id = ${feedId} and number = ${version}`;
  return { entries, settings: row?.settings ?? null, zone: row?.zone ?? null };
}

export type ConnectionRow = {
  id: number;
  state: string;
  observing: boolean;
  kinds: Record<string, string>;
  notes: string[];
  invoice_needs_proof: boolean;
  post_since: Date | null;
  policies: Json;
  paused_classes: Json;
  last_test: Json;
};

export async function loadConnections(tx: Tx): Promise<ConnectionRow[]> {
  return tx<
    ConnectionRow[]
  >`select id, state, observing, kinds, notes, invoice_needs_proof, post_since, policies, paused_classes, last_test from odoo_connection where state <> 'archived'`;
}

export async function loadSettings(tx: Tx): Promise<Map<string, Json>> {
  const rows = await tx<{ name: string; value: Json }[]>`select name, value from setting`;
  return new Map(rows.map((row) => [row.name, row.value]));
}

export async function loadOdooLogins(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx<
    { id: string; odoo_login: string }[]
  >`select id, odoo_login from person where odoo_login is not null and state = 'active'`;
  return new Map(rows.map((row) => [row.id, row.odoo_login]));
}
