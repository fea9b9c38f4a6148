import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { ASPECTS } from "@/core/reconciliation/aspects";
import { READINESS_LISTS } from "@/core/reconciliation/readiness";
import { instant } from "./columns";

/**
 * How one shipment stood on one day: verdicts as a line of letters (core/reconciliation/aspects.ts), differences with their causes. Kept for
 * some days. A transfer that Waypost does not know has an id made from its place in Odoo.
 */
export const reconciliationRow = pgTable(
  "reconciliation_row",
  {
    day: date("day").notNull(),
    shipmentId: uuid("shipment_id").notNull(),
    /** False where Waypost knows no shipment of the transfer. */
    known: boolean("known").notNull(),
    connectionId: integer("connection_id").notNull(),
    pickingId: integer("picking_id").notNull(),
    name: text("name").notNull(),
    carrier: text("carrier"),
    warehouse: text("warehouse"),
    letters: text("letters").notNull(),
    /** Aspects that differ and causes of it, for the filters. */
    aspects: text("aspects").array().notNull(),
    causes: text("causes").array().notNull(),
    /** How many differences there are. */
    open: smallint("open").notNull(),
    differences: jsonb("differences"),
    runId: uuid("run_id"),
    comparedAt: instant("compared_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.day] }),
    // pages of a day
    index("reconciliation_row_day").on(t.day, t.shipmentId),
    index("reconciliation_row_open").on(t.day, t.shipmentId).where(sql`open > 0`),
    // what differs is looked at again, longest unseen first
    index("reconciliation_row_again").on(t.day, t.comparedAt).where(sql`open > 0`),
  ],
);

/** The rows of a day counted by pair, aspect and verdict; changed in the transaction that changes the rows. */
export const reconciliationCount = pgTable(
  "reconciliation_count",
  {
    day: date("day").notNull(),
    connectionId: integer("connection_id").notNull(),
    pair: text("pair").notNull(),
    aspect: text("aspect").notNull(),
    verdict: text("verdict").notNull(),
    count: integer("count").notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.connectionId, t.pair, t.aspect, t.verdict] })],
);

/** What a person decided about a value that was changed in Odoo by hand; it holds until another decision or other values. */
export const reconciliationDecision = pgTable(
  "reconciliation_decision",
  {
    shipmentId: uuid("shipment_id").notNull(),
    id: uuid("id").notNull(),
    aspect: text("aspect", { enum: ASPECTS }).notNull(),
    decision: text("decision", { enum: ["accept", "post"] }).notNull(),
    /** Canonical texts of both values that were decided on. */
    ours: text("ours").notNull(),
    theirs: text("theirs").notNull(),
    reason: text("reason"),
    /** Who had changed it in Odoo, as Odoo told. */
    changedBy: text("changed_by"),
    changedAt: instant("changed_at"),
    byPerson: uuid("by_person"),
    byName: text("by_name").notNull(),
    at: instant("at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [primaryKey({ columns: [t.shipmentId, t.id] })],
);

/** Shipments that stand on a readiness list now; a row goes when the reason is gone. */
export const readinessItem = pgTable(
  "readiness_item",
  {
    shipmentId: uuid("shipment_id").notNull(),
    list: text("list", { enum: READINESS_LISTS }).notNull(),
    connectionId: integer("connection_id").notNull(),
    pickingId: integer("picking_id").notNull(),
    name: text("name").notNull(),
    orderName: text("order_name"),
    customer: text("customer"),
    carrier: text("carrier"),
    warehouse: text("warehouse"),
    since: instant("since").notNull(),
    /** When it is looked at again although nothing of it changes: time alone makes a delivery late to be invoiced. */
    reviewAt: instant("review_at").notNull().defaultNow(),
    /** Products and how much of each. */
    lines: jsonb("lines").notNull(),
    valueMinor: bigint("value_minor", { mode: "number" }),
    currency: text("currency"),
    checkedAt: instant("checked_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.list] }),
    // pages of a list, oldest first
    index("readiness_item_list").on(t.list, t.since, t.shipmentId),
    // what time brings, by connection
    index("readiness_item_review").on(t.connectionId, t.reviewAt),
  ],
);

/** How far the continuous comparison of a connection has come, and which day was reconciled last. */
export const reconciliationProgress = pgTable("reconciliation_progress", {
  connectionId: integer("connection_id").primaryKey(),
  seenTo: instant("seen_to"),
  seenId: uuid("seen_id"),
  lastDay: date("last_day"),
  lastRunId: uuid("last_run_id"),
});
