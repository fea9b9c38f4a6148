import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Checked } from "./check";
import type { Check } from "./states";

/** Kinds that a freight bill raises about itself; a decision closes them. */
export const FREIGHT_KINDS = [
  "freight_variance",
  "freight_duplicate",
  "freight_unmatched",
  "freight_invalid_charge",
  "unmapped_code",
] as const satisfies readonly ExceptionKind[];
type FreightKind = (typeof FREIGHT_KINDS)[number];

const KIND_OF: Partial<Record<Check, FreightKind>> = {
  totals: "freight_invalid_charge",
  currency: "freight_invalid_charge",
  vendor: "freight_invalid_charge",
  amount: "freight_invalid_charge",
  charge: "freight_invalid_charge",
  duplicate: "freight_duplicate",
  unmatched: "freight_unmatched",
  variance: "freight_variance",
};
const MOST_WORDS = 20;

export type FindingContext = {
  number: string;
  vendor: string;
  feedId: number;
  feedSlug: string;
  feedName: string;
  messageId: string;
  /** Words of charges that nobody mapped. */
  words: readonly string[];
  /** Bills that this one repeats. */
  duplicates: readonly { invoiceId: string; number: string }[];
};

/** Turns what speaks against a bill into findings: one of a kind and check, and one for each word of a charge that nobody mapped. */
export function findingsOf(checked: Checked, context: FindingContext): Finding[] {
  const { number, vendor, feedId, messageId } = context;
  const base = { feedId, messageId };
  const findings: Finding[] = [];
  const byCheck = Map.groupBy(checked.objections, ({ check }) => check);
  for (const [check, objections] of byCheck) {
    const kind = KIND_OF[check];
    if (kind === undefined) continue;
    const texts = objections.map(({ text }) => text);
    findings.push({
      ...base,
      kind,
      subject: `bill:${check}`,
      severity: EXCEPTION_SPECS[kind].severity,
      occurrence: texts.join(" ").slice(0, 200),
      cause: { source: `carrier:${vendor}`, what: check },
      text: `Bill ${number} of ${vendor}: ${texts.join(" ")}`.slice(0, 1_000),
      evidence: evidenceOf(check, checked, context),
    });
  }
  for (const word of context.words.slice(0, MOST_WORDS)) {
    findings.push({
      ...base,
      kind: "unmapped_code",
      subject: `charge:${word}`.slice(0, 200),
      severity: EXCEPTION_SPECS.unmapped_code.severity,
      occurrence: word.slice(0, 200),
      cause: { source: context.feedSlug, what: `charge ${word}` },
      text: `${context.feedName} bills “${word}”, a charge that nobody has mapped`,
      evidence: { kind: "charge", word, bill: number },
    });
  }
  return findings;
}

function evidenceOf(
  check: Check,
  checked: Checked,
  { number, vendor, duplicates }: FindingContext,
): Record<string, Json> {
  const base: Record<string, Json> = { bill: number, carrier: vendor, currency: checked.currency };
  switch (check) {
    case "variance":
      return {
        ...base,
        billedMinor: checked.billedMinor,
        expectedMinor: checked.expectedMinor,
        overMinor: checked.overMinor,
        underMinor: checked.underMinor,
        rules: [...new Set(checked.lines.flatMap((line) => line.rule ?? []))],
      };
    case "duplicate":
      return { ...base, repeats: duplicates.map((one) => ({ id: one.invoiceId, number: one.number })) };
    case "unmatched":
      return {
        ...base,
        lines: checked.lines
          .filter((line) => line.shipmentId === null)
          .map((line) => line.position)
          .slice(0, 100),
      };
    default:
      return { ...base, billedMinor: checked.billedMinor };
  }
}
