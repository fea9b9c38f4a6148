import { z } from "zod";
import { updateApiKeyRevoked } from "@/db/queries/api-keys";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const apiKeyIdSchema = z.object({ id: z.uuid() });

/** Ends an API key at once and for good. */
export async function revokeApiKey(ctx: Context, actor: Actor, input: z.infer<typeof apiKeyIdSchema>): Promise<void> {
  requireRight(actor, "api_keys:manage");
  await ctx.sql.begin(async (tx) => {
    const key = await updateApiKeyRevoked(tx, input.id, ctx.now());
    if (!key) throw new AppError("conflict", "This key is unknown or was revoked before.");
    await recordAudit(ctx, tx, actor, {
      action: "api_keys.revoke",
      subject: `api_key:${input.id}`,
      before: { name: key.name },
    });
  });
}
