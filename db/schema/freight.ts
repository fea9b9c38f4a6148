import { sql } from "drizzle-orm";
import { bigint, date, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { FREIGHT_ACTS } from "@/core/freight/acts";
import { CHARGES } from "@/core/freight/charges";
import { FREIGHT_STATES, LINE_VERDICTS, MATCHINGS, VERDICTS } from "@/core/freight/states";
import { REFERENCE_KINDS } from "@/core/shipments/references";
import { instant } from "./columns";

/**
 * A freight bill or credit as a carrier wrote it; append-only. `id` is a hash of carrier, number, kind and content, so that the same document
 * is one row whichever way and however often it comes, and another content under the same number is another row.
 */
export const freightInvoice = pgTable(
  "freight_invoice",
  {
    id: uuid("id").primaryKey(),
    vendor: text("vendor").notNull(),
    number: text("number").notNull(),
    /** The number, normalised, to compare. */
    numberKey: text("number_key").notNull(),
    kind: text("kind", { enum: ["invoice", "credit"] }).notNull(),
    document: text("document").notNull(),
    invoiceDate: date("invoice_date", { mode: "string" }),
    dueDate: date("due_date", { mode: "string" }),
    /** As written; money in minor units stands in the case, where the currency is known. */
    currency: text("currency"),
    total: text("total"),
    feedId: integer("feed_id").notNull(),
    messageId: uuid("message_id").notNull(),
    at: text("at").notNull(),
    receivedAt: instant("received_at").notNull(),
    correlationId: text("correlation_id"),
  },
  (t) => [
    // others of the same number
    index("freight_invoice_number").on(t.vendor, t.numberKey),
    // the search by number alone, from its start
    index("freight_invoice_search").on(t.numberKey.op("text_pattern_ops")),
    // what a message said, when it is read again
    index("freight_invoice_message").on(t.messageId),
  ],
);

/** Charges of a bill as written; append-only. */
export const freightLine = pgTable(
  "freight_line",
  {
    invoiceId: uuid("invoice_id").notNull(),
    /** 1, 2, ... in the order of the document. */
    position: integer("position").notNull(),
    line: text("line").notNull(),
    code: text("code"),
    description: text("description"),
    implied: text("implied", { enum: CHARGES }),
    amount: text("amount").notNull(),
  },
  (t) => [primaryKey({ columns: [t.invoiceId, t.position] })],
);

/** Numbers on a bill: position 0 of the whole, else of a line. */
export const freightReference = pgTable(
  "freight_reference",
  {
    value: text("value").notNull(),
    kind: text("kind", { enum: REFERENCE_KINDS }).notNull(),
    issuer: text("issuer").notNull().default(""),
    invoiceId: uuid("invoice_id").notNull(),
    position: integer("position").notNull(),
    said: text("said").notNull(),
  },
  (t) => [
    // bills of a number: for repetition, and for a shipment that comes later
    primaryKey({ columns: [t.value, t.kind, t.issuer, t.invoiceId, t.position] }),
    index("freight_reference_invoice").on(t.invoiceId),
  ],
);

/** How a bill stands: what the check said of it last, and what people decided. */
export const freightCase = pgTable(
  "freight_case",
  {
    invoiceId: uuid("invoice_id").primaryKey(),
    state: text("state", { enum: FREIGHT_STATES }).notNull(),
    verdict: text("verdict", { enum: VERDICTS }),
    /** Counts changes; an act names the one it saw. */
    version: integer("version").notNull().default(1),
    vendor: text("vendor").notNull(),
    currency: text("currency"),
    billedMinor: bigint("billed_minor", { mode: "number" }),
    expectedMinor: bigint("expected_minor", { mode: "number" }),
    overMinor: bigint("over_minor", { mode: "number" }).notNull().default(0),
    underMinor: bigint("under_minor", { mode: "number" }).notNull().default(0),
    matched: text("matched", { enum: MATCHINGS }).notNull().default("none"),
    objections: jsonb("objections").notNull().default([]),
    /** Bills it repeats, and credits or bills it belongs to. */
    duplicateOf: uuid("duplicate_of").array().notNull().default([]),
    lineage: uuid("lineage").array().notNull().default([]),
    payMinor: bigint("pay_minor", { mode: "number" }),
    reason: text("reason"),
    firstBy: uuid("first_by"),
    firstAt: instant("first_at"),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
    receivedAt: instant("received_at").notNull(),
    judgedAt: instant("judged_at"),
    /** When to judge it (again); null: nothing changes by itself. */
    reviewAt: instant("review_at"),
    /** When to plan the real cost of its shipments (again); null: nothing is left to plan. */
    costAt: instant("cost_at"),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    // the list, newest first, alone and by state, verdict (some are rare) or carrier; and their counts
    index("freight_case_recent").on(t.receivedAt.desc().nullsFirst(), t.invoiceId.desc().nullsFirst()),
    index("freight_case_state").on(t.state, t.receivedAt.desc().nullsFirst(), t.invoiceId.desc().nullsFirst()),
    index("freight_case_verdict").on(t.verdict, t.receivedAt.desc().nullsFirst(), t.invoiceId.desc().nullsFirst()),
    index("freight_case_vendor").on(t.vendor, t.receivedAt.desc().nullsFirst(), t.invoiceId.desc().nullsFirst()),
    // what is to be judged
    index("freight_case_review").on(t.reviewAt).where(sql`review_at is not null`),
    // what a later shipment may heal
    index("freight_case_undecided").on(t.invoiceId).where(sql`state in ('open', 'second', 'disputed')`),
    index("freight_case_cost").on(t.costAt).where(sql`cost_at is not null`),
    // what changed since it was last counted for its carrier
    index("freight_case_changed").on(t.updatedAt, t.invoiceId),
  ],
);

/** What the check said of each charge. */
export const freightLineCase = pgTable(
  "freight_line_case",
  {
    invoiceId: uuid("invoice_id").notNull(),
    position: integer("position").notNull(),
    charge: text("charge", { enum: CHARGES }),
    shipmentId: uuid("shipment_id"),
    amountMinor: bigint("amount_minor", { mode: "number" }),
    /** Of its shipment as a whole. */
    expectedMinor: bigint("expected_minor", { mode: "number" }),
    verdict: text("verdict", { enum: LINE_VERDICTS }).notNull(),
    rule: text("rule"),
  },
  (t) => [
    primaryKey({ columns: [t.invoiceId, t.position] }),
    // charges of a shipment
    index("freight_line_case_shipment").on(t.shipmentId).where(sql`shipment_id is not null`),
    // what a later shipment may heal
    index("freight_line_case_unmatched").on(t.invoiceId).where(sql`shipment_id is null`),
  ],
);

/** The one document of a number that is paid: whoever comes second finds the place taken. */
export const freightPaid = pgTable(
  "freight_paid",
  {
    vendor: text("vendor").notNull(),
    numberKey: text("number_key").notNull(),
    kind: text("kind", { enum: ["invoice", "credit"] }).notNull(),
    invoiceId: uuid("invoice_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.vendor, t.numberKey, t.kind] })],
);

/** What people decided; append-only. */
export const freightAct = pgTable(
  "freight_act",
  {
    invoiceId: uuid("invoice_id").notNull(),
    id: uuid("id").notNull(),
    act: text("act", { enum: FREIGHT_ACTS }).notNull(),
    fromState: text("from_state", { enum: FREIGHT_STATES }).notNull(),
    toState: text("to_state", { enum: FREIGHT_STATES }).notNull(),
    reason: text("reason").notNull().default(""),
    payMinor: bigint("pay_minor", { mode: "number" }),
    /** Verdict and figures the person saw. */
    seen: jsonb("seen").notNull(),
    byPerson: uuid("by_person"),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.invoiceId, t.id] })],
);
