import { describe, expect, it } from "vitest";
import { lookupInPacks } from "../registry";
import { csv } from "./adapter";
import { detectLayout } from "./layout";

const receivedAtMs = Date.UTC(2026, 10, 20, 12);
const bytesOf = (lines: readonly string[]) => new TextEncoder().encode(`${lines.join("\n")}\n`);
const message = (bytes: Uint8Array) => ({ bytes, contentType: null, headers: {}, receivedAtMs, name: null });

function read(bytes: Uint8Array, settings: unknown = {}, rows?: readonly number[]) {
  const outcome = csv.interpret(
    { ...message(bytes), ...(rows ? { rows } : {}) },
    { feedId: 1, zone: null, receivedAtMs, lookup: lookupInPacks(csv), settings: csv.parseSettings(settings) },
  );
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

describe("what a row of a carrier's file is", () => {
  const rowsOf = (lines: readonly string[]) => detectLayout(bytesOf(lines))?.suggestedMapping.mapping?.rows ?? null;

  it.each([
    ["a charge, where it has a word for one", ["Bill No,Charge,Amount", "1,Fuel,2.50", "2,Base,3.50"], "charge"],
    ["a charge, where a number goes on below", ["Bill No,BOL,Amount", "1,B1,2.50", "1,B2,3.50"], "charge"],
    ["a bill, where no number does", ["Bill No,BOL,Amount", "1,B1,2.50", "2,B2,3.50"], "bill"],
    ["a bill, where charges have columns", ["Bill No,BOL,Freight,Fuel", "1,B1,2.50,1.00", "2,B2,3.50,1.00"], "bill"],
    [
      "a shipment, where an export of orders names its invoice too",
      [
        "Shipment Number,Status,Status Date,Invoice Number,Invoice Total",
        "S1,Shipped,2026-11-19 10:00,I1,9.50",
        "S2,Packed,2026-11-19 11:00,I2,8.50",
      ],
      "shipment",
    ],
  ])("is %s", (_what, lines, expected) => expect(rowsOf(lines)).toBe(expected));
});

it("keeps the rows of a bill together where a long file is cut", () => {
  const lines = Array.from(
    { length: 2_500 },
    (_, index) => `B-${Math.floor(index / 60)},UPS,Fuel,1.00,PRO ${Math.floor(index / 60)}`,
  );
  const bytes = bytesOf(["Bill No,Carrier,Charge,Amount,PRO", ...lines]);
  const whole = read(bytes);
  const cut = csv.split?.(message(bytes), csv.parseSettings({}));
  if (!cut) throw new Error("not cut");
  const parts = [...cut.parts];
  expect(parts.length).toBe(cut.count);
  expect(cut.count).toBeGreaterThan(1);
  const inParts = parts.flatMap((part) => read(part.bytes, cut.settings, part.rows).invoices);
  const summed = (bills: typeof inParts) =>
    bills.map(({ number, total, at, lines: own }) => [number, total, at, own.length]).sort();
  expect(summed(inParts)).toEqual(summed(whole.invoices));
  expect(whole.invoices[0]).toMatchObject({ number: "B-0", vendor: "ups", total: "60.00", document: "csv" });
});
