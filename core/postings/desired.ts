import { z } from "zod";
import { MILESTONES, SUMMARIES } from "@/core/shipments/milestones";

const odooId = z.int().positive();

/** Models of the records that postings change or make; what goes to one record goes one after the other. */
export const POSTED_MODELS = ["stock.picking", "sale.order", "account.move", "stock.landed.cost"] as const;
export type PostedModel = (typeof POSTED_MODELS)[number];

/**
 * Names one record of one Odoo; `companyId` is the company in whose name Waypost acts on it. Of a record that the posting itself makes, `id`
 * is no id of Odoo but a number made of what it is about (carrier and number of a bill).
 */
export const recordReference = z.object({
  connectionId: z.int().positive(),
  model: z.enum(POSTED_MODELS),
  id: odooId,
  companyId: odooId,
});
export type RecordReference = z.infer<typeof recordReference>;

/** Level: what the picking's tracking field holds, and its carrier where one is named (null leaves the carrier alone). */
export const desiredTrackingNumber = z.object({
  kind: z.literal("tracking_number"),
  trackingReference: z.string().trim().min(1).max(1_000),
  carrierId: odooId.nullable(),
});

/** Names what was shipped: a move of the picking, or a product by its code, spread over that product's moves in order. */
export const shippedQuantity = z.object({
  item: z.union([z.object({ moveId: odooId }), z.object({ productCode: z.string().trim().min(1).max(200) })]),
  quantity: z.number().nonnegative().max(1e9),
});

/**
 * Edge: the picking is done. `quantities` null validates all that is reserved; else each item is done with its quantity, in the move's
 * unit, and what is not listed with none. `backorder` says what becomes of the rest.
 */
export const desiredTransferValidated = z.object({
  kind: z.literal("transfer_validated"),
  quantities: z.array(shippedQuantity).min(1).max(5_000).nullable(),
  backorder: z.enum(["create", "cancel"]),
  /** Written before validation, because Odoo would else order a label from the carrier; null when the field is already filled. */
  tracking: desiredTrackingNumber.omit({ kind: true }).nullable(),
});

/** Edge: a note in the chatter. Plain text; the first line is the headline. */
export const desiredStatusNote = z.object({
  kind: z.literal("status_note"),
  headline: z.string().trim().min(1).max(500),
  lines: z.array(z.string().max(2_000)).max(50),
});

/** Edge: a document attached to the picking. The bytes stay where they are kept and are fetched by `documentId` when sent. */
export const desiredProofOfDelivery = z.object({
  kind: z.literal("proof_of_delivery"),
  documentId: z.string().min(1).max(200),
  fileName: z.string().trim().min(1).max(200),
  mimeType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/),
  sha1: z.string().regex(/^[0-9a-f]{40}$/),
  byteLength: z.int().positive().max(25_000_000),
});

/** Edge: an activity on the picking for an exception that somebody owns, opened or closed. `marker` names the exception for good. */
export const desiredExceptionActivity = z.object({
  kind: z.literal("exception_activity"),
  marker: z.string().regex(/^[A-Za-z0-9_-]{4,64}$/),
  state: z.enum(["open", "closed"]),
  summary: z.string().trim().min(1).max(200),
  note: z.string().max(5_000),
  dueOn: z.iso.date(),
  /** Whose activity it is in Odoo; null: the integration user's. */
  userId: odooId.nullable(),
  feedback: z.string().max(2_000).nullable(),
});

/** Level: the coarse word for where the shipment stands, in the status field of the picking, with the days it left and arrived. */
export const desiredStatusField = z.object({
  kind: z.literal("status_field"),
  status: z.enum(SUMMARIES),
  milestone: z.enum(MILESTONES).nullable(),
  shippedOn: z.iso.date().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
});

/** Edge: a return of the picking. `quantities` null: all that left with it; else what came back, by move or product. */
export const desiredReturnTransfer = z.object({
  kind: z.literal("return_transfer"),
  quantities: z.array(shippedQuantity).min(1).max(5_000).nullable(),
});

/** Edge: a draft invoice of what its order has delivered and not invoiced yet, this picking's goods among it. The record is the order. */
export const desiredCustomerInvoice = z.object({
  kind: z.literal("customer_invoice"),
  pickingId: odooId,
});

const decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/);

