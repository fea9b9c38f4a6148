import type { Problem } from "@/core/outcome";
import type { Claim } from "./attributes";
import type { EventFact } from "./event";
import type { Reference } from "./references";

/** What one message says about one shipment (or one package of it). */
export type ShipmentFacts = {
  /** Position inside the message ("row 17", "ST 5598"), so that a person finds the words again. */
  at: string;
  references: Reference[];
  /** Tracking numbers that are packages of this shipment, normalised; empty when the source does not say. */
  packages: { number: string; issuer: string | null; master: boolean }[];
  events: EventFact[];
  /** Subject "" is the shipment, else a normalised package number. */
  claims: (Claim & { subject: string })[];
};

export type InvoiceFacts = {
  number: string;
  kind: "invoice" | "credit";
  date: string | null;
  currency: string | null;
  /** Decimal strings, as the document wrote them. */
  total: string | null;
  lines: { line: string; code: string | null; description: string | null; amount: string }[];
};

/** All that an adapter made of one message. `ignored` says in words why a readable message has nothing for us. */
export type Facts = {
  shipments: ShipmentFacts[];
  invoices: InvoiceFacts[];
  problems: Problem[];
  ignored: string | null;
  /** Rows or documents seen, also those without a shipment. */
  records: number;
};
