import type { Log } from "../log";

export type Loop = { wake: () => void; stopped: Promise<void> };

/**
 * Runs `step` again and again until the signal: at once while it says there is more, else after `idleMs`, the ms that it names, or when woken. A step that throws is
 * logged and tried again after a growing pause, so one loop's trouble is not another's.
 */
export function startLoop(
  log: Log,
  name: string,
  idleMs: number,
  signal: AbortSignal,
  step: () => Promise<boolean | number>,
): Loop {
  let wake = () => {};
  let woken = false;
  let failures = 0;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (woken || signal.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
    }).then(() => {
      signal.removeEventListener("abort", wake);
      wake = () => {};
    });
  const run = async () => {
    while (!signal.aborted) {
      woken = false;
      try {
        const more = await step();
        failures = 0;
        if (more !== true) await pause(more === false ? idleMs : Math.min(more, idleMs));
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        log.error({ loop: name, failures, err: error instanceof Error ? error.message : String(error) }, "loop failed");
        await pause(Math.min(15_000, 250 * 2 ** Math.min(failures, 6)));
      }
    }
  };
  const stopped = run();
  return {
    wake: () => {
      woken = true;
      wake();
    },
    stopped,
  };
}
