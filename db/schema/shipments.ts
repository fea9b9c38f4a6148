import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { REFERENCE_KINDS } from "@/core/shipments/references";
import { instant } from "./columns";

/** A cache of the fold: can be rebuilt from event, claim and reference. `head_id` null: it is its own head. */
export const shipment = pgTable(
  "shipment",
  {
    shipmentId: uuid("shipment_id").primaryKey(),
    headId: uuid("head_id"),
    provisional: boolean("provisional").notNull(),
    milestone: text("milestone"),
    stage: text("stage"),
    summary: text("summary").notNull(),
    terminal: text("terminal"),
    carrier: text("carrier"),
    service: text("service"),
    warehouse: text("warehouse"),
    customer: text("customer"),
    channel: text("channel"),
    /** What a person calls it: picking name, else order, else tracking number. */
    name: text("name").notNull(),
    trackingNumber: text("tracking_number"),
    connectionId: integer("connection_id"),
    pickingId: integer("picking_id"),
    promisedAt: instant("promised_at"),
    etaAt: instant("eta_at"),
    firstFeedId: integer("first_feed_id").notNull(),
    createdAt: instant("created_at").notNull(),
    lastEventAt: instant("last_event_at"),
    reviewAt: instant("review_at"),
    openExceptions: smallint("open_exceptions").notNull().default(0),
    /** To which Odoo it belongs and why (core/routing/decide.ts). */
    route: jsonb("route"),
    state: jsonb("state").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    // the sweep reads only what is due
    index("shipment_review").on(t.reviewAt).where(sql`review_at is not null and head_id is null`),
    // list pages: newest change first, alone and under each filter
    index("shipment_recent")
      .on(t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null`),
    index("shipment_by_stage")
      .on(t.stage, t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null`),
    index("shipment_by_summary")
      .on(t.summary, t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null`),
    index("shipment_by_carrier")
      .on(t.carrier, t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null`),
    index("shipment_by_warehouse")
      .on(t.warehouse, t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null`),
    // carrier and warehouse together: either alone is walked through thousands of rows where few of a large carrier are of that warehouse
    index("shipment_by_carrier_warehouse")
      .on(t.carrier, t.warehouse, t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null`),
    // those without an end are few of all, whatever else is asked of them
    index("shipment_open")
      .on(t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null and terminal is null`),
    index("shipment_promised")
      .on(t.promisedAt)
      .where(sql`head_id is null and terminal is null and promised_at is not null`),
    index("shipment_in_trouble")
      .on(t.updatedAt.desc().nullsFirst(), t.shipmentId.desc().nullsFirst())
      .where(sql`head_id is null and open_exceptions > 0`),
    // counts per facet of the list in one ordered pass over the index alone; equal keys are stored once, so it stays small
    index("shipment_facets")
      .on(t.stage, t.summary, t.carrier, t.warehouse, t.terminal, t.openExceptions)
      .where(sql`head_id is null`),
    // members of a head are locked and loaded with it
    index("shipment_members").on(t.headId).where(sql`head_id is not null`),
    // Odoo record -> shipment
    index("shipment_picking").on(t.connectionId, t.pickingId).where(sql`picking_id is not null`),
  ],
);

/** Numbers that name shipments, looked up by value. A strong one is live until its window ends. */
export const reference = pgTable(
  "reference",
  {
    value: text("value").notNull(),
    kind: text("kind", { enum: REFERENCE_KINDS }).notNull(),
    issuer: text("issuer").notNull().default(""),
    shipmentId: uuid("shipment_id").notNull(),
    said: text("said").notNull(),
    feedId: integer("feed_id").notNull(),
    package: boolean("package").notNull().default(false),
    master: boolean("master").notNull().default(false),
    firstMessage: uuid("first_message").notNull(),
    liveUntil: instant("live_until"),
  },
  (t) => [
    primaryKey({ columns: [t.value, t.kind, t.issuer, t.shipmentId] }),
    // all references of the shipments of a batch, and of a shipment page
    index("reference_shipment").on(t.shipmentId),
  ],
);

/**
 * Canonical facts of time, append-only. One row per identity (key) and reading that changed it: the newest generation counts; a
 * withdrawn row says that its message, read again, no longer yields it.
 */
export const event = pgTable(
  "event",
  {
    shipmentId: uuid("shipment_id").notNull(),
    key: uuid("key").notNull(),
    generation: integer("generation").notNull(),
    withdrawn: boolean("withdrawn").notNull().default(false),
    kind: text("kind").notNull(),
    /** 0 actual, 1 estimated, 2 planned. */
    classifier: smallint("classifier").notNull(),
    occurredAt: instant("occurred_at"),
    offsetMinutes: smallint("offset_minutes"),
    /** 0 second, 1 minute, 2 date. */
    precision: smallint("precision"),
    /** 0 offset, 1 location, 2 feed, 3 assumed. */
    basis: smallint("basis"),
    receivedAt: instant("received_at").notNull(),
    feedId: integer("feed_id").notNull(),
    messageId: uuid("message_id").notNull(),
    package: text("package"),
    inferred: boolean("inferred").notNull(),
    overall: boolean("overall").notNull(),
    retracts: text("retracts"),
    word: text("word"),
    code: text("code"),
    description: text("description"),
    location: text("location"),
    /** What is rarely there: event id, raw time, raw place, reason code, party. */
    rest: jsonb("rest"),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.key, t.generation] }),
    // which past events a changed meaning would change, and which messages to replay
    index("event_word").on(t.feedId, t.word),
  ],
);

/** What each feed claims about a shipment or package: one row per feed and subject, the latest value per attribute inside. */
export const claim = pgTable(
  "claim",
  {
    shipmentId: uuid("shipment_id").notNull(),
    feedId: integer("feed_id").notNull(),
    subject: text("subject").notNull(),
    /** attribute -> { value, at, hash, generation, message }. */
    values: jsonb("values").notNull(),
  },
  (t) => [primaryKey({ columns: [t.shipmentId, t.feedId, t.subject] })],
);

/** Reversible links member -> head and decisions to keep apart, audited. */
export const shipmentLink = pgTable(
  "shipment_link",
  {
    shipmentId: uuid("shipment_id").notNull(),
    id: uuid("id").notNull(),
    otherId: uuid("other_id").notNull(),
    kind: text("kind", { enum: ["linked", "kept_apart", "unlinked", "reconsidered"] }).notNull(),
    why: text("why").notNull(),
    byPerson: uuid("by_person"),
    at: instant("at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.shipmentId, t.id] })],
);

/** Shipments by where they go and what is in them, to find two that may be one; written beside the pipeline, kept for some days. */
export const shipmentLikeness = pgTable(
  "shipment_likeness",
  {
    likeness: uuid("likeness").notNull(),
    shipmentId: uuid("shipment_id").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.likeness, t.shipmentId] }),
    // what is too old to be compared is forgotten
    index("shipment_likeness_age").on(t.createdAt),
  ],
);
