import { z } from "zod";
import { wakeRepair } from "@/db/queries/repair";
import { findRun } from "@/db/queries/runs";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const goOnInput = z.object({ id: z.uuid() });

/** Lets a repair that waits for a meaning, a feed or a source look at once. Throws `conflict` where it does not wait. */
export async function goOnRepair(ctx: Context, actor: Actor, { id }: z.infer<typeof goOnInput>): Promise<void> {
  requireRight(actor, "reconciliation:repair");
  await ctx.sql.begin(async (tx) => {
    if (!(await wakeRepair(tx, id))) {
      const run = await findRun(tx, id);
      if (run?.kind !== "repair") throw new AppError("not_found", "There is no such repair.");
      throw new AppError("conflict", `This repair is ${run.state} and waits for nothing.`);
    }
    await recordAudit(ctx, tx, actor, { action: "reconciliation.go_on", subject: `run:${id}` });
  });
}
