import { listSettingChanges } from "@/db/queries/settings";
import { changeSetting, changeSettingSchema } from "../../settings/change";
import { previewOwnership, previewOwnershipInput } from "../../settings/preview-ownership";
import { readSettings } from "../../settings/read";
import { allowed, router } from "../trpc";

export const settingsRouter = router({
  /** Thresholds, objectives and ownership, and who changed each last. */
  read: allowed("service_levels:read").query(async ({ ctx: { ctx } }) => {
    const [settings, changes] = await Promise.all([readSettings(ctx), listSettingChanges(ctx.sql)]);
    return { settings, changes };
  }),

  /** What another order of ownership would change, before it is saved; writes nothing. */
  previewOwnership: allowed("settings:manage")
    .input(previewOwnershipInput)
    .mutation(({ ctx: { actor, ctx }, input }) => previewOwnership(ctx, actor, input)),

  /** Objectives need service_levels:manage, thresholds and ownership settings:manage; the verb asks. */
  change: allowed("service_levels:manage")
    .input(changeSettingSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => changeSetting(ctx, actor, input)),
});
