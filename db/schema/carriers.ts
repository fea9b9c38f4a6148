import {
  bigint,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  serial,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { LEVELS, MEASURES, type Measure, SPREADS } from "@/core/carriers/measures";
import { instant } from "./columns";

/**
 * Where counts of carriers stand. What its level does not tell apart is "*", what no source told is "-". `carrier` is in lower case, `said` as it
 * was first written.
 */
export const carrierCell = pgTable(
  "carrier_cell",
  {
    id: serial("id").primaryKey(),
    level: text("level", { enum: LEVELS }).notNull(),
    carrier: text("carrier").notNull(),
    said: text("said").notNull(),
    service: text("service").notNull(),
    lane: text("lane").notNull(),
    warehouse: text("warehouse").notNull(),
  },
  (t) => [
    uniqueIndex("carrier_cell_once").on(t.carrier, t.service, t.lane, t.warehouse),
    // the cells of a question, alone and of some carriers
    index("carrier_cell_level").on(t.level, t.carrier),
  ],
);

const measures = Object.fromEntries(MEASURES.map((name) => [name, integer(name).notNull().default(0)])) as Record<
  Measure,
  ReturnType<ReturnType<ReturnType<typeof integer>["notNull"]>["default"]>
>;

/** Counts of a cell by day (UTC): a sum over `carrier_fact`, kept by changes, and made again from nothing by forgetting all of it. */
export const carrierDay = pgTable(
  "carrier_day",
  {
    cellId: integer("cell_id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    ...measures,
  },
  (t) => [primaryKey({ columns: [t.cellId, t.day] })],
);

/** What is counted by a further key: durations by bucket, money by currency. */
export const carrierSpread = pgTable(
  "carrier_spread",
  {
    cellId: integer("cell_id").notNull(),
    spread: text("spread", { enum: SPREADS }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    key: text("key").notNull(),
    n: bigint("n", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.cellId, t.spread, t.day, t.key] })],
);

/** What each shipment or freight bill was counted as, so that a late fact takes back exactly that. */
export const carrierFact = pgTable("carrier_fact", {
  subjectId: uuid("subject_id").primaryKey(),
  /** Cells that it stands in, that of the carrier as a whole first. */
  cells: integer("cells").array().notNull(),
  /** core/carriers/packed.ts */
  counted: text("counted").notNull(),
});

/** How far changes were counted: the last row of the order (updated_at, id), and by which limits. */
export const carrierProgress = pgTable("carrier_progress", {
  name: text("name", { enum: ["shipments", "bills"] }).primaryKey(),
  at: instant("at").notNull(),
  id: uuid("id").notNull(),
  rules: text("rules").notNull(),
  /** When the counting last found nothing more to do; null while it has not yet seen all of the past. */
  caughtUpAt: instant("caught_up_at"),
});
