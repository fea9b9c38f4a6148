"use client";
import { parseAsBoolean, parseAsInteger, parseAsStringLiteral } from "nuqs";
import { useUrlState } from "@/components/shell/use-url-state";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import { RANGES } from "@/core/service-levels/ranges";

const parsers = {
  workflow: parseAsStringLiteral(WORKFLOWS).withDefault("tracking_publication"),
  range: parseAsStringLiteral(RANGES).withDefault("24h"),
  feed: parseAsInteger,
  /** Start of the step whose breaches are listed, in seconds since 1970. */
  hour: parseAsInteger,
  table: parseAsBoolean.withDefault(false),
};

/** Beyond it there is no instant, whatever stands in the address. */
const LAST_SECOND = 8_640_000_000_000;

/** What a person chose on the service levels screen, kept in the address bar. */
export function useLevelsUrl() {
  const [chosen, set] = useUrlState(parsers);
  const hour = chosen.hour !== null && Math.abs(chosen.hour) <= LAST_SECOND ? chosen.hour : null;
  return { ...chosen, hour, set };
}
