"use client";
import { parseAsArrayOf, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { ENDINGS, NOT_KNOWN, type ShipmentFilter, shipmentFilter } from "@/core/shipments/filter";
import { STAGES, SUMMARIES } from "@/core/shipments/milestones";

const parsers = {
  search: parseAsString.withDefault(""),
  stage: parseAsArrayOf(parseAsStringLiteral([...STAGES, NOT_KNOWN])).withDefault([]),
  summary: parseAsArrayOf(parseAsStringLiteral(SUMMARIES)).withDefault([]),
  carrier: parseAsArrayOf(parseAsString).withDefault([]),
  warehouse: parseAsArrayOf(parseAsString).withDefault([]),
  ending: parseAsArrayOf(parseAsStringLiteral(ENDINGS)).withDefault([]),
  trouble: parseAsBoolean.withDefault(false),
  late: parseAsBoolean.withDefault(false),
  id: parseAsString,
};

export const NO_FILTER: ShipmentFilter = shipmentFilter.parse({});

/** Everything a person chose on the list of shipments, kept in the address bar. */
export function useShipmentsUrl() {
  const [state, set] = useUrlState(parsers);
  const filter = useMemo((): ShipmentFilter => {
    const { id: _id, ...chosen } = state;
    const parsed = shipmentFilter.safeParse(chosen);
    return parsed.success ? parsed.data : NO_FILTER;
  }, [state]);
  return { id: state.id, filter, set };
}

export type SetUrl = ReturnType<typeof useShipmentsUrl>["set"];
