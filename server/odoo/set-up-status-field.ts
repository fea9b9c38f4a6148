import type { z } from "zod";
import type { setUpInput } from "@/core/odoo/connection-input";
import { STATUS_FIELD } from "@/core/odoo/status-field";
import { notifyLive } from "@/db/queries/live";
import { findConnection, touchConnection } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { createOdooClient } from "../adapters/odoo/client";
import { OdooFailure } from "../adapters/odoo/errors";
import { makeStatusField } from "../adapters/odoo/status-field-setup";
import type { Context } from "../context";
import { AppError } from "../errors";

const TIMEOUT_MS = 30_000;

/**
 * Makes the status field on transfers in an Odoo with an administrator's key, which is used for this and not kept. Says whether it was there
 * already. Throws `upstream` with Odoo's words, as for a key that may not.
 */
export async function setUpStatusField(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof setUpInput>,
): Promise<{ done: "made" | "there" }> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection || connection.state === "archived") throw new AppError("not_found", "There is no such connection.");
  const { url, database: db } = connection;
  const done = await make({ url, db, login: input.login, key: input.key, timeoutMs: TIMEOUT_MS });
  await ctx.sql.begin(async (tx) => {
    // what the senders know of this Odoo is out of date
    await touchConnection(tx, connection.id, ctx.now());
    await recordAudit(ctx, tx, actor, {
      action: "odoo.set_up_status_field",
      subject: `connection:${connection.id}`,
      after: { field: STATUS_FIELD, done, login: input.login },
    });
    await notifyLive(tx, "odoo");
  });
  return { done };
}

async function make(settings: Parameters<typeof createOdooClient>[0]): Promise<"made" | "there"> {
  try {
    return await makeStatusField(await createOdooClient(settings));
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    if (error.kind === "access")
      throw new AppError("upstream", "This user may not add fields: give the key of one with Access Rights in Odoo.");
    throw new AppError("upstream", error.message);
  }
}
