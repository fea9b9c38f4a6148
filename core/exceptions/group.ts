import type { Finding } from "./finding";
import { EXCEPTION_SPECS, type ExceptionKind } from "./kinds";

/** Kinds whose cause is a message written for people: there numbers and names tell two cases apart, not two causes. */
const SAID_IN_WORDS: ReadonlySet<ExceptionKind> = new Set<ExceptionKind>([
  "unreadable_message",
  "label_failed",
  "posting_rejected",
  "posting_unconfirmed",
  "odoo_unreachable",
  "day_not_reconciled",
  "our_fault",
]);

/**
 * Names the cause that findings share: kind, source, and the code, field or message. A code is taken as it is; a message loses its
 * numbers, quoted words, names of records and addresses, so that one cause makes one card.
 */
export function fingerprint(finding: Pick<Finding, "kind" | "cause">): string {
  const { kind, cause } = finding;
  const what = SAID_IN_WORDS.has(kind) ? withoutNames(cause.what) : cause.what;
  return [kind, cause.source, what].join("\u001f");
}

const LONGEST_CAUSE = 300;

/** Says the cause of a group in words for its card: a sentence that holds the raw word verbatim where there is one. */
export function causeText(finding: Pick<Finding, "kind" | "cause" | "text">): string {
  const text = finding.text.trim() || finding.cause.what.trim() || EXCEPTION_SPECS[finding.kind].label;
  return text.length <= LONGEST_CAUSE ? text : `${text.slice(0, LONGEST_CAUSE - 1)}…`;
}

/** Strips what differs from case to case out of a message: quoted words, addresses, ids, names of records, numbers. */
export function withoutNames(message: string): string {
  return message
    .slice(0, 2_000)
    .replace(/"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![\p{L}\d])'[^']*'(?![\p{L}\d])/gu, "…")
    .replace(/\b\w+:\/\/\S+|\S+@\S+\.\S+/g, "…")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "#")
    .replace(/\b[\p{L}\d]+(?:[/_.-][\p{L}\d]+)*\/\d+\b/gu, "#")
    .replace(/\b(?=[\p{L}\d_-]*\d)[\p{L}\d_-]+\b/gu, "#")
    .replace(/#(?:[\s,.:]*#)+/g, "#")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
