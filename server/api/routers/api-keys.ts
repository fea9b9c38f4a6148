import { newApiKeySchema } from "@/core/access/api-key";
import { listApiKeys } from "@/db/queries/api-keys";
import { createApiKey } from "../../api-keys/create";
import { apiKeyIdSchema, revokeApiKey } from "../../api-keys/revoke";
import { allowed, router } from "../trpc";

export const apiKeysRouter = router({
  list: allowed("api_keys:manage").query(({ ctx: { ctx } }) => listApiKeys(ctx.sql)),

  create: allowed("api_keys:manage")
    .input(newApiKeySchema)
    .mutation(({ ctx: { actor, ctx }, input }) => createApiKey(ctx, actor, input)),

  revoke: allowed("api_keys:manage")
    .input(apiKeyIdSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => revokeApiKey(ctx, actor, input)),
});
