import type { Charge } from "@/core/freight/charges";
import type { ReferenceKind } from "@/core/shipments/references";

/** Document names (element 1001) that ask for money or give it back; any other is named in a problem and never taken for a bill. */
export const DOCUMENT_KINDS: Readonly<Record<string, "invoice" | "credit">> = {
  "380": "invoice",
  "383": "invoice",
  "384": "invoice",
  "385": "invoice",
  "386": "invoice",
  "388": "invoice",
  "390": "invoice",
  "393": "invoice",
  "780": "invoice",
  "381": "credit",
  "396": "credit",
};

/** Reference qualifiers (element 1153) that name a shipment; the others say other things. */
export const REFERENCES: Readonly<Record<string, ReferenceKind>> = {
  AWB: "tracking_number",
  HWB: "tracking_number",
  CN: "pro_number",
  BM: "bill_of_lading",
  MB: "bill_of_lading",
  AAS: "bill_of_lading",
  BN: "booking",
  EQ: "container",
  SI: "wms_shipment",
  SRN: "wms_shipment",
  DQ: "wms_shipment",
  ON: "customer_po",
  VN: "sales_order",
};

/** Special services (element 7161) and allowances that say what they are; a carrier's other words are mapped in its feed. */
export const EDIFACT_CHARGES: Readonly<Record<string, Charge>> = {
  FC: "base",
  DI: "discount",
  "95": "discount",
  HD: "other_accessorial",
  SH: "other_accessorial",
  FAC: "other_accessorial",
};

/** Encodings that the syntax identifier of UNB names; the first two are plain ASCII. */
export const ENCODINGS: Readonly<Record<string, string>> = {
  UNOC: "iso-8859-1",
  UNOD: "iso-8859-2",
  UNOE: "iso-8859-5",
  UNOF: "iso-8859-7",
  UNOG: "iso-8859-3",
  UNOH: "iso-8859-4",
  UNOI: "iso-8859-6",
  UNOJ: "iso-8859-8",
  UNOK: "iso-8859-9",
};
