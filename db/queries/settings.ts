import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/** All settings of the workspace by name. */
export async function listSettings(tx: Tx): Promise<Record<string, unknown>> {
  const rows = await tx<{ name: string; value: unknown }[]>`select name, value from setting`;
  return Object.fromEntries(rows.map((row) => [row.name, row.value]));
}

/** What is stored of one setting; null where nothing is. */
export async function findSetting(tx: Tx, name: string): Promise<unknown> {
  const [row] = await tx<{ value: unknown }[]>`select value from setting where name = ${name}`;
  return row?.value ?? null;
}

/** When each setting was changed last, and by whom. */
export async function listSettingChanges(tx: Tx): Promise<{ name: string; at: Date; by: string | null }[]> {
  return tx<{ name: string; at: Date; by: string | null }[]>`select s.name, s.updated_at as at, p.name as by
    from setting s left join person p on p.id = s.updated_by`;
}

/** Locks the setting's name, so that two changes of it follow one another even before its row exists. */
export async function lockSetting(tx: Tx, name: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`setting ${name}`}, 742005))`;
}

export async function saveSetting(
  tx: Tx,
  s: { name: string; value: Json; updatedBy: string | null; updatedAt: Date },
): Promise<void> {
  await tx`insert into setting (name, value, updated_by, updated_at)
    values (${s.name}, ${tx.json(s.value)}, ${s.updatedBy}, ${s.updatedAt})
    on conflict (name) do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at`;
}
