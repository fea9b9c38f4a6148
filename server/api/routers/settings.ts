import { listSettingChanges } from "@/db/queries/settings";
import { changeSetting, changeSettingSchema } from "../../settings/change";
import { readSettings } from "../../settings/read";
import { allowed, router } from "../trpc";

export const settingsRouter = router({
  /** Thresholds, objectives and ownership, and who changed each last. */
  read: allowed("service_levels:read").query(async ({ ctx: { ctx } }) => {
    const [settings, changes] = await Promise.all([readSettings(ctx), listSettingChanges(ctx.sql)]);
    return { settings, changes };
  }),

  /** Objectives need service_levels:manage, thresholds and ownership settings:manage; the verb asks. */
  change: allowed("service_levels:manage")
    .input(changeSettingSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => changeSetting(ctx, actor, input)),
});
