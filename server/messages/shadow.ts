import { z } from "zod";
import { connected } from "@/core/runs/connected";
import { runPace } from "@/core/runs/run";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { findCrosswalkEntry } from "@/db/queries/crosswalks";
import { findFeedId } from "@/db/queries/mend";
import { findRun } from "@/db/queries/runs";
import { insertShadowRun, shipmentsOfMessages, targetsOfRun } from "@/db/queries/shadow";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { checked, mendInput, mendWithin } from "../crosswalks/mend";
import { AppError } from "../errors";
import { receiptsIn, replayScope } from "./replay";

export const shadowInput = z.object({
  scope: replayScope,
  mapping: z.enum(["current", "original"]).default("current"),
  /** A meaning that is tried on the copy, and put in force by the run that follows. */
  proposal: mendInput.optional(),
  perSecond: runPace,
});
export type ShadowInput = z.infer<typeof shadowInput>;

/** What a shadow run keeps as its scope: what was asked, and of the run that follows, which preview it holds to. */
export const shadowScope = z.object({
  asked: z.unknown(),
  proposal: mendInput.optional(),
  preview: z.uuid().optional(),
});

const MOST = 50_000;

/**
 * Starts a shadow run: stored messages are read again on a copy of the shipments they touch, and what would become of each record is kept. One
 * item is all messages that share a shipment. Writes nothing else.
 */
export async function startShadow(
  ctx: Context,
  actor: Actor,
  input: ShadowInput,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "messages:replay");
  if (input.proposal) checked(input.proposal);
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    const receipts = await receiptsIn(ctx, tx, input.scope);
    if (receipts.length === 0) throw new AppError("precondition", "No stored message is in this scope.");
    if (receipts.length > MOST)
      throw new AppError("limit", `A shadow run holds at most ${MOST} messages; narrow the scope.`);
    const targets = connected(await shipmentsOfMessages(tx, receipts)).map((group) => group.join(" "));
    const scope = jsonOf({ asked: input.scope, proposal: input.proposal });
    await insertShadowRun(tx, { ...runOf(ctx, actor, id, input), dryRun: true, scope }, targets);
    await recordAudit(ctx, tx, actor, {
      action: "messages.shadow",
      subject: `run:${id}`,
      after: { scope, mapping: input.mapping, messages: receipts.length, items: targets.length },
    });
    return { id, total: targets.length };
  });
}

/**
 * Does for real what a finished shadow run showed: puts its proposed meaning in force, and reads the same messages again. An item whose result is not
 * exactly the one previewed is set aside.
 */
export async function applyShadow(
  ctx: Context,
  actor: Actor,
  input: { id: string; perSecond?: number | null },
): Promise<{ id: string; total: number }> {
  requireRight(actor, "messages:replay");
  const run = await findRun(ctx.sql, input.id);
  if (run?.kind !== "shadow" || !run.dryRun || run.state !== "done")
    throw new AppError("precondition", "Only a finished shadow run is done for real.");
  const { asked, proposal } = shadowScope.parse(run.scope);
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    if (proposal && !(await meansAlready(tx, proposal))) await mendWithin(ctx, tx, actor, proposal);
    const targets = await targetsOfRun(tx, run.id);
    const scope = jsonOf({ asked, proposal, preview: run.id });
    const { mapping } = run;
    const perSecond = input.perSecond === undefined ? run.perSecond : input.perSecond;
    const how = { mapping: mapping ?? ("current" as const), perSecond };
    await insertShadowRun(tx, { ...runOf(ctx, actor, id, how), dryRun: false, scope }, targets);
    await recordAudit(ctx, tx, actor, { action: "messages.shadow", subject: `run:${id}`, after: { scope, mapping } });
    return { id, total: targets.length };
  });
}

async function meansAlready(tx: Tx, proposal: z.infer<typeof mendInput>): Promise<boolean> {
  const feedId = await findFeedId(tx, proposal.feed);
  if (feedId === null) throw new AppError("not_found", `There is no feed ${proposal.feed}.`);
  return ((await findCrosswalkEntry(tx, feedId, proposal.kind, proposal.word))?.to ?? null) === proposal.to;
}

function runOf(ctx: Context, actor: Actor, id: string, how: Pick<ShadowInput, "mapping" | "perSecond">) {
  return {
    id,
    mapping: how.mapping,
    perSecond: how.perSecond ?? null,
    byPerson: actor.kind === "person" ? actor.id : null,
    byApiKey: actor.kind === "api_key" ? actor.id : null,
    at: ctx.now(),
  };
}

function jsonOf(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
