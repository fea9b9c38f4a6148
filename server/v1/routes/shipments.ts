import { z } from "zod";
import { keysetCursor } from "@/core/keyset";
import { currentEvents } from "@/core/shipments/current";
import { shipmentFilter } from "@/core/shipments/filter";
import { withoutFreeText } from "@/core/shipments/private";
import { listApiReferences, listApiShipments } from "@/db/queries/api-shipments";
import { findShipmentHead, listEvents, listFeedNames, listMembers } from "@/db/queries/shipment-page";
import { may } from "../../access/actor";
import type { Context } from "../../context";
import { AppError } from "../../errors";
import { readShipmentList } from "../../shipments/list";
import { limitSchema, route } from "../route";
import { eventShape, listOf, shipmentShape } from "../shapes";
import { eventAnswer, shipmentAnswer } from "../shipment-answer";

const params = z.object({ id: z.uuid() });
const EVENT_ROWS = 5_000;

async function answersOf(ctx: Context, ids: readonly string[]) {
  const [shipments, references, feeds] = await Promise.all([
    listApiShipments(ctx.sql, ids),
    listApiReferences(ctx.sql, ids),
    listFeedNames(ctx.sql),
  ]);
  const slugs = new Map(feeds.map((feed) => [feed.id, feed.slug]));
  const answers = shipments.map((shipment) =>
    shipmentAnswer(
      shipment,
      references.filter((r) => r.shipmentId === shipment.id),
      slugs,
    ),
  );
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function headOf(ctx: Context, id: string): Promise<string> {
  const head = await findShipmentHead(ctx.sql, id);
  if (!head) throw new AppError("not_found", "There is no shipment of this id.");
  return head.id;
}

export const shipmentRoutes = [
  route({
    method: "GET",
    path: "/shipments",
    right: "shipments:read",
    summary: "Shipments by any reference (whole, else by its start), or all of them, newest change first",
    query: z.object({
      reference: z.string().trim().min(1).max(500).optional().meta({
        description: "Any number that names a shipment (order, picking, tracking number), or several joined by commas",
      }),
      limit: limitSchema,
      cursor: keysetCursor.optional(),
    }),
    output: listOf(shipmentShape).extend({
      foundBy: z.enum(["number", "prefix", "id", "none"]).nullable().meta({
        description:
          "How `reference` found them: by a whole number, or only by the start of one; null where nothing was asked for",
      }),
    }),
    handle: async ({ ctx, actor }, { query }) => {
      const filter = shipmentFilter.parse({ search: query.reference ?? "" });
      const { items, nextCursor, foundBy } = await readShipmentList(ctx, actor, { ...query, filter });
      return {
        items: await answersOf(
          ctx,
          items.map((item) => item.id),
        ),
        nextCursor,
        foundBy,
      };
    },
  }),
  route({
    method: "GET",
    path: "/shipments/{id}",
    right: "shipments:read",
    summary: "One shipment; the id of one that was linked into another leads to that one",
    params,
    output: shipmentShape,
    handle: async ({ ctx }, { params: { id } }) => {
      const [answer] = await answersOf(ctx, [await headOf(ctx, id)]);
      if (!answer) throw new AppError("not_found", "There is no shipment of this id.");
      return answer;
    },
  }),
  route({
    method: "GET",
    path: "/shipments/{id}/events",
    right: "shipments:read",
    summary:
      "Events of a shipment by event time, newest first, those without a time on top; `rawDescription` needs the scope customers:read as well",
    params,
    query: z.object({
      limit: limitSchema,
      cursor: z
        .string()
        .regex(/^\d{1,5}$/)
        .optional(),
    }),
    output: listOf(eventShape),
    handle: async ({ ctx, actor }, { params: { id }, query }) => {
      const head = await headOf(ctx, id);
      const [members, feeds] = await Promise.all([listMembers(ctx.sql, head), listFeedNames(ctx.sql)]);
      const classes = new Map(feeds.map((feed) => [feed.id, feed.class]));
      const slugs = new Map(feeds.map((feed) => [feed.id, feed.slug]));
      const ids = [head, ...members.map((member) => member.id)];
      const stored = await listEvents(ctx.sql, ids, (feedId) => classes.get(feedId) ?? "carrier", EVENT_ROWS);
      const events = currentEvents(stored).toSorted(
        (a, b) =>
          (b.time?.occurredAtMs ?? Number.MAX_VALUE) - (a.time?.occurredAtMs ?? Number.MAX_VALUE) ||
          (a.key < b.key ? -1 : 1),
      );
      const from = Number(query.cursor ?? 0);
      const next = from + query.limit;
      return {
        items: events
          .slice(from, next)
          .map((event) => eventAnswer(may(actor, "customers:read") ? event : withoutFreeText(event), slugs)),
        nextCursor: next < events.length ? String(next) : null,
      };
    },
  }),
];
