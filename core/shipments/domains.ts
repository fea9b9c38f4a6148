import type { FeedClass } from "@/core/feeds/feed";
import { MILESTONES_ORDER, type OwnedField, type Ownership } from "./ownership";

/** The four domains of data whose owner a company settles first (domain.md, The fold), and the fields of each. */
export const OWNERSHIP_DOMAINS = ["order_data", "execution", "tracking_events", "freight_charges"] as const;
export type OwnershipDomain = (typeof OWNERSHIP_DOMAINS)[number];

/** Domain of each field; a ruling that shipments are apart belongs to none. */
export const DOMAIN_OF: Readonly<Record<Exclude<OwnedField, "ruled_out">, OwnershipDomain>> = {
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
  milestones: "tracking_events",
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
export function fieldsOfDomain(domain: OwnershipDomain): OwnedField[] {
  return (Object.keys(DOMAIN_OF) as (keyof typeof DOMAIN_OF)[]).filter((field) => DOMAIN_OF[field] === domain);
}

/** The field that stands for its domain: whoever owns it is named as the owner, and the fields that others own beside. */
const LEAD: Readonly<Record<OwnershipDomain, OwnedField>> = {
  order_data: "promised_delivery_at",
  execution: "quantities",
  tracking_events: "tracking_number",
  freight_charges: "expected_freight",
};

/** Only Odoo has transfers of Odoo, so its owner is no choice. */
const NO_CHOICE: ReadonlySet<OwnedField> = new Set<OwnedField>(["odoo_picking"]);

export type DomainOwner = {
  owner: FeedClass | null;
  /** Fields of the domain that another owns; null: nobody in particular. */
  but: { field: OwnedField; owner: FeedClass | null }[];
};

/** Names the owner of a domain, and what of it is owned otherwise. */
export function ownerOf(domain: OwnershipDomain, ownership: Ownership): DomainOwner {
  const owner = ownership[LEAD[domain]][0] ?? null;
  const but = fieldsOfDomain(domain)
    .filter((field) => !NO_CHOICE.has(field) && (ownership[field][0] ?? null) !== owner)
    .map((field) => ({ field, owner: ownership[field][0] ?? null }));
  return { owner, but };
}

/** Makes a class the owner of some fields; the others of each keep their order behind it. */
export function ownedFields(ownership: Ownership, fields: readonly OwnedField[], owner: FeedClass): Partial<Ownership> {
  return Object.fromEntries(
    fields
      .filter((field) => fields.length === 1 || !NO_CHOICE.has(field))
      .map((field) => {
        const order = ownership[field];
        return [field, ownedBy(field === "milestones" && order.length === 0 ? MILESTONES_ORDER : order, owner)];
      }),
  );
}

/** Puts a class first in the order of a field; the others keep their order behind it. */
export function ownedBy<C extends string>(order: readonly C[], owner: C): C[] {
  return [owner, ...order.filter((one) => one !== owner)];
}
