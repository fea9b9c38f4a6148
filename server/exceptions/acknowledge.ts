import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { EXCEPTION_ACTS } from "@/core/exceptions/transitions";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { changeExceptions, type ExceptionAct, type ExceptionActResult } from "./change";

export const acknowledgeInput = z.object({ target: exceptionTarget });

/** Says that a person has seen them and works on them. */
export async function acknowledgeExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof acknowledgeInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:acknowledge");
  return changeExceptions(ctx, actor, input.target, acknowledgement(actor));
}

export function acknowledgement(actor: Actor): ExceptionAct {
  return {
    action: "exceptions.acknowledge",
    note: "acknowledged",
    from: EXCEPTION_ACTS.acknowledge.from,
    change: { to: "acknowledged", by: actor.kind === "person" ? actor.id : null },
    text: "",
    after: { state: "acknowledged" },
    replans: false,
  };
}
