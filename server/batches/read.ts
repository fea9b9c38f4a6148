import type { Context } from "../context";
import { standingOfCarriers } from "./carriers";
import { standingOfReconciliation } from "./reconciliation";
import { standingOfSettlement } from "./settlement";

/** The workflows that run in batches, each by its schedule, its next run and its last ones. */
export async function readBatches(ctx: Pick<Context, "sql" | "now">) {
  const [settlement, reconciliation, carriers] = await Promise.all([
    standingOfSettlement(ctx),
    standingOfReconciliation(ctx),
    standingOfCarriers(ctx),
  ]);
  return { settlement, reconciliation, carriers };
}
