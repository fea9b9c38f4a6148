import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { listOfConnections, loadToCompare } from "@/db/queries/reconcile-rows";
import { readRunScope } from "@/db/queries/reconcile-scope";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { type ComparedShipment, type Comparer, compareChunk } from "./compare-chunk";
import { CANNOT_READ, leave, left, noteOpenBreakers, type Pass, patiently, type Under } from "./pass";
import { reconcileScope } from "./start";
import { lookForUnknown } from "./unknown-transfers";

type Item = { position: number; target: string };
const UNKNOWN = "unknown ";

/**
 * Compares a chunk of a run: shipments, or what Odoo has that Waypost does not. What cannot be read for a reason that passes is left to be done; what
 * a run that closes a day cannot read is left whatever the reason, because the day is not reconciled without it.
 */
export async function reconcileChunk(
  ctx: Context,
  comparer: Comparer,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
  pass: Pass,
): Promise<void> {
  const scope = reconcileScope.parse(await readRunScope(ctx.sql, run.id));
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  noteOpenBreakers(connections, pass, ctx.now().getTime());
  const under = { day: scope.day, runId: run.id, settings: reconciliation, waits: scope.close, pass };
  const shipments = items.filter(({ target }) => !target.startsWith(UNKNOWN));
  const results = await compareItems(ctx, comparer, connections, shipments, under);
  for (const { position, target } of items) {
    if (!target.startsWith(UNKNOWN)) continue;
    const connection = connections.get(Number(target.slice(UNKNOWN.length)));
    const result = await lookForUnknown(ctx, comparer, connection, position, under);
    if (result !== null) results.push(result);
  }
  pass.after = items.at(-1)?.position ?? pass.after;
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

async function compareItems(
  ctx: Context,
  comparer: Comparer,
  connections: ReadonlyMap<number, WorkingConnection>,
  all: readonly Item[],
  under: Under,
): Promise<ItemResult[]> {
  const { pass } = under;
  const targets = all.map(({ target }) => target);
  const unread = new Set(pass.down.size === 0 ? [] : await listOfConnections(ctx.sql, targets, [...pass.down.keys()]));
  const items = all.filter(({ target }) => !unread.has(target));
  const found = await loadToCompare(
    ctx.sql,
    items.map(({ target }) => target),
  );
  const done = new Map<string, ItemResult>();
  const positionOf = new Map(items.map(({ target, position }) => [target, position]));
  for (const [connectionId, shipments] of Map.groupBy(found, (one) => one.connectionId)) {
    const connection = connections.get(connectionId);
    const positions = shipments.map(({ id }) => ({ id, position: positionOf.get(id) as number }));
    if (!connection) {
      for (const { id, position } of positions)
        done.set(id, left(position, "skipped", "Its Odoo connection is archived."));
      continue;
    }
    try {
      const compared = await patiently(pass, () => compareChunk(ctx, comparer, connection, shipments, under));
      for (const one of compared) done.set(one.shipment.id, resultOf(positionOf.get(one.shipment.id) as number, one));
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
      if (leave(connectionId, error, under)) for (const { id } of positions) unread.add(id);
      else
        for (const { id, position } of positions)
          done.set(id, left(position, "failed", `${CANNOT_READ}: ${error.message}`));
    }
  }
  return items.flatMap(({ target, position }) =>
    unread.has(target) ? [] : (done.get(target) ?? left(position, "skipped", "It has no transfer in Odoo any more.")),
  );
}

/** An item of a run: what each system says where they differ. */
function resultOf(position: number, { differences: found }: ComparedShipment): ItemResult {
  if (found.length === 0) return left(position, "unchanged", "");
  return {
    position,
    result: "changed",
    before: Object.fromEntries(found.map(({ aspect, said }) => [aspect, said.odoo ?? null])),
    after: Object.fromEntries(found.map(({ aspect, said }) => [aspect, said.waypost ?? null])),
    reason: found
      .map(({ aspect, why }) => `${aspect}: ${why}`)
      .join(". ")
      .slice(0, 500),
  };
}
