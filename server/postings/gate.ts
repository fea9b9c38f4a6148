import { heldByRules, reroutedBy } from "@/core/postings/degraded";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import { holdByPolicy, kindsThatMayLeave, readPolicies } from "@/core/postings/policy";
import { notifyLive } from "@/db/queries/live";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { type Hold, holdClosed, listRulesInForce, postponeDue, releaseDue } from "@/db/queries/posting-policy";
import type { Context } from "../context";

const AT_ONCE = 5_000;
/** What came as planned into a closed kind (a switch, a repost) is looked for so often. */
const SWEEP_MS = 10_000;

export type Gated = { holds: string; sweptAtMs: number };

export type Gate = {
  /** Kinds that may leave now. */
  kinds: PostingKind[];
  /** The kinds that go by another connection while a rule says so, whether they may leave now or not. */
  rerouted: { viaConnectionId: number; kinds: PostingKind[] } | null;
  /** True where more waits to be let go. */
  more: boolean;
};

/**
 * Decides what of a connection may leave now, by its policies, the clock and the rules in force: lets go what waited for a window or batch
 * that has come, and holds what is planned of kinds that have to wait. `known` remembers the last decision of this process.
 */
export async function passGate(ctx: Context, connection: WorkingConnection, known: Map<number, Gated>): Promise<Gate> {
  const now = ctx.now();
  const nowMs = now.getTime();
  const rules = await listRulesInForce(ctx.sql);
  const policies = readPolicies(connection.policies, connection.pausedClasses, heldByRules(rules, connection.id));
  const kinds = kindsThatMayLeave(policies, nowMs);
  const closed = POSTING_KINDS.filter((kind) => !kinds.includes(kind)).flatMap((kind) => {
    const hold = holdByPolicy(kind, policies, nowMs);
    return hold === null ? [] : [{ kind, hold: untilDate(hold.because, hold.untilMs) }];
  });
  const released = await releaseDue(ctx.sql, connection.id, kinds, now, AT_ONCE);
  const holds = JSON.stringify(closed);
  const gated = known.get(connection.id);
  let held = 0;
  if (closed.length > 0 && (gated?.holds !== holds || nowMs - gated.sweptAtMs >= SWEEP_MS)) {
    held = await ctx.sql.begin(async (tx) => {
      await postponeDue(tx, connection.id, closed, now);
      return holdClosed(tx, connection.id, closed, now, AT_ONCE);
    });
  }
  const swept = held < AT_ONCE;
  if (swept) known.set(connection.id, { holds, sweptAtMs: nowMs });
  if (released + held > 0) {
    await notifyLive(ctx.sql, "postings");
    ctx.log.info({ connection: connection.id, released, held }, "postings let go or held by policy");
  }
  const via = reroutedBy(rules, connection.id);
  const rerouted = via && { ...via, kinds: POSTING_KINDS.filter((kind) => via.kinds.includes(kind)) };
  return { kinds, rerouted, more: released === AT_ONCE || !swept };
}

function untilDate(because: string, untilMs: number | null): Hold {
  return { because, until: untilMs === null ? null : new Date(untilMs) };
}
