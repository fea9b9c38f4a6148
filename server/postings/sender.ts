import { setTimeout as sleep } from "node:timers/promises";
import { ask, CLOSED } from "@/core/postings/breaker";
import { lanesOf, onCall, paceFrom, restAfterCall, rowsOf } from "@/core/postings/pace";
import { classOfRank } from "@/core/postings/policy";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { type DuePosting, findToReadBack, findToSend, startSending, takeOver } from "@/db/queries/outbox";
import type { OdooClient } from "../adapters/odoo/client";
import type { OdooAttempt } from "../adapters/odoo/execute";
import type { Context } from "../context";
import { UNSENT } from "../odoo/turns";
import { passGate } from "./gate";
import { withoutDeferred } from "./invoice-waits";
import { type Leg, legsOf, recordsOf, type Way } from "./legs";
import { lookUp } from "./look-up";
import { sendTogether } from "./send";
import { breakerFrom, noteFailure, noteSuccess, setBreaker } from "./sender-breaker";
import { clientOf } from "./sender-client";
import { pulse, STRAIN, strain, tellPace } from "./sender-pace";
import { isOpen, loadsOf, paceOf, type Sender } from "./sender-state";
import { announceAttempts, settleReadback, settleSends } from "./settle";
import { type Unit, unitsOf } from "./units";

/** Most of each class that one turn looks at: urgent, normal, bulk. */
const AT_ONCE = [200, 200, 400];
const ONE_EACH = [1, 1, 1];
const READ_BACK = 200;
const TURN_MS = 1_000;
const LOOK_FOR_PULSE_MS = 350;
const VERIFY_EVERY_MS = 5_000;
/** So many calls a posting may wait for, reads before and after with them: while they do, its lease must not run out. */
const CALLS_A_POSTING = 6;

/**
 * Does what is due for one connection: look up, verify, send, under its rate, concurrency and breaker. True when there is more. Where the
 * database fails underneath, what was under way is taken over by the next turn as if another sender had died.
 */
export async function workConnection(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await work(ctx, sender, connection, signal);
  } catch (error) {
    sender.taken.delete(connection.id);
    throw error;
  }
}

async function work(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  signal: AbortSignal,
): Promise<boolean> {
  if (!sender.taken.has(connection.id)) {
    const left = await takeOver(ctx.sql, connection.id, ctx.now());
    if (left > 0) ctx.log.warn({ connection: connection.id, postings: left }, "postings taken over to be looked up");
    sender.taken.add(connection.id);
    sender.breakers.set(connection.id, breakerFrom(connection.breaker));
    if (!sender.paces.has(connection.id)) sender.paces.set(connection.id, paceFrom(connection.pace));
  }
  if (connection.state !== "active") return false;
  const gate = await passGate(ctx, connection, sender.gated);
  let more = gate.more;
  for (const leg of await legsOf(ctx, sender, connection, gate))
    if (await workLeg(ctx, sender, leg, signal)) more = true;
  return more;
}

/** Does what is due on one way: true when there is more. */
async function workLeg(ctx: Context, sender: Sender, leg: Leg, signal: AbortSignal): Promise<boolean> {
  const connection = leg.way;
  const { breaker, allowed } = ask(sender.breakers.get(connection.id) ?? CLOSED, ctx.now().getTime());
  await setBreaker(ctx, sender, connection, breaker);
  if (!allowed) return false;
  const client = await clientOf(ctx, sender, connection);
  if (client === null) return false;
  await pulse(ctx, sender, connection, client);
  const lookedUp = await readBackDue(ctx, sender, leg, client, "unconfirmed");
  const sent = await sendDuePostings(ctx, sender, leg, client, breaker.state === "half_open", signal);
  // effects are verified many at a time: when nothing else is to do, or now and then
  const nowMs = ctx.now().getTime();
  const verifiedAtMs = sender.verifiedAt.get(connection.id) ?? 0;
  let verified = 0;
  if (sent === 0 || connection.records || nowMs - verifiedAtMs >= VERIFY_EVERY_MS) {
    sender.verifiedAt.set(connection.id, nowMs);
    verified = await readBackDue(ctx, sender, leg, client, "posted");
  }
  const more = lookedUp + verified + sent > 0;
  if (!more) sender.clients.turnsAt(connection.id)?.widen(UNSENT);
  return more;
}

