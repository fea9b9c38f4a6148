import { POSTINGS_OF } from "@/core/reconciliation/cause";
import { valueText } from "@/core/reconciliation/compare";
import { DEED_ACTS } from "@/core/reconciliation/deeds";
import type { Json } from "@/core/shipments/attributes";
import { type FoundPosting, findByIds, reopenPostings } from "@/db/queries/outbox";
import { insertDecisions, loadToCompare, unacceptPostings } from "@/db/queries/reconcile-rows";
import { readItems, readRunScope } from "@/db/queries/reconcile-scope";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { findRun } from "@/db/queries/runs";
import type { Context } from "../context";
import { lookAll } from "../postings/repost-step";
import type { Comparer } from "./compare-chunk";
import { doDeeds, refusalOf, refuse } from "./deed-step";
import { planItems } from "./plan-step";
import { proveItems } from "./prove-step";
import { repairScope } from "./repair";
import { type Fields, fieldsOf, idOfPosting, postingsIn } from "./repair-items";

type Item = { position: number; target: string };

/** Works a chunk of a repair: plans in a dry run, else does and posts what the dry run showed, and reads back what came of it. */
export async function repairChunk(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  items: readonly Item[],
): Promise<void> {
  const scope = repairScope.parse(await readRunScope(ctx.sql, run.id));
  if (run.dryRun) return planItems(ctx, comparer, run, items, scope);
  const deeds = items.filter(({ target }) => DEED_ACTS.some((act) => target.startsWith(`${act} `)));
  if (deeds.length > 0) return doDeeds(ctx, comparer, run, deeds);
  const acts = items.filter(({ target }) => !target.startsWith("proof "));
  if (acts.length > 0) return postItems(ctx, comparer, run, acts);
  return proveItems(ctx, comparer, run, items, scope.day);
}

const shownIn = (value: Json, side: "before" | "after"): Fields => postingsIn(fieldsOf(value)[side]);

/** Opens the postings that the dry run showed, where Odoo still holds what it held then; anything else is a conflict. */
async function postItems(ctx: Context, comparer: Comparer, run: WorkingRun, items: readonly Item[]): Promise<void> {
  const refusal = await refusalOf(ctx, run, ["postings:repost"]);
  if (refusal !== null) return refuse(ctx, run, items, refusal);
  const rows = await readItems(
    ctx.sql,
    run.id,
    items.map(({ position }) => position),
  );
  const postings = await findByIds(
    ctx.sql,
    rows.flatMap(({ before }) => Object.keys(shownIn(before, "after")).map(idOfPosting)),
  );
  const looked = await lookAll(ctx, comparer.clients, [...postings.values()]);
  const go: FoundPosting[] = [];
  const sent: string[] = [];
  const results = rows.map(({ position, target, before: kept }): ItemResult => {
    const [before, after] = [shownIn(kept, "before"), shownIn(kept, "after")];
    const item = { position, before, after };
    const mine: FoundPosting[] = [];
    for (const name of Object.keys(after)) {
      const row = postings.get(idOfPosting(name));
      const read = row && looked.get(row.connectionId);
      if (!row || !read) return { ...item, result: "skipped", reason: "The posting or its connection is gone." };
      if (!read.ok) return { ...item, result: "failed", reason: `Odoo cannot be read: ${read.reason}` };
      const verdict = read.verdicts.get(row.posting.key);
      if (verdict?.verdict === "holds") continue;
      if (
        valueText((verdict?.found ?? null) as Json) !== valueText(before[name] ?? null) ||
        valueText(row.after) !== valueText(after[name] ?? null)
      )
        return {
          ...item,
          result: "conflict",
          reason: "Since the dry run the value changed in Odoo or here. Make the dry run anew.",
        };
      mine.push(row);
    }
    if (mine.length === 0) return { ...item, result: "unchanged", reason: "Odoo holds it already." };
    go.push(...mine);
    sent.push(target);
    return { ...item, result: "changed", reason: null };
  });
  const who = await findRun(ctx.sql, run.id);
  const decided = await decisionsOf(ctx, sent, go);
  await ctx.sql.begin(async (tx) => {
    await unacceptPostings(
      tx,
      go.map(({ posting }) => posting.id),
    );
    await reopenPostings(tx, go, ctx.now());
    await insertDecisions(
      tx,
      decided.map((one) => ({ ...one, id: ctx.uuid(), byPerson: run.byPerson, byName: who?.by ?? "Waypost" })),
      ctx.now(),
    );
    await finishItems(tx, run.id, results, ctx.now());
  });
}

/** That our value was posted over one that was set by hand is remembered with both values. */
async function decisionsOf(ctx: Context, ids: readonly string[], go: readonly FoundPosting[]) {
  const rows = await loadToCompare(ctx.sql, ids);
  const kinds = new Map(
    rows.map(({ id, members }) => [
      id,
      new Set(
        go
          .filter(({ posting }) => [id, ...members].includes(posting.shipmentId))
          .map(({ posting }) => posting.kind as string),
      ),
    ]),
  );
  return rows.flatMap(({ id }) =>
    (["tracking", "state"] as const).flatMap((aspect) => {
      const row = go.find(({ posting }) => posting.shipmentId === id && POSTINGS_OF[aspect].includes(posting.kind));
      if (!row || !kinds.get(id)?.has(row.posting.kind)) return [];
      return [
        {
          shipmentId: id,
          aspect,
          decision: "post" as const,
          ours: valueText(row.after),
          theirs: "",
          reason: null,
          changedBy: null,
          changedAtMs: null,
        },
      ];
    }),
  );
}
