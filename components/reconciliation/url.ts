"use client";
import { parseAsArrayOf, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { ASPECTS, PAIRS, VERDICTS } from "@/core/reconciliation/aspects";
import { CAUSES } from "@/core/reconciliation/cause";
import {
  type ReadinessFilter,
  type ReconciliationFilter,
  readinessFilterOf,
  reconciliationFilter,
  reconciliationFilterOf,
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
  posted: parseAsBoolean.withDefault(false),
  id: parseAsString,
};

/** Everything a person chose on the screen, kept in the address bar; `chosenDay` is null where none is named, or none that the calendar has. */
export function useReconciliationUrl() {
  const [state, set] = useUrlState(parsers);
  const day = reconciliationFilter.shape.day.safeParse(state.day);
  return { state, set, chosenDay: day.success ? day.data : null };
}

type State = ReturnType<typeof useReconciliationUrl>["state"];

/** What is asked for: of the day chosen, else of `newest`. */
export function useChoice(state: State, newest: string | undefined) {
  const filter = useMemo((): ReconciliationFilter | null => {
    const { id: _id, ready: _ready, product: _product, ...chosen } = state;
    return reconciliationFilterOf({ ...chosen, day: state.day ?? newest }, newest ?? null);
  }, [state, newest]);
  const ready = useMemo((): ReadinessFilter | null => {
    if (state.ready === null) return null;
    const { carrier, warehouse, product, search } = state;
    return readinessFilterOf(state.ready, { carrier, warehouse, product, search });
  }, [state]);
  return { filter, ready };
}
