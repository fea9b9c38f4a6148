"use client";
import { parseAsArrayOf, parseAsIsoDate, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";

const parsers = {
  action: parseAsArrayOf(parseAsString).withDefault([]),
  actor: parseAsString,
  actorKind: parseAsStringLiteral(["person", "api_key", "system"] as const),
  subject: parseAsString,
  since: parseAsIsoDate,
  until: parseAsIsoDate,
  row: parseAsString,
};

const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACTION = /^[a-z_]+(\.[a-z_]+)?$/;

/** The filter of the audit log as the address has it. Days are days of UTC; the last one counts as a whole. */
export function useAuditUrl() {
  const [state, set] = useQueryStates(parsers, { history: "replace" });
  const filter = {
    action: state.action.filter((action) => ACTION.test(action)),
    actor: state.actor && UUID.test(state.actor) ? state.actor : null,
    actorKind: state.actorKind,
    subject: state.subject,
    since: state.since,
    until: state.until && new Date(state.until.getTime() + DAY_MS),
  };
  return { state, filter, set };
}
export type AuditUrl = ReturnType<typeof useAuditUrl>;

/** Where the same filter is to be had as a file. */
export function exportHref({ action, actor, actorKind, subject, since, until }: AuditUrl["filter"]): string {
  const search = new URLSearchParams();
  if (action.length > 0) search.set("action", action.join(","));
  if (actor) search.set("actor", actor);
  if (actorKind) search.set("actorKind", actorKind);
  if (subject) search.set("subject", subject);
  if (since) search.set("since", since.toISOString());
  if (until) search.set("until", until.toISOString());
  return `/settings/audit/export?${search}`;
}
