import type { Impact, ResponsibleParty } from "@/core/exceptions/kinds";
import type { Deadline } from "@/core/exceptions/work-order";

export const IMPACT_WORD: Readonly<Record<Impact, string>> = {
  customer: "Customer",
  warehouse: "Warehouse",
  billing: "Billing",
  inventory: "Inventory",
  carrier: "Carrier",
  cash: "Cash",
};

export const PARTY_WORD: Readonly<Record<ResponsibleParty, string>> = {
  carrier: "Carrier",
  shipper: "Us",
  consignee: "Consignee",
  customs: "Customs",
  weather: "Weather",
  other: "Another",
};

export const DEADLINE_WORD: Readonly<Record<Deadline, string>> = {
  promise: "Promised",
  claim: "Claim until",
  invoice: "Invoice by",
};

export const NOTE_WORD: Readonly<Record<string, string>> = {
  comment: "commented",
  acknowledged: "acknowledged",
  assigned: "assigned",
  snoozed: "snoozed",
  suppressed: "suppressed",
  resolved: "resolved",
  reopened: "opened again",
  closed: "closed: the cause is gone",
  refreshed: "found new evidence",
  ticked: "did",
  unticked: "took back",
  escalated: "escalated this",
  lost: "noted a loss",
  undone: "took the last change back",
};

/** "shipment_creation" -> "Shipment creation". */
export function sentence(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
