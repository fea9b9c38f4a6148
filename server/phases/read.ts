import { OCCASIONS } from "@/core/notices/occasions";
import { checklistOf, type KindStep, kindSteps, type SetUp, type Step } from "@/core/phases/checklist";
import { PHASES, type Phase, phasesOff } from "@/core/phases/phases";
import { testedIn } from "@/core/postings/connection-policy";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import { readMailPulse } from "@/db/queries/mail";
import { listConnections } from "@/db/queries/odoo";
import { firstMeasuredHour, hasFreightBill, listFeedsSpeaking } from "@/db/queries/phases";
import { listSettings } from "@/db/queries/settings";
import { readCountingState } from "../carriers/read";
import type { Context } from "../context";

export type PhaseStanding = { phase: Phase; on: boolean; steps: Step[]; kinds: KindStep[] };

/** Every phase with its checklist, out of the state the workspace is in now. */
export async function readPhases(ctx: Context): Promise<PhaseStanding[]> {
  const [setUp, settings] = await Promise.all([readSetUp(ctx), listSettings(ctx.sql)]);
  const off = phasesOff(settings.phases);
  return PHASES.map((phase) => ({
    phase,
    on: !off.includes(phase),
    steps: checklistOf(phase, setUp),
    kinds: kindSteps(phase, setUp),
  }));
}

export async function readSetUp(ctx: Context): Promise<SetUp> {
  const now = ctx.now();
  const [connections, feeds, settings, freightBill, mail, since, counting] = await Promise.all([
    listConnections(ctx.sql),
    listFeedsSpeaking(ctx.sql),
    listSettings(ctx.sql),
    hasFreightBill(ctx.sql),
    readMailPulse(ctx.sql, now),
    firstMeasuredHour(ctx.sql),
    readCountingState(ctx),
  ]);
  const { freight, notices } = readWorkspaceSettings(settings);
  return {
    nowMs: now.getTime(),
    connections: connections
      .filter(({ state }) => state !== "archived")
      .map(({ id, name, lastTest, kinds, dryRuns }) => ({
        id,
        name,
        usable: usableIn(lastTest),
        tested: testedIn(lastTest),
        kinds,
        dryRuns,
      })),
    feeds: feeds.map((feed) => ({ class: feed.class, lastAtMs: feed.lastAt?.getTime() ?? null })),
    stored: new Set(Object.keys(settings)),
    vendors: freight.vendors.length,
    freightBill,
    mail: {
      set: ctx.config.smtp !== null,
      lastSentMs: mail.lastSent?.getTime() ?? null,
      failed: mail.failed,
      lastError: mail.lastError,
    },
    countedSinceMs: since?.getTime() ?? null,
    carriers: { countedToMs: counting.countedTo?.getTime() ?? null, complete: counting.complete },
    told: OCCASIONS.filter((one) => notices.occasions[one].sinceMs !== null).length,
  };
}

/** What the last test of a connection came to; null where there was none. */
function usableIn(report: unknown): boolean | null {
  if (typeof report !== "object" || report === null || !("usable" in report)) return null;
  return report.usable === true;
}
