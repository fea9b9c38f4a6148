import { v7 } from "uuid";
import type { AdapterName, FeedClass } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import type { TestDatabase } from "@/db/testing/database";
import { adapterNamed } from "../adapters/registry";
import { readConfig } from "../config";
import type { Context } from "../context";
import { makeLog } from "../log";

/** A context over a test database with a running clock (or the one given). */
export function makeTestContext(database: TestDatabase, options: { now?: () => Date; dataDir?: string } = {}): Context {
  const config = readConfig({
    DATABASE_URL: database.url,
    WAYPOST_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    WAYPOST_DATA_DIR: options.dataDir ?? ".waypost-test",
  });
  const log = makeLog("test");
  log.level = process.env.WAYPOST_LOG_LEVEL ?? "silent";
  return {
    database,
    sql: database.sql,
    db: database.db,
    config,
    log,
    now: options.now ?? (() => new Date()),
    uuid: () => v7(),
  };
}

export type TestFeed<A extends AdapterName> = { id: number; adapter: A; urgency: number };

/** A feed with its adapter's packs as crosswalk, mapping version 1. */
export async function makeTestFeed<A extends AdapterName>(
  ctx: Context,
  feed: { slug: string; adapter: A; class: FeedClass; zone?: string; settings?: Json; connectionId?: number },
): Promise<TestFeed<A>> {
  const adapter = adapterNamed(feed.adapter);
  if (!adapter) throw new Error(`no adapter ${feed.adapter}`);
  const settings = ctx.sql.json(feed.settings ?? {});
  const zone = feed.zone ?? null;
  const [row] = await ctx.sql<{ id: number }[]>`
    insert into feed (slug, name, adapter, class, way_in, verify, zone, settings, connection_id)
    values (${feed.slug}, ${feed.slug}, ${feed.adapter}, ${feed.class}, 'push', 'none', ${zone}, ${settings}, ${feed.connectionId ?? null}) returning id`;
  if (!row) throw new Error("the feed was not stored");
  await ctx.sql`insert into mapping_version (feed_id, number, generation, settings, zone) values (${row.id}, 1, 1, ${settings}, ${zone})`;
  const entries = Object.entries(adapter.packs).flatMap(([kind, pack]) =>
    Object.entries(pack ?? {}).map(([word, to]) => ({ kind, word, to })),
  );
  if (entries.length > 0) {
    await ctx.sql`insert into crosswalk_entry (feed_id, kind, word, since, "to", source)
      select ${row.id}::int, k, w, 1, t, 'pack' from unnest(${entries.map((e) => e.kind)}::text[], ${entries.map((e) => e.word)}::text[],
        ${entries.map((e) => e.to)}::text[]) x(k, w, t)`;
  }
  return { id: row.id, adapter: feed.adapter, urgency: 1 };
}
