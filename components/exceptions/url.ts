"use client";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { exceptionParsers, filterOf } from "./url-parsers";

/** Everything a person chose on the exceptions screen, kept in the address bar. */
export function useExceptionsUrl() {
  const [chosen, set] = useUrlState(exceptionParsers);
  const filter = useMemo(() => filterOf(chosen), [chosen]);
  return { view: chosen.view, id: chosen.id, filter, set };
}

export type SetUrl = ReturnType<typeof useExceptionsUrl>["set"];
