import { expect, test } from "vitest";
import type { Reached } from "@/core/shipments/shipment";
import { stageStates } from "./stages";

const at = (occurredAtMs: number | null, inferred = false): Reached => ({
  occurredAtMs,
  offsetMinutes: 60,
  precision: "second",
  basis: "offset",
  inferred,
  feedId: 1,
  receivedAtMs: 0,
  key: "k",
});
const states = (reached: Parameters<typeof stageStates>[0], current: string | null) =>
  Object.fromEntries(stageStates(reached, current).map((one) => [one.stage, [one.state, one.atMs]]));

test("a stage has the earliest of its milestones, told before inferred", () => {
  const found = states(
    { picked_up: at(null, true), pickup_arrived: at(5), in_transit: at(9), departed_facility: at(7) },
    "in_transit",
  );
  expect(found.dispatched).toEqual(["reached", 5]);
  expect(found.in_transit).toEqual(["reached", 7]);
  expect(states({ picked_up: at(null, true) }, "dispatched").dispatched).toEqual(["inferred", null]);
});

test("what a later stage passed over is skipped, what lies ahead is not, and returns and settlement never are", () => {
  const found = states({ order_released: at(1), delivered: at(9) }, "delivered");
  expect(found.packed).toEqual(["skipped", null]);
  expect(found.returning).toEqual(["ahead", null]);
  expect(found.settled).toEqual(["ahead", null]);
  expect(states({ order_released: at(1), settled: at(9) }, "order_released").packed).toEqual(["ahead", null]);
  expect(states({}, null).order_released).toEqual(["ahead", null]);
});

test("a lost or cancelled shipment has not come into transit by that", () => {
  expect(states({ order_released: at(1), lost: at(4), cancelled: at(5) }, "order_released").in_transit).toEqual([
    "ahead",
    null,
  ]);
});
