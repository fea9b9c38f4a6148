import { POSTING_KINDS } from "@/core/postings/kinds";
import { type PostingClass, readPolicies } from "@/core/postings/policy";
import type { Json } from "@/core/shipments/attributes";
import { findConnection } from "@/db/queries/odoo";
import { type Moved, savePausedClasses } from "@/db/queries/posting-policy";
import { type Actor, recordAudit } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { policiesOf, redecide } from "./redecide";

/** Pauses or resumes a class and decides anew about what of it waits; throws `conflict` where it stands so already. */
export async function moveClass(
  ctx: Context,
  actor: Actor,
  input: { id: number; class: PostingClass },
  to: "pause" | "resume",
): Promise<Moved> {
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection || connection.state === "archived") throw new AppError("not_found", "There is no such connection.");
  const now = ctx.now();
  const { pausedClasses, byKind } = readPolicies(connection.policies, connection.pausedClasses, []);
  const isPaused = pausedClasses.includes(input.class);
  if (isPaused === (to === "pause"))
    throw new AppError(
      "conflict",
      `The ${input.class} class of ${connection.name} is ${isPaused ? "" : "not "}paused.`,
    );
  const paused: Json = isPaused
    ? pausedClasses.filter((one) => one !== input.class)
    : [...pausedClasses, input.class].sort();
  return ctx.sql.begin(async (tx) => {
    if (!(await savePausedClasses(tx, input.id, connection.pausedClasses, paused, now)))
      throw new AppError("conflict", `${connection.name} was changed by somebody else. Load it again and look.`);
    const kinds = POSTING_KINDS.filter((kind) => byKind[kind].class === input.class);
    const policies = await policiesOf(tx, { ...connection, pausedClasses: paused });
    const moved = await redecide(tx, input.id, kinds, policies, now);
    await recordAudit(ctx, tx, actor, {
      action: `odoo.${to}_class`,
      subject: `connection:${input.id}`,
      before: { pausedClasses: [...pausedClasses] },
      after: { pausedClasses: paused, released: moved.released, held: moved.held },
    });
    return moved;
  });
}
