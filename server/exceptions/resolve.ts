import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { changeExceptions, type ExceptionActResult } from "./change";

export const resolveInput = z.object({ target: exceptionTarget, reason: z.string().trim().min(3).max(1000) });

/** Closes them with a reason; the decision holds until the same happens again. */
export async function resolveExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof resolveInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:resolve");
  return changeExceptions(ctx, actor, input.target, {
    action: "exceptions.resolve",
    note: "resolved",
    from: ["open", "acknowledged", "snoozed"],
    change: { to: "resolved", by: actor.kind === "person" ? actor.id : null, resolution: input.reason },
    text: input.reason,
    after: { state: "resolved" },
    replans: true,
  });
}
