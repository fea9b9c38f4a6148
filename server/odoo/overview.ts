import { type History, type HistoryProgress, historySchema, progressOf } from "@/core/odoo/history";
import { type Breaker, CLOSED } from "@/core/postings/breaker";
import { type DegradedRule, heldByRules } from "@/core/postings/degraded";
import { drainSeconds, perSecondOf } from "@/core/postings/drain";
import { type BudgetLevel, type BudgetStanding, readBudget, standingOf } from "@/core/postings/failure-budget";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import {
  CLASS_RANK,
  holdByPolicy,
  POSTING_CLASSES,
  type PolicyHold,
  type PostingClass,
  readPolicies,
} from "@/core/postings/policy";
import type { PostingTiming } from "@/core/postings/timing";
import type { Json } from "@/core/shipments/attributes";
import {
  type Backlog,
  type ConnectionRow,
  countPostedSince,
  listBacklog,
  listConnections,
  listLastPosted,
  listWatermarks,
  type WatermarkRow,
} from "@/db/queries/odoo";
import { listPollAsides } from "@/db/queries/odoo-history";
import { listRulesInForce } from "@/db/queries/posting-policy";
import type { Context } from "../context";
import { AppError } from "../errors";

/** When a kind goes, how it stands now, when it last went, and what of it waits for its window or batch. */
export type KindStanding = {
  kind: PostingKind;
  class: PostingClass;
  timing: PostingTiming;
  hold: PolicyHold | null;
  openUntil: Date | null;
  waiting: number;
  lastAt: Date | null;
};

/** What of a class is due or under way, how old the oldest is, and how long it takes at the present pace. */
export type ClassStanding = {
  class: PostingClass;
  paused: boolean;
  due: number;
  held: number;
  oldest: Date | null;
  perMinute: number;
  drainSeconds: number | null;
};

export type ConnectionOverview = {
  connection: ConnectionRow;
  breaker: Breaker;
  /** How much of what may fail within an hour did. */
  failureBudget: BudgetStanding & { level: BudgetLevel | null };
  watermarks: WatermarkRow[];
  backlog: Backlog[];
  kinds: KindStanding[];
  classes: ClassStanding[];
  /** How hard it is worked now, as the sender last told; null before it first sent. */
  pace: { share: number; quietMs: number | null; pulseMs: number | null; reason: string | null; at: Date } | null;
  /** Postings that are due or under way, and the seconds in which they drain at the present pace, or at the rate limit. */
  due: number;
  drainSeconds: number | null;
  postedLast5Minutes: number;
  /** The reading of what stood in Odoo when it was connected; null for a connection that was never polled. */
  history: (History & { progress: HistoryProgress }) | null;
  hintedAt: Date | null;
};

const WINDOW_MS = 5 * 60_000;
const ON_THE_WAY: ReadonlySet<string> = new Set(["planned", "sending", "unconfirmed"]);

/** Reads a stored breaker; anything else counts as closed. */
function breakerOf(stored: Json): Breaker {
  const state = stored !== null && typeof stored === "object" && !Array.isArray(stored) ? stored.state : null;
  return state === "open" || state === "half_open" || state === "closed" ? (stored as unknown as Breaker) : CLOSED;
}

function paceOf(stored: Json): ConnectionOverview["pace"] {
  if (stored === null || typeof stored !== "object" || Array.isArray(stored)) return null;
  const { share, quietMs, pulseMs, reason, atMs } = stored;
  if (typeof share !== "number" || typeof atMs !== "number") return null;
  const number = (value: Json | undefined) => (typeof value === "number" ? value : null);
  return {
    share,
    quietMs: number(quietMs),
    pulseMs: number(pulseMs),
    reason: typeof reason === "string" ? reason : null,
    at: new Date(atMs),
  };
}

