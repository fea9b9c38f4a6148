import { expect, test } from "vitest";
import { ATTRIBUTES } from "./attributes";
import { fieldsOfDomain, OWNERSHIP_DOMAINS, ownedBy, ownedFields, ownerOf } from "./domains";
import { DEFAULT_OWNERSHIP } from "./ownership";

test("every field but the ruling that shipments are apart stands in exactly one of the four domains", () => {
  const all = OWNERSHIP_DOMAINS.flatMap(fieldsOfDomain);
  expect(new Set(all).size).toBe(all.length);
  expect([...all].sort()).toEqual(
    [...ATTRIBUTES.filter((attribute) => attribute !== "ruled_out"), "milestones"].sort(),
  );
});

test("as shipped each domain has one owner, and says what of it is another's", () => {
  const owners = OWNERSHIP_DOMAINS.map((domain) => ownerOf(domain, DEFAULT_OWNERSHIP));
  expect(owners).toEqual([
    { owner: "odoo", but: [{ field: "channel", owner: "marketplace" }] },
    { owner: "warehouse", but: [] },
    { owner: "carrier", but: [{ field: "milestones", owner: null }] },
    {
      owner: "finance",
      but: [
        { field: "weight_grams", owner: "carrier" },
        { field: "dimensions", owner: "carrier" },
      ],
    },
  ]);
});

test("who becomes the owner of tracking events owns the milestones too; of Odoo's own transfers nobody else does", () => {
  const tracking = ownedFields(DEFAULT_OWNERSHIP, fieldsOfDomain("tracking_events"), "aggregator");
  expect(tracking.milestones).toEqual(["aggregator", "carrier", "marketplace", "warehouse", "transport", "odoo"]);
  expect(ownerOf("tracking_events", { ...DEFAULT_OWNERSHIP, ...tracking })).toEqual({ owner: "aggregator", but: [] });
  expect(ownedFields(DEFAULT_OWNERSHIP, fieldsOfDomain("execution"), "transport").odoo_picking).toBeUndefined();
});

test.each([
  [["odoo", "carrier"], "carrier", ["carrier", "odoo"]],
  [["odoo", "carrier"], "odoo", ["odoo", "carrier"]],
  [["odoo"], "finance", ["finance", "odoo"]],
])("%j owned by %s is %j", (order, owner, becomes) => {
  expect(ownedBy(order, owner)).toEqual(becomes);
});
