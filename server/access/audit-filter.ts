import type { AuditFilterValue } from "@/core/access/audit-filter";
import type { AuditFilter } from "@/db/queries/audit";

/** The filter as the query takes it. */
export function auditFilterOf(input: AuditFilterValue): AuditFilter {
  return {
    actions: input.action,
    actorId: input.actor,
    actorKind: input.actorKind,
    subject: input.subject || null,
    since: input.since,
    until: input.until,
  };
}
