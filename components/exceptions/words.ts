import type { Impact } from "@/core/exceptions/kinds";

export const IMPACT_WORD: Readonly<Record<Impact, string>> = {
  customer: "Customer",
  warehouse: "Warehouse",
  billing: "Billing",
  inventory: "Inventory",
  carrier: "Carrier",
  cash: "Cash",
};

export const NOTE_WORD: Readonly<Record<string, string>> = {
  comment: "commented",
  acknowledged: "acknowledged",
  assigned: "assigned",
  snoozed: "snoozed",
  resolved: "resolved",
  reopened: "opened again",
  closed: "closed: the cause is gone",
  refreshed: "found new evidence",
};

/** "shipment_creation" -> "Shipment creation". */
export function sentence(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
