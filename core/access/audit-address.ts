import { auditFilterSchema } from "./audit-filter";

/** Reads the filter as it stands in an address; what does not fit is left out. */
export function auditFilterFrom(search: URLSearchParams) {
  const parsed = auditFilterSchema.safeParse({
    action: search.get("action")?.split(",").filter(Boolean) ?? [],
    actor: search.get("actor") || null,
    actorKind: search.get("actorKind") || null,
    subject: search.get("subject") || null,
    since: search.get("since") || null,
    until: search.get("until") || null,
  });
  return parsed.success ? parsed.data : null;
}
