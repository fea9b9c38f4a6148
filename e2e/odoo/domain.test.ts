import { describe, expect, it } from "vitest";
import { candidates, compileDomain } from "./domain";
import { printInstant, Store } from "./store";

function filled(version: "14" | "19") {
  const store = new Store(version, () => Date.UTC(2026, 0, 1, 12, 0, 5, 250));
  const country = store.insert("res.country", { name: "United States", code: "US" });
  const partner = store.insert("res.partner", { name: "Acme", country_id: country.id, is_company: true, active: true });
  const other = store.insert("res.partner", { name: "Bob", is_company: false, active: true });
  const order = store.insert("sale.order", { name: "S1", partner_id: partner.id, client_order_ref: "PO-7" });
  const written = store.tick();
  const picking = store.insert("stock.picking", {
    name: "OUT/1",
    sale_id: order.id,
    partner_id: partner.id,
    write_date: written,
  });
  store.insert("stock.picking", { name: "OUT/2", partner_id: other.id, write_date: written + 2e6 });
  return { store, picking, written };
}
const names = (store: Store, domain: unknown) => {
  const test = compileDomain(store, "stock.picking", domain);
  return store
    .all("stock.picking")
    .filter(test)
    .map((row) => row.name);
};

describe("a domain", () => {
  const { store, written } = filled("19");
  const cases: [unknown, string[]][] = [
    [[], ["OUT/1", "OUT/2"]],
    [[["name", "=", "OUT/1"]], ["OUT/1"]],
    [[["name", "!=", "OUT/1"]], ["OUT/2"]],
    [
      ["|", ["name", "=", "OUT/1"], ["name", "=", "OUT/2"]],
      ["OUT/1", "OUT/2"],
    ],
    [["!", ["name", "=", "OUT/1"]], ["OUT/2"]],
    [["|", ["name", "=", "x"], "&", ["name", "ilike", "out"], ["sale_id", "!=", false]], ["OUT/1"]],
    [[["sale_id.client_order_ref", "=", "PO-7"]], ["OUT/1"]],
    [[["partner_id.country_id.code", "in", ["US", "CA"]]], ["OUT/1"]],
    [[["sale_id", "=", false]], ["OUT/2"]],
    [[["partner_id", "ilike", "bo"]], ["OUT/2"]],
    [[["name", "=like", "OUT/_"]], ["OUT/1", "OUT/2"]],
    [[["name", "not in", ["OUT/1"]]], ["OUT/2"]],
    [[["write_date", ">", printInstant(written)]], ["OUT/2"]],
    [[["write_date", "=", printInstant(written)]], ["OUT/1"]],
  ];
  it.each(cases)("%j finds %j", (domain, found) => expect(names(store, domain)).toEqual(found));

  it("compares instants by microseconds in 14, so that a record is newer than its own printed instant", () => {
    const old = filled("14");
    const printed = printInstant(old.written);
    expect(names(old.store, [["write_date", ">", printed]])).toEqual(["OUT/1", "OUT/2"]);
    expect(names(old.store, [["write_date", "=", printed]])).toEqual([]);
  });

  it("uses an index only where it cannot lose a row", () => {
    expect(candidates(store, "stock.picking", [["sale_id", "in", [1, 9]]])?.map((row) => row.name)).toEqual(["OUT/1"]);
    expect(candidates(store, "stock.picking", ["|", ["sale_id", "=", 1], ["name", "=", "OUT/2"]])).toBeNull();
    expect(candidates(store, "stock.picking", [["sale_id", "=", false]])).toBeNull();
  });

  it.each([
    [[["no_field", "=", 1]]],
    [[["name", "~", 1]]],
    [["|", ["name", "=", 1]]],
    [[["write_date", ">", "never"]]],
    ["x"],
  ])("%j is refused", (domain) => expect(() => names(store, domain)).toThrow());
});

it("a transaction that throws leaves nothing behind, not even in the indexes", () => {
  const { store, picking } = filled("19");
  const attempt = () =>
    store.transaction(() => {
      store.update("stock.picking", picking.id, { sale_id: 99, name: "changed" });
      store.insert("stock.picking", { name: "new" });
      throw new Error("no");
    });
  expect(attempt).toThrow("no");
  expect(store.all("stock.picking").map((row) => row.name)).toEqual(["OUT/1", "OUT/2"]);
  expect(store.lookup("stock.picking", "sale_id", 99)).toEqual([]);
  expect(store.lookup("stock.picking", "sale_id", 1)?.map((row) => row.name)).toEqual(["OUT/1"]);
});
