import { sql } from "drizzle-orm";
import {
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
import { RUN_KINDS, RUN_RESULTS } from "@/core/runs/run";
import { instant } from "./columns";

/** A bulk action with scope, dry run, progress and a result per item. */
export const run = pgTable(
  "run",
  {
    id: uuid("id").primaryKey(),
    kind: text("kind", { enum: RUN_KINDS }).notNull(),
    dryRun: boolean("dry_run").notNull(),
    state: text("state", { enum: ["waiting", "running", "paused", "cancelled", "done", "failed"] }).notNull(),
    scope: jsonb("scope").notNull(),
    mapping: text("mapping", { enum: ["current", "original"] }),
    perSecond: integer("per_second"),
    total: integer("total").notNull().default(0),
    processed: integer("processed").notNull().default(0),
    changed: integer("changed").notNull().default(0),
    failed: integer("failed").notNull().default(0),
    summary: jsonb("summary"),
    error: text("error"),
    leaseUntil: instant("lease_until"),
    leaseOwner: text("lease_owner"),
    byPerson: uuid("by_person"),
    byApiKey: uuid("by_api_key"),
    /** The rule that started it. */
    byRule: uuid("by_rule"),
    /** The run that it takes back. */
    undoes: uuid("undoes"),
    createdAt: instant("created_at").notNull().defaultNow(),
    startedAt: instant("started_at"),
    endedAt: instant("ended_at"),
  },
  (t) => [
    index("run_recent").on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("run_state").on(t.state),
    // a run is taken back once
    uniqueIndex("run_undone_once").on(t.undoes).where(sql`undoes is not null`),
  ],
);

export const runItem = pgTable(
  "run_item",
  {
    runId: uuid("run_id").notNull(),
    position: integer("position").notNull(),
    /** A receipt, or shipment id and posting key joined by a blank. */
    target: text("target").notNull(),
    state: smallint("state").notNull().default(0),
    result: text("result", { enum: RUN_RESULTS }),
    before: jsonb("before"),
    after: jsonb("after"),
    reason: text("reason"),
    at: instant("at"),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.position] }),
    // next items of a run, and its failed or changed ones
    index("run_item_todo").on(t.runId, t.state, t.position),
    index("run_item_result").on(t.runId, t.result, t.position),
  ],
);
