import { readBatches } from "../../batches/read";
import { scheduleSettlement, scheduleSettlementInput } from "../../freight/schedule-settlement";
import { allowed, router } from "../trpc";

export const batchesRouter = router({
  /** Batch workflows with schedule, next run and last runs. Each is run now by its own noun: freight, reconciliation, carriers. */
  read: allowed("runs:read").query(({ ctx: { ctx } }) => readBatches(ctx)),

  /** The other schedules are settings of the workspace (`settings.change`). */
  scheduleSettlement: allowed("odoo:manage")
    .input(scheduleSettlementInput)
    .mutation(({ ctx: { ctx, actor }, input }) => scheduleSettlement(ctx, actor, input)),
});
