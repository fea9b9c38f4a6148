import type { Attribute } from "./attributes";
import type { StoredEvent } from "./event";
import type { Shipment } from "./shipment";

/** What is said of people and of money: only for who may read what concerns customers. */
export const PRIVATE_ATTRIBUTES: ReadonlySet<Attribute> = new Set([
  "address",
  "order_address",
  "label_address",
  "expected_freight",
  "order_value",
  "customer",
  "signed_by",
  "proof_of_delivery",
  "ruled_out",
]);

/** A shipment without people and money: no private field, and no free text of a source, in which anybody may be named. */
export function withoutPrivate(state: Shipment): Shipment {
  const attributes = { ...state.attributes };
  for (const attribute of PRIVATE_ATTRIBUTES) delete attributes[attribute];
  return {
    ...state,
    attributes,
    advisories: state.advisories.filter(({ attribute }) => !PRIVATE_ATTRIBUTES.has(attribute)),
    conditions: state.conditions.map((one) => ({ ...one, description: null })),
    unmapped: state.unmapped.map((one) => ({ ...one, description: null })),
  };
}

/** An event without what its source wrote freely ("left with Mrs Roe"): its code, time and place stay. */
export function withoutFreeText<T extends StoredEvent>(event: T): T {
  return { ...event, raw: { ...event.raw, description: null } };
}
