import type { Context } from "../context";

/** Lock numbers of what only one worker of all does at a time. */
export const LEADER_OF = {
  sweep: 742_101,
  folders: 742_102,
  polls: 742_103,
  watch: 742_104,
  upkeep: 742_105,
  sender: 742_106,
} as const;

/**
 * Does `step` if no other process is at it; a transaction-scoped advisory lock guards it on a connection of its own, so a dead leader is
 * replaced at once. Returns undefined when another leads.
 */
export async function asLeader<T>(
  ctx: Context,
  of: keyof typeof LEADER_OF,
  step: () => Promise<T>,
): Promise<T | undefined> {
  return ctx.sql.begin(async (tx) => {
    const [row] = await tx<{ got: boolean }[]>`select pg_try_advisory_xact_lock(${LEADER_OF[of]}) as got`;
    return row?.got ? step() : undefined;
  }) as Promise<T | undefined>;
}
