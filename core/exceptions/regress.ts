import { EXCEPTION_SPECS, type ExceptionKind } from "./kinds";

/**
 * Says whether closing the last exception of a cause settles it, so that the next one is a regression: people did, or the cause was mended
 * (replay, link, repost). What clears and comes again by itself, as lateness does, was never settled.
 */
export function settles(kind: ExceptionKind, byPerson: boolean): boolean {
  return byPerson || EXCEPTION_SPECS[kind].closing !== "clearing";
}
