import { LIVE_BYTES, LIVE_CHANNEL, LIVE_IDS, type News } from "@/core/live";
import type { Tx } from "@/db/client";

/** Tells the screens; inside a transaction they are told when it commits. Many ids are told as "something of this topic". */
export async function notifyLive(tx: Tx, topic: News["topic"], ids?: readonly string[]): Promise<void> {
  const news: News = ids && ids.length > 0 && ids.length <= LIVE_IDS ? { topic, ids: [...ids] } : { topic };
  const said = JSON.stringify(news);
  await tx`select pg_notify(${LIVE_CHANNEL}, ${said.length > LIVE_BYTES ? JSON.stringify({ topic }) : said})`;
}

/** Wakes the senders of postings, and tells the screens. */
export async function notifyPostings(tx: Tx): Promise<void> {
  await tx`select pg_notify('waypost_postings', '')`;
  await notifyLive(tx, "postings");
}

/** Wakes the check of freight bills, and tells the screens. */
export async function notifyFreight(tx: Tx): Promise<void> {
  await tx`select pg_notify('waypost_freight', '')`;
  await notifyLive(tx, "freight");
}
