import { browse, type Env, HOOKS } from "./orm";
import type { Row, Value } from "./store";

/**
 * Deliveries in several steps. Up to 17 the order makes all transfers at once, each fed by the one before; since 18 it makes the first, and
 * each makes the next when it is done.
 */
const ROUTES: Readonly<Record<string, readonly Step[]>> = {
  ship_only: [],
  pick_ship: ["pick"],
  pick_pack_ship: ["pick", "pack"],
};

export type Step = "pick" | "pack";

const number = (value: Value | undefined) => (typeof value === "number" ? value : 0);
const list = (value: Value | undefined) => (Array.isArray(value) ? value : []);

HOOKS["stock.warehouse"] = {
  created: (env, row) => {
    const like = { warehouse_id: row.id, company_id: row.company_id ?? null };
    const types = [
      ["in_type_id", "Receipts", "incoming", "IN"],
      ["out_type_id", "Delivery Orders", "outgoing", "OUT"],
      ["pick_type_id", "Pick", "internal", "PICK"],
      ["pack_type_id", "Pack", "internal", "PACK"],
    ] as const;
    for (const [field, name, code, sequence_code] of types) {
      const now = env.store.tick();
      const made = { ...like, name, code, sequence_code, create_date: now, write_date: now };
      const type = env.store.insert("stock.picking.type", made);
      if (field !== "in_type_id") env.store.update("stock.warehouse", row.id, { [field]: type.id });
    }
  },
};

/** The steps before a delivery of this warehouse. */
export function stepsBefore(env: Env, warehouseId: Value | undefined): readonly Step[] {
  return ROUTES[String(env.store.get("stock.warehouse", number(warehouseId))?.delivery_steps)] ?? [];
}

/** The picking type of a step, or of the delivery after the last. */
export function typeOf(env: Env, warehouseId: Value | undefined, step: Step | undefined): Row | undefined {
  const warehouse = env.store.get("stock.warehouse", number(warehouseId));
  return env.store.get("stock.picking.type", number(warehouse?.[`${step ?? "out"}_type_id`]));
}

/** Which type comes after this one in its warehouse's route; undefined after the delivery. */
export function typeAfter(env: Env, type: Row | undefined): Row | undefined {
  const steps = stepsBefore(env, type?.warehouse_id);
  const at = steps.findIndex((step) => typeOf(env, type?.warehouse_id, step)?.id === type?.id);
  return at < 0 ? undefined : typeOf(env, type?.warehouse_id, steps[at + 1]);
}

export function chain(env: Env, from: Row, to: Row): void {
  const [one, other] = browse(env, "stock.move", [from.id, to.id], "error");
  env.store.update("stock.move", from.id, { move_dest_ids: [...new Set([...list(one?.move_dest_ids), to.id])] });
  env.store.update("stock.move", to.id, { move_orig_ids: [...new Set([...list(other?.move_orig_ids), from.id])] });
}

export function feeding(env: Env, move: Row): Row[] {
  return list(move.move_orig_ids).flatMap((id) => env.store.get("stock.move", id) ?? []);
}

export function fed(env: Env, move: Row): Row[] {
  return list(move.move_dest_ids).flatMap((id) => env.store.get("stock.move", id) ?? []);
}

/** What the steps before brought to a move and no other move of theirs took; endless where nothing comes before. */
export function arrived(env: Env, move: Row): number {
  const origins = feeding(env, move);
  if (origins.length === 0) return Number.POSITIVE_INFINITY;
  const field = env.store.version === "14" ? "quantity_done" : "quantity";
  const held = env.store.version === "14" ? "reserved_availability" : "quantity";
  const came = origins.filter(({ state }) => state === "done").reduce((sum, one) => sum + number(one[field]), 0);
  const others = new Map(origins.flatMap((one) => fed(env, one)).map((one) => [one.id, one]));
  others.delete(move.id);
  const taken = [...others.values()]
    .filter(({ state }) => state !== "cancel")
    .reduce((sum, one) => sum + number(one[one.state === "done" ? field : held]), 0);
  return Math.max(0, came - taken);
}
