import { expect, test } from "vitest";
import { type ClaimRow, fieldRows, valueInWords } from "./ownership";

const claim = (
  feedId: number,
  subject: string,
  attribute: ClaimRow["attribute"],
  value: ClaimRow["value"],
  occurredAtMs: number,
): ClaimRow => ({
  feedId,
  subject,
  attribute,
  value,
  occurredAtMs,
  messageId: "m",
});
const claims = [
  claim(1, "", "tracking_number", "1Z1", 10),
  claim(1, "", "carrier", "ups", 10),
  claim(2, "", "tracking_number", "1Z2", 20),
  claim(2, "", "carrier", "ups", 30),
  claim(2, "1Z1", "weight_grams", 1200, 5),
];

test("the owner comes first, agreeing sources next, losing values are advisory, a mismatch leads the list", () => {
  const rows = fieldRows(claims, {
    attributes: { tracking_number: { value: "1Z1", feedId: 1 }, carrier: { value: "ups", feedId: 2 } },
    advisories: [{ attribute: "tracking_number", subject: "", feedId: 2, mismatch: true }],
  });
  expect(
    rows.map((row) => [row.attribute, row.subject, row.mismatch, row.spoken.map((one) => [one.feedId, one.role])]),
  ).toEqual([
    [
      "tracking_number",
      "",
      true,
      [
        [1, "owner"],
        [2, "advisory"],
      ],
    ],
    [
      "carrier",
      "",
      false,
      [
        [2, "owner"],
        [1, "agrees"],
      ],
    ],
    ["weight_grams", "1Z1", false, [[2, "owner"]]],
  ]);
});

test("without a fold the latest word stands", () => {
  expect(fieldRows(claims, {})[1]).toMatchObject({ attribute: "tracking_number", value: "1Z2" });
});

test.each([
  ["weight_grams", 1200, "1.20 kg"],
  ["weight_grams", 2000, "2 kg"],
  ["weight_grams", 80, "80 g"],
  ["order_value", { amountMinor: 12345, currency: "EUR" }, "EUR 123.45"],
  ["address", { city: "Brno", zip: "60200", street: null }, "60200 Brno"],
  ["quantities", [{ code: "SKU1", done: 2, ordered: 3 }], "2 × SKU1"],
  ["quantities", [{ code: "A", ordered: 1 }, { code: "A", done: 2 }, { code: "B" }], "3 × A, ? × B"],
  ["tracking_number", ["1Z1", "1Z2"], "1Z1, 1Z2"],
  ["promised_delivery_at", "2026-11-24T17:00:00Z", "2026-11-24 17:00 UTC"],
  ["carrier", "ups", "ups"],
  ["carrier", null, ""],
] as const)("%s of %j reads %s", (attribute, value, words) => {
  expect(valueInWords(attribute, value as never)).toBe(words);
});
