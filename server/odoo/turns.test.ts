import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { makeTurns } from "./turns";

function watched() {
  const state = { now: 0, most: 0, order: [] as number[] };
  const work =
    (n: number, ms = 5) =>
    async () => {
      state.most = Math.max(state.most, ++state.now);
      state.order.push(n);
      await sleep(ms);
      state.now--;
      return n;
    };
  return { state, work };
}

describe("turns at one Odoo", () => {
  it("are taken in the order in which they were asked for, so many at once as is said", async () => {
    const turns = makeTurns();
    turns.widen(1);
    const { state, work } = watched();
    expect(await Promise.all([1, 2, 3].map((n) => turns.take(work(n))))).toEqual([1, 2, 3]);
    expect(state).toMatchObject({ most: 1, order: [1, 2, 3] });
    turns.widen(3);
    await Promise.all([4, 5, 6].map((n) => turns.take(work(n))));
    expect(state.most).toBe(3);
  });

  it("give way to what has waited too long behind work that hangs, which then runs once", async () => {
    const turns = makeTurns(20);
    turns.widen(1);
    const { state, work } = watched();
    let free = () => {};
    const hanging = turns.take(() => new Promise<void>((resolve) => (free = resolve)));
    expect(await turns.take(work(1))).toBe(1);
    free();
    await hanging;
    expect(await turns.take(work(2))).toBe(2);
    expect(state.order).toEqual([1, 2]);
  });

  it("hand on what failed and go on with the next", async () => {
    const turns = makeTurns();
    turns.widen(1);
    await expect(turns.take(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    const thrown = turns.take(() => {
      throw new Error("at once");
    });
    await expect(thrown).rejects.toThrow("at once");
    expect(await turns.take(async () => 7)).toBe(7);
  });
});