async function readBackDue(
  ctx: Context,
  sender: Sender,
  { way: connection, readBack }: Leg,
  client: OdooClient,
  what: "unconfirmed" | "posted",
): Promise<number> {
  if (isOpen(sender, connection)) return 0;
  const records = recordsOf(connection);
  const due = await findToReadBack(ctx.sql, records.id, what, READ_BACK, ctx.now(), readBack);
  if (due.length === 0) return 0;
  const result = await lookUp(client, records.id, due);
  if (!result.ok) {
    if (result.down) await noteFailure(ctx, sender, connection, result.reason);
    // what was known of this Odoo may be out of date
    if (!result.down) sender.clients.forget(connection.id);
    await settleReadback(ctx, sender, records, due, null, () => result.reason);
    return result.down ? 0 : due.length;
  }
  await noteSuccess(ctx, sender, connection);
  return settleReadback(ctx, sender, records, due, result.verdicts, (key) => result.unread.get(key) ?? "");
}

/** Sends what is due for about a second, so that what becomes urgent meanwhile waits no longer than that. */
async function sendDuePostings(
  ctx: Context,
  sender: Sender,
  { way: connection, kinds, first }: Leg,
  client: OdooClient,
  probing: boolean,
  signal: AbortSignal,
): Promise<number> {
  if (isOpen(sender, connection) || kinds.length === 0) return 0;
  const records = recordsOf(connection);
  const found = await findToSend(ctx.sql, records.id, kinds, probing ? ONE_EACH : AT_ONCE, ctx.now(), first);
  const due = await withoutDeferred(ctx, found);
  const loads = loadsOf(sender, connection);
  const all = unitsOf(due, records.id, (kind, most) => rowsOf(loads.get(kind) ?? { perRowMs: null }, most));
  const queue = probing ? all.slice(0, 1).map((unit) => unit.slice(0, 1)) : all;
  const endAtMs = performance.now() + TURN_MS;
  const state = { sent: 0 };
  const turns = sender.clients.turnsAt(connection.id);
  const beat = setInterval(() => {
    pulse(ctx, sender, connection, client).catch((error) => ctx.log.warn({ err: String(error) }, "pulse failed"));
  }, LOOK_FOR_PULSE_MS).unref();
  const lanes = Array.from({ length: Math.min(connection.concurrency, queue.length) }, async (_, lane) => {
    while (queue.length > 0 && performance.now() < endAtMs) {
      // a lane beyond the present share ends; those left go on
      if (lane >= lanesOf(paceOf(sender, connection)) || signal.aborted || isOpen(sender, connection)) return;
      const unit = queue.shift();
      if (!unit) return;
      turns?.widen(lanesOf(paceOf(sender, connection)));
      const { count, tookMs } = await sendAndSettle(ctx, sender, connection, client, unit);
      state.sent += count;
      const restMs = restAfterCall(paceOf(sender, connection), tookMs);
      if (restMs > 0) await sleep(restMs);
    }
  });
  // every lane has ended before an error goes on: nothing of this sender is under way when the next turn takes over
  const ended = await Promise.allSettled(lanes);
  clearInterval(beat);
  await tellPace(ctx, sender, connection);
  for (const lane of ended) if (lane.status === "rejected") throw lane.reason;
  return state.sent;
}

