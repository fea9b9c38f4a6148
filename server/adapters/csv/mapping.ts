import { z } from "zod";
import { ATTRIBUTES } from "@/core/shipments/attributes";
import { CLASSIFIERS } from "@/core/shipments/event";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { REFERENCE_KINDS } from "@/core/shipments/references";
import { DATE_ORDERS } from "./dates";
import { DELIMITERS } from "./records";
import { ENCODINGS } from "./text";

const column = z.string().min(1).max(200);
const order = z.enum(DATE_ORDERS);

/** What a column gives. Date columns name their order: nothing is guessed while a file is read. */
const target = z.discriminatedUnion("gives", [
  z.object({
    column,
    gives: z.literal("reference"),
    kind: z.enum(REFERENCE_KINDS),
    issuer: z.string().max(60).nullish(),
  }),
  /** A date column that stands for one event. */
  z.object({
    column,
    gives: z.literal("event"),
    kind: z.enum(EVENT_KINDS),
    classifier: z.enum(CLASSIFIERS).default("actual"),
    order,
    /** Column with the time of day, where it stands apart. */
    clock: column.nullish(),
  }),
  /** Rows that are events: a status word, looked up in the crosswalk, and its time. */
  z.object({ column, gives: z.literal("status") }),
  z.object({ column, gives: z.literal("time"), order, clock: column.nullish() }),
  z.object({ column, gives: z.enum(["event_id", "code", "description", "place", "reason"]) }),
  z.object({ column, gives: z.literal("text"), attribute: z.enum(ATTRIBUTES) }),
  z.object({ column, gives: z.literal("date"), attribute: z.enum(ATTRIBUTES), order, clock: column.nullish() }),
  z.object({
    column,
    gives: z.literal("weight"),
    unit: z.enum(["g", "kg", "lb", "oz"]),
    /** True where each row has a share of the shipment, so that rows add up. */
    adds: z.boolean().default(false),
  }),
  z.object({
    column,
    gives: z.literal("money"),
    attribute: z.enum(["expected_freight", "order_value"]),
    currency: z.string().regex(/^[A-Z]{3}$/),
    adds: z.boolean().default(false),
  }),
  z.object({
    column,
    gives: z.literal("address"),
    part: z.enum(["name", "street", "city", "zip", "state", "country"]),
    /** Whose address it is: where the goods go, what the order says, or what is printed on the label. */
    of: z.enum(["delivery", "order", "label"]).default("delivery"),
  }),
  z.object({ column, gives: z.enum(["product", "line", "ordered", "done", "returned", "uom"]) }),
  /** Of a freight bill and its charges; `bill_total` is the same in all rows of a bill. */
  z.object({
    column,
    gives: z.enum([
      "bill_number",
      "bill_kind",
      "bill_currency",
      "bill_total",
      "charge",
      "charge_line",
      "charge_description",
    ]),
  }),
  z.object({ column, gives: z.literal("bill_day"), of: z.enum(["date", "due"]), order }),
  /** The amount of the row's charge, or, with a word, a column that holds this one charge of the bill. */
  z.object({ column, gives: z.literal("charge_amount"), charge: z.string().trim().min(1).max(100).nullish() }),
]);
export type Target = z.infer<typeof target>;

/** What one row of the file is. */
export const ROWS = ["shipment", "charge", "bill"] as const;

export const mappingSchema = z
  .object({
    rows: z.enum(ROWS).default("shipment"),
    /** null = told by the file itself at each reading. */
    encoding: z.enum(ENCODINGS).nullable().default(null),
    delimiter: z.enum(DELIMITERS).nullable().default(null),
    decimal: z.enum([".", ","]).default("."),
    /** Words that stand for "no value", compared as they are. */
    empty: z.array(z.string().max(100)).max(100).default(["", "-", "N/A", "n/a", "NULL", "null", "None"]),
    columns: z.array(target).min(1).max(200),
  })
  .superRefine(({ rows, columns }, { addIssue }) => {
    const has = (gives: Target["gives"]) => columns.some((column) => column.gives === gives);
    const say = (message: string) => addIssue({ code: "custom", message, path: ["columns"] });
    if (rows === "shipment") return;
    if (!has("bill_number")) say("no column gives the number of the bill");
    if (!has("charge_amount") && (rows === "charge" || !has("bill_total"))) say("no column gives an amount");
  });
export type Mapping = z.infer<typeof mappingSchema>;

/** Settings of a feed that reads delimited files. Without a mapping the suggested one is used where it is beyond doubt. */
export const settingsSchema = z.object({ mapping: mappingSchema.nullable().default(null) });
export type CsvSettings = z.infer<typeof settingsSchema>;
