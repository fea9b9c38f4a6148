import type { PostingVerdict } from "@/core/postings/desired";
import type { PostingKind } from "@/core/postings/kinds";
import { afterReadback, DEFAULT_RETRY, type NextStep, next, type RetryPolicy } from "@/core/postings/next";
import { asStored } from "@/core/proof/seal";
import { storable } from "@/core/raw-text";
import { bucketOf } from "@/core/service-levels/histogram";
import { type Leg, WINDOWED, type Workflow } from "@/core/service-levels/objectives";
import { workflowOfKind } from "@/core/service-levels/workflow-kinds";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { notifyLive } from "@/db/queries/live";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { type AttemptRow, type DuePosting, insertAttempts, movePostings, type PostingStep } from "@/db/queries/outbox";
import { type BreachRow, countLatencies, insertBreaches, type LatencyTally } from "@/db/queries/pipeline/record";
import { listSettings } from "@/db/queries/settings";
import type { OdooAttempt } from "../adapters/odoo/execute";
import type { Context } from "../context";
import { clear, type Raised, raise, recount } from "../exceptions/raise";
import { measureSettlement } from "../freight/measure";
import { type Sealer, sealerOf } from "../proof/seal";
import { findKeyGenerations } from "../settings/key-generations";
import { rejectedFinding, subjectOfPosting, unconfirmedFinding } from "./findings";
import type { Sender } from "./sender-state";

/** Appends the rows that announce a call, one a posting in it; committed before the call goes out. */
export async function announceAttempts(
  tx: Tx,
  ctx: Context,
  sender: Sender,
  postings: readonly DuePosting[],
): Promise<void> {
  if (postings.length === 0) return;
  const nothing = { outcome: null, reason: null, request: null, answer: null, durationMs: null };
  const startedAt = ctx.now();
  const seal = await presentSealer(ctx, tx);
  await insertAttempts(
    tx,
    postings.map((posting) => attemptRow(ctx, sender, seal, posting, { purpose: "send", startedAt, ...nothing })),
  );
}

/** Seals with the key that holds in this transaction. */
async function presentSealer(ctx: Context, tx: Tx): Promise<Sealer> {
  return sealerOf(ctx.config.secretKey, (await findKeyGenerations(tx)).proof.generation);
}

const LONGEST_REASON = 1_000;

function attemptRow(
  ctx: Context,
  sender: Sender,
  seal: Sealer,
  posting: DuePosting,
  rest: Pick<AttemptRow, "purpose" | "startedAt" | "outcome" | "reason" | "request" | "answer" | "durationMs">,
): AttemptRow {
  const row = {
    ...rest,
    // what is sealed is what is stored, to the letter
    reason: rest.reason === null ? null : storable(rest.reason.slice(0, LONGEST_REASON)),
    request: asStored(rest.request),
    answer: asStored(rest.answer),
    id: ctx.uuid(),
    shipmentId: posting.shipmentId,
    postingKey: posting.key,
    number: posting.attempts,
    owner: sender.owner,
    correlationId: posting.correlationId,
    of: null,
  };
  const left = posting.shown === undefined ? null : { ...posting, ...posting.shown, desired: posting.desired as Json };
  return { ...row, seal: seal(row, left) };
}

function policyOf(connection: WorkingConnection): RetryPolicy {
  return { ...DEFAULT_RETRY, settleMs: Math.max(connection.settleMs, connection.timeoutMs) };
}

export type Sent = {
  posting: DuePosting;
  attempt: OdooAttempt;
  /**
   * During an outage an attempt that reached nobody is given back: the breaker sets the pace, and however long Odoo is away, no posting
   * gives up over it.
   */
  outage: boolean;
};

