import type { Condition } from "@/core/shipments/milestones";
import type { ActiveCondition } from "@/core/shipments/shipment";
import type { Finding } from "./finding";
import type { ExceptionKind } from "./kinds";
import { type DetectInput, finding, NOTHING, open, type Rule, utc } from "./rule";

/**
 * Makes a rule that is open while a source reports one of these conditions: one finding for each package they name, and one for the
 * shipment. A later report of the same is another occurrence, so that a resolved one comes back.
 */
export function reported(kind: ExceptionKind, conditions: readonly Condition[], says: string): Rule {
  return (input) => {
    if (input.shipment.conditions.length === 0) return NOTHING;
    const newest = new Map<string, { first: ActiveCondition; last: ActiveCondition; count: number }>();
    for (const condition of input.shipment.conditions) {
      if (!conditions.includes(condition.kind)) continue;
      const subject = condition.package === null ? "shipment" : `package:${condition.package}`;
      const known = newest.get(subject);
      if (known === undefined) newest.set(subject, { first: condition, last: condition, count: 1 });
      else {
        known.last = condition;
        known.count += 1;
      }
    }
    return open(...[...newest].map(([subject, told]) => findingOf(kind, subject, told, says, input)));
  };
}

function findingOf(
  kind: ExceptionKind,
  subject: string,
  { first, last, count }: { first: ActiveCondition; last: ActiveCondition; count: number },
  says: string,
  { feedName }: DetectInput,
): Finding {
  const word = last.reasonCode ?? last.code ?? last.description;
  return finding(kind, {
    subject,
    occurrence: `${last.kind} ${utc(last.sinceMs)}`,
    cause: { source: `feed:${last.feedId}`, what: `${last.kind}:${word ?? ""}` },
    text: `${feedName(last.feedId)} reports ${says}${word === null ? "" : ` ("${word}")`}`,
    evidence: {
      condition: last.kind,
      since: utc(first.sinceMs),
      reports: count,
      code: last.code,
      description: last.description,
      reason: last.reasonCode,
      party: last.party,
    },
    feedId: last.feedId,
  });
}
