import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";

export type LateWindow = {
  endsAt: Date;
  count: number;
  named: { id: string; name: string | null; billId: string | null }[];
};

/** One finding for each window that ended with postings not in Odoo, which names the first of them, and one for bills without a verdict. */
export function lateFindings(windows: readonly LateWindow[], unjudged: number): Finding[] {
  const base = { kind: "freight_window_missed" as const, feedId: null, messageId: null };
  const { severity } = EXCEPTION_SPECS.freight_window_missed;
  const findings = windows.map(({ endsAt, count, named }): Finding => {
    const ended = endsAt.toISOString();
    const names = named.flatMap(({ name }) => name ?? []).slice(0, 3);
    const more = count - names.length;
    const which = names.length === 0 ? "" : `: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    return {
      ...base,
      subject: `window:${ended}`,
      severity,
      occurrence: ended,
      cause: { source: "workflow:freight_settlement", what: "window" },
      text: `${count} freight ${count === 1 ? "posting" : "postings"} missed the window that ended ${said(ended)}${which}`,
      evidence: {
        windowEndedAt: ended,
        postings: count,
        named: named.map(({ id, name, billId }) => ({ posting: id, number: name, bill: billId })),
      },
    };
  });
  if (unjudged === 0) return findings;
  const bills = `${unjudged} freight ${unjudged === 1 ? "bill has" : "bills have"}`;
  return [
    ...findings,
    {
      ...base,
      subject: "verdicts",
      severity,
      occurrence: "verdicts",
      cause: { source: "workflow:freight_settlement", what: "verdict" },
      text: `${bills} no verdict after the window of the day on which they came`,
      evidence: { bills: unjudged },
    },
  ];
}

/** "2026-11-28 06:00 UTC". */
function said(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
