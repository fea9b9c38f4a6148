import type { z } from "zod";
import type { kindPolicyInput } from "@/core/odoo/connection-input";
import { readPolicies } from "@/core/postings/policy";
import type { Json } from "@/core/shipments/attributes";
import { findConnection } from "@/db/queries/odoo";
import { type Moved, savePolicyRow } from "@/db/queries/posting-policy";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "./redecide";

/** Sets when postings of a kind go and in which class, and decides anew about those that wait. Throws `conflict` over somebody else's change. */
export async function setKindPolicy(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof kindPolicyInput>,
): Promise<Moved> {
  requireRight(actor, "odoo:manage");
  const { id, kind, seen } = input;
  const connection = await findConnection(ctx.sql, id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const before = readPolicies(connection.policies, [], []).byKind[kind];
    const policy = { ...input.policy, openUntil: null };
    if (!(await savePolicyRow(tx, id, kind, policy as Json, seen, now)))
      throw new AppError("conflict", `${connection.name} was changed by somebody else. Load it again and look.`);
    const stored = { ...(connection.policies as object), [kind]: policy };
    const moved = await redecide(tx, id, [kind], await policiesOf(tx, { ...connection, policies: stored }), now);
    await recordAudit(ctx, tx, actor, {
      action: "odoo.set_policy",
      subject: `connection:${id}`,
      before: { kind, class: before.class, timing: before.timing as Json },
      after: { kind, class: policy.class, timing: policy.timing as Json, released: moved.released, held: moved.held },
    });
    return moved;
  });
}
