import type { z } from "zod";
import type { openNowInput } from "@/core/odoo/connection-input";
import { findConnection } from "@/db/queries/odoo";
import type { Moved } from "@/db/queries/posting-policy";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { letGo } from "./let-go";

/** Lets what waits for its window or batch go now, and what comes within the next minutes too. */
export async function openKindNow(ctx: Context, actor: Actor, input: z.infer<typeof openNowInput>): Promise<Moved> {
  requireRight(actor, "postings:repost");
  const { id, kind, minutes } = input;
  const connection = await findConnection(ctx.sql, id);
  if (!connection || connection.state === "archived") throw new AppError("not_found", "There is no such connection.");
  const now = ctx.now();
  return ctx.sql.begin(async (tx) => {
    const gone = await letGo(tx, connection, kind, minutes, now);
    if (gone === null)
      throw new AppError("precondition", "Postings of this kind do not wait for a window or batch now.");
    await recordAudit(ctx, tx, actor, {
      action: "odoo.open_now",
      subject: `connection:${id}`,
      before: { kind, waited: gone.waited },
      after: { kind, openUntil: gone.openUntil, released: gone.moved.released },
    });
    return gone.moved;
  });
}
