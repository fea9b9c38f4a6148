import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { HOLD_REASONS, POSTING_KINDS, POSTING_STATES } from "@/core/postings/kinds";
import { instant } from "./columns";

/**
 * One intended effect in Odoo. One about a freight bill is no shipment's: then `shipment_id`, by which rows are distributed and found, holds the
 * bill's id, and `invoice_id` says so. `lane` is a hash of the Odoo record; `sequence` orders the kinds of one record. */
export const posting = pgTable(
  "posting",
  {
    shipmentId: uuid("shipment_id").notNull(),
    key: text("key").notNull(),
    id: uuid("id").notNull(),
    invoiceId: uuid("invoice_id"),
    connectionId: integer("connection_id").notNull(),
    kind: text("kind", { enum: POSTING_KINDS }).notNull(),
    level: boolean("level").notNull(),
    state: text("state", { enum: POSTING_STATES }).notNull(),
    recordModel: text("record_model").notNull(),
    recordId: integer("record_id").notNull(),
    recordName: text("record_name"),
    companyId: integer("company_id"),
    lane: smallint("lane").notNull(),
    sequence: smallint("sequence").notNull(),
    /** Class by rank (core/postings/policy.ts): 0 urgent, 1 normal, 2 bulk. */
    urgency: smallint("urgency").notNull().default(1),
    desired: jsonb("desired").notNull(),
    before: jsonb("before"),
    after: jsonb("after"),
    /** Odoo's own value that a person accepted in place of the one posted: { value, text }. */
    accepted: jsonb("accepted"),
    heldBecause: text("held_because", { enum: HOLD_REASONS }),
    /** Since when it waits, once it was held; null of one that was planned as held. */
    heldAt: instant("held_at"),
    /** How long policy or a person held it so far: that is no latency. */
    waitedMs: bigint("waited_ms", { mode: "number" }).notNull().default(0),
    attempts: smallint("attempts").notNull().default(0),
    /** Set when the first call of the current send went out; the settle time counts from here. */
    sentAt: instant("sent_at"),
    dueAt: instant("due_at").notNull(),
    leaseUntil: instant("lease_until"),
    leaseOwner: text("lease_owner"),
    lastOutcome: text("last_outcome"),
    lastReason: text("last_reason"),
    correlationId: text("correlation_id"),
    messageId: uuid("message_id"),
    /** Receipt of the fact that asked for it, for the service levels. */
    receivedAt: instant("received_at"),
    /** Of freight settlement: the end of the window in which it is to be in Odoo. */
    windowEndsAt: instant("window_ends_at"),
    createdAt: instant("created_at").notNull(),
    postedAt: instant("posted_at"),
    verifiedAt: instant("verified_at"),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.key] }),
    // the sender's claim: due work of a connection, class by class
    index("posting_ready").on(t.connectionId, t.urgency, t.dueAt, t.sequence).where(sql`state = 'planned'`),
    // calls without an answer, to be looked up
    index("posting_unanswered").on(t.connectionId, t.dueAt).where(sql`state = 'unconfirmed'`),
    // what waits for a window or a batch, by when it ends
    index("posting_waiting")
      .on(t.connectionId, t.dueAt)
      .where(sql`state = 'held' and held_because in ('window', 'interval')`),
    index("posting_record").on(t.connectionId, t.recordModel, t.recordId, t.sequence),
    index("posting_leased").on(t.leaseUntil).where(sql`state = 'sending'`),
    index("posting_to_verify").on(t.connectionId, t.postedAt).where(sql`state = 'posted'`),
    // the outbox screen
    index("posting_list").on(t.updatedAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("posting_by_state").on(t.state, t.updatedAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("posting_by_kind").on(t.kind, t.updatedAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("posting_id").on(t.id),
    // windows of freight settlement, newest first, and what is past its window
    index("posting_window")
      .on(t.windowEndsAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`window_ends_at is not null`),
    index("posting_held").on(t.connectionId, t.kind).where(sql`state = 'held'`),
  ],
);

/** Each try, append-only; the row is committed before the call. Partitioned by month of started_at. */
export const postingAttempt = pgTable(
  "posting_attempt",
  {
    id: uuid("id").notNull(),
    startedAt: instant("started_at").notNull(),
    shipmentId: uuid("shipment_id").notNull(),
    postingKey: text("posting_key").notNull(),
    number: smallint("number").notNull(),
    purpose: text("purpose", { enum: ["send", "look_up", "verify"] }).notNull(),
    request: jsonb("request"),
    outcome: text("outcome"),
    reason: text("reason"),
    answer: jsonb("answer"),
    durationMs: integer("duration_ms"),
    owner: text("owner").notNull(),
    correlationId: text("correlation_id"),
    /** Outcome rows point at the row that announced the call. */
    of: uuid("of"),
    /** Keyed digest of the row, and of the posting as it left (core/proof/seal.ts); null where it is older than that. */
    seal: text("seal"),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.startedAt] }),
    index("posting_attempt_posting").on(t.shipmentId, t.postingKey, t.startedAt),
  ],
);
