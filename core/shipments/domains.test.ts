import { expect, test } from "vitest";
import { ATTRIBUTES } from "./attributes";
import { fieldsOfDomain, OWNERSHIP_DOMAINS, ownedBy } from "./domains";

test("every field but the ruling that shipments are apart stands in exactly one of the four domains", () => {
  const all = OWNERSHIP_DOMAINS.flatMap(fieldsOfDomain);
  expect(new Set(all).size).toBe(all.length);
  expect([...all].sort()).toEqual(ATTRIBUTES.filter((attribute) => attribute !== "ruled_out").sort());
});

test.each([
  [["odoo", "carrier"], "carrier", ["carrier", "odoo"]],
  [["odoo", "carrier"], "odoo", ["odoo", "carrier"]],
  [["odoo"], "finance", ["finance", "odoo"]],
])("%j owned by %s is %j", (order, owner, becomes) => {
  expect(ownedBy(order, owner)).toEqual(becomes);
});
