import type { Json } from "@/core/shipments/attributes";
import type { ExceptionKind, Severity } from "./kinds";

/** Something that should not be so right now. A kind is open at most once per home and subject. */
export type Finding = {
  kind: ExceptionKind;
  /** What it is about, stable over time: "shipment", "package:1Z..", "code:in_transit/xyz", "order:..". */
  subject: string;
  severity: Severity;
  /** Which occurrence it is (an event key, an instant): a person's resolution holds until another one comes. */
  occurrence: string;
  /** Parts of the fingerprint of its group: feed or connection, then the code, field or message with names and numbers stripped. */
  cause: { source: string; what: string };
  /** The cause in words for the card; holds the raw word verbatim where there is one. */
  text: string;
  evidence: Record<string, Json>;
  feedId: number | null;
  messageId: string | null;
};

/** Findings that should be open, and the next instant (ms) at which the answer can change without news; null = never. */
export type Judgement = { findings: Finding[]; reviewAtMs: number | null };
