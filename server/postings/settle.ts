import type { PostingVerdict } from "@/core/postings/desired";
import type { PostingKind } from "@/core/postings/kinds";
import { afterReadback, DEFAULT_RETRY, type NextStep, next, type RetryPolicy } from "@/core/postings/next";
import { bucketOf } from "@/core/service-levels/histogram";
import { DEFAULT_OBJECTIVES, type Leg, type Workflow } from "@/core/service-levels/objectives";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { type AttemptRow, type DuePosting, insertAttempts, movePostings, type PostingStep } from "@/db/queries/outbox";
import { type BreachRow, countLatencies, insertBreaches, type LatencyTally } from "@/db/queries/pipeline/record";
import type { OdooAttempt } from "../adapters/odoo/execute";
import type { Context } from "../context";
import { clear, type Raised, raise } from "../exceptions/raise";
import { rejectedFinding, subjectOfPosting, unconfirmedFinding } from "./findings";
import type { Sender } from "./sender";

/** Appends the rows that announce calls; committed before the calls go out. */
export async function announceAttempts(
  tx: Tx,
  ctx: Context,
  sender: Sender,
  postings: readonly DuePosting[],
  purpose: "send",
): Promise<void> {
  const startedAt = ctx.now();
  await insertAttempts(
    tx,
    postings.map((posting) =>
      attemptRow(ctx, sender, posting, {
        purpose,
        startedAt,
        outcome: null,
        reason: null,
        request: null,
        answer: null,
        durationMs: null,
      }),
    ),
  );
}

function attemptRow(
  ctx: Context,
  sender: Sender,
  posting: DuePosting,
  rest: Pick<AttemptRow, "purpose" | "startedAt" | "outcome" | "reason" | "request" | "answer" | "durationMs">,
): AttemptRow {
  return {
    ...rest,
    id: ctx.uuid(),
    shipmentId: posting.shipmentId,
    postingKey: posting.key,
    number: posting.attempts,
    owner: sender.owner,
    correlationId: posting.correlationId,
    of: null,
  };
}

function policyOf(connection: WorkingConnection): RetryPolicy {
  return { ...DEFAULT_RETRY, settleMs: Math.max(connection.settleMs, connection.timeoutMs) };
}

/** Records how a send ended, and moves the posting on. */
export async function settleSend(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  posting: DuePosting,
  attempt: OdooAttempt,
): Promise<void> {
  const now = ctx.now();
  const state = { attempts: posting.attempts, sentAtMs: posting.sentAtMs };
  const step = next(
    state,
    { outcome: attempt.outcome, reason: attempt.reason, transient: attempt.transient, atMs: now.getTime() },
    policyOf(connection),
    Math.random(),
  );
  await ctx.sql.begin(async (tx) => {
    const moved = await movePostings(
      tx,
      [stepOf(posting, "sending", step, attempt.outcome, attempt.outcome === "accepted")],
      now,
    );
    const startedAt = new Date(attempt.startedAtMs);
    const { outcome, reason, durationMs } = attempt;
    await insertAttempts(tx, [
      attemptRow(ctx, sender, posting, {
        purpose: "send",
        startedAt,
        outcome,
        reason,
        request: attempt.request as Json,
        answer: attempt.response as Json,
        durationMs,
      }),
    ]);
    if (moved.size === 0) return;
    if (step.state === "rejected" || step.state === "dead")
      await refuse(ctx, tx, sender, connection, posting, step.why, attempt.field);
    if (step.state === "posted") await measurePosted(ctx, tx, sender, posting, attempt);
    await tx`select pg_notify('waypost_live', '{"topic":"postings"}')`;
  });
  ctx.log.info(
    {
      posting: posting.key,
      connection: connection.id,
      outcome: attempt.outcome,
      failure: attempt.failure,
      state: step.state,
      durationMs: attempt.durationMs,
      correlationId: posting.correlationId,
    },
    "posting attempted",
  );
}

