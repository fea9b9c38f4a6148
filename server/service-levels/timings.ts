import { heldByRules } from "@/core/postings/degraded";
import type { PostingKind } from "@/core/postings/kinds";
import { holdByPolicy, readPolicies } from "@/core/postings/policy";
import { timingInWords } from "@/core/postings/timing";
import type { Workflow } from "@/core/service-levels/objectives";
import { KINDS_OF_WORKFLOW } from "@/core/service-levels/workflow-kinds";
import { listConnections, listLastPosted } from "@/db/queries/odoo";
import { listRulesInForce } from "@/db/queries/posting-policy";
import type { Context } from "../context";

/** When the postings of a workflow go to one Odoo. */
export type WorkflowTiming = {
  workflow: Workflow;
  connectionId: number;
  connection: string;
  kind: PostingKind;
  on: boolean;
  /** "real-time", "batch, every 15 min", "batch, Mon–Fri 18:00–06:00". */
  words: string;
  /** When what waits goes next; null where it goes as it comes or a person has to end the wait. */
  nextAt: Date | null;
  lastAt: Date | null;
};

/** When each workflow reaches Odoo, by its kinds on every connection. */
export async function readTimings(ctx: Pick<Context, "sql" | "now">): Promise<WorkflowTiming[]> {
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
            on: switches[kind] === "on" && !connection.observing,
            words: timingInWords(policies.byKind[kind].timing),
            nextAt: untilMs === null ? null : new Date(untilMs),
            lastAt,
          };
        }),
      );
    });
}
