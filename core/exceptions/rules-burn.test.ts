import { describe, expect, it } from "vitest";
import { bucketOf } from "@/core/service-levels/histogram";
import { sloBurn } from "./rules-burn";

const objective = { percent: 99, withinSeconds: 60 };
const clocks = (kept: number, missed: number) =>
  new Map([
    [bucketOf(1000), kept],
    [bucketOf(300_000), missed],
  ]);
const burn = (hour: Map<number, number>, sixHours: Map<number, number>) =>
  sloBurn({ workflow: "status_update", objective, counts: { 1: hour, 6: sixHours } })?.evidence.windowHours ?? null;

describe("slo_burn", () => {
  it.each<[string, [number, number], [number, number], number | null]>([
    ["is raised beyond 14 times over an hour", [85, 15], [1000, 15], 1],
    ["is not raised at 14 times", [86, 14], [1000, 14], null],
    ["is raised beyond 6 times over six hours", [100, 0], [93, 7], 6],
    ["is not raised at 6 times", [100, 0], [94, 6], null],
    ["is not raised for a few", [0, 4], [0, 4], null],
    ["is not raised where nothing was counted", [0, 0], [0, 0], null],
  ])("%s", (_, hour, sixHours, expected) => {
    expect(burn(clocks(...hour), clocks(...sixHours))).toBe(expected);
  });
});
