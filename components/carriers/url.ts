"use client";
import { parseAsArrayOf, parseAsBoolean, parseAsString, parseAsStringLiteral } from "nuqs";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { type CarrierQuestion, carrierQuestion, RANGES } from "@/core/carriers/filter";
import { BASES, KPIS } from "@/core/carriers/kpis";
import { DIMENSIONS } from "@/core/carriers/measures";

const names = parseAsArrayOf(parseAsString).withDefault([]);
const parsers = {
  by: parseAsStringLiteral(DIMENSIONS).withDefault("carrier"),
  range: parseAsStringLiteral(RANGES).withDefault("13w"),
  basis: parseAsStringLiteral(BASES).withDefault("delivered"),
  carrier: names,
  service: names,
  lane: names,
  warehouse: names,
  /** Name of a column, with "-" in front for the largest first. */
  sort: parseAsString,
  /** The carrier that is open, and what is drawn of it. */
  id: parseAsString,
  kpi: parseAsStringLiteral(KPIS).withDefault("on_time_delivery"),
  table: parseAsBoolean.withDefault(false),
  /** Rows that stand side by side. */
  compare: names,
  definitions: parseAsBoolean.withDefault(false),
};

/** Everything a person chose on the screen of carriers, kept in the address bar. */
export function useCarriersUrl() {
  const [state, set] = useUrlState(parsers);
  const question = useMemo((): CarrierQuestion => {
    const { by, range, basis, carrier, service, lane, warehouse } = state;
    const parsed = carrierQuestion.safeParse({ by, range, basis, carrier, service, lane, warehouse });
    return parsed.success ? parsed.data : carrierQuestion.parse({});
  }, [state]);
  return { ...state, question, set };
}

export type SetUrl = ReturnType<typeof useCarriersUrl>["set"];
