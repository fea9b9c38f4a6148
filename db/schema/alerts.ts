import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";

export const NOTIFICATION_KINDS = ["opened", "recovered", "escalated", "assigned", "mentioned", "watched"] as const;
export const MAIL_STATES = ["waiting", "sent", "refused", "given_up"] as const;

/** What is remembered about the alerts of one cause. */
export const alertGroup = pgTable(
  "alert_group",
  {
    groupId: uuid("group_id").primaryKey(),
    told: bigint("told", { mode: "number" }).notNull(),
    pendingSince: instant("pending_since"),
    alertedAt: instant("alerted_at"),
    standing: boolean("standing").notNull(),
  },
  (t) => [
    // those whose answer can change without news
    index("alert_group_watched").on(t.groupId).where(sql`standing or pending_since is not null`),
  ],
);

/** How far the watch over causes and due times has come; one row. */
export const alertClock = pgTable("alert_clock", {
  id: smallint("id").primaryKey(),
  seenUntil: instant("seen_until").notNull(),
  dueUntil: instant("due_until").notNull(),
});

/** What a person is told in the app; kept for a season. */
export const notification = pgTable(
  "notification",
  {
    personId: uuid("person_id").notNull(),
    id: uuid("id").notNull(),
    kind: text("kind", { enum: NOTIFICATION_KINDS }).notNull(),
    title: text("title").notNull(),
    text: text("text").notNull(),
    href: text("href").notNull(),
    at: instant("at").notNull(),
    readAt: instant("read_at"),
  },
  (t) => [
    primaryKey({ columns: [t.personId, t.id] }),
    index("notification_unread").on(t.personId, t.id).where(sql`read_at is null`),
    index("notification_old").on(t.at),
  ],
);

/** Mail that waits for the mail server, and what became of it. The address is the person's at the time of sending. */
export const mail = pgTable(
  "mail",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull(),
    subject: text("subject").notNull(),
    text: text("text").notNull(),
    html: text("html").notNull(),
    state: text("state", { enum: MAIL_STATES }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    dueAt: instant("due_at").notNull(),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
    /** What the mail server last said. */
    error: text("error"),
  },
  (t) => [
    index("mail_due").on(t.dueAt, t.id).where(sql`state = 'waiting'`),
    index("mail_ended").on(t.endedAt.desc().nullsFirst()).where(sql`state <> 'waiting'`),
  ],
);

/** People who want to hear of one exception. */
export const exceptionWatch = pgTable(
  "exception_watch",
  {
    exceptionId: uuid("exception_id").notNull(),
    personId: uuid("person_id").notNull(),
    since: instant("since").notNull(),
  },
  (t) => [primaryKey({ columns: [t.exceptionId, t.personId] })],
);
