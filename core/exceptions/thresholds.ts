import { z } from "zod";

const minutes = z.number().int().min(0).max(525_600);

/** Limits of the rules (domain.md, defaults); stored as data, per workspace, every one editable. */
export const thresholdsSchema = z.object({
  unknownShipmentGraceMinutes: minutes.default(30),
  firstScanMinutes: minutes.default(24 * 60),
  scanMinutes: minutes.default(48 * 60),
  deliveryGraceMinutes: minutes.default(0),
  /** An order to be shipped at once is scheduled in Odoo for the minute it was confirmed: a working day later it is late. */
  dispatchGraceMinutes: minutes.default(24 * 60),
  /** An estimate later than the promise by more than this puts the delivery at risk. */
  atRiskMinutes: minutes.default(60),
  outForDeliveryMinutes: minutes.default(24 * 60),
  customsMinutes: minutes.default(5 * 24 * 60),
  returnMinutes: minutes.default(21 * 24 * 60),
  /** How long a step may still come after a later one: sources tell in any order. */
  gapGraceMinutes: minutes.default(6 * 60),
  expectPicked: z.boolean().default(false),
  expectPacked: z.boolean().default(false),
  expectPickedUp: z.boolean().default(false),
  expectOutForDelivery: z.boolean().default(false),
  returnGraceMinutes: minutes.default(60),
  lateUpdateMinutes: minutes.default(24 * 60),
  podMinutes: minutes.default(48 * 60),
  podRequired: z.boolean().default(false),
  skewMinutes: minutes.default(30),
  futureToleranceMinutes: minutes.default(24 * 60),
  duplicateBurstPercent: z.number().min(0).max(100).default(20),
  duplicateBurstWindowMinutes: minutes.default(10),
  duplicateBurstMinimum: z.number().int().min(1).default(50),
  rejectedSenderCount: z.number().int().min(1).default(5),
  rejectedSenderWindowMinutes: minutes.default(10),
  silenceFactor: z.number().min(1).max(100).default(3),
  /** Two shipments to the same place with the same goods may be one when they came within so many hours; 0 asks never. */
  lookAlikeHours: z.number().int().min(0).max(720).default(72),
  /** How long after the promise a carrier takes a claim; the usual 60 days of parcel carriers. */
  claimWindowDays: z.number().int().min(1).max(730).default(60),
  /** A delivery should be invoiced within so many days; what stands in its way runs against this clock. */
  invoiceHoldDays: z.number().int().min(1).max(365).default(3),
  /** What is invoiced before it is delivered, as prepaid orders are, should arrive within so many days, or by its promise where that is later. */
  invoicedAheadDays: z.number().int().min(0).max(365).default(14),
  /** From so much at risk, in units of its currency, an exception is worked before others of its severity. */
  largeRisk: z.number().int().min(1).max(1_000_000_000).default(1000),
  trackingWindowDays: z.number().int().min(1).max(3650).default(120),
  floodEvents: z.number().int().min(10).default(2000),
  /** Above so many messages that wait, feeds of the low class are asked to come again later; 0 asks never. */
  lowClassDepth: z.number().int().min(0).max(10_000_000).default(50_000),
});
export type Thresholds = z.infer<typeof thresholdsSchema>;

export const DEFAULT_THRESHOLDS: Thresholds = thresholdsSchema.parse({});
