import { z } from "zod";
import { answerable, decide, FREIGHT_ACTS, type FreightAct } from "@/core/freight/acts";
import { FREIGHT_KINDS } from "@/core/freight/findings";
import { type FreightState, UNDECIDED } from "@/core/freight/states";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { askReview } from "@/db/queries/freight";
import {
  findFirstSeen,
  findPlace,
  insertAct,
  type LockedCase,
  lastActor,
  listKin,
  lockCase,
  lockDecisions,
  saveDecision,
  takePlace,
} from "@/db/queries/freight-decide";
import { notifyFreight, notifyPostings } from "@/db/queries/live";
import { insertPostings } from "@/db/queries/pipeline/save-judged";
import { listSettings } from "@/db/queries/settings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { clear } from "../exceptions/raise";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { isRepeatable } from "../pipeline/work";
import { checkAgain } from "./check-again";
import { planBill } from "./plan-bill";

export const decideInput = z.object({
  id: z.uuid(),
  /** The version that the person saw; another one is a conflict. */
  version: z.int().positive(),
  act: z.enum(FREIGHT_ACTS),
  reason: z.string().trim().max(500).default(""),
  payMinor: z.int().positive().nullable().default(null),
});
export type DecideInput = z.infer<typeof decideInput>;

export type Decided = { state: FreightState; version: number; posting: string | null; held: string | null };

const TRIES = 5;

/**
 * Decides on a freight bill: approve, pay short, dispute, reject, open again. What is to be paid is checked once more by what is known now; where
 * that says another thing than the person saw, nothing is decided, and the bill stands with what was found. What is approved becomes a posting in
 * the same transaction; above the limit a second person has to approve first.
 */
export async function decideBill(ctx: Context, actor: Actor, input: DecideInput): Promise<Decided> {
  requireRight(actor, "freight:decide");
  if (actor.kind !== "person") throw new AppError("forbidden", "People decide on freight bills, one by one.");
  for (let attempt = 1; ; attempt++) {
    try {
      // each statement has to see what was committed while it waited for its turn
      const decided = await ctx.sql.begin("isolation level read committed", (tx) => decideIn(ctx, tx, actor, input));
      if ("stale" in decided) throw new AppError("conflict", decided.stale);
      return decided;
    } catch (error) {
      if (!isRepeatable(error) || attempt === TRIES) throw error;
    }
  }
}

type Person = Extract<Actor, { kind: "person" }>;

async function decideIn(ctx: Context, tx: Tx, actor: Person, input: DecideInput): Promise<Decided | { stale: string }> {
  const pays = input.act === "approve" || input.act === "short_pay";
  if (pays) await lockDecisions(tx);
  const bill = await lockCase(tx, input.id);
  if (!bill) throw new AppError("not_found", "There is no freight bill of this id.");
  if (bill.version !== input.version) throw new AppError("conflict", await whyStale(tx, bill));
  const { freight } = readWorkspaceSettings(await listSettings(tx));
  const environment: Environment | undefined = pays ? await loadEnvironment(tx) : undefined;
  if (environment && isUndecided(bill.state)) {
    refuseTaken(await findPlace(tx, bill), bill);
    const stale = await checkAgain(ctx, tx, bill, environment, freight);
    if (stale !== null) return { stale };
  }
  const given = await reasonOf(tx, bill, input);
  const outcome = decide(bill, { ...input, reason: given.answers, by: actor.id }, freight.fourEyesFrom);
  const { reason } = given;
  if (!outcome.ok) throw new AppError(outcome.code, outcome.why);
  const { state, payMinor } = outcome;
  const paid = state === "approved" || state === "short_paid";
  if (paid) refuseTaken(await takePlace(tx, bill), bill);
  const now = ctx.now();
  await saveDecision(
    tx,
    {
      id: bill.id,
      state,
      payMinor,
      reason: reason === "" ? null : reason,
      firstBy: state === "second" ? actor.id : paid ? bill.firstBy : null,
      decidedBy: paid || state === "rejected" ? actor.id : null,
      costAt: paid ? now : null,
      reviewAt: state === "open" ? now : null,
    },
    now,
  );
  const seen: Json = {
    verdict: bill.verdict,
    billedMinor: bill.billedMinor,
    expectedMinor: bill.expectedMinor,
    currency: bill.currency,
    objections: bill.objections.map(({ text }) => text),
  };
  const act = { invoiceId: bill.id, id: ctx.uuid(), act: input.act, from: bill.state, to: state };
  await insertAct(tx, { ...act, reason, payMinor, seen, byPerson: actor.id, at: now });
  await recordAudit(ctx, tx, actor, {
    action: "freight.decide",
    subject: `freight:${bill.vendor}/${bill.number}`.slice(0, 300),
    before: { state: bill.state, ...seen },
    after: {
      state,
      act: input.act,
      payMinor,
      overridden: pays ? answerable(bill.objections).map(({ text }) => text) : [],
    },
    reason,
    ...(bill.correlationId === null ? {} : { correlationId: bill.correlationId }),
  });
  const posting =
    paid && environment ? await planBill(ctx, tx, { ...bill, payMinor, reason }, freight, environment) : null;
  if (posting) await insertPostings(tx, [posting], now);
  if (paid || state === "rejected") {
    const why = `${WORD[input.act]} by ${actor.name}.`;
    await clear(
      ctx,
      tx,
      FREIGHT_KINDS.map((kind) => ({ homeId: bill.id, kind, why, by: actor.id })),
      ctx.config.slot,
    );
    await askReview(tx, await listKin(tx, bill.id), now);
  }
  await notifyFreight(tx);
  if (posting) await notifyPostings(tx);
  return { state, version: bill.version + 1, posting: posting?.id ?? null, held: posting?.held ?? null };
}

function isUndecided(state: FreightState): boolean {
  return state !== "received" && (UNDECIDED as readonly string[]).includes(state);
}

/** The reason to keep, and what of it answers the objections: the first person's answers for the second what that one saw, and nothing newer. */
async function reasonOf(tx: Tx, bill: LockedCase, input: DecideInput): Promise<{ reason: string; answers: string }> {
  if (input.reason !== "" || bill.state !== "second") return { reason: input.reason, answers: input.reason };
  const reason = bill.reason ?? "";
  const seen = await findFirstSeen(tx, bill.id);
  const answered = answerable(bill.objections).every(({ text }) => seen.includes(text));
  return { reason, answers: answered ? reason : "" };
}

const WORD: Readonly<Record<FreightAct, string>> = {
  approve: "Approved",
  short_pay: "Paid short",
  dispute: "Disputed",
  reject: "Rejected",
  reopen: "Opened again",
};

async function whyStale(tx: Tx, bill: LockedCase): Promise<string> {
  const who = await lastActor(tx, bill.id);
  return who === null
    ? "The check has looked at this bill again since you opened it. Look at it once more."
    : `This bill is ${bill.state.replace("_", " ")} by now; ${who} acted on it last. Look at it once more.`;
}

function refuseTaken(taken: string | null, bill: LockedCase): void {
  if (taken === null || taken === bill.id) return;
  throw new AppError(
    "conflict",
    `Another document with the number ${bill.number} of ${bill.vendor} is approved already; reject this one.`,
  );
}
