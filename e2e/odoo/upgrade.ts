import type { Store } from "./store";

/** Turns the records of an Odoo 14 into those of 19: quantities in one column with a flag, storable goods by a flag, users' groups renamed. */
export function upgradeStore(store: Store): void {
  store.version = "19";
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  for (const move of store.all("stock.move")) {
    const done = number(move.quantity_done);
    const quantity = done > 0 ? done : number(move.reserved_availability);
    store.update("stock.move", move.id, { quantity, picked: done > 0 });
  }
  for (const line of store.all("stock.move.line")) {
    const done = number(line.qty_done);
    store.update("stock.move.line", line.id, {
      quantity: done > 0 ? done : number(line.product_uom_qty),
      picked: done > 0,
    });
  }
  for (const product of store.all("product.product"))
    store.update("product.product", product.id, { is_storable: product.type === "product" });
  for (const user of store.all("res.users")) store.update("res.users", user.id, { group_ids: user.groups_id });
}
