import type { BulkAct } from "@/core/exceptions/bulk";
import type { Actor } from "../access/actor";
import type { Context } from "../context";
import { assertNever } from "../errors";
import { acknowledgement } from "./acknowledge";
import { assignment } from "./assign";
import type { ExceptionAct } from "./change";
import { reopening } from "./reopen";
import { resolution } from "./resolve";
import { snoozing } from "./snooze";

/** The act that a person, a key or a rule asked for; the same values that single acts are made of. */
export async function exceptionActOf(
  ctx: Context,
  actor: Actor,
  said: Exclude<BulkAct, { act: "comment" }>,
): Promise<ExceptionAct> {
  switch (said.act) {
    case "acknowledge":
      return acknowledgement(actor);
    case "assign":
      return assignment(ctx, actor, said.assigneeId);
    case "snooze":
      return snoozing(ctx, said.choice);
    case "resolve":
      return resolution(actor, said.reason);
    case "reopen":
      return reopening(said.reason);
    default:
      return assertNever(said);
  }
}
