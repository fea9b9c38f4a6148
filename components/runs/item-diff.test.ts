import { expect, test } from "vitest";
import { shipmentChanges } from "./item-diff";

const before = [
  {
    shipmentId: "s",
    shipment: "WH/OUT/1",
    milestone: "in_transit",
    terminal: null,
    events: [{ key: "k", kind: "unmapped_code" }],
  },
];
const after = [
  {
    shipmentId: "s",
    shipment: "WH/OUT/1",
    milestone: "delivered",
    terminal: "delivered",
    events: [
      { key: "k", kind: "delivered", word: "DL" },
      { key: "n", kind: "info", word: null },
    ],
    opens: [{ kind: "pod_missing", text: "No proof of delivery" }],
    closes: 2,
    postings: [{ kind: "status_note", before: null, after: { note: "x" }, held: "kind_off" }],
  },
];

test("a replayed message tells shipment by shipment what it changed", () => {
  expect(shipmentChanges(before, after)).toEqual([
    {
      shipmentId: "s",
      shipment: "WH/OUT/1",
      rows: [
        { field: "Milestone", old: "in transit", new: "delivered" },
        { field: "Ended", old: "", new: "delivered" },
        { field: "“DL”", old: "unmapped code", new: "delivered" },
        { field: "Event", old: "", new: "info" },
      ],
      opens: ["No proof of delivery"],
      closes: 2,
      postings: [{ kind: "status note", before: null, after: { note: "x" }, held: "kind off", explained: null }],
    },
  ]);
});

test("a posting's values are not taken for shipments", () => {
  expect(shipmentChanges(null, { carrier_tracking_ref: "1Z" })).toBeNull();
  expect(shipmentChanges(null, null)).toBeNull();
  expect(shipmentChanges([], [])).toEqual([]);
});
