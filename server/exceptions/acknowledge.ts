import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { changeExceptions, type ExceptionActResult } from "./change";

export const acknowledgeInput = z.object({ target: exceptionTarget });

/** Says that a person has seen them and works on them. */
export async function acknowledgeExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof acknowledgeInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:acknowledge");
  return changeExceptions(ctx, actor, input.target, {
    action: "exceptions.acknowledge",
    note: "acknowledged",
    from: ["open", "snoozed"],
    change: { to: "acknowledged", by: actor.kind === "person" ? actor.id : null },
    text: "",
    after: { state: "acknowledged" },
    replans: false,
  });
}
