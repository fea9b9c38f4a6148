/** A move of goods of an order line to the customer. */
export type LineMove = {
  id: number;
  productId: number | null;
  /** What was done less what came back to be refunded; while it is not done, what is to be done. In whatever unit the move counts. */
  quantity: number;
  /** null: not done yet. */
  doneAtMs: number | null;
};

/** An order line as Odoo counts it, all in the unit of the line. */
export type OrderLine = { ordered: number; delivered: number; invoiced: number };

const NEGLIGIBLE = 1e-6;

/**
 * Says of each move which share of it is invoiced, 0 to 1: what was invoiced goes to the moves in the order in which they were done, then to those
 * that are to come. What is done counts as what the line has delivered, what is open as what it has left to deliver: so units of moves and line
 * may differ, and each component of a kit has the share of the kit. A move of nothing has no share.
 */
export function invoicedShares(line: OrderLine, moves: readonly LineMove[]): Map<number, number> {
  const shares = new Map<number, number>();
  for (const mine of Map.groupBy(moves, ({ productId }) => productId).values()) {
    const done = mine.filter(({ doneAtMs }) => doneAtMs !== null);
    const open = mine.filter(({ doneAtMs }) => doneAtMs === null);
    const inOrder = (a: LineMove, b: LineMove) => (a.doneAtMs ?? 0) - (b.doneAtMs ?? 0) || a.id - b.id;
    const queue = [
      ...counted(done, line.delivered).sort((a, b) => inOrder(a.move, b.move)),
      ...counted(open, line.ordered - line.delivered).sort((a, b) => inOrder(a.move, b.move)),
    ];
    let left = line.invoiced;
    for (const { move, quantity } of queue) {
      const taken = Math.min(Math.max(left, 0), quantity);
      shares.set(move.id, quantity - taken < NEGLIGIBLE ? 1 : taken / quantity);
      left -= taken;
    }
  }
  return shares;
}

/** Moves with their part of a quantity of the line. */
function counted(moves: readonly LineMove[], whole: number): { move: LineMove; quantity: number }[] {
  const sum = moves.reduce((all, { quantity }) => all + Math.max(quantity, 0), 0);
  if (sum < NEGLIGIBLE || whole < NEGLIGIBLE) return [];
  return moves
    .map((move) => ({ move, quantity: (Math.max(move.quantity, 0) / sum) * whole }))
    .filter(({ quantity }) => quantity > NEGLIGIBLE);
}

/** How much of a transfer is invoiced, by the shares of its moves; null where it has none that could be. */
export function invoicedOf(shares: readonly number[]): "none" | "part" | "full" | null {
  if (shares.length === 0) return null;
  if (shares.every((share) => share >= 1)) return "full";
  return shares.some((share) => share > 0) ? "part" : "none";
}
