"use client";
import {
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
  useQueryStates,
} from "nuqs";
import { useMemo } from "react";
import { type ExceptionFilter, exceptionFilter, NO_FILTER } from "@/core/exceptions/filter";
import { EXCEPTION_KINDS, EXCEPTION_STATES, IMPACTS, SEVERITIES } from "@/core/exceptions/kinds";

export const VIEWS = ["groups", "list"] as const;
export type View = (typeof VIEWS)[number];

const parsers = {
  view: parseAsStringLiteral(VIEWS).withDefault("groups"),
  state: parseAsArrayOf(parseAsStringLiteral(EXCEPTION_STATES)).withDefault([]),
  severity: parseAsArrayOf(parseAsStringLiteral(SEVERITIES)).withDefault([]),
  kind: parseAsArrayOf(parseAsStringLiteral(EXCEPTION_KINDS)).withDefault([]),
  impact: parseAsArrayOf(parseAsStringLiteral(IMPACTS)).withDefault([]),
  owner: parseAsArrayOf(parseAsString).withDefault([]),
  feed: parseAsArrayOf(parseAsInteger).withDefault([]),
  overdue: parseAsBoolean.withDefault(false),
  group: parseAsString,
  shipment: parseAsString,
  id: parseAsString,
};

/** Everything a person chose on the exceptions screen, kept in the address bar. */
export function useExceptionsUrl() {
  const [state, set] = useQueryStates(parsers, { history: "push" });
  const filter = useMemo((): ExceptionFilter => {
    const { view: _view, id: _id, ...chosen } = state;
    const parsed = exceptionFilter.safeParse(chosen);
    return parsed.success ? parsed.data : NO_FILTER;
  }, [state]);
  return { view: state.view, id: state.id, filter, set };
}

export type SetUrl = ReturnType<typeof useExceptionsUrl>["set"];
