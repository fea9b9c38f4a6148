import { z } from "zod";

/**
 * The one shape in which Odoo's records leave the poll, the same for Odoo 14 to 19. Empty values are null (Odoo says false), instants
 * are ISO 8601 in UTC, calendar days are YYYY-MM-DD, quantities are in the unit of measure named beside them.
 */
const id = z.int().positive();
const text = z.string().max(10_000);
const instant = z.iso.datetime({ precision: 0 });
const quantity = z.number();

export const odooLink = z.object({ id, name: text });

/** Address of a partner; `stateCode` and `countryCode` are Odoo's codes (country: ISO 3166-1 alpha-2). */
export const odooPartner = odooLink.extend({
  street: text.nullable(),
  street2: text.nullable(),
  city: text.nullable(),
  zip: text.nullable(),
  stateCode: text.nullable(),
  countryCode: text.nullable(),
  isCompany: z.boolean(),
});

export const odooProduct = odooLink.extend({ code: text.nullable(), barcode: text.nullable() });

export const odooOrderLine = z.object({
  id,
  product: odooProduct.nullable(),
  description: text.nullable(),
  ordered: quantity,
  delivered: quantity,
  invoiced: quantity,
  uom: text.nullable(),
  isDelivery: z.boolean(),
});

export const ODOO_ORDER_STATES = ["draft", "sent", "sale", "cancel"] as const;

export const odooOrderRecord = z.object({
  model: z.literal("sale.order"),
  id,
  name: text,
  clientOrderRef: text.nullable(),
  origin: text.nullable(),
  /** 14's state `done` (a locked order) is `sale` with `locked` here. */
  state: z.enum(ODOO_ORDER_STATES),
  locked: z.boolean(),
  company: odooLink,
  warehouse: odooLink.extend({ code: text.nullable() }).nullable(),
  partner: odooLink.nullable(),
  shippingPartner: odooPartner.nullable(),
  orderedAt: instant.nullable(),
  /** The date promised to the customer (`commitment_date`). */
  commitmentAt: instant.nullable(),
  expectedAt: instant.nullable(),
  effectiveAt: instant.nullable(),
  /** pending, started, partial, full; null on servers before 16, which have no such field. */
  deliveryStatus: text.nullable(),
  invoiceStatus: text.nullable(),
  amountTotal: z.number(),
  /** ISO 4217. */
  currency: text.nullable(),
  pickingIds: z.array(id),
  lines: z.array(odooOrderLine),
  createdAt: instant,
  writtenAt: instant,
  writtenBy: id.nullable(),
});

export const ODOO_PICKING_STATES = ["draft", "waiting", "confirmed", "assigned", "done", "cancel"] as const;
export const ODOO_MOVE_STATES = [
  "draft",
  "waiting",
  "confirmed",
  "partially_available",
  "assigned",
  "done",
  "cancel",
] as const;

export const odooMoveRecord = z.object({
  id,
  product: odooProduct,
  state: z.enum(ODOO_MOVE_STATES),
  demand: quantity,
  /** What was moved, or what a person has entered as moved before validation. */
  done: quantity,
  reserved: quantity,
  uom: text,
  saleLineId: id.nullable(),
  writtenAt: instant,
});

export const ODOO_STEP_KINDS = ["pick", "pack", "other"] as const;
/** More steps than these of one transfer are a mistake, and the newest tell most. */
export const MOST_STEPS = 50;

/** A transfer inside the warehouse through which goods come to the one that ships: no shipment of its own. */
export const odooStep = odooLink.extend({
  /** By the warehouse's own types; `other` is a step that somebody added to the route. */
  kind: z.enum(ODOO_STEP_KINDS),
  state: z.enum(ODOO_PICKING_STATES),
  doneAt: instant.nullable(),
  writtenAt: instant,
});

export const odooPickingRecord = z.object({
  model: z.literal("stock.picking"),
  id,
  name: text,
  state: z.enum(ODOO_PICKING_STATES),
  /** `dropship` where goods go from a vendor to a customer, whatever the server's version calls it. */
  direction: z.enum(["outgoing", "dropship"]),
  type: odooLink,
  company: odooLink,
  warehouse: odooLink.extend({ code: text.nullable() }).nullable(),
  origin: text.nullable(),
  sale: odooLink
    .extend({
      clientOrderRef: text.nullable(),
      commitmentAt: instant.nullable(),
      /** ISO 4217; absent in what was stored before it was read. */
      currency: text.nullable().optional(),
    })
    .nullable(),
  partner: odooPartner.nullable(),
  carrier: odooLink.extend({ deliveryType: text.nullable() }).nullable(),
  /** One free text field; several numbers stand in it separated by commas. */
  trackingReference: text.nullable(),
  carrierPrice: z.number().nullable(),
  weight: z.number().nullable(),
  shippingWeight: z.number().nullable(),
  /** As the server names it: kg or lb. */
  weightUnit: text.nullable(),
  scheduledAt: instant.nullable(),
  deadlineAt: instant.nullable(),
  doneAt: instant.nullable(),
  backorderOf: odooLink.nullable(),
  moves: z.array(odooMoveRecord),
  /** Odoo's own packages of this transfer; a name may be an SSCC. */
  packages: z.array(odooLink),
  /** Transfers that bring its goods back; left out where there are none. */
  returns: z.array(odooLink).optional(),
  /** When one of those, or one that was cancelled, last changed: making or cancelling a return leaves this transfer untouched. */
  returnsWrittenAt: instant.optional(),
  /** Steps before this transfer, in the order in which they were made; left out where the goods leave in one step. */
  steps: z.array(odooStep).max(MOST_STEPS).optional(),
  createdAt: instant,
  writtenAt: instant,
  writtenBy: id.nullable(),
});

export const odooDeletion = z.object({
  model: z.literal("deleted"),
  deletedModel: z.enum(["sale.order", "stock.picking"]),
  id,
  name: text.nullable(),
  /** When the poll noticed; Odoo does not say when it happened. */
  noticedAt: instant,
});

/** One stored message of an Odoo feed: one record as it was when it was read. */
export const odooSnapshot = z.discriminatedUnion("model", [odooOrderRecord, odooPickingRecord, odooDeletion]);

export type OdooPartner = z.infer<typeof odooPartner>;
export type OdooProduct = z.infer<typeof odooProduct>;
export type OdooOrderRecord = z.infer<typeof odooOrderRecord>;
export type OdooMoveRecord = z.infer<typeof odooMoveRecord>;
export type OdooPickingRecord = z.infer<typeof odooPickingRecord>;
export type OdooStep = z.infer<typeof odooStep>;
export type OdooDeletion = z.infer<typeof odooDeletion>;
export type OdooSnapshot = z.infer<typeof odooSnapshot>;
