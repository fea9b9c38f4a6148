import { z } from "zod";
import { exceptionTarget } from "@/core/exceptions/filter";
import { EXCEPTION_ACTS } from "@/core/exceptions/transitions";
import { findPerson } from "@/db/queries/people";
import { type Actor, requireRight } from "../access/actor";
import { tellAssigned } from "../alerts/personal";
import type { Context } from "../context";
import { AppError } from "../errors";
import { changeExceptions, type ExceptionAct, type ExceptionActResult } from "./change";

export const assignInput = z.object({
  target: exceptionTarget,
  assigneeId: z.uuid().nullable(),
  /** Who had it on the screen of the one who asks; somebody else by now is a conflict. */
  expected: z.uuid().nullable().optional(),
});

/** Gives them to a person, or to nobody. */
export async function assignExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof assignInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:assign");
  const { target, assigneeId, expected } = input;
  return changeExceptions(ctx, actor, target, await assignment(ctx, actor, assigneeId, expected));
}

export async function assignment(
  ctx: Context,
  actor: Actor,
  assigneeId: string | null,
  expected?: string | null,
): Promise<ExceptionAct> {
  const person = assigneeId ? await findPerson(ctx.sql, assigneeId) : null;
  if (assigneeId && (person?.state !== "active" || person.role === "partner")) {
    throw new AppError(
      "invalid",
      "This person cannot take exceptions: the account is not active, or belongs to a partner.",
    );
  }
  return {
    action: "exceptions.assign",
    note: "assigned",
    from: EXCEPTION_ACTS.assign.from,
    change: { to: "assigned", assigneeId: person?.id ?? null },
    text: person ? `to ${person.name}` : "to nobody",
    after: { assigneeId: person?.id ?? null },
    only: {
      holds: (c) => c.assigneeId !== (person?.id ?? null) && (expected === undefined || c.assigneeId === expected),
      otherwise: (c) => (c.assigneeName ? `${c.assigneeName} has this exception.` : "Nobody has this exception."),
    },
    replans: true,
    ...(person ? { also: (tx, done) => tellAssigned(ctx, tx, actor, person.id, done) } : {}),
  };
}
