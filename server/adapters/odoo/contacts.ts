import { idOf, type OdooRow, textOf } from "./call";
import type { Lookup } from "./normalise";

/** How a partner can be reached, as Odoo holds it. Lives between the call and its hash only: no message, mirror or log keeps it. */
export type Contact = { partnerId: number; country: string | null; email: string | null; phones: string[] };

/** Whom one transfer is for: its delivery address and the customer of its order. */
export type Recipients = { pickingId: number; partners: Contact[] };

/** Fields of `res.partner` that tell how to reach it; which of them there are differs by version. */
export const CONTACT_FIELDS = ["email", "phone", "mobile"] as const;

/** Reads how a partner can be reached; null where the partner was not read. */
export function contactOf(partnerId: number | null, lookup: Lookup): Contact | null {
  const row = lookup("res.partner", partnerId);
  if (row === undefined) return null;
  return {
    partnerId: row.id,
    country: textOf(lookup("res.country", idOf(row.country_id))?.code),
    email: textOf(row.email),
    phones: [textOf(row.phone), textOf(row.mobile)].filter((phone) => phone !== null),
  };
}

/** Says whom the row of a picking is for. */
export function recipientsOf(picking: OdooRow, lookup: Lookup): Recipients {
  const customer = idOf(lookup("sale.order", idOf(picking.sale_id))?.partner_id);
  const ids = new Set([idOf(picking.partner_id), customer]);
  return { pickingId: picking.id, partners: [...ids].flatMap((id) => contactOf(id, lookup) ?? []) };
}