async function sendAndSettle(
  ctx: Context,
  sender: Sender,
  connection: Way,
  client: OdooClient,
  unit: Unit,
): Promise<{ count: number; tookMs: number }> {
  // the breaker may have opened while this waited for its turn
  const sent = await client.inTurn(async (own) =>
    isOpen(sender, connection) ? null : sendUnit(ctx, sender, connection, own, unit),
  );
  if (sent === null) return { count: unit.length, tookMs: 0 };
  const { postings, attempts, tookMs } = sent;
  const loads = loadsOf(sender, connection);
  const { kind } = postings[0] as DuePosting;
  loads.set(kind, onCall(loads.get(kind) ?? { perRowMs: null }, postings.length, tookMs));
  const strained = attempts.find(({ failure }) => failure !== null && STRAIN.has(failure));
  if (strained) strain(ctx, sender, connection, strained.reason);
  // an Odoo that answers nobody any more is as good as gone; one call without an answer among others is not
  const failed = attempts.find((attempt) => attempt.connectionDown || attempt.outcome === "unknown");
  if (failed) await noteFailure(ctx, sender, connection, failed.reason);
  if (!failed || attempts.some((attempt) => attempt.outcome === "accepted" || attempt.outcome === "rejected"))
    await noteSuccess(ctx, sender, connection);
  await settleSends(
    ctx,
    sender,
    recordsOf(connection),
    postings.map((posting, at) => {
      const attempt = attempts[at] as OdooAttempt;
      return { posting, attempt, outage: attempt.connectionDown && isOpen(sender, connection) };
    }),
  );
  return { count: postings.length, tookMs };
}

type Sent = { postings: DuePosting[]; attempts: OdooAttempt[]; tookMs: number };

/** Takes the postings of a unit and calls Odoo for them; null where another has taken them all. */
async function sendUnit(
  ctx: Context,
  sender: Sender,
  connection: Way,
  client: OdooClient,
  unit: Unit,
): Promise<Sent | null> {
  const now = ctx.now();
  const waitMs = (unit.length * CALLS_A_POSTING * 1_000) / Math.max(1, connection.ratePerSecond);
  const leaseUntil = new Date(now.getTime() + connection.timeoutMs + connection.settleMs + waitMs);
  const postings = await ctx.sql.begin(async (tx) => {
    const taken = await startSending(tx, unit, sender.owner, now, leaseUntil);
    await announceAttempts(tx, ctx, sender, taken);
    return taken;
  });
  if (postings.length === 0) return null;
  sender.underWay.set(connection.id, (sender.underWay.get(connection.id) ?? 0) + 1);
  const from = performance.now();
  try {
    const urgency = classOfRank(unit[0]?.urgency ?? 1);
    const sent = await sendTogether(ctx, client.with({ urgency }), recordsOf(connection).id, postings);
    const attempts = await forgiven(ctx, sender, connection, client, sent);
    return { postings, attempts, tookMs: performance.now() - from - client.waitedMs() };
  } finally {
    sender.underWay.set(connection.id, (sender.underWay.get(connection.id) ?? 1) - 1);
    sender.sentAt.set(connection.id, ctx.now().getTime());
  }
}

/** Failures that tell of fields, models or methods that are not there, as after an upgrade. */
const STRANGE: ReadonlySet<string> = new Set(["caller", "not_found_route"]);

/** Lets what failed because Odoo is another than it was (upgraded, a module added or removed) be sent again by what it is now. */
async function forgiven(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  client: OdooClient,
  attempts: OdooAttempt[],
): Promise<OdooAttempt[]> {
  if (!attempts.some(({ failure }) => failure !== null && STRANGE.has(failure))) return attempts;
  const change = await sender.clients.changeOf(ctx, connection, client);
  if (change === null) return attempts;
  return attempts.map((attempt) =>
    attempt.failure !== null && STRANGE.has(attempt.failure)
      ? {
          ...attempt,
          outcome: "unreachable",
          transient: true,
          reason: `${change}; it is sent again. Before, Odoo said: ${attempt.reason}`,
        }
      : attempt,
  );
}
