import { z } from "zod";
import { queueCursor, readQueueCursor, writeQueueCursor } from "@/core/exceptions/cursor";
import { exceptionFilter } from "@/core/exceptions/filter";
import {
  EXCEPTION_KINDS,
  EXCEPTION_SPECS,
  EXCEPTION_STATES,
  IMPACTS,
  RESPONSIBLE_PARTIES,
  SEVERITIES,
} from "@/core/exceptions/kinds";
import { reasonOfRank } from "@/core/exceptions/work-order";
import { fromMinor } from "@/core/money";
import type { Json } from "@/core/shipments/attributes";
import { listExceptionGroups } from "@/db/queries/exception-groups";
import { type ExceptionListRow, listEvidence, listExceptions } from "@/db/queries/exceptions";
import { listFeedNames } from "@/db/queries/shipment-page";
import { type KeyActor, may } from "../../access/actor";
import { limitSchema, route, words } from "../route";
import { exceptionGroupShape, exceptionShape, listOf } from "../shapes";

const page = { limit: limitSchema, cursor: queueCursor.optional() };
const state = words(EXCEPTION_STATES).meta({
  description:
    "One or several, joined by commas: open, acknowledged, snoozed, suppressed, resolved. Without it: what stands in the queue, open and acknowledged",
});
const regressed = z
  .enum(["true", "false"])
  .default("false")
  .transform((word) => word === "true")
  .meta({ description: "true: only what belongs to a cause that came back after it was settled" });
const action = z
  .enum(["true", "false"])
  .default("false")
  .transform((word) => word === "true")
  .meta({ description: "true: only what does not get better until somebody acts" });

function moneyText(amountMinor: number, currency: string): { amount: string; currency: string } {
  return { amount: fromMinor(amountMinor, currency), currency };
}

/** The row without `customers:read`: its kind in words, since a sentence of Odoo or of a carrier may name anybody, and no money. */
function withoutCustomers<T extends ExceptionListRow>(row: T): T {
  return { ...row, text: EXCEPTION_SPECS[row.kind].label, stakeMinor: null, riskMinor: null };
}

/** An exception as the API shows it to a key. */
export function exceptionAnswer(
  actor: KeyActor,
  found: ExceptionListRow,
  said: Json,
  now: Date,
): z.input<typeof exceptionShape> {
  const shown = may(actor, "customers:read");
  const row = shown ? found : withoutCustomers(found);
  const evidence = shown ? said : null;
  const { id, kind, subject, severity, state: stands, text, shipmentId, groupId, openedAt, dueAt } = row;
  const { workRank, riskMinor, currency, stakeMinor, deadlineAt, deadlineKind } = row;
  return {
    ...{ id, kind, subject, severity, state: stands, text, shipmentId, groupId, evidence },
    openedAt: openedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    suppressedUntil: row.suppressedUntil?.toISOString() ?? null,
    stake: stakeMinor !== null && currency ? moneyText(stakeMinor, currency) : null,
    atRisk: riskMinor !== null && currency ? moneyText(riskMinor, currency) : null,
    deadline: deadlineAt && deadlineKind ? { kind: deadlineKind, at: deadlineAt.toISOString() } : null,
    rank: SEVERITIES[workRank] ?? severity,
    reason: reasonOfRank(
      {
        ...{ severity, workRank, riskMinor, currency, deadlineKind },
        ...{ dueAtMs: dueAt.getTime(), deadlineMs: deadlineAt?.getTime() ?? null },
      },
      now.getTime(),
    ),
  };
}

export const exceptionRoutes = [
  route({
    method: "GET",
    path: "/exceptions",
    right: "exceptions:read",
    summary:
      "The queue in the order of work: class, then time left and money at risk; members of a group newest first. Evidence, amounts and the words of sources need the scope customers:read as well",
    query: z.object({
      state,
      kind: words(EXCEPTION_KINDS),
      severity: words(SEVERITIES),
      impact: words(IMPACTS),
      party: words(RESPONSIBLE_PARTIES),
      regressed,
      action,
      shipment: z.uuid().optional(),
      group: z.guid().optional(),
      ...page,
    }),
    output: listOf(exceptionShape),
    handle: async ({ ctx, actor }, { query }) => {
      const { state: states, kind, severity, impact, party, shipment, group } = query;
      const filter = exceptionFilter.parse({
        ...{ state: states, kind, severity, impact, party, regressed: query.regressed, action: query.action },
        ...{ shipment: shipment ?? null, group: group ?? null },
      });
      const after = readQueueCursor(query.cursor);
      const { rows, next } = await listExceptions(ctx.sql, filter, {
        me: null,
        now: ctx.now(),
        limit: query.limit,
        after,
      });
      const evidence = await listEvidence(
        ctx.sql,
        rows.map((row) => row.id),
      );
      const items = rows.map((row) => exceptionAnswer(actor, row, evidence.get(row.id) ?? null, ctx.now()));
      return { items, nextCursor: writeQueueCursor(next) };
    },
  }),
  route({
    method: "GET",
    path: "/exception-groups",
    right: "exceptions:read",
    summary: "Causes with how often they occur: one cause, one group",
    query: z.object({
      state,
      kind: words(EXCEPTION_KINDS),
      severity: words(SEVERITIES),
      impact: words(IMPACTS),
      party: words(RESPONSIBLE_PARTIES),
      regressed,
      action,
      ...page,
    }),
    output: listOf(exceptionGroupShape),
    handle: async ({ ctx, actor }, { query }) => {
      const filter = exceptionFilter.parse({
        ...{ state: query.state, kind: query.kind, severity: query.severity, impact: query.impact },
        ...{ party: query.party, regressed: query.regressed, action: query.action },
      });
      const after = readQueueCursor(query.cursor);
      const [{ rows, next }, feeds] = await Promise.all([
        listExceptionGroups(ctx.sql, filter, { me: null, now: ctx.now(), limit: query.limit, after }),
        listFeedNames(ctx.sql),
      ]);
      const slugs = new Map(feeds.map((feed) => [feed.id, feed.slug]));
      const items = rows.map(({ feedId, feedName: _, firstSeen, lastSeen, settledAt, deadlineAt, risk, ...group }) => ({
        ...group,
        settledAt: settledAt?.toISOString() ?? null,
        atRisk: (may(actor, "customers:read") ? risk : []).map((sum) => moneyText(sum.riskMinor, sum.currency)),
        deadlineAt: deadlineAt?.toISOString() ?? null,
        feed: feedId === null ? null : (slugs.get(feedId) ?? null),
        firstSeen: firstSeen.toISOString(),
        lastSeen: lastSeen.toISOString(),
      }));
      return { items, nextCursor: writeQueueCursor(next) };
    },
  }),
];
