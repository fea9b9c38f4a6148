import type { z } from "zod";
import type { connectionTestInput } from "@/core/odoo/connection-input";
import type { Json } from "@/core/shipments/attributes";
import { findConnection, findSealedKey, saveConnectionTest } from "@/db/queries/odoo";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { type ConnectionReport, testConnection } from "../adapters/odoo/connection-test";
import type { Context } from "../context";
import { AppError } from "../errors";
import { unseal } from "../seal";

const TIMEOUT_MS = 15_000;

/** Asks an Odoo what it is and what its user may, in words; what is found of a stored connection is kept with it. Never posts anything. */
export async function testOdoo(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof connectionTestInput>,
): Promise<ConnectionReport> {
  requireRight(actor, "odoo:manage");
  const nowMs = ctx.now().getTime();
  if (!("id" in input)) {
    const { url, database, login, key } = input;
    return testConnection({ url, db: database, login, key, timeoutMs: TIMEOUT_MS }, nowMs);
  }
  const connection = await findConnection(ctx.sql, input.id);
  const sealed = await findSealedKey(ctx.sql, input.id);
  if (!connection || !sealed) throw new AppError("not_found", "There is no such connection.");
  const { url, database, login } = connection;
  const key = unseal(ctx.config.secretKey, sealed);
  const report = await testConnection({ url, db: database, login, key, timeoutMs: TIMEOUT_MS }, nowMs);
  await ctx.sql.begin(async (tx) => {
    await saveConnectionTest(tx, connection.id, {
      result: { ...report, at: ctx.now().toISOString() } as unknown as Json,
      transport: report.server?.transport ?? null,
      version: report.server?.version ?? null,
    });
    await recordAudit(ctx, tx, actor, {
      action: "odoo.test",
      subject: `connection:${connection.id}`,
      after: { usable: report.usable, version: report.server?.version ?? null },
    });
  });
  return report;
}
