import { expect, test } from "vitest";
import { cached } from "./cached";

test("all who ask while a reading runs share it, and it is kept for its time", async () => {
  let now = 1000;
  let reads = 0;
  const ask = cached<number>(500, () => now);
  const read = async () => ++reads;
  const [a, b] = await Promise.all([ask("k", read), ask("k", read)]);
  expect([a.value, b.value, reads]).toEqual([1, 1, 1]);
  now = 1499;
  expect((await ask("k", read)).value).toBe(1);
  now = 1500;
  expect(await ask("k", read)).toEqual({ value: 2, atMs: 1500 });
});

test("a slow reading is kept twenty times as long as it took", async () => {
  let now = 0;
  let reads = 0;
  const ask = cached<number>(100, () => now);
  const slow = async () => {
    now += 200;
    return ++reads;
  };
  await ask("k", slow);
  now = 3_900;
  expect((await ask("k", slow)).value).toBe(1);
  now = 4_000;
  expect((await ask("k", slow)).value).toBe(2);
});

test("a failure is told to those who asked and not kept", async () => {
  const ask = cached<number>(1000, () => 0);
  await expect(ask("k", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  expect((await ask("k", async () => 7)).value).toBe(7);
});
