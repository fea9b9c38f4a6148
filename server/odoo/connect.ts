import type { z } from "zod";
import type { newConnectionInput } from "@/core/odoo/connection-input";
import { notifyLive } from "@/db/queries/live";
import { insertOdooConnection } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { seal } from "../seal";
import { checkedAddress } from "./checked-address";

/** Stores a connection that reads and posts nothing yet. The key is sealed and never shown again. Throws `conflict` for a name that is taken. */
export async function connectOdoo(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof newConnectionInput>,
): Promise<{ id: number }> {
  requireRight(actor, "odoo:manage");
  const { key, ...settings } = input;
  const url = checkedAddress(input.url);
  const row = { ...settings, url, sealedKey: seal(ctx.config.secretKey, key), keyHint: key.slice(-4) };
  return ctx.sql.begin(async (tx) => {
    const id = await insertOdooConnection(tx, row, ctx.now());
    if (id === null) throw new AppError("conflict", `A connection ${input.name} exists already. Choose another name.`);
    await recordAudit(ctx, tx, actor, {
      action: "odoo.connect",
      subject: `connection:${id}`,
      after: { ...settings, url, key: `…${row.keyHint}` },
    });
    await notifyLive(tx, "odoo");
    return { id };
  });
}
