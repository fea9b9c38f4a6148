import { heldByRules } from "@/core/postings/degraded";
import type { PostingKind } from "@/core/postings/kinds";
import { CLASS_RANK, type ConnectionPolicies, holdByPolicy, readPolicies } from "@/core/postings/policy";
import type { Tx } from "@/db/client";
import { notifyLive } from "@/db/queries/live";
import { listRulesInForce, type Moved, redecideKind } from "@/db/queries/posting-policy";

/** The policies of a connection with the rules in force. */
export async function policiesOf(
  tx: Tx,
  connection: { id: number; policies: unknown; pausedClasses: unknown },
): Promise<ConnectionPolicies> {
  const rules = await listRulesInForce(tx);
  return readPolicies(connection.policies, connection.pausedClasses, heldByRules(rules, connection.id));
}

/** Decides anew about what waits and what is due of some kinds, in the transaction that changed their policy. */
export async function redecide(
  tx: Tx,
  connectionId: number,
  kinds: readonly PostingKind[],
  policies: ConnectionPolicies,
  now: Date,
): Promise<Moved> {
  const sum: Moved = { released: 0, held: 0 };
  for (const kind of kinds) {
    const hold = holdByPolicy(kind, policies, now.getTime());
    const until = hold === null || hold.untilMs === null ? null : new Date(hold.untilMs);
    const rank = CLASS_RANK[policies.byKind[kind].class];
    const moved = await redecideKind(
      tx,
      connectionId,
      kind,
      rank,
      hold === null ? null : { because: hold.because, until },
      now,
    );
    sum.released += moved.released;
    sum.held += moved.held;
  }
  await notifyLive(tx, "odoo");
  await notifyLive(tx, "postings");
  return sum;
}
