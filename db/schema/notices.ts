import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { NOTICE_REASONS, NOTICE_STATES, OCCASIONS } from "@/core/notices/occasions";
import { instant } from "./columns";

/** What a customer is told of a shipment, once for each occasion. The address is read at sending time and kept masked only. */
export const notice = pgTable(
  "notice",
  {
    shipmentId: uuid("shipment_id").notNull(),
    occasion: text("occasion", { enum: OCCASIONS }).notNull(),
    /** Names the mail over all tries. */
    id: uuid("id").notNull(),
    state: text("state", { enum: NOTICE_STATES }).notNull(),
    reason: text("reason", { enum: NOTICE_REASONS }),
    /** Whether quiet hours put it off: it runs no clock then. */
    held: boolean("held").notNull().default(false),
    dueAt: instant("due_at").notNull(),
    attempts: integer("attempts").notNull().default(0),
    occurredAt: instant("occurred_at").notNull(),
    receivedAt: instant("received_at").notNull(),
    feedId: integer("feed_id"),
    messageId: uuid("message_id"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
    address: text("address"),
  },
  (t) => [
    primaryKey({ columns: [t.shipmentId, t.occasion] }),
    // what is to be sent now
    index("notice_due").on(t.dueAt, t.id).where(sql`state = 'planned'`),
    // the log, newest first, as a whole and of one state; and the counts of a day
    index("notice_recent").on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("notice_by_state").on(t.state, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
  ],
);