/** Records how the sends of one unit ended, and moves the postings on. */
export async function settleSends(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  sent: readonly Sent[],
): Promise<void> {
  const now = ctx.now();
  const policy = policyOf(connection);
  const ended = sent.map(({ posting, attempt, outage }) => {
    const { outcome, reason, transient } = attempt;
    const sentAtMs = attempt.sentAtMs ?? posting.sentAtMs;
    const state = { attempts: outage ? 1 : posting.attempts, sentAtMs };
    const step = next(state, { outcome, reason, transient, atMs: now.getTime() }, policy, Math.random());
    return { posting, attempt, outage, step };
  });
  const raisedAbout = await ctx.sql.begin(async (tx): Promise<(string | null)[]> => {
    const moved = await movePostings(
      tx,
      ended.map(({ posting, attempt, outage, step }) => ({
        ...stepOf(posting, "sending", step, attempt.outcome, attempt.outcome === "accepted"),
        unspent: outage,
        owner: sender.owner,
        ...(attempt.sentAtMs !== null && { sentAtMs: attempt.sentAtMs }),
      })),
      now,
    );
    const seal = await presentSealer(ctx, tx);
    await insertAttempts(
      tx,
      ended.map(({ posting, attempt }) =>
        attemptRow(ctx, sender, seal, posting, {
          purpose: "send",
          startedAt: new Date(attempt.startedAtMs),
          outcome: attempt.outcome,
          reason: attempt.reason,
          request: attempt.request as Json,
          answer: attempt.response as Json,
          durationMs: attempt.durationMs,
        }),
      ),
    );
    const here = ended.filter(({ posting }) => moved.has(posting.key));
    if (here.length === 0) return [];
    const refused = here
      .filter(({ step }) => step.state === "rejected" || step.state === "dead")
      .map(({ posting, attempt, step }) =>
        aboutPosting(
          posting,
          connection,
          rejectedFinding(posting, connection, step.why, attempt.field, attempt.failure),
        ),
      );
    await raise(ctx, tx, refused, sender.slot);
    await measurePosted(
      ctx,
      tx,
      sender,
      here.filter(({ step }) => step.state === "posted"),
    );
    await notifyLive(tx, "postings");
    return refused.map(({ shipmentId }) => shipmentId);
  });
  await recount(ctx, raisedAbout);
  for (const [outcome, group] of Map.groupBy(ended, ({ attempt }) => `${attempt.outcome} ${attempt.failure ?? ""}`)) {
    const [{ posting, attempt, step }] = group as [(typeof ended)[number]];
    ctx.log.info(
      {
        posting: posting.key,
        postings: group.length,
        connection: connection.id,
        outcome: outcome.trim(),
        state: step.state,
        durationMs: attempt.durationMs,
        correlationId: posting.correlationId,
      },
      "posting attempted",
    );
  }
}

