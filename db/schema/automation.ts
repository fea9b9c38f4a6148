import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/** Lists of exceptions that somebody keeps: what stands in the address bar, under a name. */
export const savedView = pgTable(
  "saved_view",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull(),
    name: text("name").notNull(),
    shared: boolean("shared").notNull().default(false),
    /** Filter and way of showing, as `savedViewOf` reads it. */
    shows: jsonb("shows").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    // a person's own, each name once
    uniqueIndex("saved_view_name").on(t.personId, sql`lower(${t.name})`),
    index("saved_view_shared").on(t.name).where(sql`shared`),
  ],
);

/** The view with which a person begins. */
export const savedViewDefault = pgTable("saved_view_default", {
  personId: uuid("person_id").primaryKey(),
  viewId: uuid("view_id").notNull(),
});

/** Rules that act on exceptions: when, given, then, as data. */
export const automationRule = pgTable(
  "automation_rule",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    says: jsonb("says").notNull(),
    on: boolean("is_on").notNull().default(false),
    /** Raised with each change; what was read at an older one is not written. */
    version: integer("version").notNull().default(1),
    /** The learnt suggestion it was made of. */
    suggestionId: uuid("suggestion_id"),
    /** Order in which rules are worked, from the smallest. */
    place: integer("place").notNull().default(0),
    acted: integer("acted").notNull().default(0),
    refused: integer("refused").notNull().default(0),
    lastActedAt: instant("last_acted_at"),
    /** When it was switched on last; it acts on what stood then and on what comes. */
    onSince: instant("on_since"),
    createdBy: uuid("created_by"),
    createdAt: instant("created_at").notNull(),
    updatedBy: uuid("updated_by"),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [uniqueIndex("automation_rule_name").on(sql`lower(${t.name})`)],
);

/** What each rule did to which exception: a rule acts on one once, so no two rules can chase each other. */
export const automationAct = pgTable(
  "automation_act",
  {
    ruleId: uuid("rule_id").notNull(),
    exceptionId: uuid("exception_id").notNull(),
    result: text("result", { enum: ["done", "refused", "failed"] }).notNull(),
    reason: text("reason"),
    /** How the exception stood before and after, so that it can be put back; null where nothing of it was changed. */
    before: jsonb("before"),
    after: jsonb("after"),
    undoneAt: instant("undone_at"),
    at: instant("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.ruleId, t.exceptionId] }),
    // what a rule did last
    index("automation_act_recent").on(t.ruleId, t.at.desc().nullsFirst()),
  ],
);

/** What people did the same way again and again: a rule that somebody may approve. */
export const automationSuggestion = pgTable(
  "automation_suggestion",
  {
    id: uuid("id").primaryKey(),
    /** Group and answer it was learnt from, so that it is made once. */
    fingerprint: text("fingerprint").notNull(),
    says: jsonb("says").notNull(),
    times: integer("times").notNull(),
    people: integer("people").notNull(),
    /** Of all that were closed in the group by a person, in percent. */
    share: integer("share").notNull(),
    firstAt: instant("first_at").notNull(),
    lastAt: instant("last_at").notNull(),
    examples: jsonb("examples").notNull(),
    state: text("state", { enum: ["open", "approved", "dismissed"] })
      .notNull()
      .default("open"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
    ruleId: uuid("rule_id"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    uniqueIndex("automation_suggestion_once").on(t.fingerprint),
    index("automation_suggestion_open").on(t.times.desc().nullsFirst(), t.id).where(sql`state = 'open'`),
  ],
);
