import type { Tx } from "@/db/client";

type Named = { homeId: string; id: string };

/** Steps that stand ticked, by exception. */
export async function listTickedSteps(tx: Tx, of: readonly Named[]): Promise<Map<string, Set<string>>> {
  const ticked = new Map<string, Set<string>>();
  if (of.length === 0) return ticked;
  const rows = await tx<{ id: string; step: string }[]>`select s.exception_id as id, s.step
    from unnest(${of.map((c) => c.homeId)}::uuid[], ${of.map((c) => c.id)}::uuid[]) t(h, i)
    join exception_step s on s.home_id = t.h and s.exception_id = t.i`;
  for (const { id, step } of rows) {
    const known = ticked.get(id);
    if (known) known.add(step);
    else ticked.set(id, new Set([step]));
  }
  return ticked;
}

export type TickedStep = { step: string; byName: string | null; at: Date };

/** Who ticked which step of one exception when. */
export async function listSteps(tx: Tx, of: Named): Promise<TickedStep[]> {
  return tx<
    TickedStep[]
  >`select s.step, p.name as "byName", s.at from exception_step s left join person p on p.id = s.by_person
    where s.home_id = ${of.homeId} and s.exception_id = ${of.id} order by s.at`;
}

/** Ticks a step; false when it was ticked already. */
export async function tickStep(tx: Tx, of: Named, step: string, by: string | null, at: Date): Promise<boolean> {
  const result = await tx`insert into exception_step (home_id, exception_id, step, by_person, at)
    values (${of.homeId}, ${of.id}, ${step}, ${by}, ${at}) on conflict do nothing`;
  return result.count === 1;
}

/** Takes a tick back; false when there was none. */
export async function untickStep(tx: Tx, of: Named, step: string): Promise<boolean> {
  const result =
    await tx`delete from exception_step where home_id = ${of.homeId} and exception_id = ${of.id} and step = ${step}`;
  return result.count === 1;
}