/** Records what reading back said of postings, and moves them on. `verdicts` null: Odoo could not be read. */
export async function settleReadback(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  postings: readonly DuePosting[],
  verdicts: ReadonlyMap<string, PostingVerdict> | null,
  failureOf: (key: string) => string,
): Promise<number> {
  const now = ctx.now();
  const policy = policyOf(connection);
  const judged = postings.map((posting) => {
    const verdict = verdicts?.get(posting.key) ?? null;
    const repeatable = posting.kind === "tracking_number" || posting.kind === "freight_cost";
    const state = { attempts: posting.attempts, sentAtMs: posting.sentAtMs, repeatable };
    const step: NextStep = verdict
      ? afterReadback(state, verdict.verdict, now.getTime(), policy)
      : {
          state: posting.state,
          dueAtMs: now.getTime() + 15_000,
          why: `Reading back failed: ${failureOf(posting.key)}`,
        };
    return { posting, verdict, step: keepPosted(posting, step) };
  });
  const touched = await ctx.sql.begin(async (tx): Promise<(string | null)[]> => {
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
    const seal = await presentSealer(ctx, tx);
    await insertAttempts(
      tx,
      judged
        .filter(({ step, posting }) => step.state !== posting.state)
        .map(({ posting, verdict }) =>
          attemptRow(ctx, sender, seal, posting, {
            purpose: posting.state === "posted" ? "verify" : "look_up",
            startedAt: now,
            outcome: verdict?.verdict ?? "unread",
            reason: verdict?.reason ?? failureOf(posting.key),
            request: null,
            answer: (verdict?.found ?? null) as Json,
            durationMs: null,
          }),
        ),
    );
    const raised: Raised[] = [];
    for (const { posting, verdict, step } of judged) {
      if (!moved.has(posting.key)) continue;
      if (step.state === "rejected" || step.state === "dead") {
        const failure = verdict?.verdict === "impossible" ? "gone" : null;
        const finding = rejectedFinding(posting, connection, verdict?.reason ?? step.why, null, failure);
        raised.push(aboutPosting(posting, connection, finding));
      }
      if (verdict === null && posting.state === "unconfirmed")
        raised.push(aboutPosting(posting, connection, unconfirmedFinding(posting, connection, failureOf(posting.key))));
    }
    await raise(ctx, tx, raised, sender.slot);
    const held = judged.filter(({ step, posting }) => step.state === "verified" && moved.has(posting.key));
    const closed = await clear(
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
    if (judged.some(({ step, posting }) => step.state !== posting.state)) await notifyLive(tx, "postings");
    const ended = closed === 0 ? [] : held.filter(({ posting }) => posting.invoiceId === null);
    return [...raised.map(({ shipmentId }) => shipmentId), ...ended.map(({ posting }) => posting.shipmentId)];
  });
  await recount(ctx, touched);
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

function aboutPosting(posting: DuePosting, connection: { id: number }, finding: Raised["finding"]): Raised {
  return {
    homeId: posting.shipmentId,
    shipmentId: posting.invoiceId === null ? posting.shipmentId : null,
    finding,
    correlationId: posting.correlationId,
    connectionId: connection.id,
    postingKey: posting.key,
  };
}

/** The workflow that is measured from the receipt of the facts, in seconds; a window is measured elsewhere. */
function clockOf(kind: PostingKind): Workflow | null {
  const workflow = workflowOfKind(kind);
  return workflow === null || WINDOWED.has(workflow) ? null : workflow;
}

/** Clocks of the workflows from the receipt of the facts to Odoo's answer, and their legs. What was held back on purpose runs none. */
async function measurePosted(ctx: Context, tx: Tx, sender: Sender, sent: readonly Sent[]): Promise<void> {
  const rows: LatencyTally[] = [];
  const breaches: BreachRow[] = [];
  const promised = sent.flatMap(({ posting: { shipmentId: homeId, messageId, windowEndsAtMs }, attempt }) => {
    const { endedAtMs } = attempt;
    return windowEndsAtMs === null ? [] : [{ homeId, feedId: null, messageId, windowEndsAtMs, endedAtMs }];
  });
  await measureSettlement(ctx, tx, sender.slot, promised);
  const measured = sent.filter(({ posting }) => clockOf(posting.kind) !== null && posting.receivedAtMs !== null);
  if (measured.length === 0) return;
  const { objectives } = readWorkspaceSettings(await listSettings(tx));
  for (const { posting, attempt } of measured) {
    const workflow = clockOf(posting.kind);
    if (workflow === null || posting.receivedAtMs === null) continue;
    const { shipmentId, messageId, receivedAtMs } = posting;
    const { endedAtMs } = attempt;
    const add = (leg: Leg, ms: number) => {
      const bucket = bucketOf(ms);
      const same = rows.find((row) => row.workflow === workflow && row.leg === leg && row.bucket === bucket);
      if (same) same.count++;
      else rows.push({ workflow, leg, feedId: 0, bucket, count: 1 });
    };
    add("odoo", attempt.durationMs);
    if (posting.waitedMs > 0) {
      add("held", posting.waitedMs);
      continue;
    }
    add("total", endedAtMs - receivedAtMs);
    add("wait", attempt.startedAtMs - posting.createdAtMs);
    const objectiveMs = objectives[workflow].withinSeconds * 1000;
    if (endedAtMs - receivedAtMs > objectiveMs)
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
