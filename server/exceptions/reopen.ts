import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { EXCEPTION_ACTS } from "@/core/exceptions/transitions";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { changeExceptions, type ExceptionAct, type ExceptionActResult } from "./change";

export const reopenInput = z.object({ target: exceptionTarget, reason: z.string().trim().max(1000).default("") });

/** Takes a resolution back; refused where the same was opened anew meanwhile. */
export async function reopenExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof reopenInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:resolve");
  return changeExceptions(ctx, actor, input.target, reopening(input.reason));
}

export function reopening(reason: string): ExceptionAct {
  return {
    action: "exceptions.reopen",
    note: "reopened",
    from: EXCEPTION_ACTS.reopen.from,
    change: { to: "open" },
    text: reason,
    after: { state: "open" },
    replans: true,
  };
}
