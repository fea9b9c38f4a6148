import { z } from "zod";
import { type OwnerRule, ownersSchema, refusalsOf, ruleFor } from "@/core/exceptions/owner-rules";
import { insertExceptionNotes } from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { countOwnerCells, giveByCells, type OwnerCell } from "@/db/queries/owner-cells";
import { listColleagues } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { readSettings } from "../settings/read";

/** Exceptions that change hands in one go; more are given with the next. */
const BATCH = 5000;

export const tryOwnersInput = z.object({ rules: ownersSchema.shape.rules });

export type OwnersTried = {
  /** For each rule how many unresolved exceptions it would own, and how many more keep the owner a person chose. */
  rules: { owns: number; kept: number }[];
  /** Exceptions that no rule fits. */
  unowned: number;
  refusals: string[];
};

/** Counts what rules would own of what stands now, without changing anything; rules of no use are named with the reason. */
export async function tryOwners(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof tryOwnersInput>,
): Promise<OwnersTried> {
  requireRight(actor, "settings:manage");
  const { rules } = input;
  const tried: OwnersTried = {
    rules: rules.map(() => ({ owns: 0, kept: 0 })),
    unowned: 0,
    refusals: refusalsOf(rules),
  };
  for (const cell of await countOwnerCells(ctx.sql, rules)) {
    const counted = tried.rules[ruleFor(rules, cell)];
    if (!counted) tried.unowned += cell.count;
    else if (cell.chosen) counted.kept += cell.count;
    else counted.owns += cell.count;
  }
  return tried;
}

/** Gives what stands now to its owner by the stored rules; what a person decided stays. Returns how many changed hands; `more` when it stopped early. */
export async function giveToOwners(ctx: Context, actor: Actor): Promise<{ changed: number; more: boolean }> {
  requireRight(actor, "settings:manage");
  const { owners } = await readSettings(ctx);
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const active = new Set((await listColleagues(tx)).map((one) => one.id));
    const cells = (await countOwnerCells(tx, owners.rules)).flatMap((cell) => ownedCell(owners.rules, cell, active));
    const given = await giveByCells(tx, owners.rules, cells, now, BATCH);
    if (given.length > 0) {
      await insertExceptionNotes(
        tx,
        given.map((m) => ({ homeId: m.homeId, exceptionId: m.id, id: ctx.uuid() })),
        { kind: "assigned", text: "by the rules of owners", by: null, at: now },
      );
      await recordAudit(ctx, tx, actor, {
        action: "exceptions.give_to_owners",
        subject: "exceptions",
        after: { count: given.length, ids: given.slice(0, 500).map((m) => m.id) },
      });
      await notifyLive(tx, "exceptions");
    }
    return { changed: given.length, more: given.length === BATCH };
  });
}

function ownedCell(
  rules: readonly OwnerRule[],
  cell: OwnerCell,
  active: ReadonlySet<string>,
): (OwnerCell & { person: string | null; team: string | null })[] {
  const to = rules[ruleFor(rules, cell)]?.to;
  if (cell.chosen || !to) return [];
  if ("team" in to) return [{ ...cell, person: null, team: to.team }];
  return active.has(to.person) ? [{ ...cell, person: to.person, team: null }] : [];
}
