import { z } from "zod";
import { kindSteps } from "@/core/phases/checklist";
import { PHASES, phasesOff } from "@/core/phases/phases";
import type { PostingKind } from "@/core/postings/kinds";
import { notifyLive } from "@/db/queries/live";
import { listSettings, lockSetting, saveSetting } from "@/db/queries/settings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { switchKind } from "../odoo/switch-kind";
import { readSetUp } from "./read";

export const switchPhaseInput = z.object({ phase: z.enum(PHASES), to: z.enum(["on", "off"]) });

export type PhaseSwitched = {
  switched: { connectionId: number; kind: PostingKind }[];
  /** Postings that are due now, or that wait again. */
  moved: number;
};

/**
 * Turns a phase on or off: its screens in the rail, and exactly its posting kinds on every connection. On: each of these needs a dry run of
 * the last day (`precondition`), but for those whose module an Odoo does not have. Off: what is planned waits; nothing is deleted.
 */
export async function switchPhase(
  ctx: Context,
  actor: Actor,
  { phase, to }: z.infer<typeof switchPhaseInput>,
): Promise<PhaseSwitched> {
  requireRight(actor, "settings:manage");
  const steps = kindSteps(phase, await readSetUp(ctx));
  const blind = steps.filter(({ state }) => state === "dry_run");
  if (to === "on" && blind.length > 0) {
    const names = [...new Set(blind.map(({ kind, connection }) => `${kind.replaceAll("_", " ")} of ${connection}`))];
    throw new AppError("precondition", `Look at these dry runs first: ${names.join(", ")}.`);
  }
  const wanted = steps.filter(({ state }) => (to === "on" ? state === "ready" : state === "on"));
  const result: PhaseSwitched = { switched: [], moved: 0 };
  for (const { connectionId, kind } of wanted) {
    const { moved } = await switchKind(ctx, actor, { id: connectionId, kind, to });
    result.switched.push({ connectionId, kind });
    result.moved += moved;
  }
  await ctx.sql.begin(async (tx) => {
    await lockSetting(tx, "phases");
    const before = phasesOff((await listSettings(tx)).phases);
    const off = to === "on" ? before.filter((one) => one !== phase) : [...new Set([...before, phase])].sort();
    const updatedBy = actor.kind === "person" ? actor.id : null;
    await saveSetting(tx, { name: "phases", value: { off }, updatedBy, updatedAt: ctx.now() });
    await recordAudit(ctx, tx, actor, {
      action: "phases.switch",
      subject: `phase:${phase}`,
      before: { off: before },
      after: { off, kinds: result.switched.map(({ connectionId, kind }) => `${connectionId} ${kind}`) },
    });
    await notifyLive(tx, "odoo");
  });
  return result;
}
