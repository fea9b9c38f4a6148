import { z } from "zod";

const odooId = z.int().positive();

/** Names one record of one Odoo; `companyId` is the company in whose name Waypost acts on it. */
export const recordReference = z.object({
  connectionId: z.int().positive(),
  model: z.literal("stock.picking"),
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

export const desiredPosting = z.discriminatedUnion("kind", [
  desiredTrackingNumber,
  desiredTransferValidated,
  desiredStatusNote,
  desiredProofOfDelivery,
  desiredExceptionActivity,
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
