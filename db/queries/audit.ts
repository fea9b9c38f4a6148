import type { Keyset } from "@/core/keyset";
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

export type AuditFilter = {
  /** Whole names (`people.invite`) or a noun (`people`). */
  actions: readonly string[];
  actorId: string | null;
  actorKind: "person" | "api_key" | "system" | null;
  /** A subject (`person:...`) or an id inside it. */
  subject: string | null;
  since: Date | null;
  until: Date | null;
};

const nothing = (tx: Tx) => tx``;

function matching(tx: Tx, f: AuditFilter) {
  const whole = f.actions.filter((a) => a.includes("."));
  const nouns = f.actions.filter((a) => !a.includes("."));
  return tx`
    ${f.actions.length > 0 ? tx`and (action = any(${whole}::text[]) or split_part(action, '.', 1) = any(${nouns}::text[]))` : nothing(tx)}
    ${f.actorId ? tx`and actor_id = ${f.actorId}::uuid` : nothing(tx)}
    ${f.actorKind ? tx`and actor_kind = ${f.actorKind}` : nothing(tx)}
    ${f.subject ? subject(tx, f.subject) : nothing(tx)}
    ${f.since ? tx`and at >= ${f.since}` : nothing(tx)}
    ${f.until ? tx`and at < ${f.until}` : nothing(tx)}`;
}

function subject(tx: Tx, wanted: string) {
  return wanted.includes(":") ? tx`and subject = ${wanted}` : tx`and split_part(subject, ':', 2) = ${wanted}`;
}

const columns = (
  tx: Tx,
) => tx`id, at, action, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName",
  subject, before, after, reason, correlation_id as "correlationId", (extract(epoch from at) * 1000000)::bigint as micros`;

/** One page of the audit log, newest first, read with one row more than asked for. */
export async function listAudit(
  tx: Tx,
  filter: AuditFilter,
  page: { after: Keyset | null; limit: number },
): Promise<(AuditEntry & Keyset)[]> {
  const after = page.after
    ? tx`and (at, id) < ('epoch'::timestamptz + ${page.after.micros}::bigint * interval '1 microsecond', ${page.after.id}::uuid)`
    : nothing(tx);
  return tx<(AuditEntry & Keyset)[]>`select ${columns(tx)} from audit
    where true ${matching(tx, filter)} ${after} order by at desc, id desc limit ${page.limit + 1}`;
}

/** The whole filter in blocks of rows, newest first, through a cursor, so that memory stays flat. */
export function streamAudit(tx: Tx, filter: AuditFilter): AsyncIterable<AuditEntry[]> {
  return tx<
    AuditEntry[]
  >`select ${columns(tx)} from audit where true ${matching(tx, filter)} order by at desc, id desc`.cursor(500);
}

/** Actions and actors that occur, for the filter menus; of the newest 20,000 rows. */
export async function listAuditFacets(
  tx: Tx,
): Promise<{ actions: string[]; actors: { id: string; kind: string; name: string }[] }> {
  const [row] = await tx<{ actions: string[]; actors: { id: string; kind: string; name: string }[] }[]>`
    with recent as (select action, actor_id, actor_kind, actor_name from audit order by at desc, id desc limit 20000)
    select coalesce((select array_agg(distinct action order by action) from recent), '{}') as actions,
      coalesce((select jsonb_agg(jsonb_build_object('id', actor_id, 'kind', actor_kind, 'name', name) order by name) from
        (select actor_id, actor_kind, max(actor_name) as name from recent where actor_id is not null group by 1, 2 limit 500) a), '[]') as actors`;
  return row ?? { actions: [], actors: [] };
}
