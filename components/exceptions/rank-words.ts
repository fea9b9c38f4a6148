import { reasonOfRank } from "@/core/exceptions/work-order";
import type { ExceptionRow } from "./rows";

/** Why a row stands where it stands, as of now. */
export function rankWords(row: ExceptionRow): string {
  return reasonOfRank(
    {
      severity: row.severity,
      workRank: row.workRank,
      riskMinor: row.riskMinor,
      currency: row.currency,
      dueAtMs: row.dueAt.getTime(),
      deadlineMs: row.deadlineAt?.getTime() ?? null,
      deadlineKind: row.deadlineKind,
    },
    Date.now(),
  );
}
