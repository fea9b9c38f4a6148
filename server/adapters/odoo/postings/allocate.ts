import type { ShippedQuantity } from "@/core/postings/desired";

/** A move of a picking as validation needs it, whatever the version calls its fields. Quantities in the move's unit. */
export type Move = {
  id: number;
  productId: number | null;
  productCode: string | null;
  state: string;
  demand: number;
  done: number;
  reserved: number;
  picked: boolean;
};

export type Allocation = { ok: true; byMove: Map<number, number> } | { ok: false; reason: string };

/** Compares quantities as Odoo rounds them: to five decimals. */
export function sameQuantity(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.000_01;
}

/**
 * Spreads what was shipped over the picking's moves: a named move gets its quantity; a product's quantity fills that product's moves in
 * the order of their ids up to their demand, and what is left goes to the last. Refuses an item that no move of the picking fits.
 */
export function allocate(shipped: readonly ShippedQuantity[], moves: readonly Move[]): Allocation {
  const live = moves.filter((move) => move.state !== "cancel").sort((one, other) => one.id - other.id);
  const byMove = new Map(live.map((move) => [move.id, 0]));
  const add = (id: number, quantity: number) => byMove.set(id, (byMove.get(id) ?? 0) + quantity);
  for (const { item, quantity } of shipped) {
    if ("moveId" in item) {
      if (!byMove.has(item.moveId)) {
        // a move of which nothing was done leaves for the backorder: naming it with 0 is no contradiction
        if (quantity === 0) continue;
        return { ok: false, reason: `Move ${item.moveId} is not among the lines of this transfer.` };
      }
      add(item.moveId, quantity);
      continue;
    }
    const wanted = item.productCode.toLowerCase();
    const fitting = live.filter((move) => move.productCode?.toLowerCase() === wanted);
    const last = fitting.at(-1);
    if (!last) {
      if (quantity === 0) continue;
      return { ok: false, reason: `No line of this transfer has the product ${item.productCode}.` };
    }
    let left = quantity;
    for (const move of fitting) {
      const share = move === last ? left : Math.min(left, Math.max(0, move.demand - (byMove.get(move.id) ?? 0)));
      add(move.id, share);
      left -= share;
    }
  }
  return { ok: true, byMove };
}
