import { readPhases } from "../../phases/read";
import { switchPhase, switchPhaseInput } from "../../phases/switch";
import { allowed, router } from "../trpc";

export const phasesRouter = router({
  read: allowed("settings:manage").query(({ ctx: { ctx } }) => readPhases(ctx)),
  switch: allowed("settings:manage")
    .input(switchPhaseInput)
    .mutation(({ ctx: { ctx, actor }, input }) => switchPhase(ctx, actor, input)),
});
