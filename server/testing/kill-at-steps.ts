import type { PostingKind } from "@/core/postings/kinds";
import type { Gate } from "./odoo-gate";
import type { OdooTarget } from "./odoo-target";
import { installHold, type PostingCalls, reach, type Step } from "./posting-steps";
import type { Story } from "./story";
import { startWorker } from "./worker-process";

/** One kill: at which step of which kind's call. */
export type KillCase = { kind: PostingKind; step: Step; calls: PostingCalls };

type Scene = {
  story: Story;
  gate: Gate;
  target: OdooTarget;
  /** Postings that are verified in the end for each case. */
  perCase: number;
  /** Makes ready what asks for the posting of case number `at`, while a worker runs; what it gives asks. */
  prepare: (at: number) => Promise<() => Promise<unknown>>;
};

/** Kills a worker with -9 at each of the cases in turn and lets the next one go on, until everything is verified. */
export async function killAtSteps(
  { story, gate, target, perCase, prepare }: Scene,
  cases: readonly KillCase[],
): Promise<void> {
  await installHold(story);
  let worker = await startWorker(story.database.url);
  for (const [at, { kind, step, calls }] of cases.entries()) {
    // a posting of the case before, tried again, would be caught in this one's stead
    await story.settled(at * perCase, 60_000);
    const ask = await prepare(at);
    await target.sandbox?.setMode({ mode: "slow", delayMs: 100, only: "writes" });
    const standing = reach(story, gate, kind, step, calls);
    if ("reading" in step && step.reading === "unconfirmed") {
      const lost = { name: "the call whose answer is lost", sending: "after" } as const;
      const first = reach(story, gate, kind, lost, calls);
      await ask();
      await first;
      await worker.kill();
      worker = await startWorker(story.database.url);
    } else await ask();
    const letGo = await standing;
    await worker.kill();
    await letGo();
    await target.sandbox?.setMode({ mode: "ok" });
    worker = await startWorker(story.database.url);
  }
  await story.settled(cases.length * perCase, 90_000).finally(() => worker.stop());
}
