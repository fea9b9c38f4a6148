import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
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
import { SNOOZE_MODES } from "@/core/exceptions/cause-snooze";
import { EXCEPTION_KINDS, EXCEPTION_STATES, RESPONSIBLE_PARTIES, SEVERITIES } from "@/core/exceptions/kinds";
import { WINDOW_ORIGINS } from "@/core/exceptions/quiet-window";
import { DEADLINES } from "@/core/exceptions/work-order";
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
    /** Whose doing or whose turn it is: from the source's own words where it says, else from the kind. */
    party: text("party", { enum: RESPONSIBLE_PARTIES }).notNull().default("other"),
    /** Value of the order and the part of it that the kind puts at risk, in minor units of the currency; null where no source told a value. */
    stakeMinor: bigint("stake_minor", { mode: "number" }),
    stakeCurrency: text("stake_currency"),
    riskMinor: bigint("risk_minor", { mode: "number" }),
    assigneeId: uuid("assignee_id"),
    /** Team that has it, of the setting `owners`. */
    teamId: uuid("team_id"),
    /** True once a person chose who has it: no rule changes that any more. */
    ownerChosen: boolean("owner_chosen").notNull().default(false),
    openedAt: instant("opened_at").notNull(),
    dueAt: instant("due_at").notNull(),
    acknowledgedAt: instant("acknowledged_at"),
    acknowledgedBy: uuid("acknowledged_by"),
    snoozedUntil: instant("snoozed_until"),
    /** Snoozed until so many have ever opened in its group. */
    wakeOpened: bigint("wake_opened", { mode: "number" }),
    /** Snoozed until it is worse than this rank, or its cause comes much more often than this an hour. */
    wakeRank: smallint("wake_rank"),
    wakeRate: doublePrecision("wake_rate"),
    /** Snoozed with its whole cause, and wakes with it. */
    withCause: boolean("with_cause").notNull().default(false),
    /** The quiet window that suppresses it. */
    windowId: uuid("window_id"),
    /** Order of work: class 0 (first) .. 3, and the instant by which it should be begun, brought forward by the money at risk. */
    workRank: smallint("work_rank").notNull(),
    workAt: instant("work_at").notNull(),
    /** When the money is lost, and which clock says so. */
    deadlineAt: instant("deadline_at"),
    deadlineKind: text("deadline_kind", { enum: DEADLINES }),
    /** When the clock had run out while it stood, and what was at risk then: it is lost. */
    lostAt: instant("lost_at"),
    lostMinor: bigint("lost_minor", { mode: "number" }),
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
    // the queue in the order of work, alone and under its usual filters
    index("exception_work").on(t.workRank, t.workAt, t.id).where(sql`state <> 'resolved'`),
    index("exception_work_state").on(t.state, t.workRank, t.workAt, t.id),
    index("exception_work_kind").on(t.kind, t.workRank, t.workAt, t.id).where(sql`state <> 'resolved'`),
    index("exception_work_assignee").on(t.assigneeId, t.workRank, t.workAt, t.id).where(sql`state <> 'resolved'`),
    index("exception_work_team")
      .on(t.teamId, t.workRank, t.workAt, t.id)
      .where(sql`state <> 'resolved' and team_id is not null`),
    index("exception_work_feed").on(t.feedId, t.workRank, t.workAt, t.id).where(sql`state <> 'resolved'`),
    // counts of the facets and causes under any filter, without a look at the rows
    index("exception_facets")
      .on(
        t.groupId,
        t.rank,
        t.state,
        t.assigneeId,
        t.teamId,
        t.feedId,
        t.party,
        t.dueAt,
        t.stakeCurrency,
        t.riskMinor,
        t.workRank,
        t.kind,
      )
      .where(sql`state <> 'resolved'`),
    // whose clock runs out, and what was lost of late
    index("exception_losing").on(t.deadlineAt).where(sql`state <> 'resolved' and risk_minor > 0 and lost_at is null`),
    index("exception_lost").on(t.lostAt.desc().nullsFirst()).where(sql`lost_at is not null`),
    // those that nobody took by their due time
    index("exception_lapse").on(t.rank, t.dueAt).where(sql`state = 'open' and rank <= 1`),
    // members of a group, and their shipments without a look at the rows
    index("exception_group_members").on(t.groupId, t.state, t.openedAt.desc().nullsFirst(), t.id, t.shipmentId),
    // money at risk of a group, and which of it is lost first
    index("exception_group_risk")
      .on(t.groupId, t.stakeCurrency, t.riskMinor, t.deadlineAt)
      .where(sql`state in ('open', 'acknowledged') and risk_minor > 0`),
    // what a rule would have done over the past days, and what it has still to look at
    index("exception_kind_opened").on(t.kind, t.openedAt, t.id),
    // one exception by its id, for links
    index("exception_id").on(t.id),
    // the API and the shipment page
    index("exception_shipment").on(t.shipmentId).where(sql`shipment_id is not null`),
    // snoozed ones that wake
    index("exception_wake").on(t.snoozedUntil).where(sql`state = 'snoozed'`),
    // snoozed ones that wait for what happens in their group
    index("exception_put_away").on(t.groupId, t.wakeOpened).where(sql`state = 'snoozed'`),
    // those that a window holds, to come back with its end
    index("exception_suppressed").on(t.windowId).where(sql`state = 'suppressed'`),
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
    /** Came back after people had resolved all of it. */
    regressed: boolean("regressed").notNull().default(false),
    /** When people resolved the last one that stood; the next one makes it regressed. */
    settledAt: instant("settled_at"),
    settledBy: uuid("settled_by"),
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

