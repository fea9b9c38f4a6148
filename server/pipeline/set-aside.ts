import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";

/** The exception of a message on which our own code failed. */
export function setAsideFinding(
  message: { id: string; feedId: number },
  slug: string,
  feedName: string,
  error: string,
): Finding {
  return {
    kind: "our_fault",
    subject: "message",
    occurrence: error.slice(0, 200),
    severity: EXCEPTION_SPECS.our_fault.severity,
    cause: { source: slug, what: error.slice(0, 120) },
    text: `Working on a message of ${feedName} failed in our own code`,
    evidence: { error },
    feedId: message.feedId,
    messageId: message.id,
  };
}
