import type { Charge } from "@/core/freight/charges";
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

export type InvoiceLine = {
  line: string;
  /** The source's word for the charge. */
  code: string | null;
  description: string | null;
  amount: string;
  /** What the document's standard says the charge is where it has no word of its own for it. */
  implied: Charge | null;
  /** Numbers of the shipment this line is about; none: those of the whole document. */
  references: Reference[];
};

export type InvoiceFacts = {
  at: string;
  /** What the standard calls the document: "210", "810", "csv". */
  document: string;
  /** Who bills, as a carrier's name in our words, else as the source wrote it, lower-case. */
  vendor: string | null;
  number: string;
  kind: "invoice" | "credit";
  date: string | null;
  due: string | null;
  currency: string | null;
  /** Decimal strings, as the document wrote them. */
  total: string | null;
  references: Reference[];
  lines: InvoiceLine[];
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
