import { bigint, index, integer, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { LEGS, WORKFLOWS } from "@/core/service-levels/objectives";
import { instant } from "./columns";

/** Mergeable log-linear histograms (core/service-levels/histogram.ts), by hour and process slot. */
export const latencyBucket = pgTable(
  "latency_bucket",
  {
    workflow: text("workflow", { enum: WORKFLOWS }).notNull(),
    leg: text("leg", { enum: LEGS }).notNull(),
    hour: instant("hour").notNull(),
    feedId: integer("feed_id").notNull(),
    slot: smallint("slot").notNull(),
    bucket: smallint("bucket").notNull(),
    count: bigint("count", { mode: "number" }).notNull(),
  },
  (t) => [
    // a chart reads one workflow and leg over hours
    primaryKey({ columns: [t.workflow, t.leg, t.hour, t.feedId, t.slot, t.bucket] }),
  ],
);

/** Clocks that ran over their objective: the rows behind the chart. */
export const breach = pgTable(
  "breach",
  {
    shipmentId: uuid("shipment_id").notNull(),
    id: uuid("id").notNull(),
    workflow: text("workflow", { enum: WORKFLOWS }).notNull(),
    feedId: integer("feed_id"),
    messageId: uuid("message_id"),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at").notNull(),
    tookMs: bigint("took_ms", { mode: "number" }).notNull(),
    objectiveMs: bigint("objective_ms", { mode: "number" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.id] }),
    index("breach_recent").on(t.workflow, t.endedAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
  ],
);
