import type { z } from "zod";
import type { connectionChangeInput } from "@/core/odoo/connection-input";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import { notifyLive } from "@/db/queries/live";
import { findConnection, updateConnectionRow } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { seal } from "../seal";
import { checkedAddress } from "./checked-address";

const SHOWN = [
  "name",
  "url",
  "database",
  "login",
  "pollSeconds",
  "ratePerSecond",
  "concurrency",
  "failurePercent",
  "notes",
  "invoiceNeedsProof",
] as const;

/** Changes a connection. A stored key never goes to another address, database or login: it must then be given again. */
export async function updateConnection(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof connectionChangeInput>,
): Promise<void> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, input.id);
  if (!connection) throw new AppError("not_found", "There is no such connection.");
  const url = checkedAddress(input.url);
  const elsewhere =
    url !== connection.url || input.database !== connection.database || input.login !== connection.login;
  if (elsewhere && input.key === null)
    throw new AppError(
      "invalid",
      "Give the API key again: the stored one belongs to another address, database or login.",
    );
  const key = input.key === null ? null : { sealed: seal(ctx.config.secretKey, input.key), hint: input.key.slice(-4) };
  await ctx.sql.begin(async (tx) => {
    const { id, seen, ...change } = { ...input, url, key };
    if (!(await updateConnectionRow(tx, id, change, seen, ctx.now())))
      throw new AppError("conflict", `${connection.name} was changed by somebody else. Load it again and look.`);
    const before: { [name: string]: Json } = {};
    const after: { [name: string]: Json } = {};
    for (const name of SHOWN) {
      if (canonicalJson(connection[name]) === canonicalJson(change[name])) continue;
      before[name] = connection[name];
      after[name] = change[name];
    }
    if (key !== null) after.key = `…${key.hint}`;
    if (connection.postSince?.getTime() !== change.postSince?.getTime()) {
      before.postSince = connection.postSince?.toISOString() ?? null;
      after.postSince = change.postSince?.toISOString() ?? null;
    }
    await recordAudit(ctx, tx, actor, { action: "odoo.update", subject: `connection:${id}`, before, after });
    await notifyLive(tx, "odoo");
  });
}
