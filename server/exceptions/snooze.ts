import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { changeExceptions, type ExceptionActResult } from "./change";

const LONGEST_DAYS = 90;

export const snoozeInput = z.object({ target: exceptionTarget, until: z.date() });

/** Puts them away until an instant; they come back open by themselves. */
export async function snoozeExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof snoozeInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:snooze");
  const aheadMs = input.until.getTime() - ctx.now().getTime();
  if (aheadMs <= 0) throw new AppError("invalid", "Choose a time that is still to come.");
  if (aheadMs > LONGEST_DAYS * 86_400_000) throw new AppError("invalid", `Snooze for ${LONGEST_DAYS} days at most.`);
  const until = input.until.toISOString();
  return changeExceptions(ctx, actor, input.target, {
    action: "exceptions.snooze",
    note: "snoozed",
    from: ["open", "acknowledged", "snoozed"],
    change: { to: "snoozed", until: input.until },
    text: `until ${until.slice(0, 16).replace("T", " ")} UTC`,
    after: { state: "snoozed", until },
    replans: false,
  });
}
