import { z } from "zod";
import { queueCursor, readQueueCursor, writeQueueCursor } from "@/core/exceptions/cursor";
import { exceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_KINDS, EXCEPTION_STATES } from "@/core/exceptions/kinds";
import { listExceptionGroups } from "@/db/queries/exception-groups";
import { listEvidence, listExceptions } from "@/db/queries/exceptions";
import { listFeedNames } from "@/db/queries/shipment-page";
import { limitSchema, route, words } from "../route";
import { exceptionGroupShape, exceptionShape, listOf } from "../shapes";

const page = { limit: limitSchema, cursor: queueCursor.optional() };
const state = words(EXCEPTION_STATES).meta({
  description:
    "One or several, joined by commas: open, acknowledged, snoozed, resolved. Without it: all that are not resolved",
});

export const exceptionRoutes = [
  route({
    method: "GET",
    path: "/exceptions",
    right: "exceptions:read",
    summary: "The queue: worst first, then the one due first; members of a group newest first",
    query: z.object({
      state,
      kind: words(EXCEPTION_KINDS),
      shipment: z.uuid().optional(),
      group: z.guid().optional(),
      ...page,
    }),
    output: listOf(exceptionShape),
    handle: async ({ ctx }, { query }) => {
      const { state: states, kind, shipment, group } = query;
      const filter = exceptionFilter.parse({ state: states, kind, shipment: shipment ?? null, group: group ?? null });
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
      const items = rows.map(
        ({ id, kind: of, subject, severity, state: stands, text, shipmentId, groupId, openedAt, dueAt }) => ({
          id,
          kind: of,
          subject,
          severity,
          state: stands,
          text,
          shipmentId,
          groupId,
          openedAt: openedAt.toISOString(),
          dueAt: dueAt.toISOString(),
          evidence: evidence.get(id) ?? null,
        }),
      );
      return { items, nextCursor: writeQueueCursor(next) };
    },
  }),
  route({
    method: "GET",
    path: "/exception-groups",
    right: "exceptions:read",
    summary: "Causes with how often they occur: one cause, one group",
    query: z.object({ state, kind: words(EXCEPTION_KINDS), ...page }),
    output: listOf(exceptionGroupShape),
    handle: async ({ ctx }, { query }) => {
      const filter = exceptionFilter.parse({ state: query.state, kind: query.kind });
      const after = readQueueCursor(query.cursor);
      const [{ rows, next }, feeds] = await Promise.all([
        listExceptionGroups(ctx.sql, filter, { me: null, now: ctx.now(), limit: query.limit, after }),
        listFeedNames(ctx.sql),
      ]);
      const slugs = new Map(feeds.map((feed) => [feed.id, feed.slug]));
      const items = rows.map(({ feedId, feedName: _, firstSeen, lastSeen, ...group }) => ({
        ...group,
        feed: feedId === null ? null : (slugs.get(feedId) ?? null),
        firstSeen: firstSeen.toISOString(),
        lastSeen: lastSeen.toISOString(),
      }));
      return { items, nextCursor: writeQueueCursor(next) };
    },
  }),
];
