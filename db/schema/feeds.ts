import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { ADAPTERS, CROSSWALK_KINDS, FEED_CLASSES, FEED_STATES, VERIFY_SCHEMES, WAYS_IN } from "@/core/feeds/feed";
import { bytea, instant } from "./columns";

/** Sources of messages: a small reference table. `generation` counts readings: activated mappings and replays. */
export const feed = pgTable(
  "feed",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    adapter: text("adapter", { enum: ADAPTERS }).notNull(),
    class: text("class", { enum: FEED_CLASSES }).notNull(),
    wayIn: text("way_in", { enum: WAYS_IN }).notNull(),
    state: text("state", { enum: FEED_STATES }).notNull().default("active"),
    verify: text("verify", { enum: VERIFY_SCHEMES }).notNull(),
    /** Header names and encoding of the generic schemes. */
    verifySettings: jsonb("verify_settings").notNull().default({}),
    settings: jsonb("settings").notNull().default({}),
    zone: text("zone"),
    skewMinutes: integer("skew_minutes"),
    silenceMinutes: integer("silence_minutes"),
    ratePerSecond: integer("rate_per_second").notNull().default(1000),
    rateBurst: integer("rate_burst").notNull().default(2000),
    maxBytes: integer("max_bytes").notNull().default(5_242_880),
    maxBatchBytes: integer("max_batch_bytes").notNull().default(33_554_432),
    urgency: integer("urgency").notNull().default(1),
    folder: text("folder"),
    connectionId: integer("connection_id"),
    owner: text("owner"),
    generation: integer("generation").notNull().default(1),
    mappingVersion: integer("mapping_version").notNull().default(1),
    acknowledgeNumber: integer("acknowledge_number").notNull().default(0),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("feed_slug").on(t.slug)],
);

/** Two may be live at once, so that a sender can rotate. The secret is sealed with the workspace key. */
export const feedSecret = pgTable(
  "feed_secret",
  {
    id: uuid("id").primaryKey(),
    feedId: integer("feed_id")
      .notNull()
      .references(() => feed.id),
    sealed: bytea("sealed").notNull(),
    /** Last four characters, to tell two apart. */
    hint: text("hint").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at"),
    lastUsedAt: instant("last_used_at"),
  },
  // read with its feed when the registry loads
  (t) => [index("feed_secret_feed").on(t.feedId)],
);

/** Reading at the door, by hour and process slot; merged on read. */
export const feedCounter = pgTable(
  "feed_counter",
  {
    feedId: integer("feed_id").notNull(),
    hour: instant("hour").notNull(),
    slot: integer("slot").notNull(),
    received: bigint("received", { mode: "number" }).notNull().default(0),
    duplicates: bigint("duplicates", { mode: "number" }).notNull().default(0),
    rejected: bigint("rejected", { mode: "number" }).notNull().default(0),
    limited: bigint("limited", { mode: "number" }).notNull().default(0),
    interpreted: bigint("interpreted", { mode: "number" }).notNull().default(0),
    failed: bigint("failed", { mode: "number" }).notNull().default(0),
    ignored: bigint("ignored", { mode: "number" }).notNull().default(0),
    events: bigint("events", { mode: "number" }).notNull().default(0),
    repeatedEvents: bigint("repeated_events", { mode: "number" }).notNull().default(0),
    bytes: bigint("bytes", { mode: "number" }).notNull().default(0),
    lastAt: instant("last_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.feedId, t.hour, t.slot] })],
);

/** One word of a feed and what it means, from one mapping version until another. `until` null: still so. */
export const crosswalkEntry = pgTable(
  "crosswalk_entry",
  {
    feedId: integer("feed_id")
      .notNull()
      .references(() => feed.id),
    kind: text("kind", { enum: CROSSWALK_KINDS }).notNull(),
    word: text("word").notNull(),
    since: integer("since").notNull(),
    until: integer("until"),
    to: text("to").notNull(),
    source: text("source", { enum: ["pack", "person"] }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.feedId, t.kind, t.word, t.since] })],
);