/** Level: what carrying the picking cost, in the currency of its company; also on the order's delivery line where wanted. */
export const desiredFreightCost = z.object({
  kind: z.literal("freight_cost"),
  price: decimal,
  currency: z.string().regex(/^[A-Z]{3}$/),
  onOrder: z.boolean(),
});

/** A stored document, fetched by its id when it is sent. */
export const desiredDocument = z.object({
  documentId: z.string().min(1).max(200),
  fileName: z.string().trim().min(1).max(200),
  mimeType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/),
  sha1: z.string().regex(/^[0-9a-f]{40}$/),
  byteLength: z.int().positive().max(25_000_000),
});

const bill = z.object({
  partnerId: odooId,
  /** Product of each line; null: the journal's own account. */
  productId: odooId.nullable(),
  /** The carrier's own number. */
  reference: z.string().trim().min(1).max(200),
  invoiceDate: z.iso.date().nullable(),
  dueDate: z.iso.date().nullable(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  total: decimal,
  /** `name` tells the lines apart for good. */
  lines: z
    .array(z.object({ name: z.string().regex(/^[a-z_]{1,40}$/), label: z.string().min(1).max(300), amount: decimal }))
    .min(1)
    .max(100),
  /** The original; null where it is no longer kept. */
  document: desiredDocument.nullable(),
});

/** Edge: a draft bill of a carrier, a line for each class of charges, the original attached. */
export const desiredVendorBill = bill.extend({ kind: z.literal("vendor_bill") });
/** Edge: a draft credit of a carrier; amounts are positive. */
export const desiredVendorCredit = bill.extend({ kind: z.literal("vendor_credit") });

/** Edge: a draft landed cost over the transfers of a bill. */
export const desiredLandedCost = z.object({
  kind: z.literal("landed_cost"),
  pickingIds: z.array(odooId).min(1).max(1_000),
  productId: odooId,
  reference: z.string().trim().min(1).max(200),
  amount: decimal,
});

export const desiredPosting = z.discriminatedUnion("kind", [
  desiredTrackingNumber,
  desiredTransferValidated,
  desiredStatusNote,
  desiredProofOfDelivery,
  desiredExceptionActivity,
  desiredStatusField,
  desiredReturnTransfer,
  desiredCustomerInvoice,
  desiredFreightCost,
  desiredVendorBill,
  desiredVendorCredit,
  desiredLandedCost,
]);

/** What an adapter needs to bring about one posting: its key (unique for good), the record, and the effect. */
export const postingRequest = z.object({
  key: z.string().min(1).max(200),
  correlationId: z.string().min(1).max(128),
  record: recordReference,
  desired: desiredPosting,
});

export type ShippedQuantity = z.infer<typeof shippedQuantity>;
export type DesiredTrackingNumber = z.infer<typeof desiredTrackingNumber>;
export type DesiredTransferValidated = z.infer<typeof desiredTransferValidated>;
export type DesiredStatusNote = z.infer<typeof desiredStatusNote>;
export type DesiredProofOfDelivery = z.infer<typeof desiredProofOfDelivery>;
export type DesiredExceptionActivity = z.infer<typeof desiredExceptionActivity>;
export type DesiredStatusField = z.infer<typeof desiredStatusField>;
export type DesiredReturnTransfer = z.infer<typeof desiredReturnTransfer>;
export type DesiredDocument = z.infer<typeof desiredDocument>;
export type DesiredBill = z.infer<typeof desiredVendorBill> | z.infer<typeof desiredVendorCredit>;
export type DesiredPosting = z.infer<typeof desiredPosting>;
export type PostingRequest = z.infer<typeof postingRequest>;

/** What reading Odoo back says of a posting. */
export const POSTING_VERDICTS = ["holds", "absent", "differs", "impossible"] as const;
export type PostingVerdictName = (typeof POSTING_VERDICTS)[number];

/**
 * Whether a posting's effect is there (`holds`), not there (`absent`), there with other values (`differs`), or can no longer be
 * brought about (`impossible`: the record is gone or cancelled). `found` are the values read, for a person; `reason` is a sentence.
 */
export type PostingVerdict = {
  verdict: PostingVerdictName;
  reason: string;
  found: Record<string, unknown>;
};

export const ATTEMPT_OUTCOMES = ["accepted", "rejected", "unreachable", "unknown"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
