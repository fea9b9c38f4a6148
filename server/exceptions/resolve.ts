import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { missingSteps, refusalOf } from "@/core/exceptions/playbooks";
import { EXCEPTION_ACTS } from "@/core/exceptions/transitions";
import type { Tx } from "@/db/client";
import type { ChosenException } from "@/db/queries/exception-acts";
import { listTickedSteps } from "@/db/queries/exception-steps";
import { type Actor, deciderOf, requireRight } from "../access/actor";
import type { Context } from "../context";
import { changeExceptions, type ExceptionAct, type ExceptionActResult } from "./change";

export const resolveInput = z.object({ target: exceptionTarget, reason: z.string().trim().min(3).max(1000) });

/** Closes them with a reason; the decision holds until the same happens again. Those with a required step not ticked are refused. */
export async function resolveExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof resolveInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:resolve");
  return changeExceptions(ctx, actor, input.target, resolution(actor, input.reason));
}

export function resolution(actor: Actor, reason: string): ExceptionAct {
  return {
    action: "exceptions.resolve",
    note: "resolved",
    from: EXCEPTION_ACTS.resolve.from,
    change: { to: "resolved", by: deciderOf(actor), resolution: reason },
    text: reason,
    after: { state: "resolved" },
    refused: missingBy,
    replans: true,
  };
}

/** Those of which a required step of the playbook is not ticked. */
async function missingBy(tx: Tx, chosen: readonly ChosenException[]): Promise<Map<string, string>> {
  const withSteps = chosen.filter(({ kind }) => missingSteps(kind, NONE).length > 0);
  const ticked = await listTickedSteps(tx, withSteps);
  const refused = new Map<string, string>();
  for (const { id, kind } of withSteps) {
    const why = refusalOf(missingSteps(kind, ticked.get(id) ?? NONE));
    if (why !== null) refused.set(id, `${why}.`);
  }
  return refused;
}

const NONE: ReadonlySet<string> = new Set();
