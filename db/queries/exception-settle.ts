import type { ExceptionKind } from "@/core/exceptions/kinds";
import { settles } from "@/core/exceptions/regress";
import type { Tx } from "@/db/client";

/**
 * Notes that causes are settled whose last exception was closed just now. The groups' rows are locked in order, so that of two who close the
 * last two at the same time the second sees it; what clears by itself locks nothing.
 */
export async function settleGroups(
  tx: Tx,
  closed: readonly { groupId: string; kind: ExceptionKind; by: string | null }[],
  now: Date,
): Promise<void> {
  const settled = new Map<string, string | null>();
  for (const { groupId, kind, by } of closed) if (settles(kind, by !== null)) settled.set(groupId, by);
  if (settled.size === 0) return;
  const ids = [...settled.keys()].sort();
  await tx`select id from exception_group where id = any(${ids}::uuid[]) order by id for no key update`;
  await tx`update exception_group g set regressed = false, settled_at = ${now}, settled_by = t.b
    from unnest(${ids}::uuid[], ${ids.map((id) => settled.get(id) ?? null)}::uuid[]) t(i, b)
    where g.id = t.i and not exists (select 1 from exception e where e.group_id = g.id and e.state = any(array['open', 'acknowledged', 'snoozed', 'suppressed']))`;
}

/** Takes the settling of causes back: what was closed stands again. */
export async function unsettleGroups(tx: Tx, groupIds: readonly string[]): Promise<void> {
  const ids = [...new Set(groupIds)].sort();
  if (ids.length === 0) return;
  await tx`update exception_group set settled_at = null, settled_by = null where id = any(${ids}::uuid[]) and settled_at is not null and not regressed`;
}
