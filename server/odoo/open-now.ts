import type { z } from "zod";
import type { openNowInput } from "@/core/odoo/connection-input";
import { holdByPolicy } from "@/core/postings/policy";
import type { Json } from "@/core/shipments/attributes";
import { findConnection } from "@/db/queries/odoo";
import { type Moved, savePolicyRow } from "@/db/queries/posting-policy";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "./redecide";

/** Lets what waits for its window or batch go now, and what comes within the next minutes too. */
export async function openKindNow(ctx: Context, actor: Actor, input: z.infer<typeof openNowInput>): Promise<Moved> {
  requireRight(actor, "postings:repost");
  const { id, kind, minutes } = input;
  const connection = await findConnection(ctx.sql, id);
  if (!connection || connection.state === "archived") throw new AppError("not_found", "There is no such connection.");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const policies = await policiesOf(tx, connection);
    const hold = holdByPolicy(kind, policies, now.getTime());
    if (hold?.because !== "window" && hold?.because !== "interval")
      throw new AppError("precondition", "Postings of this kind do not wait for a window or batch now.");
    const policy = { ...policies.byKind[kind], openUntil: new Date(now.getTime() + minutes * 60_000).toISOString() };
    if (!(await savePolicyRow(tx, id, kind, policy as Json, null, now)))
      throw new AppError("conflict", `${connection.name} was archived meanwhile.`);
    const stored = { ...(connection.policies as object), [kind]: policy };
    const moved = await redecide(tx, id, [kind], await policiesOf(tx, { ...connection, policies: stored }), now);
    await recordAudit(ctx, tx, actor, {
      action: "odoo.open_now",
      subject: `connection:${id}`,
      before: { kind, waited: hold.because },
      after: { kind, openUntil: policy.openUntil, released: moved.released },
    });
    return moved;
  });
}
