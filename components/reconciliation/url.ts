"use client";
import { parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { ASPECTS, PAIRS, VERDICTS } from "@/core/reconciliation/aspects";
import { CAUSES } from "@/core/reconciliation/cause";
import {
  type ReadinessFilter,
  type ReconciliationFilter,
  readinessFilter,
  reconciliationFilter,
} from "@/core/reconciliation/filter";
import { READINESS_LISTS } from "@/core/reconciliation/readiness";

const names = parseAsArrayOf(parseAsString).withDefault([]);
const parsers = {
  /** A readiness list instead of the comparison. */
  ready: parseAsStringLiteral(READINESS_LISTS),
  day: parseAsString,
  pair: parseAsArrayOf(parseAsStringLiteral(PAIRS)).withDefault([]),
  aspect: parseAsArrayOf(parseAsStringLiteral(ASPECTS)).withDefault([]),
  verdict: parseAsArrayOf(parseAsStringLiteral(VERDICTS)).withDefault(["differs", "missing_left", "missing_right"]),
  cause: parseAsArrayOf(parseAsStringLiteral(CAUSES)).withDefault([]),
  carrier: names,
  warehouse: names,
  product: names,
  search: parseAsString.withDefault(""),
  id: parseAsString,
};

/** Everything a person chose on the screen, kept in the address bar. */
export function useReconciliationUrl(today: string | undefined) {
  const [state, set] = useUrlState(parsers);
  const filter = useMemo((): ReconciliationFilter | null => {
    const { id: _id, ready: _ready, product: _product, ...chosen } = state;
    const day = state.day ?? today;
    if (day === undefined) return null;
    const parsed = reconciliationFilter.safeParse({ ...chosen, day });
    return parsed.success ? parsed.data : reconciliationFilter.parse({ day: today ?? "2000-01-01" });
  }, [state, today]);
  const ready = useMemo((): ReadinessFilter | null => {
    if (state.ready === null) return null;
    const { carrier, warehouse, product, search } = state;
    return readinessFilter.parse({ list: state.ready, carrier, warehouse, product, search });
  }, [state]);
  return { state, filter, ready, set };
}
