import { expect, test } from "vitest";
import { instantOfUuidV7 } from "@/core/ids";
import { makeReceipts } from "./receipt";

test("a receipt is a UUIDv7 that tells its instant to the millisecond", () => {
  const receiptAt = makeReceipts();
  for (const ms of [0, 1, 1_700_000_000_123, 2 ** 48 - 1]) {
    const receipt = receiptAt(ms);
    expect(receipt).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(instantOfUuidV7(receipt)).toBe(ms);
  }
});

test("twenty thousand receipts of one millisecond differ and rise in the order they were asked for", () => {
  const receiptAt = makeReceipts();
  const receipts = Array.from({ length: 20_000 }, () => receiptAt(1_700_000_000_000));
  expect(new Set(receipts).size).toBe(20_000);
  expect(receipts.toSorted()).toEqual(receipts);
});

test("two makers at the same millisecond make different receipts", () => {
  const [a, b] = [makeReceipts(), makeReceipts()];
  const all = Array.from({ length: 5000 }, () => [a(1), b(1)]).flat();
  expect(new Set(all).size).toBe(10_000);
});
