import { DRY_RUN_DAYS, type RuleSays, wouldHaveDone } from "@/core/exceptions/automation";
import { listPast } from "@/db/queries/automation";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";

/** So many of each kind are looked at, the newest. */
const MOST_A_KIND = 20_000;
const EXAMPLES = 20;

export type DryRun = {
  looked: number;
  /** Some kind had more than are looked at. */
  capped: boolean;
  act: number;
  refused: number;
  clearedBefore: number;
  /** Of those it would have acted on: how they ended. */
  byPerson: number;
  byThemselves: number;
  standing: number;
  groups: { groupId: string; cause: string; count: number }[];
  examples: { id: string; text: string; openedAt: Date; ended: "person" | "itself" | "stands" }[];
};

/** Says what a rule would have done to what was opened in the past 30 days; writes nothing. */
export async function dryRunRule(ctx: Context, actor: Actor, says: RuleSays): Promise<DryRun> {
  requireRight(actor, "automation:manage");
  const now = ctx.now();
  const since = new Date(now.getTime() - DRY_RUN_DAYS * 86_400_000);
  const { kind, group } = says.when;
  const past = await listPast(ctx.sql, { kinds: kind, group, since }, MOST_A_KIND);
  const verdicts = past.map((one) => ({ one, would: wouldHaveDone(says, one, now.getTime()) }));
  const count = (would: string) => verdicts.filter((v) => v.would === would).length;
  const acted = verdicts.flatMap(({ one, would }) => (would === "act" ? [one] : []));
  const ended = (one: (typeof acted)[number]) =>
    one.resolvedAtMs === null ? "stands" : one.byPerson ? "person" : "itself";
  const groups = new Map<string, { groupId: string; cause: string; count: number }>();
  for (const { groupId, cause } of acted) {
    const group = groups.get(groupId) ?? { groupId, cause, count: 0 };
    groups.set(groupId, { ...group, count: group.count + 1 });
  }
  const perKind = new Map<string, number>();
  for (const { kind: of } of past) perKind.set(of, (perKind.get(of) ?? 0) + 1);
  return {
    looked: past.length,
    capped: [...perKind.values()].some((n) => n >= MOST_A_KIND),
    act: acted.length,
    refused: count("refused"),
    clearedBefore: count("cleared_before"),
    byPerson: acted.filter((one) => ended(one) === "person").length,
    byThemselves: acted.filter((one) => ended(one) === "itself").length,
    standing: acted.filter((one) => ended(one) === "stands").length,
    groups: [...groups.values()].sort((a, b) => b.count - a.count).slice(0, 10),
    examples: [...acted]
      .sort((a, b) => b.openedAtMs - a.openedAtMs)
      .slice(0, EXAMPLES)
      .map((one) => ({ id: one.id, text: one.text, openedAt: new Date(one.openedAtMs), ended: ended(one) })),
  };
}
