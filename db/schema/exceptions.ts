import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { EXCEPTION_KINDS, EXCEPTION_STATES, SEVERITIES } from "@/core/exceptions/kinds";
import { instant } from "./columns";

/**
 * Something that should not be so and that somebody owns. `home_id` is the shipment, or the message, feed or connection it is about (a UUID
 * made of its id): the distribution key.
 */
export const exception = pgTable(
  "exception",
  {
    homeId: uuid("home_id").notNull(),
    id: uuid("id").notNull(),
    kind: text("kind", { enum: EXCEPTION_KINDS }).notNull(),
    subject: text("subject").notNull(),
    occurrence: text("occurrence").notNull(),
    severity: text("severity", { enum: SEVERITIES }).notNull(),
    /** 0 critical .. 3 low, for sorting. */
    rank: smallint("rank").notNull(),
    state: text("state", { enum: EXCEPTION_STATES }).notNull(),
    groupId: uuid("group_id").notNull(),
    shipmentId: uuid("shipment_id"),
    messageId: uuid("message_id"),
    feedId: integer("feed_id"),
    connectionId: integer("connection_id"),
    postingKey: text("posting_key"),
    text: text("text").notNull(),
    evidence: jsonb("evidence").notNull(),
    evidenceHash: text("evidence_hash").notNull(),
    ownerRole: text("owner_role").notNull(),
    assigneeId: uuid("assignee_id"),
    openedAt: instant("opened_at").notNull(),
    dueAt: instant("due_at").notNull(),
    acknowledgedAt: instant("acknowledged_at"),
    acknowledgedBy: uuid("acknowledged_by"),
    snoozedUntil: instant("snoozed_until"),
    resolvedAt: instant("resolved_at"),
    resolvedBy: uuid("resolved_by"),
    resolution: text("resolution"),
    correlationId: text("correlation_id"),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.homeId, t.id] }),
    // a kind is open at most once per subject
    uniqueIndex("exception_open_once").on(t.homeId, t.kind, t.subject).where(sql`state <> 'resolved'`),
    // the queue: worst first, then the one due first, alone and under its usual filters
    index("exception_queue").on(t.rank, t.dueAt, t.id).where(sql`state <> 'resolved'`),
    index("exception_queue_state").on(t.state, t.rank, t.dueAt, t.id),
    index("exception_queue_kind").on(t.kind, t.rank, t.dueAt, t.id).where(sql`state <> 'resolved'`),
    index("exception_queue_assignee").on(t.assigneeId, t.rank, t.dueAt, t.id).where(sql`state <> 'resolved'`),
    index("exception_queue_feed").on(t.feedId, t.rank, t.dueAt, t.id).where(sql`state <> 'resolved'`),
    // members of a group
    index("exception_group_members").on(t.groupId, t.state, t.openedAt.desc().nullsFirst(), t.id),
    // one exception by its id, for links
    index("exception_id").on(t.id),
    // the API and the shipment page
    index("exception_shipment").on(t.shipmentId).where(sql`shipment_id is not null`),
    // snoozed ones that wake
    index("exception_wake").on(t.snoozedUntil).where(sql`state = 'snoozed'`),
    index("exception_resolved").on(t.resolvedAt.desc().nullsFirst()).where(sql`state = 'resolved'`),
  ],
);

/** One cause, one card: a small reference table. */
export const exceptionGroup = pgTable(
  "exception_group",
  {
    id: uuid("id").primaryKey(),
    fingerprint: text("fingerprint").notNull(),
    kind: text("kind", { enum: EXCEPTION_KINDS }).notNull(),
    cause: text("cause").notNull(),
    feedId: integer("feed_id"),
    connectionId: integer("connection_id"),
    firstSeen: instant("first_seen").notNull(),
    regressed: boolean("regressed").notNull().default(false),
  },
  (t) => [uniqueIndex("exception_group_fingerprint").on(t.fingerprint)],
);

/** Counts of a group by worker slot; merged on read. */
export const exceptionGroupCount = pgTable(
  "exception_group_count",
  {
    groupId: uuid("group_id").notNull(),
    slot: smallint("slot").notNull(),
    opened: bigint("opened", { mode: "number" }).notNull().default(0),
    closed: bigint("closed", { mode: "number" }).notNull().default(0),
    lastSeen: instant("last_seen").notNull(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.slot] })],
);

/** What people and the system did to an exception; append-only. */
export const exceptionNote = pgTable(
  "exception_note",
  {
    homeId: uuid("home_id").notNull(),
    exceptionId: uuid("exception_id").notNull(),
    id: uuid("id").notNull(),
    kind: text("kind", {
      enum: ["comment", "acknowledged", "assigned", "snoozed", "resolved", "reopened", "closed", "refreshed"],
    }).notNull(),
    text: text("text").notNull().default(""),
    byPerson: uuid("by_person"),
    at: instant("at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.homeId, t.exceptionId, t.id] })],
);
