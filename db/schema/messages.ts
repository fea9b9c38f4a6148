import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { bytea, instant } from "./columns";

/**
 * The raw bytes received once; append-only, partitioned by month of received_at (see the migration). `id` is a UUIDv7 whose instant is
 * received_at to the millisecond, so that a look-up by id names its partition.
 */
export const message = pgTable(
  "message",
  {
    id: uuid("id").notNull(),
    receivedAt: instant("received_at").notNull(),
    lane: smallint("lane").notNull(),
    feedId: integer("feed_id").notNull(),
    deliveryId: text("delivery_id"),
    correlationId: text("correlation_id").notNull(),
    contentType: text("content_type"),
    /** Secrets masked before storing. */
    headers: jsonb("headers"),
    name: text("name"),
    verdict: text("verdict").notNull(),
    digest: bytea("digest").notNull(),
    size: integer("size").notNull(),
    /** null once retention has taken the bytes; hash and metadata stay. */
    body: bytea("body"),
    /** True where another message of the feed had this delivery id with other bytes. */
    altered: smallint("altered").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.receivedAt, t.lane] }),
    // the message log of one feed, newest first
    index("message_feed_time").on(t.feedId, t.receivedAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    // the same, of those whose delivery id came with other bytes; few
    index("message_altered")
      .on(t.feedId, t.receivedAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`altered = 1`),
    // the same, of those that their source did not send; few
    index("message_recovered")
      .on(t.feedId, t.receivedAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`name like 'recovered %'`),
  ],
);

/** Keys for duplicates: narrow, not partitioned, outlives the bytes. delivery is "" where the sender has no delivery id. */
export const messageKey = pgTable(
  "message_key",
  {
    digest: uuid("digest").notNull(),
    feedId: integer("feed_id").notNull(),
    delivery: text("delivery").notNull(),
    messageId: uuid("message_id").notNull(),
  },
  // the delivery before the digest, so that the same index tells whether a delivery id came with other bytes
  (t) => [primaryKey({ columns: [t.feedId, t.delivery, t.digest] })],
);

/** Messages that wait for the pipeline; a row is deleted in the transaction that finishes its message. */
export const inbox = pgTable(
  "inbox",
  {
    lane: smallint("lane").notNull(),
    urgency: smallint("urgency").notNull(),
    messageId: uuid("message_id").notNull(),
    /** Bytes of the message, so that a claim is bounded by size as well as by number. */
    size: integer("size").notNull().default(0),
    attempts: smallint("attempts").notNull().default(0),
    notBefore: instant("not_before"),
  },
  // claim order: urgent class first, then by time of receipt (UUIDv7)
  (t) => [primaryKey({ columns: [t.lane, t.urgency, t.messageId] })],
);

/** What one reading (adapter and mapping version) made of a message; append-only, the highest number counts; partitioned by month of received_at. */
export const interpretation = pgTable(
  "interpretation",
  {
    messageId: uuid("message_id").notNull(),
    receivedAt: instant("received_at").notNull(),
    number: smallint("number").notNull(),
    feedId: integer("feed_id").notNull(),
    status: text("status", { enum: ["interpreted", "failed", "ignored"] }).notNull(),
    adapterVersion: smallint("adapter_version").notNull(),
    mappingVersion: integer("mapping_version").notNull(),
    generation: integer("generation").notNull(),
    runId: uuid("run_id"),
    /** Which revision of the message was read; null: the bytes as they came. */
    revision: smallint("revision"),
    problems: jsonb("problems"),
    ignored: text("ignored"),
    events: integer("events").notNull(),
    repeated: integer("repeated").notNull(),
    shipmentIds: uuid("shipment_ids").array().notNull(),
    at: instant("at").notNull(),
    /** Work in microseconds: reading it, finding its shipments in the Odoo meant, folding and judging them. */
    transformUs: integer("transform_us"),
    routeUs: integer("route_us"),
    enrichUs: integer("enrich_us"),
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.receivedAt, t.number] }),
    // the message log of a feed, only those that somebody should look at
    index("interpretation_trouble")
      .on(t.feedId, t.receivedAt.desc().nullsFirst(), t.messageId.desc().nullsFirst())
      .where(sql`status <> 'interpreted' or problems is not null`),
  ],
);

/** Messages set aside because our own code threw on them, or that failed again and again: the dead letters of the pipeline. */
export const setAside = pgTable("set_aside", {
  messageId: uuid("message_id").primaryKey(),
  feedId: integer("feed_id").notNull(),
  error: text("error").notNull(),
  attempts: smallint("attempts").notNull(),
  at: instant("at").notNull().defaultNow(),
});

/**
 * Corrected texts of a message, append-only; the highest number is read instead of the bytes that came, which stay as they are. `body` null
 * goes back to them.
 */
export const messageRevision = pgTable(
  "message_revision",
  {
    messageId: uuid("message_id").notNull(),
    number: smallint("number").notNull(),
    body: bytea("body"),
    byPerson: uuid("by_person"),
    byName: text("by_name").notNull(),
    why: text("why").notNull(),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.messageId, t.number] })],
);
