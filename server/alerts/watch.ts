import { z } from "zod";
import { chooseByIds } from "@/db/queries/exception-acts";
import { setWatch } from "@/db/queries/notifications";
import { type PersonActor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const watchInput = z.object({ id: z.uuid(), on: z.boolean() });

/** Begins or ends one's own watch of an exception; asking twice changes nothing. */
export async function watchException(
  ctx: Context,
  actor: PersonActor,
  input: z.output<typeof watchInput>,
): Promise<{ watching: boolean }> {
  requireRight(actor, "exceptions:read");
  const [chosen] = await chooseByIds(ctx.sql, [input.id]);
  if (!chosen) throw new AppError("not_found", "This exception does not exist.");
  await setWatch(ctx.sql, { exceptionId: chosen.id, personId: actor.id, on: input.on, at: ctx.now() });
  return { watching: input.on };
}
