import { expect, test } from "vitest";
import { exportAddress, questionOf, whyOf } from "./why";

const id = "01900000-0000-7000-8000-000000000001";

test.each([
  ["delivered", { kind: "milestone", shipmentId: id, milestone: "delivered" }],
  ["field.carrier", { kind: "attribute", shipmentId: id, attribute: "carrier" }],
  ["field.nothing", null],
  ["Delivered", null],
  ["", null],
  [null, null],
])("the address says %j", (why, subject) => {
  expect(whyOf(id, why)).toEqual(subject);
});

test("question and download name the same thing", () => {
  const subject = { kind: "milestone", shipmentId: id, milestone: "out_for_delivery" } as const;
  expect(questionOf(subject)).toBe("Why is this “out for delivery”?");
  expect(exportAddress(subject)).toBe(`/proof/export?shipment=${id}&milestone=out_for_delivery`);
  expect(exportAddress({ kind: "posting", id })).toBe(`/proof/export?posting=${id}`);
});
