import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { adviceOn } from "@/core/postings/advice";
import { type BudgetLevel, type BudgetStanding, LEVEL_SEVERITY } from "@/core/postings/failure-budget";
import type { DuePosting } from "@/db/queries/outbox";
import { hashId } from "../pipeline/interpret";

const KIND_WORDS: Readonly<Record<DuePosting["kind"], string>> = {
  tracking_number: "the tracking number",
  transfer_validated: "the validation of the transfer",
  status_note: "a status note",
  proof_of_delivery: "the proof of delivery",
  exception_activity: "an activity",
  status_field: "the delivery status",
  return_transfer: "the return",
  customer_invoice: "the invoice",
  freight_cost: "the cost of freight",
  vendor_bill: "the carrier's bill",
  vendor_credit: "the carrier's credit",
  landed_cost: "the landed cost",
};

/** Home of exceptions about a connection. */
export function homeOfConnection(connectionId: number): string {
  return hashId(`connection/${connectionId}`);
}

/** Home of exceptions about a feed. */
export function homeOfFeed(feedId: number): string {
  return hashId(`feed/${feedId}`);
}

export function unreachableFinding(connection: { id: number; name: string }, reason: string, sinceMs: number): Finding {
  return {
    kind: "odoo_unreachable",
    subject: "connection",
    occurrence: String(sinceMs),
    severity: EXCEPTION_SPECS.odoo_unreachable.severity,
    cause: { source: `connection ${connection.id}`, what: "unreachable" },
    text: `${connection.name} cannot be reached: ${reason}`,
    evidence: { reason, since: new Date(sinceMs).toISOString() },
    feedId: null,
    messageId: null,
  };
}

/** One exception about the failed calls to an Odoo; the worse the level, the more severe. */
export function budgetFinding(
  connection: { id: number; name: string },
  level: BudgetLevel,
  standing: BudgetStanding,
  sinceMs: number,
): Finding {
  const { calls, failed, allowed, used } = standing;
  return {
    kind: "odoo_failure_budget",
    subject: "failure_budget",
    occurrence: `${sinceMs}/${level}`,
    severity: LEVEL_SEVERITY[level],
    cause: { source: `connection ${connection.id}`, what: "failure budget" },
    text: `${connection.name}: ${failed} of ${calls} calls failed within an hour, ${used} % of the ${allowed} that are allowed`,
    evidence: { level, failed, calls, allowed, used, since: new Date(sinceMs).toISOString() },
    feedId: null,
    messageId: null,
  };
}

/** Subject of exceptions about one posting. */
export function subjectOfPosting(key: string): string {
  return `posting:${key}`;
}

export function rejectedFinding(
  posting: DuePosting,
  connection: { id: number; name: string },
  reason: string,
  field: string | null,
  failure: string | null,
): Finding {
  const record = posting.recordName ?? `${posting.recordModel}/${posting.recordId}`;
  const advice = adviceOn({ failure, reason });
  return {
    kind: "posting_rejected",
    subject: subjectOfPosting(posting.key),
    occurrence: `${posting.attempts}`,
    severity: EXCEPTION_SPECS.posting_rejected.severity,
    cause: { source: `connection ${connection.id}`, what: `${posting.kind} ${field ?? ""} ${reason}` },
    text: `${connection.name} did not take ${KIND_WORDS[posting.kind]} of ${record}: ${advice === null ? reason : `${ended(reason)} ${advice}`}`,
    evidence: {
      kind: posting.kind,
      record,
      recordId: posting.recordId,
      field,
      failure,
      reason,
      advice,
      attempts: posting.attempts,
    },
    feedId: null,
    messageId: posting.messageId,
  };
}

/** Odoo's words as a sentence, so that another can follow. */
function ended(reason: string): string {
  return /[.!?…]$/.test(reason) ? reason : `${reason}.`;
}

export function unconfirmedFinding(
  posting: DuePosting,
  connection: { id: number; name: string },
  reason: string,
): Finding {
  const record = posting.recordName ?? `${posting.recordModel}/${posting.recordId}`;
  return {
    kind: "posting_unconfirmed",
    subject: subjectOfPosting(posting.key),
    occurrence: `${posting.sentAtMs}`,
    severity: EXCEPTION_SPECS.posting_unconfirmed.severity,
    cause: { source: `connection ${connection.id}`, what: posting.kind },
    text: `${connection.name} gave no answer to ${KIND_WORDS[posting.kind]} of ${record}, and reading it back failed: ${reason}`,
    evidence: {
      kind: posting.kind,
      record,
      recordId: posting.recordId,
      reason,
      sentAt: posting.sentAtMs === null ? null : new Date(posting.sentAtMs).toISOString(),
    },
    feedId: null,
    messageId: posting.messageId,
  };
}
