import type { Difference } from "@/core/reconciliation/cause";
import type { Word } from "@/db/queries/repair";

/** The words without a meaning that differences come from. */
export function wordsOf(found: readonly Difference[]): Word[] {
  return found.flatMap(({ cause, aspect, feedId, word }) =>
    cause === "mapping" && feedId !== null && word !== null
      ? [{ feedId, kind: aspect === "quantities" ? "product" : "status", word }]
      : [],
  );
}
