import { idOf, instantOf, linkOf, type OdooDomain, type OdooRow } from "./call";
import type { OdooClient } from "./client";
import type { OdooPickingRecord } from "./record";

type Returns = Pick<OdooPickingRecord, "returns" | "returnsWrittenAt">;

/** Transfers that bring goods of these back, by the transfer they return, and when anything about them last changed. */
export async function readReturns(client: OdooClient, moves: readonly OdooRow[]): Promise<Map<number, Returns>> {
  const pickingOf = new Map(moves.map((move) => [move.id, idOf(move.picking_id)]));
  const returns = new Map<number, Returns>();
  if (pickingOf.size === 0) return returns;
  const domain: OdooDomain = [["origin_returned_move_id", "in", [...pickingOf.keys()]]];
  const fields = ["picking_id", "origin_returned_move_id", "state", "write_date"];
  const rows = await client.searchRead("stock.move", domain, fields, { order: "id" });
  for (const row of rows) {
    const returned = pickingOf.get(idOf(row.origin_returned_move_id) ?? 0) ?? null;
    if (returned === null) continue;
    const known = returns.get(returned) ?? {};
    const written = instantOf(row.write_date) ?? undefined;
    const later = [known.returnsWrittenAt, written]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1);
    const by = row.state === "cancel" ? null : linkOf(row.picking_id);
    const isNew = by !== null && !known.returns?.some(({ id }) => id === by.id);
    returns.set(returned, {
      ...known,
      ...(later !== undefined && { returnsWrittenAt: later }),
      ...(isNew && { returns: [...(known.returns ?? []), by] }),
    });
  }
  return returns;
}
