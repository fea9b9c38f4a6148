import type { FeedClass } from "@/core/feeds/feed";
import type { PostingKind } from "@/core/postings/kinds";
import type { Attribute, Json, OdooPicking } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import type { Finding, Judgement } from "./finding";
import { EXCEPTION_SPECS, type ExceptionKind } from "./kinds";
import type { Thresholds } from "./thresholds";

export type DetectInput = {
  shipmentId: string;
  shipment: Shipment;
  nowMs: number;
  thresholds: Thresholds;
  /** True for a shipment that no order, picking or warehouse record is known for yet. */
  provisional: boolean;
  firstReceivedAtMs: number;
  /** A connection exists, so facts without a picking are homeless. */
  odooExpected: boolean;
  picking: OdooPicking | null;
  /** Between how many Odoos no rule chooses for it; null where it is known which one it belongs to, or nobody has made rules. */
  odoos: number | null;
  /** `accepted` is Odoo's own value that a person let stand in place of the one posted. */
  posted: readonly {
    kind: PostingKind;
    attribute: Attribute | null;
    value: Json;
    postedAtMs: number;
    accepted?: Json;
  }[];
  feedName: (feedId: number) => string;
  classOf: (feedId: number) => FeedClass;
};

/** One rule: what should be open of its kind, and when its answer can change without news. */
export type Rule = (input: DetectInput) => Judgement;

export const MINUTE_MS = 60_000;
export const NOTHING: Judgement = { findings: [], reviewAtMs: null };

/** Answers that nothing is wrong before `atMs`. */
export function fineUntil(atMs: number): Judgement {
  return { findings: [], reviewAtMs: atMs };
}

/** Answers that these findings stand until news comes. */
export function open(...findings: Finding[]): Judgement {
  return findings.length === 0 ? NOTHING : { findings, reviewAtMs: null };
}

const LONGEST_SUBJECT = 200;

/** Makes a finding of a kind with the kind's own severity. Texts and evidence hold no moving clock, so that looking again changes nothing. */
export function finding(
  kind: ExceptionKind,
  of: Pick<Finding, "subject" | "occurrence" | "cause" | "text"> & Partial<Pick<Finding, "evidence" | "feedId">>,
): Finding {
  return {
    kind,
    subject: of.subject.slice(0, LONGEST_SUBJECT),
    severity: EXCEPTION_SPECS[kind].severity,
    occurrence: of.occurrence.slice(0, LONGEST_SUBJECT),
    cause: of.cause,
    text: of.text,
    evidence: of.evidence ?? {},
    feedId: of.feedId ?? null,
    messageId: null,
  };
}

/** Source of a cause that lies with the carrier: its name where known, so that one carrier's trouble is one card. */
export function carrierSource(shipment: Shipment): { source: string; name: string | null } {
  const name = nameIn(shipment.attributes.carrier?.value);
  return { source: `carrier:${name?.toLowerCase() ?? ""}`, name };
}

/** Reads the name out of a claimed value: a word, or a record with a name. */
export function nameIn(value: Json | undefined): string | null {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return nameIn(value.name);
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : null;
}

/** Writes an instant for people and for occurrences: ISO 8601 in UTC, to the second. */
export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Writes a duration in minutes in the largest unit that fits: "30 min", "24 h", "3 days". */
export function duration(minutes: number): string {
  if (minutes >= 72 * 60 && minutes % (24 * 60) === 0) return `${minutes / (24 * 60)} days`;
  if (minutes >= 60 && minutes % 60 === 0) return `${minutes / 60} h`;
  return `${minutes} min`;
}
