import type { FeedClass } from "@/core/feeds/feed";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import type { Tx } from "@/db/client";

/** Each feed in use with its class and when it last sent something. */
export async function listFeedsSpeaking(tx: Tx): Promise<{ class: FeedClass; lastAt: Date | null }[]> {
  return tx<{ class: FeedClass; lastAt: Date | null }[]>`
    select f.class, (select max(c.last_at) from feed_counter c where c.feed_id = f.id) as "lastAt"
    from feed f where f.state <> 'archived' limit 1000`;
}

export async function hasFreightBill(tx: Tx): Promise<boolean> {
  const [row] = await tx<{ found: boolean }[]>`select exists (select 1 from freight_invoice) as found`;
  return row?.found ?? false;
}

/** First hour in which any workflow was measured; by the first entry of each in the index. */
export async function firstMeasuredHour(tx: Tx): Promise<Date | null> {
  const [row] = await tx<{ first: Date | null }[]>`
    select min(h.hour) as first from unnest(${[...WORKFLOWS]}::text[]) w(workflow) cross join lateral (
      select hour from latency_bucket where workflow = w.workflow and leg = 'total' order by hour limit 1) h`;
  return row?.first ?? null;
}
