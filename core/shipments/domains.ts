import type { Attribute } from "./attributes";

/** The four domains of data whose owner a company settles first (domain.md, The fold), and the fields of each. */
export const OWNERSHIP_DOMAINS = ["order_data", "execution", "tracking_events", "freight_charges"] as const;
export type OwnershipDomain = (typeof OWNERSHIP_DOMAINS)[number];

/** Domain of each field; a ruling that shipments are apart belongs to none. */
export const DOMAIN_OF: Readonly<Record<Exclude<Attribute, "ruled_out">, OwnershipDomain>> = {
  promised_delivery_at: "order_data",
  promised_dispatch_at: "order_data",
  address: "order_data",
  order_address: "order_data",
  order_value: "order_data",
  customer: "order_data",
  company: "order_data",
  channel: "order_data",
  carrier: "execution",
  service: "execution",
  warehouse: "execution",
  quantities: "execution",
  returned_quantities: "execution",
  label_address: "execution",
  odoo_picking: "execution",
  tracking_number: "tracking_events",
  eta: "tracking_events",
  signed_by: "tracking_events",
  proof_of_delivery: "tracking_events",
  tracking_url: "tracking_events",
  weight_grams: "freight_charges",
  dimensions: "freight_charges",
  expected_freight: "freight_charges",
};

/** Fields of a domain, in the order in which they are shown. */
export function fieldsOfDomain(domain: OwnershipDomain): Attribute[] {
  return (Object.keys(DOMAIN_OF) as (keyof typeof DOMAIN_OF)[]).filter((field) => DOMAIN_OF[field] === domain);
}

/** Puts a class first in the order of a field; the others keep their order behind it. */
export function ownedBy<C extends string>(order: readonly C[], owner: C): C[] {
  return [owner, ...order.filter((one) => one !== owner)];
}