/** Causes that are put away as a whole: what opens in them is snoozed at once, until a time, until so many more came or they come faster than usual. */
export const exceptionSnooze = pgTable("exception_snooze", {
  groupId: uuid("group_id").primaryKey(),
  mode: text("mode", { enum: SNOOZE_MODES }).notNull(),
  /** How many had ever opened in the group when it was put away. */
  openedBefore: bigint("opened_before", { mode: "number" }).notNull(),
  until: instant("until"),
  /** Wakes when so many more have opened; null for the other mode. */
  more: integer("more"),
  /** How many an hour opened before, over the days looked back; null for the other mode. */
  baselinePerHour: doublePrecision("baseline_per_hour"),
  byPerson: uuid("by_person"),
  at: instant("at").notNull(),
});

/** Times in which matching exceptions are recorded and suppressed: planned work, or a carrier's outage. Empty conditions match everything. */
export const quietWindow = pgTable(
  "quiet_window",
  {
    id: uuid("id").primaryKey(),
    feedId: integer("feed_id"),
    /** Carriers whose news come by that feed mainly; null where it is no feed by which carriers speak. */
    toldCarriers: jsonb("told_carriers"),
    carrier: text("carrier"),
    kind: text("kind", { enum: EXCEPTION_KINDS }),
    fromAt: instant("from_at").notNull(),
    toAt: instant("to_at").notNull(),
    reason: text("reason").notNull(),
    origin: text("origin", { enum: WINDOW_ORIGINS }).notNull(),
    byPerson: uuid("by_person"),
    createdAt: instant("created_at").notNull(),
    /** When a person ended it before its time. */
    endedAt: instant("ended_at"),
    /** When all that stood at its begin was put away; null while the sweep has still to look at it. */
    begunAt: instant("begun_at"),
    /** When all that it held had come back; null while the sweep has still to look at it. */
    liftedAt: instant("lifted_at"),
  },
  (t) => [
    // those that hold something back now or soon
    index("quiet_window_live").on(t.fromAt).where(sql`lifted_at is null`),
    index("quiet_window_recent").on(t.createdAt.desc().nullsFirst(), t.id),
  ],
);

/** Steps of the playbook that somebody ticked; taking a tick back deletes the row, both stand in the notes. */
export const exceptionStep = pgTable(
  "exception_step",
  {
    homeId: uuid("home_id").notNull(),
    exceptionId: uuid("exception_id").notNull(),
    step: text("step").notNull(),
    byPerson: uuid("by_person"),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.homeId, t.exceptionId, t.step] })],
);

/** What people and the system did to an exception; append-only. */
export const exceptionNote = pgTable(
  "exception_note",
  {
    homeId: uuid("home_id").notNull(),
    exceptionId: uuid("exception_id").notNull(),
    id: uuid("id").notNull(),
    kind: text("kind", {
      enum: [
        "comment",
        "acknowledged",
        "assigned",
        "snoozed",
        "suppressed",
        "resolved",
        "reopened",
        "closed",
        "refreshed",
        "escalated",
        "ticked",
        "unticked",
        "undone",
        "lost",
      ],
    }).notNull(),
    text: text("text").notNull().default(""),
    byPerson: uuid("by_person"),
    at: instant("at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.homeId, t.exceptionId, t.id] })],
);
