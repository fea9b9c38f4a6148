import type { FreightSettings } from "@/core/freight/settings";
import type { Objection } from "@/core/freight/states";
import type { Tx } from "@/db/client";
import { loadInvoices, saveVerdicts } from "@/db/queries/freight";
import { type LockedCase, listCharges } from "@/db/queries/freight-decide";
import { notifyLive } from "@/db/queries/live";
import type { Context } from "../context";
import type { Environment } from "../pipeline/environment";
import { checkBills, type Judged } from "./check-bills";
import { raiseFindings } from "./judge";

/**
 * Checks one bill by what is known now, before it is paid: other bills of its shipments, settings and words may be others since it was checked.
 * Null where all is as it stands; else what was found is kept, and the sentence says it.
 */
export async function checkAgain(
  ctx: Context,
  tx: Tx,
  bill: LockedCase,
  environment: Environment,
  settings: FreightSettings,
): Promise<string | null> {
  const [judged] = await checkBills(tx, await loadInvoices(tx, [bill.id]), environment, settings);
  if (!judged || !(await isOther(tx, bill, judged))) return null;
  const now = ctx.now();
  await saveVerdicts(tx, [judged.row], now);
  await raiseFindings(ctx, tx, [judged], { slot: ctx.config.slot, environment });
  await notifyLive(tx, "freight", [bill.id]);
  return sentence(bill, judged.row.objections);
}

async function isOther(tx: Tx, bill: LockedCase, { row }: Judged): Promise<boolean> {
  const said = (objections: readonly Objection[]) =>
    objections.map(({ check, text, final }) => `${check} ${final} ${text}`).sort();
  const seen = [bill.verdict, bill.currency, bill.billedMinor, bill.expectedMinor, said(bill.objections)];
  const found = [row.verdict, row.currency, row.billedMinor, row.expectedMinor, said(row.objections)];
  if (JSON.stringify(seen) !== JSON.stringify(found)) return true;
  const lines = (
    all: readonly { position: number; charge: string | null; amountMinor: number | null; shipmentId: string | null }[],
  ) => JSON.stringify(all.map((line) => [line.position, line.charge, line.amountMinor, line.shipmentId]));
  return lines(await listCharges(tx, bill.id)) !== lines(row.lines);
}

function sentence(bill: LockedCase, objections: readonly Objection[]): string {
  const before = new Set(bill.objections.map(({ text }) => text));
  const found = objections.filter(({ text }) => !before.has(text)).map(({ text }) => text);
  const what =
    found.length > 0
      ? `it finds now: ${found.join(" ")}`
      : objections.length < bill.objections.length
        ? "some of what spoke against it is gone."
        : "its amounts or charges are read another way now.";
  return `${bill.number} was checked again, and ${what} Nothing is decided yet: look at it once more.`.slice(0, 1_000);
}
