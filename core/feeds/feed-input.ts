import { z } from "zod";
import { ADAPTERS, FEED_CLASSES, LEAST_URGENT, MOST_URGENT, VERIFY_SCHEMES } from "./feed";

/** Settings of an adapter or a signature as they travel: JSON of bounded size; who reads them checks the shape. */
const settings = z
  .record(z.string().min(1).max(100), z.json())
  .refine((value) => JSON.stringify(value).length <= 200_000, "at most 200 kB of settings");

const words = {
  name: z.string().trim().min(1).max(80),
  verify: z.enum(VERIFY_SCHEMES),
  verifySettings: settings.default({}),
  settings: settings.default({}),
  /** IANA zone for wall clocks without zone; null: such times are taken as UTC and marked as assumed. */
  zone: z.string().trim().min(1).max(60).nullable().default(null),
  skewMinutes: z.int().min(0).max(10_080).nullable().default(null),
  /** Silence longer than this is an exception; null: told from the feed's own rhythm. */
  silenceMinutes: z.int().min(1).max(525_600).nullable().default(null),
  ratePerSecond: z.int().min(1).max(100_000).default(1_000),
  rateBurst: z.int().min(1).max(200_000).default(2_000),
  maxBytes: z.int().min(1_024).max(33_554_432).default(5_242_880),
  /** Rank in FEED_URGENCIES. */
  urgency: z.int().min(MOST_URGENT).max(LEAST_URGENT).default(1),
  /** A plain name is a folder of the data folder; an absolute path must lie within a root that an administrator allowed. */
  folder: z
    .string()
    .regex(/^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}|\/[^\0]{1,400})$/, "a plain name, or an absolute path")
    .nullable()
    .default(null),
  owner: z.string().trim().max(80).nullable().default(null),
};

/** A secret that the sender chose; printable and long enough to be one. */
export const feedSecretValue = z
  .string()
  .min(16)
  .max(500)
  .regex(/^[\x21-\x7e]+$/, "printable characters without blanks");

export const feedSlug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/, "lower-case letters, digits and hyphens");

/** A new feed. Feeds of Odoo are made with their connection. */
export const newFeedInput = z
  .object({
    ...words,
    slug: feedSlug,
    adapter: z.enum(ADAPTERS).exclude(["odoo"]),
    class: z.enum(FEED_CLASSES).exclude(["odoo"]),
    wayIn: z.enum(["push", "file"]),
    secret: feedSecretValue.nullable().default(null),
  })
  .refine((feed) => feed.wayIn === "file" || feed.verify !== "none", {
    path: ["verify"],
    message: "what comes over the network must be verified",
  })
  .refine((feed) => feed.wayIn === "push" || feed.verify === "none", {
    path: ["verify"],
    message: "files carry no signature",
  });

/** Changes to a feed; `seen` is its updatedAt as the person saw it, so that nobody overwrites what they have not read. */
export const feedChangeInput = z.object({
  id: z.int().positive(),
  seen: z.date(),
  note: z.string().trim().max(300).default(""),
  ...words,
});

export const feedIdInput = z.object({ id: z.int().positive() });

export const rotateSecretInput = z.object({
  id: z.int().positive(),
  /** For so long the old secret is taken too. */
  overlapHours: z.int().min(0).max(720).default(24),
  secret: feedSecretValue.nullable().default(null),
});

/** A sample of a feed to be: what the adapter is to read, and how. */
export const previewInput = z.object({
  adapter: z.enum(ADAPTERS).exclude(["odoo"]),
  /** An existing feed lends its crosswalk; null: the packs of the adapter. */
  feedId: z.int().positive().nullable().default(null),
  settings: settings.default({}),
  zone: z.string().trim().min(1).max(60).nullable().default(null),
  name: z.string().max(200).nullable().default(null),
  /** Base64 of at most 1 MB. */
  body: z.base64().max(1_400_000),
});
