import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { receive } from "../messages/receive";
import { type Agreement, countAgreement } from "./agreement";
import { connectTarget, type OdooTarget } from "./odoo-target";
import { scanOf } from "./scans";
import { makeTestContext, makeTestFeed, type TestFeed } from "./workspace";

/** Postings that one delivered order ends in: the tracking number, the transfer, and a note each of two milestones. */
export const POSTINGS_AN_ORDER = 4;

/** The way from orders in an Odoo to effects in it, for tests that break something on it. */
export type Story = {
  database: TestDatabase;
  ctx: Context;
  feed: TestFeed<"easypost">;
  connectionId: number;
  /** Receipts of all that was acknowledged. */
  receipts: string[];
  /** Confirms orders in Odoo and waits until a running worker made them shipments, each with a tracking number that a warehouse told. */
  order: (count: number, tag: string) => Promise<string[]>;
  /** Sends two scans for each tracking number; a repeat under another `name` is another message of the same scans. */
  deliver: (trackings: readonly string[]) => Promise<void>;
  /** Waits until so many postings are verified and none is left on the way; throws what is left after `ms`. */
  settled: (count: number, ms: number) => Promise<void>;
  agreement: () => Promise<Agreement>;
  end: () => Promise<void>;
};

export async function makeStory(
  label: string,
  target: OdooTarget,
  settings: Parameters<typeof connectTarget>[2] = {},
  given?: TestDatabase,
): Promise<Story> {
  const database = given ?? (await testDatabase(label));
  const ctx = makeTestContext(database);
  const feed = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  const connectionId = await connectTarget(ctx, target, settings);
  const receipts: string[] = [];
  return {
    database,
    ctx,
    feed,
    connectionId,
    receipts,
    order: async (count, tag) => {
      const references = Array.from({ length: count }, (_, i) => `PO-${tag}-${i}`);
      await target.orders(references);
      const known =
        () => ctx.sql`select r.said, r.shipment_id from reference r join shipment s on s.shipment_id = r.shipment_id
        where r.kind = 'customer_po' and r.said = any(${references}::text[]) and s.picking_id is not null`;
      await until("all orders are shipments", 60_000 + count * 40, async () => (await known()).length === count);
      const rows = (await known()).map((row) => ({ shipment: String(row.shipment_id), said: String(row.said) }));
      const trackings = rows.map(({ said }) => `1Z${said.replace(/[^A-Z0-9]/gi, "")}`);
      await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
        select upper(n), 'tracking_number', 'ups', s, n, ${feed.id}, true, gen_random_uuid()
        from unnest(${trackings}::text[], ${rows.map(({ shipment }) => shipment)}::uuid[]) t(n, s)`;
      return trackings;
    },
    deliver: async (trackings) => {
      for (const [status, minutesAgo] of [
        ["out_for_delivery", 30],
        ["delivered", 1],
      ] as const) {
        for (let at = 0; at < trackings.length; at += 500) {
          const batch = trackings.slice(at, at + 500);
          const kept = await receive(
            ctx,
            batch.map((code) => scanOf(feed, { id: `${code}-${status}`, code, status, minutesAgo })),
          );
          for (const one of kept) {
            if (!one.ok) throw one.error;
            receipts.push(one.receipt);
          }
        }
      }
    },
    settled: async (count, ms) => {
      const counts = () => ctx.sql<{ verified: number; left: number }[]>`
        select count(*) filter (where state = 'verified')::int as verified,
          count(*) filter (where state not in ('verified', 'superseded', 'held', 'cancelled'))::int as left from posting`;
      await until(`${count} postings are verified`, ms, async () => {
        const [row] = await counts();
        return row?.verified === count && row.left === 0;
      }).catch(async (error: Error) => {
        const left =
          await ctx.sql`select kind, state, held_because, last_reason, count(*)::int, max(attempts) as attempts from posting group by 1, 2, 3, 4`;
        throw new Error(`${error.message}: ${JSON.stringify(left)}`);
      });
    },
    agreement: () => countAgreement(ctx, target.client, receipts),
    end: () => database.drop(),
  };
}

/** Asks again and again; throws after `ms` with what was waited for. */
export async function until(what: string, ms: number, done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${ms} ms: ${what}`);
}
