import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
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
    notes: jsonb("notes").notNull().default(["picked_up", "out_for_delivery", "delivered", "returned"]),
    postSince: instant("post_since"),
    pollSeconds: integer("poll_seconds").notNull().default(10),
    ratePerSecond: integer("rate_per_second").notNull().default(20),
    concurrency: integer("concurrency").notNull().default(4),
    timeoutMs: integer("timeout_ms").notNull().default(60_000),
    settleMs: integer("settle_ms").notNull().default(120_000),
    /** Pure breaker value (core/postings/breaker.ts). */
    breaker: jsonb("breaker").notNull().default({}),
    lastTest: jsonb("last_test"),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("odoo_connection_name").on(t.name)],
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
