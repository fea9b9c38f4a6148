import { z } from "zod";
import { refusalOfSnooze, type SnoozeChoice, snoozeChoice, snoozeWords } from "@/core/exceptions/cause-snooze";
import { exceptionTarget } from "@/core/exceptions/filter";
import { EXCEPTION_ACTS } from "@/core/exceptions/transitions";
import { loadGroupRates } from "@/db/queries/exception-snoozes";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { changeExceptions, type ExceptionAct, type ExceptionActResult } from "./change";

export const snoozeInput = z.object({ target: exceptionTarget, choice: snoozeChoice });

/** Puts them away until an instant, until so many more of their cause come, or until they get worse; they come back by themselves. */
export async function snoozeExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof snoozeInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:snooze");
  return changeExceptions(ctx, actor, input.target, snoozing(ctx, input.choice));
}

export function snoozing(ctx: Context, choice: SnoozeChoice): ExceptionAct {
  const refusal = refusalOfSnooze(choice, ctx.now().getTime());
  if (refusal) throw new AppError("invalid", refusal);
  return {
    action: "exceptions.snooze",
    note: "snoozed",
    from: EXCEPTION_ACTS.snooze.from,
    change: async (tx, fit) => ({
      to: "snoozed",
      choice,
      rates:
        choice.mode === "until"
          ? new Map()
          : await loadGroupRates(
              tx,
              fit.map((c) => c.groupId),
              ctx.now(),
            ),
    }),
    text: snoozeWords(choice),
    after: {
      state: "snoozed",
      ...(choice.mode === "until"
        ? { until: choice.until.toISOString() }
        : choice.mode === "more"
          ? { more: choice.more }
          : { escalating: true }),
    },
    replans: false,
  };
}
