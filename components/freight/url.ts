"use client";
import { parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { FREIGHT_TAB_NAMES, FREIGHT_TABS, type FreightFilter, freightFilter } from "@/core/freight/filter";
import { VERDICTS } from "@/core/freight/states";

const parsers = {
  tab: parseAsStringLiteral([...FREIGHT_TAB_NAMES, "all"]).withDefault("to_decide"),
  verdict: parseAsArrayOf(parseAsStringLiteral(VERDICTS)).withDefault([]),
  vendor: parseAsArrayOf(parseAsString).withDefault([]),
  shipment: parseAsString,
  search: parseAsString.withDefault(""),
  id: parseAsString,
};

/** Everything a person chose on the screen of freight bills, kept in the address bar. */
export function useFreightUrl() {
  const [state, set] = useUrlState(parsers);
  const filter = useMemo((): FreightFilter => {
    const { id: _id, tab, ...chosen } = state;
    const parsed = freightFilter.safeParse({ ...chosen, state: tab === "all" ? [] : [...FREIGHT_TABS[tab]] });
    return parsed.success ? parsed.data : freightFilter.parse({});
  }, [state]);
  return { tab: state.tab, id: state.id, filter, set };
}
