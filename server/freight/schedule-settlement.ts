import { z } from "zod";
import { SETTLEMENT_KINDS } from "@/core/freight/window";
import { readPolicies } from "@/core/postings/policy";
import { postingTiming, timingInWords } from "@/core/postings/timing";
import type { Json } from "@/core/shipments/attributes";
import { findConnection, listConnections } from "@/db/queries/odoo";
import { savePolicyRow } from "@/db/queries/posting-policy";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "../odoo/redecide";

export const scheduleSettlementInput = z.object({
  timing: postingTiming,
  /** The schedule in words as the person saw it; another one meanwhile is a conflict. */
  seen: z.string().max(5_000),
});

/** Sets when freight settlement runs: the timing of its kinds of posting on every connection, and decides anew about what waits. */
export async function scheduleSettlement(
  ctx: Context,
  actor: Actor,
  { timing, seen }: z.infer<typeof scheduleSettlementInput>,
): Promise<{ released: number; held: number }> {
  requireRight(actor, "odoo:manage");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const connections = (await listConnections(tx)).filter(({ state }) => state !== "archived");
    if (connections.length === 0) throw new AppError("precondition", "Connect an Odoo first.");
    const before = connections.flatMap(({ name, policies }) =>
      SETTLEMENT_KINDS.map((kind) => ({
        connection: name,
        kind,
        timing: readPolicies(policies, [], []).byKind[kind].timing,
      })),
    );
    if (scheduleInWords(before) !== seen)
      throw new AppError("conflict", "Somebody else has changed the schedule meanwhile. Load it again and look.");
    const sum = { released: 0, held: 0 };
    for (const { id } of connections) {
      for (const kind of SETTLEMENT_KINDS) {
        // read anew for each kind: the one before has changed its policies
        const connection = await findConnection(tx, id);
        if (!connection) continue;
        const policy = { ...readPolicies(connection.policies, [], []).byKind[kind], timing, openUntil: null };
        if (!(await savePolicyRow(tx, id, kind, policy as Json, null, now)))
          throw new AppError("conflict", `${connection.name} was archived meanwhile.`);
        const stored = { ...(connection.policies as object), [kind]: policy };
        const moved = await redecide(tx, id, [kind], await policiesOf(tx, { ...connection, policies: stored }), now);
        sum.released += moved.released;
        sum.held += moved.held;
      }
    }
    await recordAudit(ctx, tx, actor, {
      action: "freight.schedule_settlement",
      subject: "freight:settlement",
      before: { kinds: before as unknown as Json },
      after: { timing: timing as Json, ...sum },
    });
    return sum;
  });
}

/** The timings of all kinds in words, each once. */
export function scheduleInWords(kinds: readonly { timing: z.infer<typeof postingTiming> }[]): string {
  const timings = new Map(kinds.map(({ timing }) => [JSON.stringify(timing), timingInWords(timing)]));
  return [...timings.values()].join("; ");
}
