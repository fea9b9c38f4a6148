import type { Finding } from "./finding";

/** Names the cause that findings share: kind, source, and the code, field or message with numbers and names stripped. */
export function fingerprint(finding: Pick<Finding, "kind" | "cause">): string {
  return [finding.kind, finding.cause.source, finding.cause.what].join("\u001f");
}

/** Says the cause of a group in words for its card. */
export function causeText(finding: Pick<Finding, "kind" | "cause" | "text">): string {
  return finding.text;
}
