import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readKeyset, writeKeyset } from "@/core/keyset";
import { countFacets, SHIPMENT_FACETS, type ShipmentFilter, shipmentFilter } from "@/core/shipments/filter";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertReference, insertShipment, tick } from "@/db/testing/rows";
import { searchedNumbers, searchShipments } from "./shipment-search";
import { chooseListPlan, countShipmentCells, type ListPlan, listShipments, streamShipments } from "./shipments";

let database: TestDatabase;
const now = new Date("2026-11-23T12:00:00Z");
const all = shipmentFilter.parse({});
const TERMINAL = [null, null, "delivered", "lost"];

beforeAll(async () => {
  database = await testDatabase("shipments");
  for (let i = 0; i < 120; i++) {
    await insertShipment(database.sql, {
      stage: ["order_released", "in_transit", "delivered", null][i % 4] ?? null,
      summary: ["pre_transit", "in_transit", "delivered"][i % 3],
      carrier: ["ups", "dhl", null][i % 3] ?? null,
      warehouse: i % 5 === 0 ? "Prague" : "Brno",
      terminal: TERMINAL[i % 4] ?? null,
      promisedAt: i % 6 === 0 ? new Date(now.getTime() - i * 3_600_000) : null,
      openExceptions: i % 7 === 0 ? 2 : 0,
    });
  }
});
afterAll(async () => database?.drop());

async function idsOf(filter: ShipmentFilter, plan: ListPlan): Promise<string[]> {
  const ids: string[] = [];
  for await (const rows of streamShipments(database.sql, { filter, plan, now, batch: 11 }))
    ids.push(...rows.map((r) => r.id));
  return ids;
}

const FILTERS: [string, Partial<ShipmentFilter>][] = [
  ["nothing", {}],
  ["one stage", { stage: ["delivered"] }],
  ["two stages", { stage: ["delivered", "in_transit"] }],
  ["an unknown stage", { stage: ["-"] }],
  ["carrier and warehouse", { carrier: ["ups"], warehouse: ["Prague"] }],
  ["no known carrier", { carrier: ["-", "dhl"] }],
  ["open ones", { ending: ["open"] }],
  ["lost or open ones in trouble", { ending: ["open", "lost"], trouble: true }],
  ["promised late", { late: true }],
  ["promised late in one warehouse", { late: true, warehouse: ["Brno"], summary: ["pre_transit"] }],
];

describe("shipment list", () => {
  test.each(FILTERS)(
    "facet counts equal the length of the lists one click away, filtered by %s",
    async (_name, some) => {
      const filter = { ...all, ...some };
      const facets = countFacets(await countShipmentCells(database.sql, now), filter);
      expect((await idsOf(filter, chooseListPlan(filter, null))).length).toBe(facets.total);
      for (const facet of SHIPMENT_FACETS)
        for (const { value, count } of facets[facet]) {
          const next = shipmentFilter.parse({ ...filter, [facet]: [value] });
          expect([facet, value, (await idsOf(next, chooseListPlan(next, null))).length]).toEqual([facet, value, count]);
        }
      for (const flag of ["trouble", "late"] as const) {
        const next = { ...filter, [flag]: true };
        expect((await idsOf(next, chooseListPlan(next, null))).length).toBe(facets[flag]);
      }
    },
  );

  test.each(FILTERS)("every plan gives the same rows in the same order, filtered by %s", async (_name, some) => {
    const filter = { ...all, ...some };
    const expected = await idsOf(filter, { by: "newest" });
    for (const by of ["few", "trouble", "promise"] as const) expect(await idsOf(filter, { by })).toEqual(expected);
    for (const by of ["stage", "summary", "carrier", "warehouse"] as const)
      expect(await idsOf(filter, { by })).toEqual(expected);
  });

  test("pages follow each other without a gap while rows of one instant stand in one another's way", async () => {
    const at = tick();
    for (let i = 0; i < 7; i++) await insertShipment(database.sql, { updatedAt: at, carrier: "same-instant" });
    const filter = { ...all, carrier: ["same-instant"] };
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const rows = await listShipments(database.sql, {
        filter,
        plan: { by: "carrier" },
        after: readKeyset(cursor),
        limit: 3,
        now,
      });
      seen.push(...rows.map((row) => row.id));
      const last = rows[rows.length - 1];
      cursor = rows.length === 3 && last ? writeKeyset(last) : null;
    } while (cursor);
    expect(new Set(seen).size).toBe(7);
    expect(seen.length).toBe(7);
  });

  test("a linked member is not listed and the worst open exception of its head is", async () => {
    const head = await insertShipment(database.sql, { carrier: "linked", openExceptions: 1 });
    await insertShipment(database.sql, { carrier: "linked", headId: head });
    const rows = await listShipments(database.sql, {
      filter: { ...all, carrier: ["linked"] },
      plan: { by: "carrier" },
      after: null,
      limit: 10,
      now,
    });
    expect(rows.map((row) => [row.id, row.worst])).toEqual([[head, null]]);
  });
});

describe("search", () => {
  test("finds by any reference as people write it, several at once, and the head of a linked member", async () => {
    const head = await insertShipment(database.sql, { name: "WH/OUT/00777" });
    const member = await insertShipment(database.sql, { headId: head });
    await insertReference(database.sql, { shipmentId: head, value: "WH/OUT/00777", kind: "odoo_picking" });
    await insertReference(database.sql, {
      shipmentId: member,
      value: "1Z999AA10123456784",
      said: "1Z 999 AA1 0123456784",
    });
    for (const said of [
      "wh/out/00777",
      "1z 999 aa1 0123-456784",
      head,
      "nothing-like-it, 1Z999AA10123456784",
      "1Z999AA10123456784\nWH/OUT/00777",
    ])
      expect([said, [...new Set((await searchShipments(database.sql, said, 20)).hits.map((hit) => hit.id))]]).toEqual([
        said,
        [head],
      ]);
  });

  test("takes the start of one number where nothing carries it whole, and says so", async () => {
    const id = await insertShipment(database.sql);
    await insertReference(database.sql, { shipmentId: id, value: "SO204711", kind: "sales_order" });
    expect(await searchShipments(database.sql, "so2047", 20)).toMatchObject({
      by: "prefix",
      hits: [{ id, value: "SO204711" }],
    });
    expect(await searchShipments(database.sql, "O2047", 20)).toEqual({ by: "none", hits: [] });
    expect(await searchShipments(database.sql, "%", 20)).toEqual({ by: "none", hits: [] });
  });

  test("reads at most so many numbers and never splits at a blank", () => {
    expect(searchedNumbers("a b; c-d\n a b |")).toEqual(["AB", "CD"]);
    expect(searchedNumbers(Array.from({ length: 500 }, (_, i) => `n${i}`).join(",")).length).toBe(200);
  });
});