/** Every connection with what it reads, what waits for it and why, and how long that will take. */
export async function readConnections(ctx: Pick<Context, "sql" | "now">): Promise<ConnectionOverview[]> {
  const now = ctx.now();
  const since = new Date(now.getTime() - WINDOW_MS);
  const [connections, watermarks, backlog, posted, last, rules, asides] = await Promise.all([
    listConnections(ctx.sql),
    listWatermarks(ctx.sql),
    listBacklog(ctx.sql),
    countPostedSince(ctx.sql, since, now),
    listLastPosted(ctx.sql, POSTING_KINDS),
    listRulesInForce(ctx.sql),
    listPollAsides(ctx.sql),
  ]);
  return connections.map((connection) => {
    const own = backlog.filter((row) => row.connectionId === connection.id);
    const taken = posted.filter((row) => row.connectionId === connection.id);
    const due = own.filter((row) => ON_THE_WAY.has(row.state)).reduce((sum, row) => sum + row.count, 0);
    const done = taken.reduce((sum, row) => sum + row.posted, 0);
    const aside = asides.find((row) => row.connectionId === connection.id);
    const budget = readBudget(connection.failures);
    const history = historySchema.safeParse(aside?.history);
    const pace = done > 0 ? perSecondOf(taken, WINDOW_MS) : connection.ratePerSecond;
    return {
      connection,
      breaker: breakerOf(connection.breaker),
      failureBudget: { ...standingOf(budget, connection.failurePercent, now.getTime()), level: budget.level },
      watermarks: watermarks.filter((row) => row.connectionId === connection.id),
      backlog: own,
      kinds: kindsOf(connection, rules, own, last, now.getTime()),
      classes: classesOf(connection, own, taken),
      pace: paceOf(connection.pace),
      due,
      drainSeconds: due === 0 || connection.state !== "active" ? null : due / pace,
      postedLast5Minutes: done,
      history: history.success ? { ...history.data, progress: progressOf(history.data, ctx.now().getTime()) } : null,
      hintedAt: aside?.hintedAt ?? null,
    };
  });
}

function kindsOf(
  connection: ConnectionRow,
  rules: readonly DegradedRule[],
  backlog: readonly Backlog[],
  last: Awaited<ReturnType<typeof listLastPosted>>,
  nowMs: number,
): KindStanding[] {
  const held = heldByRules(rules, connection.id);
  const policies = readPolicies(connection.policies, connection.pausedClasses, held);
  return POSTING_KINDS.map((kind) => {
    const { class: name, timing, openUntil } = policies.byKind[kind];
    const waits = backlog.filter((row) => row.kind === kind && row.state === "held" && BY_POLICY.has(row.heldBecause));
    return {
      kind,
      class: name,
      timing,
      hold: holdByPolicy(kind, policies, nowMs),
      openUntil: openUntil !== null && Date.parse(openUntil) > nowMs ? new Date(openUntil) : null,
      waiting: waits.reduce((sum, row) => sum + row.count, 0),
      lastAt: last.find((row) => row.connectionId === connection.id && row.kind === kind)?.at ?? null,
    };
  });
}

const BY_POLICY: ReadonlySet<string | null> = new Set(["window", "interval", "paused", "degraded"]);

function classesOf(
  connection: ConnectionRow,
  backlog: readonly Backlog[],
  taken: Awaited<ReturnType<typeof countPostedSince>>,
): ClassStanding[] {
  const { pausedClasses } = readPolicies(connection.policies, connection.pausedClasses, []);
  return POSTING_CLASSES.map((name) => {
    const own = backlog.filter((row) => row.urgency === CLASS_RANK[name]);
    const onTheWay = own.filter((row) => ON_THE_WAY.has(row.state));
    const due = onTheWay.reduce((sum, row) => sum + row.count, 0);
    const oldest = Math.min(...onTheWay.map((row) => row.oldest?.getTime() ?? Number.POSITIVE_INFINITY));
    const perSecond = perSecondOf(
      taken.filter((row) => row.urgency === CLASS_RANK[name]),
      WINDOW_MS,
    );
    return {
      class: name,
      paused: pausedClasses.includes(name),
      due,
      held: own
        .filter((row) => row.state === "held" && BY_POLICY.has(row.heldBecause))
        .reduce((sum, row) => sum + row.count, 0),
      oldest: Number.isFinite(oldest) ? new Date(oldest) : null,
      perMinute: perSecond * 60,
      drainSeconds: drainSeconds(due, perSecond),
    };
  });
}

/** One connection; throws `not_found`. */
export async function getConnection(ctx: Pick<Context, "sql" | "now">, id: number): Promise<ConnectionOverview> {
  const found = (await readConnections(ctx)).find((one) => one.connection.id === id);
  if (!found) throw new AppError("not_found", "There is no such connection.");
  return found;
}
