import type { FreightSettings } from "@/core/freight/settings";
import { fromMinor } from "@/core/money";
import type { DesiredPosting } from "@/core/postings/desired";
import { POSTING_ORDER, type PostingKind } from "@/core/postings/kinds";
import { afterOf } from "@/core/postings/plan";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import {
  type CostlyBill,
  type CostTarget,
  listCostPostings,
  loadCostTargets,
  saveCostAt,
  sumCosts,
  takeCostly,
} from "@/db/queries/freight-costs";
import { notifyPostings } from "@/db/queries/live";
import { insertPostings, type NewPosting, supersedePostings } from "@/db/queries/pipeline/save-judged";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import type { FreightWorker } from "./judge";
import { recordNumber, timingOf } from "./plan-bill";

const AT_ONCE = 100;
const AGAIN_MS = 5 * 60_000;
/** A shipment that has no transfer so long after the approval gets none. */
const GIVE_UP_MS = 30 * 86_400_000;
const REPLACEABLE = new Set(["planned", "held", "rejected", "dead"]);

/** Plans what transfers really cost, for approved bills; a shipment without a transfer is looked at again later. Returns how many bills. */
export async function planCosts(ctx: Context, worker: FreightWorker): Promise<number> {
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const bills = await takeCostly(tx, now, AT_ONCE);
    if (bills.length === 0) return 0;
    worker.environment = await loadEnvironment(tx, worker.environment);
    const { freight } = readWorkspaceSettings(await listSettings(tx));
    const shipments = [...new Set(bills.flatMap((bill) => bill.shipments))];
    const targets = new Map((await loadCostTargets(tx, shipments)).map((row) => [row.shipmentId, row]));
    const sums = await sumCosts(tx, shipments);
    const existing = Map.groupBy(await listCostPostings(tx, shipments), (row) => row.shipmentId);
    const postings: NewPosting[] = [];
    const superseded: { shipmentId: string; key: string }[] = [];
    for (const sum of sums) {
      const target = targets.get(sum.shipmentId);
      if (!target?.picking || target.currency !== sum.currency || sum.amountMinor < 0) continue;
      const bill = bills.find((one) => one.shipments.includes(sum.shipmentId)) as CostlyBill;
      const desired = costOf(sum.amountMinor, sum.currency, freight);
      const slot = slotOf(target, existing.get(sum.shipmentId) ?? [], desired);
      if (slot === null) continue;
      postings.push(posting(ctx, worker.environment, { target, bill, desired, key: slot.key }));
      superseded.push(...slot.supersedes.map((key) => ({ shipmentId: sum.shipmentId, key })));
    }
    for (const bill of bills) {
      const landed = landedOf(bill, targets, freight);
      if (landed) postings.push(posting(ctx, worker.environment, landed));
    }
    await supersedePostings(tx, superseded, now);
    await insertPostings(tx, postings, now);
    await saveCostAt(
      tx,
      bills.map((bill) => {
        const waits = bill.shipments.some((id) => !targets.get(id)?.picking);
        const young = now.getTime() - bill.decidedAt.getTime() < GIVE_UP_MS;
        return { id: bill.id, at: waits && young ? new Date(now.getTime() + AGAIN_MS) : null };
      }),
    );
    if (postings.length > 0) await notifyPostings(tx);
    return bills.length;
  });
}

function costOf(amountMinor: number, currency: string, { costOnOrder }: FreightSettings) {
  return { kind: "freight_cost" as const, price: fromMinor(amountMinor, currency), currency, onOrder: costOnOrder };
}

/** A level: planned anew only where the newest that was planned says another amount. */
function slotOf(
  { picking }: CostTarget,
  existing: readonly { key: string; state: string; price: string; currency: string }[],
  desired: { price: string; currency: string },
): { key: string; supersedes: string[] } | null {
  const base = `freight_cost-${picking?.connectionId}-${picking?.pickingId}-`;
  const mine = existing.filter(({ key }) => key.startsWith(base));
  const number = (key: string) => Number(key.slice(base.length));
  const newest = mine.reduce<(typeof mine)[number] | null>(
    (last, one) => (last === null || number(one.key) > number(last.key) ? one : last),
    null,
  );
  if (newest && newest.price === desired.price && newest.currency === desired.currency) return null;
  return {
    key: `${base}${newest ? number(newest.key) + 1 : 1}`,
    supersedes: mine.filter(({ state }) => REPLACEABLE.has(state)).map(({ key }) => key),
  };
}

type ToPost = { target: CostTarget; bill: CostlyBill; desired: DesiredPosting; key: string };

/** A draft landed cost over all transfers of a bill, where that is wanted and all of them are known. */
function landedOf(
  bill: CostlyBill,
  targets: ReadonlyMap<string, CostTarget>,
  settings: FreightSettings,
): ToPost | null {
  const mapping = settings.vendors.find(({ vendor }) => vendor === bill.vendor);
  if (!settings.landedCost || bill.kind !== "invoice" || !mapping?.productId) return null;
  const found = bill.shipments.flatMap((id) => targets.get(id) ?? []);
  const pickings = found.flatMap(({ picking }) =>
    picking?.connectionId === mapping.connectionId ? [picking.pickingId] : [],
  );
  const [target] = found;
  if (!target || pickings.length === 0 || pickings.length < bill.shipments.length) return null;
  return {
    target,
    bill,
    key: `landed_cost-${mapping.connectionId}-${bill.id}`,
    desired: {
      kind: "landed_cost",
      pickingIds: [...new Set(pickings)].sort((a, b) => a - b).slice(0, 1_000),
      productId: mapping.productId,
      reference: bill.number,
      amount: fromMinor(bill.payMinor ?? bill.billedMinor, bill.currency),
    },
  };
}

function posting(
  ctx: Pick<Context, "now" | "uuid">,
  environment: Environment | undefined,
  { target, bill, desired, key }: ToPost,
): NewPosting {
  const picking = target.picking as NonNullable<CostTarget["picking"]>;
  const kind: PostingKind = desired.kind;
  const landed = kind === "landed_cost";
  const id = landed ? recordNumber(`landed/${bill.id}`) : picking.pickingId;
  const decidedAtMs = bill.decidedAt.getTime();
  return {
    shipmentId: landed ? bill.id : target.shipmentId,
    invoiceId: landed ? bill.id : null,
    key,
    id: ctx.uuid(),
    kind,
    level: !landed,
    record: {
      connectionId: picking.connectionId,
      model: landed ? "stock.landed.cost" : "stock.picking",
      id,
      companyId: picking.companyId ?? 1,
    },
    recordName: landed ? bill.number : picking.name,
    lane: id & 63,
    sequence: POSTING_ORDER[kind],
    desired,
    before: null,
    after: afterOf(desired),
    ...timingOf(environment, picking.connectionId, kind, decidedAtMs, ctx.now().getTime()),
    correlationId: bill.correlationId,
    messageId: bill.messageId,
    receivedAtMs: decidedAtMs,
  };
}
