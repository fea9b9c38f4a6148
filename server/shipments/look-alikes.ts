import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { anchorsIn } from "@/core/shipments/anchors";
import { type LookAlike, likenessOf, reasonsAlike } from "@/core/shipments/look-alike";
import { isStrong } from "@/core/shipments/references";
import {
  type ComparedShipment,
  forgetLikenesses,
  insertLikenesses,
  listChangedShipments,
  listComparedShipments,
  listLikeOnes,
  listNumbersOf,
  listPairDecisions,
  pairName,
} from "@/db/queries/look-alikes";
import type { Context } from "../context";
import { type Raised, raise, recount } from "../exceptions/raise";
import { loadEnvironment } from "../pipeline/environment";
import { hashId } from "../pipeline/interpret";

const BATCH = 1_000;
/** So many shipments of one likeness are a habit of the trade, not a slip. */
const MOST_ALIKE = 5;
/** Changes older than so many ms are passed over: at the first look, and where more change than are looked through. */
const LOOK_BACK_MS = 3_600_000;

/** How far the changes of shipments were looked through. */
export type LookAlikeMemory = { seenTo: Date | null };

/**
 * Looks through shipments that changed since the last look for pairs that may be one, and raises `duplicate_shipment` with the reasons. A bounded
 * batch, beside the pipeline; pairs that people decided about are left alone. Returns how many it looked at.
 */
export async function findLookAlikes(ctx: Context, memory: LookAlikeMemory, slot: number): Promise<number> {
  const now = ctx.now();
  const { thresholds } = await loadEnvironment(ctx.sql);
  const windowMs = thresholds.lookAlikeHours * 3_600_000;
  if (windowMs === 0) return 0;
  const seenTo = new Date(Math.max(memory.seenTo?.getTime() ?? 0, now.getTime() - LOOK_BACK_MS));
  const createdSince = new Date(now.getTime() - windowMs);
  const changed = await listChangedShipments(ctx.sql, seenTo, createdSince, BATCH);
  const rows = changed.flatMap((shipment) => {
    const likeness = likenessOf(shipment);
    return likeness === null ? [] : [{ likeness: hashId(likeness), ...shipment }];
  });
  await insertLikenesses(ctx.sql, rows);
  const groups = await listLikeOnes(ctx.sql, [...new Set(rows.map((row) => row.likeness))], MOST_ALIKE);
  const suspects = groups.map(({ shipmentIds }) => shipmentIds);
  if (suspects.length > 0) await suggest(ctx, suspects, windowMs, slot);
  await forgetLikenesses(ctx.sql, createdSince);
  memory.seenTo = changed[changed.length - 1]?.updatedAt ?? seenTo;
  return changed.length;
}

async function suggest(ctx: Context, groups: readonly string[][], windowMs: number, slot: number): Promise<void> {
  const ids = [...new Set(groups.flat())];
  const shipments = new Map((await listComparedShipments(ctx.sql, ids)).map((row) => [row.shipmentId, row]));
  const numbers = Map.groupBy(await listNumbersOf(ctx.sql, ids), (row) => row.headId);
  const pairs = groups.flatMap((group) =>
    [...group].sort().flatMap((one, at, sorted) => sorted.slice(at + 1).map((other) => [one, other] as const)),
  );
  const decided = await listPairDecisions(ctx.sql, pairs);
  const raised: Raised[] = [];
  for (const [first, second] of pairs) {
    const [one, other] = [shipments.get(first), shipments.get(second)];
    const decision = decided.get(pairName(first, second));
    if (!one || !other || (decision && decision.kind !== "reconsidered")) continue;
    const reasons = reasonsAlike(lookAlike(one, numbers), lookAlike(other, numbers), windowMs);
    if (reasons) raised.push(suggestion(first, second, one.createdAt > other.createdAt ? first : second, reasons));
  }
  if (raised.length === 0) return;
  await ctx.sql.begin((tx) => raise(ctx, tx, raised, slot));
  await recount(
    ctx,
    raised.map(({ shipmentId }) => shipmentId),
  );
}

function lookAlike(
  shipment: ComparedShipment,
  numbers: ReadonlyMap<string, Awaited<ReturnType<typeof listNumbersOf>>>,
): LookAlike {
  const own = numbers.get(shipment.shipmentId) ?? [];
  return {
    createdAtMs: shipment.createdAt.getTime(),
    anchors: anchorsIn(own),
    orders: own.filter(({ kind }) => !isStrong(kind)).map(({ kind, value }) => `${kind} ${value}`),
    customer: shipment.customer,
    address: shipment.address,
    quantities: shipment.quantities,
  };
}

/** The younger of the two is the one that the exception is about. */
function suggestion(first: string, second: string, younger: string, reasons: string[]): Raised {
  return {
    homeId: first,
    shipmentId: younger,
    correlationId: null,
    finding: {
      kind: "duplicate_shipment",
      subject: `pair:${second}`,
      occurrence: `${first},${second}`,
      severity: EXCEPTION_SPECS.duplicate_shipment.severity,
      cause: { source: "look-alike", what: "destination and goods" },
      text: "Two shipments look alike under different numbers",
      evidence: { reasons, shipments: [first, second] },
      feedId: null,
      messageId: null,
    },
  };
}
