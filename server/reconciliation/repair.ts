import { z } from "zod";
import type { Right } from "@/core/access/rights";
import { RIGHTS_OF_DEED } from "@/core/reconciliation/deeds";
import { reconciliationFilter } from "@/core/reconciliation/filter";
import type { Json } from "@/core/shipments/attributes";
import { listRowIds } from "@/db/queries/reconcile-list";
import { appendItems, findDryRepair, insertEmptyRun, readDryItems, startRun } from "@/db/queries/reconcile-scope";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { type Fields, type Planned, planned, postingsIn } from "./repair-items";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "Write the day as YYYY-MM-DD.");

/** Shipments by choice, or all rows of a filter but a few. */
export const repairTarget = z.union([
  z.object({ day, ids: z.array(z.uuid()).min(1).max(500) }),
  z.object({ filter: reconciliationFilter, except: z.array(z.uuid()).max(500).default([]) }),
]);
export const repairInput = z.union([
  z.object({
    target: repairTarget,
    dryRun: z.literal(true),
    /** On which shipment a number stands rightly that stands on two: on the one chosen, or on the other. */
    belongs: z.enum(["here", "there"]).optional(),
  }),
  z.object({ of: z.uuid(), dryRun: z.literal(false) }),
]);
export type RepairInput = z.infer<typeof repairInput>;

/** What a repair was started with; `of` is the dry run whose postings it may send, and no others. */
export const repairScope = z.object({
  day,
  of: z.uuid().nullable(),
  belongs: z.enum(["here", "there"]).nullable().default(null),
});

const MOST = 10_000;
/** A dry run tells how Odoo stood; after so long it has to be made anew. */
const FRESH_MS = 60 * 60_000;

/** Target of the item that reads back whether the repair of a shipment has converged. */
export const proofTarget = (shipmentId: string): string => `proof ${shipmentId}`;

/**
 * Starts a repair: first a dry run, which reads Odoo and lists in order what would be done, what would be waited for and what a person has to do;
 * then, of that dry run, the run that does exactly what it showed and proves by reading back that the difference is gone. Who starts it needs the
 * right of each act in it.
 */
export async function startRepair(
  ctx: Context,
  actor: Actor,
  input: RepairInput,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "reconciliation:repair");
  return input.dryRun ? plan(ctx, actor, input) : execute(ctx, actor, input.of);
}

async function plan(ctx: Context, actor: Actor, { target, belongs }: Extract<RepairInput, { dryRun: true }>) {
  const ids = await chosenRows(ctx, target);
  if (ids.length === 0) throw new AppError("precondition", "Nothing differs in this choice.");
  const scope = { day: "ids" in target ? target.day : target.filter.day, of: null, belongs: belongs ?? null };
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
  const now = ctx.now();
  if (dry.endedAt === null || now.getTime() - dry.endedAt.getTime() > FRESH_MS)
    throw new AppError(
      "conflict",
      "The dry run is older than an hour. Make it anew: Odoo may hold other values by now.",
    );
  const items = await readDryItems(ctx.sql, of);
  if (items.length === 0)
    throw new AppError(
      "precondition",
      "The dry run found nothing that Waypost can do; its items say what people have to do.",
    );
  const plans = items.map(({ target, before, after }) => ({
    target,
    before: postingsIn(before),
    after: postingsIn(after),
    ...planned.parse(after),
  }));
  for (const right of new Set(plans.flatMap(rightsOf))) requireRight(actor, right);
  const { day, belongs } = repairScope.parse(dry.scope);
  return start(ctx, actor, { day, of, belongs }, false, itemsOf(plans, now.getTime()));
}

type PlanOfOne = Planned & { target: string; before: Fields; after: Fields };

function rightsOf({ deeds, after }: PlanOfOne): Right[] {
  const posts = Object.keys(after).length > 0 ? RIGHTS_OF_DEED.post : [];
  return [...posts, ...deeds.flatMap(({ act }) => RIGHTS_OF_DEED[act])];
}

/** First what mends the facts, then the postings, then the proofs; of one shipment each waits for what stands before it. */
function itemsOf(plans: readonly PlanOfOne[], nowMs: number): { target: string; before: Json }[] {
  const deeds = plans.flatMap(({ target, deeds: some }) =>
    some.map((deed) => ({ target: `${deed.act} ${target}`, before: { deed } as unknown as Json })),
  );
  const posts = plans
    .filter(({ after }) => Object.keys(after).length > 0)
    .map(({ target, before, after }) => ({ target, before: { before, after } }));
  const own = plans.map(({ target, after, deeds: some, aspects, waits, unknown }) => {
    const first = waits === null ? 0 : waits.firstMs;
    const notBefore = first > 0 && some.length === 0 ? { notBefore: new Date(nowMs + first).toISOString() } : {};
    return { target: proofTarget(target), before: { after, deeds: some, aspects, waits, unknown, ...notBefore } };
  });
  const known = new Set(own.map(({ target }) => target));
  const others = plans.flatMap(({ others: some, deeds: done, aspects, waits }) =>
    some
      .filter((id) => !known.has(proofTarget(id)))
      .map((id) => ({ target: proofTarget(id), before: { after: {}, deeds: done, aspects, waits, unknown: null } })),
  );
  const once = new Map(others.map((one) => [one.target, one]));
  return [...deeds, ...posts, ...([...own, ...once.values()] as unknown as { target: string; before: Json }[])];
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
