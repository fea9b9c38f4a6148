import { LIVE_CHANNEL, LIVE_IDS, type News } from "@/core/live";
import type { Tx } from "@/db/client";

/** Tells the screens; inside a transaction they are told when it commits. Many ids are told as "something of this topic". */
export async function notifyLive(tx: Tx, topic: News["topic"], ids?: readonly string[]): Promise<void> {
  const news: News = ids && ids.length > 0 && ids.length <= LIVE_IDS ? { topic, ids: [...ids] } : { topic };
  await tx`select pg_notify(${LIVE_CHANNEL}, ${JSON.stringify(news)})`;
}
