import { z } from "zod";
import { decide, FREIGHT_ACTS, type FreightAct } from "@/core/freight/acts";
import { FREIGHT_KINDS } from "@/core/freight/findings";
import type { FreightState } from "@/core/freight/states";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { askReview } from "@/db/queries/freight";
import {
  insertAct,
  type LockedCase,
  lastActor,
  listRepeating,
  lockCase,
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
import { loadEnvironment } from "../pipeline/environment";
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

/**
 * Decides on a freight bill: approve, pay short, dispute, reject, open again. What is approved becomes a posting in the same transaction; above
 * the limit a second person has to approve first.
 */
export async function decideBill(ctx: Context, actor: Actor, input: DecideInput): Promise<Decided> {
  requireRight(actor, "freight:decide");
  if (actor.kind !== "person") throw new AppError("forbidden", "People decide on freight bills, one by one.");
  return ctx.sql.begin(async (tx) => {
    const bill = await lockCase(tx, input.id);
    if (!bill) throw new AppError("not_found", "There is no freight bill of this id.");
    if (bill.version !== input.version) throw new AppError("conflict", await whyStale(tx, bill));
    const { freight } = readWorkspaceSettings(await listSettings(tx));
    const reason = input.reason === "" && bill.state === "second" ? (bill.reason ?? "") : input.reason;
    const outcome = decide(bill, { ...input, reason, by: actor.id }, freight.fourEyesFrom);
    if (!outcome.ok) throw new AppError(outcome.code, outcome.why);
    const { state, payMinor } = outcome;
    const paid = state === "approved" || state === "short_paid";
    if (paid) await takePlaceOrRefuse(tx, bill);
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
      after: { state, act: input.act, payMinor },
      reason,
      ...(bill.correlationId === null ? {} : { correlationId: bill.correlationId }),
    });
    const posting = paid
      ? await planBill(ctx, tx, { ...bill, payMinor, reason }, freight, await loadEnvironment(tx))
      : null;
    if (posting) await insertPostings(tx, [posting], now);
    if (paid || state === "rejected") {
      const why = `${WORD[input.act]} by ${actor.name}.`;
      await clear(
        ctx,
        tx,
        FREIGHT_KINDS.map((kind) => ({ homeId: bill.id, kind, why, by: actor.id })),
        ctx.config.slot,
      );
      await askReview(tx, await listRepeating(tx, bill.id), now);
    }
    await notifyFreight(tx);
    if (posting) await notifyPostings(tx);
    return { state, version: bill.version + 1, posting: posting?.id ?? null, held: posting?.held ?? null };
  });
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

async function takePlaceOrRefuse(tx: Tx, bill: LockedCase): Promise<void> {
  const taken = await takePlace(tx, bill);
  if (taken !== null)
    throw new AppError(
      "conflict",
      `Another document with the number ${bill.number} of ${bill.vendor} is approved already; reject this one.`,
    );
}
