import { needsTwo } from "@/core/freight/acts";
import { FREIGHT_TAB_NAMES, FREIGHT_TABS, type FreightFilter, type FreightTab } from "@/core/freight/filter";
import { pageOf, readKeyset } from "@/core/keyset";
import type { DesiredPosting } from "@/core/postings/desired";
import { lockCase } from "@/db/queries/freight-decide";
import { type BillDetail, countBills, FREIGHT_COUNT_LIMIT, findBill, listBills } from "@/db/queries/freight-list";
import type { Context } from "../context";
import { AppError } from "../errors";
import { loadEnvironment } from "../pipeline/environment";
import { getPosting } from "../postings/outbox";
import { readSettings } from "../settings/read";
import { planBill } from "./plan-bill";

type Reader = Pick<Context, "sql">;

/** One page of freight bills. */
export async function readBills(ctx: Reader, input: { filter: FreightFilter; cursor?: string | null; limit: number }) {
  const rows = await listBills(ctx.sql, {
    filter: input.filter,
    after: readKeyset(input.cursor),
    limit: input.limit + 1,
  });
  return pageOf(rows, input.limit);
}

/** Counts of tabs and facets under a filter. */
export async function countFreight(ctx: Reader, filter: FreightFilter) {
  const { state, ...rest } = await countBills(ctx.sql, filter);
  const tabs = Object.fromEntries(
    FREIGHT_TAB_NAMES.map((tab) => {
      const mine = state.filter(({ value }) => (FREIGHT_TABS[tab] as readonly string[]).includes(value));
      const count = mine.reduce((sum, one) => sum + Math.min(one.count, FREIGHT_COUNT_LIMIT), 0);
      return [tab, { count, capped: mine.some((one) => one.count > FREIGHT_COUNT_LIMIT) }];
    }),
  ) as Record<FreightTab, { count: number; capped: boolean }>;
  return { ...rest, tabs };
}

/** One bill with what belongs to it, and the address of its bill in Odoo; throws `not_found`. */
export async function getBill(
  ctx: Context,
  id: string,
): Promise<{ bill: BillDetail; odooLink: string | null; needsTwo: boolean }> {
  const bill = await findBill(ctx.sql, id);
  if (!bill) throw new AppError("not_found", "There is no freight bill of this id.");
  const { freight } = await readSettings(ctx);
  const { billedMinor, currency } = bill;
  return {
    bill,
    odooLink: bill.postingId === null ? null : (await getPosting(ctx, bill.postingId)).odooLink,
    needsTwo: billedMinor !== null && currency !== null && needsTwo(billedMinor, currency, freight.fourEyesFrom),
  };
}

export type BillPreview = { desired: DesiredPosting | null; held: string | null; refused: string | null };

/** What Odoo would get if the bill were approved now, or paid short; writes nothing. */
export async function previewBill(ctx: Context, id: string, payMinor: number | null): Promise<BillPreview> {
  const { freight } = await readSettings(ctx);
  return ctx.sql.begin(async (tx) => {
    const bill = await lockCase(tx, id, false);
    if (!bill) throw new AppError("not_found", "There is no freight bill of this id.");
    try {
      const posting = await planBill(
        ctx,
        tx,
        { ...bill, payMinor, reason: bill.reason ?? "" },
        freight,
        await loadEnvironment(tx),
      );
      return { desired: posting.desired, held: posting.held, refused: null };
    } catch (error) {
      if (error instanceof AppError) return { desired: null, held: null, refused: error.message };
      throw error;
    }
  });
}
