import { BURN_WINDOWS, sloBurn } from "@/core/exceptions/rules-burn";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import { listTotalBuckets } from "@/db/queries/service-levels";
import type { Context } from "../context";
import { clear, type Raised, raise } from "../exceptions/raise";
import { hashId } from "../pipeline/interpret";
import { readSettings } from "../settings/read";

const HOUR_MS = 3_600_000;

/**
 * Judges how fast the error budgets burn and opens or closes `slo_burn` by workflow. Clocks are kept by the hour, so a window reaches from now
 * back to the beginning of the hour in which it starts. Returns how many opened.
 */
export async function watchBurn(ctx: Context, slot: number): Promise<number> {
  const nowMs = ctx.now().getTime();
  const startOf = (hours: number) => Math.floor((nowMs - hours * HOUR_MS) / HOUR_MS) * HOUR_MS;
  const longest = Math.max(...BURN_WINDOWS.map(({ hours }) => hours));
  const [rows, { objectives }] = await Promise.all([
    listTotalBuckets(ctx.sql, WORKFLOWS, new Date(startOf(longest))),
    readSettings(ctx),
  ]);
  const open: Raised[] = [];
  const gone: Parameters<typeof clear>[2][number][] = [];
  for (const workflow of WORKFLOWS) {
    const countsOf = (hours: number) => {
      const counts = new Map<number, number>();
      for (const row of rows) {
        if (row.workflow === workflow && row.at.getTime() >= startOf(hours))
          counts.set(row.bucket, (counts.get(row.bucket) ?? 0) + row.count);
      }
      return counts;
    };
    const homeId = hashId(`workflow/${workflow}`);
    const found = sloBurn({ workflow, objective: objectives[workflow], counts: { 1: countsOf(1), 6: countsOf(6) } });
    if (found) open.push({ homeId, shipmentId: null, finding: found, correlationId: null });
    else gone.push({ homeId, kind: "slo_burn", why: "The clocks keep their objective again." });
  }
  return ctx.sql.begin(async (tx) => {
    await clear(ctx, tx, gone, slot);
    return raise(ctx, tx, open, slot);
  });
}
