import type { Finding } from "./finding";
import { EXCEPTION_SPECS, RESPONSIBLE_PARTIES, type ResponsibleParty } from "./kinds";

/** Names the responsible party: the one a source named in its reason, else the one the kind (or the condition it reports) stands for. */
export function partyOf(finding: Pick<Finding, "kind" | "evidence">): ResponsibleParty {
  const { party, condition } = finding.evidence;
  const said = RESPONSIBLE_PARTIES.find((one) => one === party);
  if (said !== undefined) return said;
  if (typeof condition === "string" && Object.hasOwn(BY_CONDITION, condition)) {
    return BY_CONDITION[condition as keyof typeof BY_CONDITION];
  }
  return EXCEPTION_SPECS[finding.kind].party;
}

const BY_CONDITION = {
  refused: "consignee",
  unclaimed: "consignee",
  delivery_attempted: "consignee",
  customs_hold: "customs",
  address_issue: "shipper",
  label_failed: "shipper",
} as const satisfies Record<string, ResponsibleParty>;
