import { z } from "zod";
import { findMessage } from "@/db/queries/message-log";
import { AppError } from "../../errors";
import { type MessageTrace, traceMessage, traceShipment } from "../../service-levels/trace";
import { route } from "../route";
import { listOf, traceShape } from "../shapes";
import { iso } from "../shipment-answer";

function answer(trace: MessageTrace): z.input<typeof traceShape> {
  const { messageId, receivedAt, feedSlug, status, steps, waitedMs, totalMs, retries, routes, postings } = trace;
  return {
    receipt: messageId,
    feed: feedSlug,
    receivedAt: receivedAt.toISOString(),
    status: status === "waiting" ? "received" : status,
    waitedMs,
    totalMs,
    retries,
    stages: steps.map(({ startedAtMs, ...step }) => ({ ...step, startedAt: instant(startedAtMs) })),
    routes: routes.map(({ odoo, route: decided }) => ({
      connection: odoo,
      companyId: decided?.companyId ?? null,
      by: decided?.by ?? null,
      rule: decided?.rule ?? null,
      version: decided?.version ?? null,
      since: instant(decided?.atMs ?? null),
    })),
    postings: postings.map(({ id, kind, state, heldBecause, recordName, odoo, calls }) => {
      return { id, kind, state, heldBecause, record: recordName, connection: odoo, calls };
    }),
    exceptions: trace.exceptions.map(({ id, kind, resolvedAt }) => ({ id, kind, resolvedAt: iso(resolvedAt) })),
  };
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

const ALSO = "routes need odoo:read as well, postings postings:read, exceptions exceptions:read";

export const traceRoutes = [
  route({
    method: "GET",
    path: "/messages/{receipt}/trace",
    right: "messages:read",
    summary: `The five stages of a message, with when each began and how long it took; ${ALSO}`,
    params: z.object({ receipt: z.uuid() }),
    output: traceShape,
    handle: async ({ ctx, actor }, { params: { receipt } }) => {
      if (!(await findMessage(ctx.sql, receipt)))
        throw new AppError("not_found", "There is no message of this receipt.");
      return answer(await traceMessage(ctx, actor, { id: receipt }));
    },
  }),
  route({
    method: "GET",
    path: "/shipments/{id}/trace",
    right: "shipments:read",
    summary: `The five stages of the newest 6 messages that told of a shipment; \`more\` when there are others. ${ALSO}`,
    params: z.object({ id: z.uuid() }),
    output: listOf(traceShape).extend({ more: z.boolean() }),
    handle: async ({ ctx, actor }, { params: { id } }) => {
      const { traces, more } = await traceShipment(ctx, actor, { shipmentId: id });
      return { items: traces.map(answer), nextCursor: null, more };
    },
  }),
];
