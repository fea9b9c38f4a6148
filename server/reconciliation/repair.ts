import { z } from "zod";
import { reconciliationFilter } from "@/core/reconciliation/filter";
import { listRowIds } from "@/db/queries/reconcile-list";
import { appendItems, findDryRepair, insertEmptyRun, readDryItems, startRun } from "@/db/queries/reconcile-scope";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "Write the day as YYYY-MM-DD.");

/** Shipments by choice, or all rows of a filter but a few. */
export const repairTarget = z.union([
  z.object({ day, ids: z.array(z.uuid()).min(1).max(500) }),
  z.object({ filter: reconciliationFilter, except: z.array(z.uuid()).max(500).default([]) }),
]);
export const repairInput = z.union([
  z.object({ target: repairTarget, dryRun: z.literal(true) }),
  z.object({ of: z.uuid(), dryRun: z.literal(false) }),
]);
export type RepairInput = z.infer<typeof repairInput>;

/** What a repair was started with; `of` is the dry run whose postings it may send, and no others. */
export const repairScope = z.object({ day, of: z.uuid().nullable() });

const MOST = 10_000;
/** A dry run tells how Odoo stood; after so long it has to be made anew. */
const FRESH_MS = 60 * 60_000;

/** Target of the item that reads back whether the repair of a shipment has converged. */
export const proofTarget = (shipmentId: string): string => `proof ${shipmentId}`;

/**
 * Starts a repair: first a dry run, which reads Odoo and lists in order what would be posted and what a person has to do; then, of that dry run,
 * the run that posts exactly what it showed and proves by reading back that the difference is gone.
 */
export async function startRepair(
  ctx: Context,
  actor: Actor,
  input: RepairInput,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "reconciliation:repair");
  return input.dryRun ? plan(ctx, actor, input.target) : execute(ctx, actor, input.of);
}

async function plan(ctx: Context, actor: Actor, target: z.infer<typeof repairTarget>) {
  const ids = await chosenRows(ctx, target);
  if (ids.length === 0) throw new AppError("precondition", "Nothing differs in this choice.");
  const scope = { day: "ids" in target ? target.day : target.filter.day, of: null };
  return start(
    ctx,
    actor,
    scope,
    true,
    ids.map((id) => ({ target: id, before: null })),
  );
}

async function execute(ctx: Context, actor: Actor, of: string) {
  const dry = await findDryRepair(ctx.sql, of);
  if (!dry) throw new AppError("not_found", "There is no such dry run of a repair.");
  if (dry.state !== "done") throw new AppError("conflict", `The dry run is ${dry.state}; wait until it is done.`);
  if (dry.endedAt === null || ctx.now().getTime() - dry.endedAt.getTime() > FRESH_MS)
    throw new AppError(
      "conflict",
      "The dry run is older than an hour. Make it anew: Odoo may hold other values by now.",
    );
  const items = await readDryItems(ctx.sql, of);
  if (items.length === 0)
    throw new AppError(
      "precondition",
      "The dry run found nothing that Waypost can post; its items say what people have to do.",
    );
  const { day } = repairScope.parse(dry.scope);
  const acts = items.map(({ target, before, after }) => ({ target, before: { before, after } }));
  const proofs = items.map(({ target, after }) => ({ target: proofTarget(target), before: { after } }));
  return start(ctx, actor, { day, of }, false, [...acts, ...proofs]);
}

async function start(
  ctx: Context,
  actor: Actor,
  scope: z.infer<typeof repairScope>,
  dryRun: boolean,
  items: Parameters<typeof appendItems>[2],
): Promise<{ id: string; total: number }> {
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    await insertEmptyRun(tx, {
      id,
      kind: "repair",
      dryRun,
      scope,
      byPerson: actor.kind === "person" ? actor.id : null,
      byApiKey: actor.kind === "api_key" ? actor.id : null,
      at: ctx.now(),
    });
    const total = await appendItems(tx, id, items);
    await startRun(tx, id, total);
    await recordAudit(ctx, tx, actor, {
      action: "reconciliation.repair",
      subject: `run:${id}`,
      after: { ...scope, dryRun, items: total },
    });
    return { id, total };
  });
}

/** Ids of the rows that an act is about; throws `limit` for too many. */
export async function chosenRows(ctx: Pick<Context, "sql">, target: z.infer<typeof repairTarget>): Promise<string[]> {
  if ("ids" in target) return [...target.ids];
  const ids = await listRowIds(ctx.sql, target.filter, MOST + 1);
  if (ids.length > MOST)
    throw new AppError("limit", `More than ${MOST.toLocaleString("en")} shipments match; narrow the filter.`);
  const except = new Set(target.except);
  return ids.filter((id) => !except.has(id));
}
