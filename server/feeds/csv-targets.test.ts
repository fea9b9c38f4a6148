import { describe, expect, test } from "vitest";
import { mappingGaps, NOTHING_GIVEN, OPTIONS, optionOf, targetOf, withTarget } from "@/components/feeds/csv-targets";
import type { Mapping } from "@/components/feeds/rows";
import { settingsSchema } from "../adapters/csv/mapping";

const mapping = (columns: Mapping["columns"], rows: Mapping["rows"] = "shipment"): Mapping => ({
  rows,
  encoding: null,
  delimiter: ";",
  decimal: ".",
  empty: [""],
  columns,
});

describe("choices", () => {
  test("each one makes a target that the adapter takes, and stands for it again", () => {
    for (const { value } of OPTIONS) {
      const target = targetOf("A", value, undefined, { order: "dmy" });
      expect(optionOf(target ?? undefined)).toBe(value);
      if (target === null) expect(value).toBe(NOTHING_GIVEN);
      else expect([value, settingsSchema.safeParse({ mapping: mapping([target]) }).success]).toEqual([value, true]);
    }
    expect(new Set(OPTIONS.map((one) => one.value)).size).toBe(OPTIONS.length);
  });

  test("another choice keeps the date order that was set, and takes the one the file shows before", () => {
    const first = targetOf("A", "event:picked", undefined, { order: "mdy" });
    expect(first).toMatchObject({ order: "mdy" });
    expect(targetOf("A", "date:eta", { ...first, order: "dmy" } as never, { order: "mdy" })).toMatchObject({
      order: "dmy",
    });
    expect(targetOf("A", "time", undefined, { order: null })).toMatchObject({ order: "ymd" });
  });
});

test("a column's target is replaced and the file's order kept", () => {
  const b = targetOf("B", "status", undefined, { order: null });
  const a = targetOf("A", "reference:sales_order", undefined, { order: null });
  const both = withTarget(withTarget(mapping([]), ["A", "B"], "B", b), ["A", "B"], "A", a);
  expect(both.columns.map((one) => one.column)).toEqual(["A", "B"]);
  expect(withTarget(both, ["A", "B"], "A", null).columns.map((one) => one.column)).toEqual(["B"]);
});

test("what is missing is said in words", () => {
  const number = targetOf("A", "reference:sales_order", undefined, { order: null });
  const status = targetOf("B", "status", undefined, { order: null });
  if (!number || !status) throw new Error("no target");
  expect(mappingGaps(null, [])).toHaveLength(1);
  expect(mappingGaps(mapping([status]), ["B"])).toHaveLength(2);
  expect(mappingGaps(mapping([number]), ["A"])).toEqual([]);
  expect(mappingGaps(mapping([number]), ["C"])).toEqual(["The sample has no column A."]);
});

test("columns of a bill are complete with a number and an amount", () => {
  const number = targetOf("No", "bill_number", undefined, { order: null }) as Mapping["columns"][number];
  const amount = targetOf("Sum", "charge_amount", undefined, { order: null }) as Mapping["columns"][number];
  const total = targetOf("All", "bill_total", undefined, { order: null }) as Mapping["columns"][number];
  expect(mappingGaps(mapping([number, amount], "charge"), [])).toEqual([]);
  expect(mappingGaps(mapping([number, total], "bill"), [])).toEqual([]);
  expect(mappingGaps(mapping([number, total], "charge"), [])).toEqual(["No column holds the amount of the charge."]);
  expect(mappingGaps(mapping([amount], "bill"), [])).toEqual(["No column holds the number of the bill."]);
  expect(settingsSchema.safeParse({ mapping: mapping([amount], "bill") }).success).toBe(false);
});
