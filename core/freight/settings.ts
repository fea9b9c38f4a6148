import { z } from "zod";
import { CHARGES } from "./charges";

const vendor = z.string().trim().toLowerCase().min(1).max(100);
const amount = z.number().min(0).max(1_000_000_000);
const percent = z.number().min(0).max(1000);
const odooId = z.int().positive();

/**
 * One rule of tolerance: the first that fits carrier, class of charges and currency (null: any) decides. Amounts are in units of the bill's
 * currency. `both`: a difference passes where it is within amount and percent; `either`: within one of them.
 */
export const toleranceRule = z.object({
  name: z.string().trim().min(1).max(80),
  vendor: vendor.nullable().default(null),
  charge: z.enum(CHARGES).nullable().default(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .default(null),
  overAmount: amount,
  overPercent: percent,
  underAmount: amount,
  underPercent: percent,
  mode: z.enum(["both", "either"]).default("both"),
});
export type ToleranceRule = z.infer<typeof toleranceRule>;

/** Who a carrier is in an Odoo: its bills become bills of this partner, in this company. */
export const vendorMapping = z.object({
  vendor,
  connectionId: odooId,
  companyId: odooId,
  partnerId: odooId,
  /** Product of each bill line, which brings account and taxes with it; null: the journal's own account. */
  productId: odooId.nullable().default(null),
  /** Currency of documents that name none. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .default(null),
});
export type VendorMapping = z.infer<typeof vendorMapping>;

/** The setting `freight`: tolerances in order, carriers in Odoo, charges that a carrier may not bill, and who may approve how much. */
export const freightSchema = z.object({
  tolerances: z
    .array(toleranceRule)
    .max(200)
    .default([
      {
        name: "Every carrier",
        vendor: null,
        charge: null,
        currency: null,
        overAmount: 5,
        overPercent: 2,
        underAmount: 25,
        underPercent: 10,
        mode: "both",
      },
    ]),
  vendors: z
    .array(vendorMapping)
    .max(2_000)
    .refine((list) => new Set(list.map((one) => one.vendor)).size === list.length, "Each carrier may stand here once.")
    .default([]),
  refused: z
    .array(z.object({ vendor: vendor.nullable(), charge: z.enum(CHARGES) }))
    .max(500)
    .default([]),
  /** From this total on, in units of the bill's currency, two people approve; 0: always. */
  fourEyesFrom: amount.default(1_000),
  /** The real cost also goes to the order's delivery line, which the customer may be charged by. */
  costOnOrder: z.boolean().default(false),
  /** An approved bill also becomes a draft landed cost, where the module is there. */
  landedCost: z.boolean().default(false),
});
export type FreightSettings = z.output<typeof freightSchema>;