/** Versions of a feed's mapping (crosswalk and settings); `generation` is what its readings carry. */
export const mappingVersion = pgTable(
  "mapping_version",
  {
    feedId: integer("feed_id")
      .notNull()
      .references(() => feed.id),
    number: integer("number").notNull(),
    generation: integer("generation").notNull(),
    settings: jsonb("settings").notNull().default({}),
    zone: text("zone"),
    note: text("note").notNull().default(""),
    byPerson: uuid("by_person"),
    at: instant("at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.feedId, t.number] })],
);

/** Words that met no crosswalk entry, with how often; slot-wise so that no two workers wait. */
export const unmappedWord = pgTable(
  "unmapped_word",
  {
    feedId: integer("feed_id").notNull(),
    kind: text("kind", { enum: CROSSWALK_KINDS }).notNull(),
    word: text("word").notNull(),
    slot: integer("slot").notNull(),
    count: bigint("count", { mode: "number" }).notNull().default(0),
    firstAt: instant("first_at").notNull(),
    lastAt: instant("last_at").notNull(),
    sampleMessage: uuid("sample_message").notNull(),
  },
  (t) => [primaryKey({ columns: [t.feedId, t.kind, t.word, t.slot] })],
);

/** Files seen in watched folders, by name and hash. */
export const feedFile = pgTable(
  "feed_file",
  {
    feedId: integer("feed_id").notNull(),
    name: text("name").notNull(),
    digest: bytea("digest").notNull(),
    messageId: uuid("message_id"),
    size: bigint("size", { mode: "number" }).notNull(),
    state: text("state", { enum: ["taken", "refused"] }).notNull(),
    why: text("why"),
    seenAt: instant("seen_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.feedId, t.name, t.digest] })],
);

/** Acknowledgement documents (X12 997) due to a sender: served with the message and written to the out folder. */
export const acknowledgement = pgTable(
  "acknowledgement",
  {
    messageId: uuid("message_id").primaryKey(),
    feedId: integer("feed_id").notNull(),
    fileName: text("file_name").notNull(),
    contentType: text("content_type").notNull(),
    body: text("body").notNull(),
    accepted: boolean("accepted").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    writtenAt: instant("written_at"),
  },
  // those that a folder still waits for
  (t) => [index("acknowledgement_unwritten").on(t.feedId, t.createdAt).where(sql`written_at is null`)],
);

/**
 * Where a source is asked for what its feed may have missed, how often, and how the last asking went. The key is sealed with the workspace key.
 * A small table: one row a feed at most.
 */
export const feedCatchUp = pgTable("feed_catch_up", {
  feedId: integer("feed_id")
    .primaryKey()
    .references(() => feed.id),
  /** `CatchUpSettings` of core/feeds/catch-up.ts. */
  settings: jsonb("settings").notNull(),
  sealedKey: bytea("sealed_key"),
  keyHint: text("key_hint"),
  updatedAt: instant("updated_at").notNull().defaultNow(),
  /** Reach back to here at the next asking: a person wants it. */
  askFrom: instant("ask_from"),
  nextAt: instant("next_at").notNull().defaultNow(),
  askedAt: instant("asked_at"),
  /** All that changed before this was asked for. */
  askedThrough: instant("asked_through"),
  failures: integer("failures").notNull().default(0),
  lastError: text("last_error"),
  /** Items of the last asking, those stored because they were new in some way, and events of them that nobody had told. */
  found: integer("found").notNull().default(0),
  stored: integer("stored").notNull().default(0),
  recovered: integer("recovered").notNull().default(0),
  recoveredEver: bigint("recovered_ever", { mode: "number" }).notNull().default(0),
  /** When to count what the last asking recovered; null: it is counted. */
  countAt: instant("count_at"),
});
