import { expect, test } from "vitest";
import { bills } from "../adapters/bills/adapter";
import { lookupInPacks } from "../adapters/registry";
import { nextBill } from "./bills";

const parcels = [
  { tracking: "1Z1", expected: 14.2 },
  { tracking: "1Z2", expected: 9.85 },
];

test("every bill of the demo is one that the adapter reads without a fault, and adds up", () => {
  for (let turn = 0; turn < 9; turn++) {
    const bill = nextBill(turn, parcels, { number: "B", parcels }, Date.UTC(2026, 10, 20) + turn * 1000);
    const bytes = new TextEncoder().encode(JSON.stringify(bill));
    const outcome = bills.interpret(
      { bytes, contentType: null, headers: {}, receivedAtMs: 0, name: null },
      { feedId: 1, zone: null, receivedAtMs: 0, lookup: lookupInPacks(bills), settings: {} },
    );
    expect(outcome.problems).toEqual([]);
    const read = outcome.ok ? outcome.value.invoices[0] : undefined;
    const sum = read?.lines.reduce((total, { amount }) => total + Math.round(Number(amount) * 100), 0);
    expect(sum).toBe(Math.round(Number(read?.total) * 100));
  }
});

test("nothing is billed before something left", () => expect(nextBill(0, [], null, 0)).toBeNull());