/** Records what reading back said of postings, and moves them on. `verdicts` null: Odoo could not be read. */
export async function settleReadback(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  postings: readonly DuePosting[],
  verdicts: ReadonlyMap<string, PostingVerdict> | null,
  failure: string,
): Promise<number> {
  const now = ctx.now();
  const policy = policyOf(connection);
  const judged = postings.map((posting) => {
    const verdict = verdicts?.get(posting.key) ?? null;
    const repeatable = posting.kind === "tracking_number";
    const state = { attempts: posting.attempts, sentAtMs: posting.sentAtMs, repeatable };
    const step: NextStep = verdict
      ? afterReadback(state, verdict.verdict, now.getTime(), policy)
      : { state: posting.state, dueAtMs: now.getTime() + 15_000, why: `Reading back failed: ${failure}` };
    return { posting, verdict, step: keepPosted(posting, step) };
  });
  await ctx.sql.begin(async (tx) => {
    const steps = judged.map(({ posting, verdict, step }) =>
      stepOf(
        posting,
        posting.state,
        step,
        verdict?.verdict ?? "unread",
        step.state === "verified" || step.state === "posted",
      ),
    );
    const moved = await movePostings(tx, steps, now);
    await insertAttempts(
      tx,
      judged
        .filter(({ step, posting }) => step.state !== posting.state)
        .map(({ posting, verdict }) =>
          attemptRow(ctx, sender, posting, {
            purpose: posting.state === "posted" ? "verify" : "look_up",
            startedAt: now,
            outcome: verdict?.verdict ?? "unread",
            reason: verdict?.reason ?? failure,
            request: null,
            answer: (verdict?.found ?? null) as Json,
            durationMs: null,
          }),
        ),
    );
    const raised: Raised[] = [];
    for (const { posting, verdict, step } of judged) {
      if (!moved.has(posting.key)) continue;
      if (step.state === "rejected" || step.state === "dead")
        await refuse(ctx, tx, sender, connection, posting, verdict?.reason ?? step.why, null);
      if (verdict === null && posting.state === "unconfirmed")
        raised.push(aboutPosting(posting, connection, unconfirmedFinding(posting, connection, failure)));
    }
    await raise(ctx, tx, raised, sender.slot);
    const held = judged.filter(({ step, posting }) => step.state === "verified" && moved.has(posting.key));
    await clear(
      ctx,
      tx,
      held.flatMap(({ posting }) =>
        (["posting_unconfirmed", "posting_rejected"] as const).map((kind) => ({
          homeId: posting.shipmentId,
          kind,
          subject: subjectOfPosting(posting.key),
          why: "Odoo holds it.",
        })),
      ),
      sender.slot,
    );
    if (judged.some(({ step, posting }) => step.state !== posting.state))
      await tx`select pg_notify('waypost_live', '{"topic":"postings"}')`;
  });
  return judged.filter(({ step, posting }) => step.state !== posting.state).length;
}

/** A posting that Odoo took stays posted while its effect is not seen yet: only an unanswered one is unconfirmed. */
function keepPosted(posting: DuePosting, step: NextStep): NextStep {
  return posting.state === "posted" && step.state === "unconfirmed" ? { ...step, state: "posted" } : step;
}

function stepOf(
  posting: DuePosting,
  from: PostingStep["from"],
  step: NextStep,
  outcome: string,
  posted: boolean,
): PostingStep {
  return {
    shipmentId: posting.shipmentId,
    key: posting.key,
    from,
    to: step.state,
    dueAtMs: step.dueAtMs,
    outcome,
    reason: step.why,
    posted,
  };
}

async function refuse(
  ctx: Context,
  tx: Tx,
  sender: Sender,
  connection: WorkingConnection,
  posting: DuePosting,
  why: string,
  field: string | null,
): Promise<void> {
  await raise(
    ctx,
    tx,
    [aboutPosting(posting, connection, rejectedFinding(posting, connection, why, field))],
    sender.slot,
  );
}

function aboutPosting(posting: DuePosting, connection: { id: number }, finding: Raised["finding"]): Raised {
  return {
    homeId: posting.shipmentId,
    shipmentId: posting.shipmentId,
    finding,
    correlationId: posting.correlationId,
    connectionId: connection.id,
    postingKey: posting.key,
  };
}

const WORKFLOW_OF: Partial<Record<PostingKind, Workflow>> = {
  tracking_number: "tracking_publication",
  status_note: "status_update",
  transfer_validated: "status_update",
  proof_of_delivery: "proof_of_delivery",
};

/** Clock of the workflow from the receipt of the fact to Odoo's answer, and its legs. */
async function measurePosted(
  ctx: Context,
  tx: Tx,
  sender: Sender,
  posting: DuePosting,
  attempt: OdooAttempt,
): Promise<void> {
  const workflow = WORKFLOW_OF[posting.kind];
  if (!workflow || posting.receivedAtMs === null) return;
  const endedAtMs = attempt.startedAtMs + attempt.durationMs;
  const rows: LatencyTally[] = [];
  const add = (leg: Leg, ms: number) => rows.push({ workflow, leg, feedId: 0, bucket: bucketOf(ms), count: 1 });
  add("total", endedAtMs - posting.receivedAtMs);
  add("wait", attempt.startedAtMs - posting.createdAtMs);
  add("odoo", attempt.durationMs);
  const objectiveMs = DEFAULT_OBJECTIVES[workflow].withinSeconds * 1000;
  const breaches: BreachRow[] = [];
  if (endedAtMs - posting.receivedAtMs > objectiveMs) {
    const { shipmentId, messageId, receivedAtMs } = posting;
    breaches.push({
      shipmentId,
      id: ctx.uuid(),
      workflow,
      feedId: null,
      messageId,
      startedAtMs: receivedAtMs,
      endedAtMs,
      objectiveMs,
    });
  }
  await insertBreaches(tx, breaches);
  await countLatencies(tx, rows, sender.slot, ctx.now());
}
