import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tx } from "@/db/client";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { lockReferences, lockShipments } from "./locks";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("locks");
});
afterAll(() => database?.drop());

const values = (tag: string, count: number) => Array.from({ length: count }, (_, i) => `1Z${tag}${i}`);

/** Whether the second transaction has to wait for the first; both end. */
async function waits(first: (tx: Tx) => Promise<void>, second: (tx: Tx) => Promise<void>): Promise<boolean> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let taken = () => {};
  const isTaken = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const holder = database.sql.begin(async (tx) => {
    await first(tx);
    taken();
    await released;
  });
  await isTaken;
  try {
    await database.sql.begin(async (tx) => {
      await tx`set local lock_timeout = '300ms'`;
      await second(tx);
    });
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "55P03" });
    return true;
  } finally {
    release();
    await holder;
  }
}

test("two batches of hundreds of numbers each go on side by side where they share none, and one waits where they share one", async () => {
  const a = values("A", 800);
  const b = values("B", 800);
  expect(
    await waits(
      (tx) => lockReferences(tx, a),
      (tx) => lockReferences(tx, b),
    ),
  ).toBe(false);
  expect(
    await waits(
      (tx) => lockReferences(tx, a),
      (tx) => lockReferences(tx, [...b, "1ZA799"]),
    ),
  ).toBe(true);
  expect(
    await waits(
      (tx) => lockShipments(tx, a),
      (tx) => lockReferences(tx, a),
    ),
  ).toBe(false);
});

test("who has more than fit goes through alone: nobody beside it, before or after", async () => {
  const huge = values("H", 3_500);
  const one = ["1ZNOBODYS"];
  expect(
    await waits(
      (tx) => lockReferences(tx, huge),
      (tx) => lockReferences(tx, one),
    ),
  ).toBe(true);
  expect(
    await waits(
      (tx) => lockReferences(tx, one),
      (tx) => lockReferences(tx, huge),
    ),
  ).toBe(true);
  expect(
    await waits(
      (tx) => lockReferences(tx, huge),
      (tx) => lockShipments(tx, one),
    ),
  ).toBe(false);
});
