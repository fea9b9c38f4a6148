import type { Tx } from "@/db/client";

/** Tables partitioned by month, with the column that decides. */
export const PARTITIONED = ["message", "interpretation", "posting_attempt", "audit"] as const;

function monthStart(at: Date, plus: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + plus, 1));
}

/** Makes the month partitions from `monthsBack` before to `monthsAhead` after `now`; those that exist stay. A month whose rows already lie in the default partition is left there. */
export async function ensurePartitions(tx: Tx, now: Date, monthsAhead = 2, monthsBack = 0): Promise<string[]> {
  const made: string[] = [];
  for (const table of PARTITIONED) {
    for (let offset = -monthsBack; offset <= monthsAhead; offset++) {
      const from = monthStart(now, offset);
      const to = monthStart(now, offset + 1);
      const name = `${table}_${from.toISOString().slice(0, 7).replace("-", "_")}`;
      const [known] =
        await tx`select 1 from pg_class where relname = ${name} and relnamespace = current_schema()::regnamespace`;
      if (known) continue;
      try {
        await tx.unsafe(
          `create table if not exists "${name}" partition of "${table}" for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
        );
        made.push(name);
      } catch (error) {
        // check_violation: the default partition holds rows of that month; duplicate_table: another process was faster
        const code = (error as { code?: string }).code;
        if (code !== "23514" && code !== "42P07") throw error;
      }
    }
  }
  return made;
}
