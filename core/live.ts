import { z } from "zod";
import type { Right } from "@/core/access/rights";

/** What the screens can be told about as it happens. */
export const LIVE_TOPICS = [
  "exceptions",
  "shipments",
  "postings",
  "feeds",
  "runs",
  "odoo",
  "alerts",
  "freight",
  "degraded",
] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** Channel of PostgreSQL's NOTIFY on which news travel from workers to web processes. */
export const LIVE_CHANNEL = "waypost_live";
/** Event of the stream that says it hears everything from now on. */
export const LIVE_STANDS = "stands";
/** Ids carried with one piece of news, so that a screen of one thing knows whether it is meant; more are cut off, and every screen looks. */
export const LIVE_IDS = 400;
/** Bytes of one announcement; PostgreSQL takes less than 8,000. */
export const LIVE_BYTES = 7_900;

export const newsSchema = z.object({
  topic: z.enum(LIVE_TOPICS),
  ids: z.array(z.string().max(80)).max(LIVE_IDS).optional(),
});
export type News = z.infer<typeof newsSchema>;

export const LIVE_RIGHTS: Readonly<Record<LiveTopic, Right>> = {
  exceptions: "exceptions:read",
  shipments: "shipments:read",
  postings: "postings:read",
  degraded: "tower:read",
  feeds: "feeds:read",
  runs: "runs:read",
  odoo: "odoo:read",
  alerts: "tower:read",
  freight: "freight:read",
};

/** News of one topic that came within one window, as one: ids joined, or none when there are too many to name. */
export function mergeNews(a: News, b: News): News {
  if (!a.ids || !b.ids) return { topic: a.topic };
  const ids = [...new Set([...a.ids, ...b.ids])];
  return ids.length > LIVE_IDS ? { topic: a.topic } : { topic: a.topic, ids };
}
