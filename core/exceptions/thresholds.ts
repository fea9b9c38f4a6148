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
  trackingWindowDays: z.number().int().min(1).max(3650).default(120),
  floodEvents: z.number().int().min(10).default(2000),
});
export type Thresholds = z.infer<typeof thresholdsSchema>;

export const DEFAULT_THRESHOLDS: Thresholds = thresholdsSchema.parse({});
