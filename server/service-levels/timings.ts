import { heldByRules } from "@/core/postings/degraded";
import type { PostingKind } from "@/core/postings/kinds";
import { holdByPolicy, readPolicies } from "@/core/postings/policy";
import { timingInWords } from "@/core/postings/timing";
import type { Workflow } from "@/core/service-levels/objectives";
import { KINDS_OF_WORKFLOW } from "@/core/service-levels/workflow-kinds";
import { listConnections, listLastPosted } from "@/db/queries/odoo";
import { listRulesInForce } from "@/db/queries/posting-policy";
import { listLastHours } from "@/db/queries/service-levels";
import { type ReconciliationStanding, standingOfReconciliation } from "../batches/reconciliation";
import type { Context } from "../context";
import { readSettings } from "../settings/read";

/** When a workflow runs: its postings of a kind to one Odoo, or (without a kind) what of it ends in Waypost. */
export type WorkflowTiming = {
  workflow: Workflow;
  connectionId: number | null;
  connection: string | null;
  kind: PostingKind | null;
  /** What runs, where it is no kind of posting. */
  what: string | null;
  /** Where the schedule is changed; null where it is none. */
  href: string | null;
  on: boolean;
  /** "real-time", "batch, every 15 min", "batch, Mon–Fri 18:00–06:00". */
  words: string;
  /** When what waits goes next; null where it goes as it comes or a person has to end the wait. */
  nextAt: Date | null;
  lastAt: Date | null;
  /** `lastAt` is the begin of the hour in which it was. */
  withinHour: boolean;
};

/** When each workflow runs: those that end in Odoo by their kinds on every connection, the others as they end in Waypost. */
export async function readTimings(ctx: Pick<Context, "sql" | "now">): Promise<WorkflowTiming[]> {
  const [posted, reconciled, hours, { notices }] = await Promise.all([
    readPosted(ctx),
    standingOfReconciliation(ctx),
    listLastHours(ctx.sql, IN_WAYPOST),
    readSettings(ctx),
  ]);
  return [
    ...IN_WAYPOST.map((workflow): WorkflowTiming => {
      const lastAt = hours.find((row) => row.workflow === workflow)?.hour ?? null;
      const on = workflow !== "customer_notification" || notices.enabled;
      return { ...HERE, workflow, what: WHAT[workflow], on, words: "real-time", lastAt, withinHour: true };
    }),
    ...posted,
    ...reconciliationTimings(reconciled),
  ];
}

/** Workflows whose clock ends in Waypost as messages come in. */
const IN_WAYPOST = [
  "shipment_creation",
  "label_response",
  "delivery_exception",
  "customer_notification",
] as const satisfies readonly Workflow[];
const WHAT: Readonly<Record<(typeof IN_WAYPOST)[number], string>> = {
  shipment_creation: "A message becomes a shipment",
  label_response: "A label's answer stands on its shipment",
  delivery_exception: "A delivery's trouble stands in the queue",
  customer_notification: "A customer is told",
};
const HERE = { connectionId: null, connection: null, kind: null, href: null, nextAt: null, withinHour: false };

function reconciliationTimings(standing: ReconciliationStanding): WorkflowTiming[] {
  const base = { ...HERE, workflow: "historical_reconciliation" as const, href: "/runs/schedules" };
  const { words, nextAt, lastAt, continuous, comparedTo } = standing;
  const day = { ...base, what: "The day that ended", on: true, words, nextAt, lastAt };
  if (!continuous) return [day];
  return [day, { ...base, what: "What changed, all day", on: true, words: "continuous", lastAt: comparedTo }];
}

async function readPosted(ctx: Pick<Context, "sql" | "now">): Promise<WorkflowTiming[]> {
  const workflows = Object.entries(KINDS_OF_WORKFLOW) as [Workflow, readonly PostingKind[]][];
  const [connections, rules, last] = await Promise.all([
    listConnections(ctx.sql),
    listRulesInForce(ctx.sql),
    listLastPosted(
      ctx.sql,
      workflows.flatMap(([, kinds]) => kinds),
    ),
  ]);
  const nowMs = ctx.now().getTime();
  return connections
    .filter(({ state }) => state !== "archived")
    .flatMap((connection) => {
      const { id, name, kinds: switches, policies: stored, pausedClasses } = connection;
      const policies = readPolicies(stored, pausedClasses, heldByRules(rules, id));
      return workflows.flatMap(([workflow, kinds]) =>
        kinds.map((kind): WorkflowTiming => {
          const untilMs = holdByPolicy(kind, policies, nowMs)?.untilMs ?? null;
          const lastAt = last.find((row) => row.connectionId === id && row.kind === kind)?.at ?? null;
          return {
            workflow,
            connectionId: id,
            connection: name,
            kind,
            what: null,
            href: `/settings/odoo?connection=${id}`,
            on: switches[kind] === "on" && !connection.observing,
            words: timingInWords(policies.byKind[kind].timing),
            nextAt: untilMs === null ? null : new Date(untilMs),
            lastAt,
            withinHour: false,
          };
        }),
      );
    });
}
