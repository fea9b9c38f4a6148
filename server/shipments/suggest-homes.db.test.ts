import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertReference, insertShipment } from "@/db/testing/rows";
import { suggestHomes } from "./suggest-homes";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("homes");
});
afterAll(async () => database?.drop());

test("facts without a home are offered the shipment that shares a number, then the one whose number is a slip away, each with the reason", async () => {
  const { sql } = database;
  const [homeless, same, typo, other] = await Promise.all(
    ["1ZAAAA11112222", "WH/OUT/1", "WH/OUT/2", "WH/OUT/3"].map((name) => insertShipment(sql, { name })),
  );
  const number = (shipmentId: string | undefined, kind: string, value: string) =>
    insertReference(sql, { shipmentId: shipmentId ?? "", kind: kind as "tracking_number", value, said: value });
  await number(homeless, "tracking_number", "1ZAAAA11112222");
  await number(homeless, "customer_po", "PO778899");
  await number(same, "customer_po", "PO778899");
  await number(typo, "tracking_number", "1ZAAAA11112223");
  await number(other, "tracking_number", "1ZBBBB99998888");
  expect(await suggestHomes(sql, homeless ?? "")).toEqual([
    { shipmentId: same, reasons: ["has the same customer po PO778899"] },
    { shipmentId: typo, reasons: ["tracking number 1ZAAAA11112223: one digit is another in 1ZAAAA11112222"] },
  ]);
});
