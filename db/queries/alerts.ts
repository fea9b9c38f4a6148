import type { Role } from "@/core/access/roles";
import type { AlertMemory } from "@/core/alerts/watch-groups";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";

/** Where the watch has come to; made at its first look, so that nothing older is told. Locked until the transaction ends. */
export async function lockAlertClock(tx: Tx, now: Date): Promise<{ seenUntil: Date; dueUntil: Date }> {
  await tx`insert into alert_clock (id, seen_until, due_until) values (1, ${now}, ${now}) on conflict do nothing`;
  const [row] = await tx<{ seenUntil: Date; dueUntil: Date }[]>`
    select seen_until as "seenUntil", due_until as "dueUntil" from alert_clock where id = 1 for update`;
  return row ?? { seenUntil: now, dueUntil: now };
}

export async function saveAlertClock(tx: Tx, to: { seenUntil: Date; dueUntil: Date }): Promise<void> {
  await tx`update alert_clock set seen_until = ${to.seenUntil}, due_until = ${to.dueUntil} where id = 1`;
}

export type WatchedCause = {
  groupId: string;
  kind: ExceptionKind;
  cause: string;
  opened: number;
  open: number;
  /** All that is open in it is out of sight: put away by people, or suppressed by a window. */
  quiet: boolean;
  memory: AlertMemory;
};

/** Causes with news since an instant, and those whose answer can change without news, at most `limit`. */
export async function listWatchedCauses(tx: Tx, since: Date, limit: number): Promise<WatchedCause[]> {
  const rows = await tx<
    {
      groupId: string;
      kind: ExceptionKind;
      cause: string;
      opened: string;
      closed: string;
      told: string | null;
      pendingSince: Date | null;
      alertedAt: Date | null;
      standing: boolean | null;
      quiet: boolean;
    }[]
  >`with watched as (
      select group_id from exception_group_count where last_seen > ${since}
      union select group_id from alert_group where standing or pending_since is not null)
    select g.id as "groupId", g.kind, g.cause, c.opened, c.closed, a.told, a.pending_since as "pendingSince", a.alerted_at as "alertedAt", a.standing,
      c.opened > c.closed and not exists (select 1 from exception e where e.group_id = w.group_id and e.state = any(array['open', 'acknowledged'])) as quiet
    from watched w join exception_group g on g.id = w.group_id
      cross join lateral (select sum(opened)::bigint as opened, sum(closed)::bigint as closed from exception_group_count c
        where c.group_id = w.group_id) c
      left join alert_group a on a.group_id = w.group_id
    order by g.id limit ${limit}`;
  return rows.map((row) => ({
    groupId: row.groupId,
    kind: row.kind,
    cause: row.cause,
    opened: Number(row.opened),
    open: Number(row.opened) - Number(row.closed),
    quiet: row.quiet,
    memory: {
      told: Number(row.told ?? 0),
      pendingSinceMs: row.pendingSince?.getTime() ?? null,
      alertedAtMs: row.alertedAt?.getTime() ?? null,
      standing: row.standing ?? false,
    },
  }));
}

export async function saveAlertMemories(
  tx: Tx,
  rows: readonly { groupId: string; memory: AlertMemory }[],
): Promise<void> {
  if (rows.length === 0) return;
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  await tx`insert into alert_group (group_id, told, pending_since, alerted_at, standing)
    select g, t, p, a, s <> 0 from unnest(${rows.map((r) => r.groupId)}::uuid[], ${rows.map((r) => r.memory.told)}::bigint[],
      ${rows.map((r) => at(r.memory.pendingSinceMs))}::text[]::timestamptz[], ${rows.map((r) => at(r.memory.alertedAtMs))}::text[]::timestamptz[],
      ${rows.map((r) => (r.memory.standing ? 1 : 0))}::int[]) m(g, t, p, a, s)
    on conflict (group_id) do update set told = excluded.told, pending_since = excluded.pending_since, alerted_at = excluded.alerted_at,
      standing = excluded.standing`;
}

export type LapsedException = {
  homeId: string;
  id: string;
  groupId: string;
  kind: ExceptionKind;
  cause: string;
  assigneeId: string | null;
  dueAt: Date;
};

/** Critical and high exceptions that nobody took and whose due time lies in (after, until], oldest first, at most `limit`. */
export async function listLapsed(tx: Tx, after: Date, until: Date, limit: number): Promise<LapsedException[]> {
  return tx<
    LapsedException[]
  >`select e.home_id as "homeId", e.id, e.group_id as "groupId", e.kind, g.cause, e.assignee_id as "assigneeId", e.due_at as "dueAt"
    from (select * from exception where state = 'open' and rank = 0 and due_at > ${after} and due_at <= ${until}
      union all select * from exception where state = 'open' and rank = 1 and due_at > ${after} and due_at <= ${until}) e
      join exception_group g on g.id = e.group_id
    order by e.due_at, e.id limit ${limit}`;
}

/** People who can be told, with their settings. */
export async function listAlerted(tx: Tx): Promise<{ id: string; name: string; role: Role; settings: unknown }[]> {
  return tx`select id, name, role, settings from person where state = 'active' and role <> 'partner' order by id limit 1000`;
}
