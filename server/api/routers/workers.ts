import { cached } from "../../cached";
import { readWorkers } from "../../workers/read";
import { allowed, router } from "../trpc";

const workers = cached<Awaited<ReturnType<typeof readWorkers>>>(2_000, () => Date.now());

export const workersRouter = router({
  /** Workers, who keeps them, and the backlog of the pipeline. Their number is changed by `settings.change`. */
  read: allowed("feeds:read").query(async ({ ctx: { ctx } }) => (await workers("all", () => readWorkers(ctx))).value),
});
