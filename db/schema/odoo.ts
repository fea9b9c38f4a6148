import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { DEGRADED_RULES } from "@/core/postings/degraded";
import { bytea, instant } from "./columns";

/** A connection to an Odoo: a small reference table. */
export const odooConnection = pgTable(
  "odoo_connection",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    name: text("name").notNull(),
    url: text("url").notNull(),
    database: text("database").notNull(),
    login: text("login").notNull(),
    sealedKey: bytea("sealed_key").notNull(),
    keyHint: text("key_hint").notNull(),
    transport: text("transport", { enum: ["json2", "jsonrpc"] }),
    version: text("version"),
    state: text("state", { enum: ["active", "paused", "archived"] })
      .notNull()
      .default("active"),
    /** True until a person switches the first posting kind on. */
    observing: boolean("observing").notNull().default(true),
    /** posting kind -> "on" | "off". */
    kinds: jsonb("kinds").notNull().default({}),
    /** posting kind -> instant of its last dry run. */
    dryRuns: jsonb("dry_runs").notNull().default({}),
    /** posting kind -> class and timing (core/postings/policy.ts); what is not here has the default. */
    policies: jsonb("policies").notNull().default({}),
    pausedClasses: jsonb("paused_classes").notNull().default([]),
    /** How hard it is worked now (core/postings/pace.ts), as the sender last told. */
    pace: jsonb("pace"),
    notes: jsonb("notes").notNull().default(["picked_up", "out_for_delivery", "delivered", "returned"]),
    /** An invoice waits for the proof of delivery, not for the delivery alone. */
    invoiceNeedsProof: boolean("invoice_needs_proof").notNull().default(false),
    postSince: instant("post_since"),
    pollSeconds: integer("poll_seconds").notNull().default(10),
    ratePerSecond: integer("rate_per_second").notNull().default(20),
    concurrency: integer("concurrency").notNull().default(4),
    timeoutMs: integer("timeout_ms").notNull().default(60_000),
    settleMs: integer("settle_ms").notNull().default(120_000),
    /** Pure breaker value (core/postings/breaker.ts). */
    breaker: jsonb("breaker").notNull().default({}),
    /** How many of a hundred calls may fail within an hour (core/postings/failure-budget.ts). */
    failurePercent: integer("failure_percent").notNull().default(5),
    /** The calls of that hour by minute, as its processes last told. */
    failures: jsonb("failures"),
    lastTest: jsonb("last_test"),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("odoo_connection_name").on(t.name)],
);

/**
 * What a person chose to do while something outside is down: queue, reroute or go on without, until it is lifted. `tally` says what became
 * of what it held back. About a connection or about a feed, never both.
 */
export const degradedRule = pgTable(
  "degraded_rule",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    connectionId: integer("connection_id"),
    feedId: integer("feed_id"),
    rule: text("rule", { enum: DEGRADED_RULES }).notNull(),
    /** Posting kinds it is about; empty for a feed. */
    kinds: jsonb("kinds").notNull().default([]),
    /** Where `reroute` sends: another connection to the same database, or a person by mail. */
    viaConnectionId: integer("via_connection_id"),
    personId: uuid("person_id"),
    /** The quiet window that goes with a rule about a feed. */
    windowId: uuid("window_id"),
    /** Up to where what it holds back was told by mail. */
    toldUntil: instant("told_until"),
    reason: text("reason").notNull(),
    startedAt: instant("started_at").notNull(),
    startedBy: text("started_by").notNull(),
    liftedAt: instant("lifted_at"),
    liftedBy: text("lifted_by"),
    tally: jsonb("tally").notNull().default({}),
  },
  (t) => [
    // one at a time about a connection or a feed
    uniqueIndex("degraded_rule_connection")
      .on(t.connectionId)
      .where(sql`lifted_at is null and connection_id is not null`),
    uniqueIndex("degraded_rule_feed").on(t.feedId).where(sql`lifted_at is null and feed_id is not null`),
    // the history on the screen
    index("degraded_rule_started").on(t.startedAt),
  ],
);

/** How far each model was read; `seen` keeps (id, write_date) pairs inside the overlap. */
export const odooWatermark = pgTable(
  "odoo_watermark",
  {
    connectionId: integer("connection_id")
      .notNull()
      .references(() => odooConnection.id),
    model: text("model").notNull(),
    watermark: text("watermark"),
    seen: jsonb("seen").notNull().default({}),
    polledAt: instant("polled_at"),
    changedAt: instant("changed_at"),
    backfill: jsonb("backfill"),
    lastError: text("last_error"),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.model] })],
);

/** The record as Odoo last showed it, for comparison. */
export const odooMirror = pgTable(
  "odoo_mirror",
  {
    connectionId: integer("connection_id").notNull(),
    model: text("model").notNull(),
    recordId: integer("record_id").notNull(),
    values: jsonb("values").notNull(),
    writeDate: text("write_date"),
    open: boolean("open").notNull(),
    deletedAt: instant("deleted_at"),
    seenAt: instant("seen_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.model, t.recordId] }),
    // deletions are looked for among open ones only
    index("odoo_mirror_open").on(t.connectionId, t.model, t.open),
  ],
);

/** Activities that stand for open exceptions in Odoo; a row goes with its exception. Only what is open is here, so that following them is bounded. */
export const odooActivity = pgTable(
  "odoo_activity",
  {
    connectionId: integer("connection_id").notNull(),
    pickingId: integer("picking_id").notNull(),
    exceptionId: uuid("exception_id").notNull(),
    /** Its id in Odoo, known once it was seen. */
    activityId: integer("activity_id"),
    /** When it was found done or deleted; the row stays while the exception does, so that it is acted on once. */
    endedAt: instant("ended_at"),
    lookedAt: instant("looked_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.pickingId, t.exceptionId] }),
    // those not looked at for longest first
    index("odoo_activity_look").on(t.connectionId, t.lookedAt),
  ],
);

/**
 * By what an order's customer can be found: keyed hashes of the e-mail addresses and telephone numbers of a partner in Odoo, never the
 * values themselves. Written when a transfer for that partner is read; a partner's rows are replaced as a whole.
 */
export const odooContact = pgTable(
  "odoo_contact",
  {
    hash: bytea("hash").notNull(),
    connectionId: integer("connection_id").notNull(),
    partnerId: integer("partner_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.hash, t.connectionId, t.partnerId] }),
    // all hashes of a partner, when they are replaced
    index("odoo_contact_partner").on(t.connectionId, t.partnerId),
  ],
);

/** Whom a transfer is for: its delivery address and the customer of its order, as partners in Odoo. */
export const odooRecipient = pgTable(
  "odoo_recipient",
  {
    connectionId: integer("connection_id").notNull(),
    partnerId: integer("partner_id").notNull(),
    pickingId: integer("picking_id").notNull(),
  },
  (t) => [
    // newest transfers of a partner first
    primaryKey({ columns: [t.connectionId, t.partnerId, t.pickingId] }),
    // all partners of a transfer, when they are replaced, and the transfers not read yet
    index("odoo_recipient_picking").on(t.connectionId, t.pickingId),
  ],
);
