import { listSettingChanges } from "@/db/queries/settings";
import { listFeedNames } from "@/db/queries/shipment-page";
import { changeSetting, changeSettingSchema } from "../../settings/change";
import { previewOwnership, previewOwnershipInput } from "../../settings/preview-ownership";
import { previewRouting, previewRoutingInput } from "../../settings/preview-routing";
import { readSettings } from "../../settings/read";
import { routingTargets } from "../../settings/routing-targets";
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

  /** What a routing rule may name: Odoos with their companies, and the feeds that are not Odoo's own. */
  routingChoices: allowed("settings:manage").query(async ({ ctx: { ctx } }) => {
    const [targets, feeds] = await Promise.all([routingTargets(ctx.sql), listFeedNames(ctx.sql)]);
    return { targets, feeds: feeds.filter((feed) => feed.class !== "odoo").map(({ id, name }) => ({ id, name })) };
  }),

  /** Which open shipments would go where by these rules, before they are saved; writes nothing. */
  previewRouting: allowed("settings:manage")
    .input(previewRoutingInput)
    .mutation(({ ctx: { actor, ctx }, input }) => previewRouting(ctx, actor, input)),

  /** Objectives need service_levels:manage, thresholds and ownership settings:manage; the verb asks. */
  change: allowed("service_levels:manage")
    .input(changeSettingSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => changeSetting(ctx, actor, input)),
});
