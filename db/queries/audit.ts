import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type AuditEntry = {
  id: string;
  at: Date;
  action: string;
  actorKind: "person" | "api_key" | "system";
  actorId: string | null;
  actorName: string;
  subject: string;
  before: Json;
  after: Json;
  reason: string | null;
  correlationId: string | null;
};

/** Appends one audit row; called inside the transaction of the change it tells of. */
export async function insertAudit(tx: Tx, e: AuditEntry): Promise<void> {
  await tx`insert into audit (id, at, action, actor_kind, actor_id, actor_name, subject, before, after, reason, correlation_id)
    values (${e.id}, ${e.at}, ${e.action}, ${e.actorKind}, ${e.actorId}, ${e.actorName}, ${e.subject},
      ${e.before === null ? null : tx.json(e.before)}, ${e.after === null ? null : tx.json(e.after)}, ${e.reason}, ${e.correlationId})`;
}
