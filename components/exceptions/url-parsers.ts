import {
  createLoader,
  createSerializer,
  type inferParserType,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { type ExceptionFilter, exceptionFilter, NO_FILTER } from "@/core/exceptions/filter";
import {
  EXCEPTION_KINDS,
  EXCEPTION_STATES,
  type ExceptionState,
  IMPACTS,
  RESPONSIBLE_PARTIES,
  SEVERITIES,
} from "@/core/exceptions/kinds";
import type { ViewShows } from "@/core/exceptions/saved-view";

/** Columns of the board. */
export const BOARD_STATES = ["open", "acknowledged", "snoozed"] as const satisfies readonly ExceptionState[];

export const VIEWS = ["groups", "list", "board"] as const;

/** What the exceptions screen keeps in the address bar; read by server and browser alike. */
export const exceptionParsers = {
  view: parseAsStringLiteral(VIEWS).withDefault("groups"),
  state: parseAsArrayOf(parseAsStringLiteral(EXCEPTION_STATES)).withDefault([]),
  severity: parseAsArrayOf(parseAsStringLiteral(SEVERITIES)).withDefault([]),
  kind: parseAsArrayOf(parseAsStringLiteral(EXCEPTION_KINDS)).withDefault([]),
  impact: parseAsArrayOf(parseAsStringLiteral(IMPACTS)).withDefault([]),
  owner: parseAsArrayOf(parseAsString).withDefault([]),
  feed: parseAsArrayOf(parseAsInteger).withDefault([]),
  party: parseAsArrayOf(parseAsStringLiteral(RESPONSIBLE_PARTIES)).withDefault([]),
  overdue: parseAsBoolean.withDefault(false),
  regressed: parseAsBoolean.withDefault(false),
  action: parseAsBoolean.withDefault(false),
  group: parseAsString,
  shipment: parseAsString,
  id: parseAsString,
};

export const loadExceptionsUrl = createLoader(exceptionParsers);

const write = createSerializer(exceptionParsers);

/** Where a saved view leads. */
export function hrefOfView({ view, filter }: ViewShows): string {
  return write("/exceptions", { ...filter, view });
}

/** Rows of one page of the list and of the causes. */
export const PAGE = 60;

/** The filter in an address; one that makes no sense filters nothing. */
export function filterOf(chosen: inferParserType<typeof exceptionParsers>): ExceptionFilter {
  const { view: _view, id: _id, ...filter } = chosen;
  const parsed = exceptionFilter.safeParse(filter);
  return parsed.success ? parsed.data : NO_FILTER;
}
