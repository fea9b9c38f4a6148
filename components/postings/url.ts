"use client";
import {
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs";
import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { OUTBOX_TAB_NAMES, OUTBOX_TABS, type PostingFilter, postingFilter } from "@/core/postings/filter";
import { HOLD_REASONS, POSTING_KINDS } from "@/core/postings/kinds";

const parsers = {
  tab: parseAsStringLiteral([...OUTBOX_TAB_NAMES, "all"]).withDefault("all"),
  kind: parseAsArrayOf(parseAsStringLiteral(POSTING_KINDS)).withDefault([]),
  connection: parseAsArrayOf(parseAsInteger).withDefault([]),
  held: parseAsArrayOf(parseAsStringLiteral(HOLD_REASONS)).withDefault([]),
  search: parseAsString.withDefault(""),
  id: parseAsString,
  /** The window of failed postings to post again. */
  recover: parseAsBoolean.withDefault(false),
  since: parseAsIsoDateTime,
  until: parseAsIsoDateTime,
};

/** Everything a person chose on the outbox, kept in the address bar. */
export function usePostingsUrl() {
  const [state, set] = useUrlState(parsers);
  const filter = useMemo((): PostingFilter => {
    const { tab, kind, connection, held, search } = state;
    const parsed = postingFilter.safeParse({
      kind,
      connection,
      held,
      search,
      state: tab === "all" ? [] : [...OUTBOX_TABS[tab]],
    });
    return parsed.success ? parsed.data : postingFilter.parse({});
  }, [state]);
  return { tab: state.tab, id: state.id, filter, recover: state.recover, since: state.since, until: state.until, set };
}
