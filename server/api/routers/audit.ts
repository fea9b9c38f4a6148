import { z } from "zod";
import { auditFilterSchema } from "@/core/access/audit-filter";
import { keysetCursor, pageOf, readKeyset } from "@/core/keyset";
import { listAudit, listAuditFacets } from "@/db/queries/audit";
import { auditFilterOf } from "../../access/audit-filter";
import { allowed, router } from "../trpc";

export const auditRouter = router({
  list: allowed("audit:read")
    .input(
      auditFilterSchema.extend({
        cursor: keysetCursor.nullish(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(async ({ ctx: { ctx }, input }) => {
      const page = { after: readKeyset(input.cursor), limit: input.limit };
      return pageOf(await listAudit(ctx.sql, auditFilterOf(input), page), input.limit);
    }),

  facets: allowed("audit:read").query(({ ctx: { ctx } }) => listAuditFacets(ctx.sql)),
});
