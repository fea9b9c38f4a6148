import { performance } from "node:perf_hooks";

/** Starts to measure; what it gives tells the whole microseconds since. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round((performance.now() - start) * 1000);
}
