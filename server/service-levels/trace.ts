import { instantOfUuidV7 } from "@/core/ids";
import type { PostingState } from "@/core/postings/kinds";
import type { RouteDecision } from "@/core/routing/decide";
import { type Trace, type TraceMoments, traceOf } from "@/core/service-levels/trace";
import { findShipmentHead, listConnectionNames, listFeedNames, listMembers } from "@/db/queries/shipment-page";
import {
  type ExceptionOfMessage,
  listExceptionsOfMessages,
  listFamilyIds,
  listNewestReadings,
  listPostingsOfMessages,
  listRoutes,
  listTellers,
  type PostingOfMessage,
  type RouteOfShipment,
  type TracedReading,
} from "@/db/queries/trace";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { inScope, shipmentScope } from "../shipments/scope";

export type MessageTrace = Trace & {
  messageId: string;
  receivedAt: Date;
  feed: string | null;
  feedSlug: string | null;
  status: TracedReading["status"] | "waiting";
  readings: number;
  problems: number;
  /** Odoos that its shipments belong to, and why where there was a choice; empty for those who may not see it. */
  routes: { odoo: string | null; route: RouteDecision | null }[];
  postings: (Pick<PostingOfMessage, "id" | "kind" | "state" | "heldBecause" | "recordName"> & {
    odoo: string;
    calls: number;
  })[];
  exceptions: Pick<ExceptionOfMessage, "id" | "kind" | "resolvedAt">[];
};

type Deps = Pick<Context, "sql" | "now">;

const MOST = 6;
const OVER: ReadonlySet<PostingState> = new Set<PostingState>(["superseded", "cancelled", "dead"]);

/** The five stages of the newest messages that told of a shipment. Throws `not_found` outside of the scope. */
export async function traceShipment(
  ctx: Deps,
  actor: Actor,
  input: { shipmentId: string },
): Promise<{ traces: MessageTrace[]; more: boolean }> {
  const [scope, head] = await Promise.all([shipmentScope(ctx, actor), findShipmentHead(ctx.sql, input.shipmentId)]);
  if (head === null || !inScope(scope, head)) throw new AppError("not_found", "There is no shipment of this number.");
  const members = await listMembers(ctx.sql, head.id);
  const family = [head.id, ...members.map((member) => member.id)];
  const tellers = await listTellers(ctx.sql, family, MOST + 1);
  return { traces: await tracesOf(ctx, actor, tellers.slice(0, MOST), family), more: tellers.length > MOST };
}

/** The five stages of one message, over all shipments that it tells of. */
export async function traceMessage(ctx: Deps, actor: Actor, input: { id: string }): Promise<MessageTrace> {
  const [reading] = await listNewestReadings(ctx.sql, [input.id]);
  const family = reading ? await listFamilyIds(ctx.sql, reading.shipmentIds) : [];
  const [trace] = await tracesOf(ctx, actor, [input.id], family);
  return trace as MessageTrace;
}

async function tracesOf(
  ctx: Deps,
  actor: Actor,
  messageIds: readonly string[],
  shipmentIds: readonly string[],
): Promise<MessageTrace[]> {
  const [readings, postings, exceptions, routes, feeds, connections] = await Promise.all([
    listNewestReadings(ctx.sql, messageIds),
    may(actor, "postings:read") ? listPostingsOfMessages(ctx.sql, shipmentIds, messageIds) : [],
    may(actor, "exceptions:read") ? listExceptionsOfMessages(ctx.sql, shipmentIds, messageIds) : [],
    may(actor, "odoo:read") ? listRoutes(ctx.sql, shipmentIds) : [],
    listFeedNames(ctx.sql),
    listConnectionNames(ctx.sql),
  ]);
  const nowMs = ctx.now().getTime();
  const nameOf = (id: number) => connections.find((one) => one.id === id)?.name ?? `connection ${id}`;
  return messageIds.map((messageId) => {
    const reading = readings.find((one) => one.messageId === messageId) ?? null;
    const asked = postings.filter((one) => one.messageId === messageId);
    const feed = feeds.find(({ id }) => id === reading?.feedId);
    const opened = exceptions.filter((one) => one.messageId === messageId);
    return {
      ...traceOf(momentsOf(messageId, reading, asked, opened), nowMs),
      messageId,
      receivedAt: reading?.receivedAt ?? new Date(instantOfUuidV7(messageId)),
      feed: feed?.name ?? null,
      feedSlug: feed?.slug ?? null,
      status: reading?.status ?? "waiting",
      readings: reading?.number ?? 0,
      problems: reading?.problems ?? 0,
      routes: distinctRoutes(
        routes.filter(({ id }) => reading?.shipmentIds.includes(id)),
        nameOf,
      ),
      postings: asked.map(({ id, kind, state, heldBecause, recordName, connectionId, calls }) => {
        return { id, kind, state, heldBecause, recordName, odoo: nameOf(connectionId), calls: calls.length };
      }),
      exceptions: opened.map(({ id, kind, resolvedAt }) => ({ id, kind, resolvedAt })),
    };
  });
}

function distinctRoutes(routes: readonly RouteOfShipment[], nameOf: (id: number) => string): MessageTrace["routes"] {
  const found = new Map<string, MessageTrace["routes"][number]>();
  for (const { connectionId, route } of routes) {
    const id = connectionId ?? route?.connectionId ?? null;
    found.set(`${id} ${route?.by} ${route?.rule?.id}`, { odoo: id === null ? null : nameOf(id), route });
  }
  return [...found.values()];
}

function momentsOf(
  messageId: string,
  reading: TracedReading | null,
  postings: readonly PostingOfMessage[],
  exceptions: readonly ExceptionOfMessage[],
): TraceMoments {
  const ms = (at: Date | null) => at?.getTime() ?? null;
  return {
    receivedAtMs: reading?.receivedAt.getTime() ?? instantOfUuidV7(messageId),
    reading: reading && { ...reading, atMs: reading.at.getTime() },
    postings: postings.map((posting) => ({
      plannedAtMs: posting.plannedAt.getTime(),
      calls: posting.calls.map(({ startedAt, durationMs }) => ({ startedAtMs: Date.parse(startedAt), durationMs })),
      postedAtMs: ms(posting.postedAt),
      verifiedAtMs: ms(posting.verifiedAt),
      isOver: OVER.has(posting.state),
    })),
    exceptions: exceptions.map(({ openedAt, resolvedAt }) => ({
      openedAtMs: openedAt.getTime(),
      resolvedAtMs: ms(resolvedAt),
    })),
  };
}
