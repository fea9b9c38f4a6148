import { z } from "zod";
import { CLASSIFIERS } from "@/core/shipments/event";
import { findMessage, listEventsOfMessage, listReadings } from "@/db/queries/message-log";
import { listFeedNames } from "@/db/queries/shipment-page";
import { AppError } from "../../errors";
import { route } from "../route";
import { messageShape } from "../shapes";
import { iso } from "../shipment-answer";

export const messageRoutes = [
  route({
    method: "GET",
    path: "/messages/{receipt}",
    right: "messages:read",
    summary: "What became of a message, by its receipt",
    params: z.object({ receipt: z.uuid() }),
    output: messageShape,
    handle: async ({ ctx }, { params: { receipt } }) => {
      const [message, readings, feeds] = await Promise.all([
        findMessage(ctx.sql, receipt),
        listReadings(ctx.sql, receipt),
        listFeedNames(ctx.sql),
      ]);
      if (!message) throw new AppError("not_found", "There is no message of this receipt.");
      const [reading] = readings;
      const shipments = reading?.shipmentIds ?? [];
      const events = await listEventsOfMessage(ctx.sql, receipt, shipments);
      const ack = message.acknowledgement;
      return {
        id: message.id,
        feed: feeds.find((feed) => feed.id === message.feedId)?.slug ?? "",
        receivedAt: message.receivedAt.toISOString(),
        status: message.setAside ? ("failed" as const) : (reading?.status ?? ("received" as const)),
        correlationId: message.correlationId,
        problems: reading?.problems ?? [],
        events: events
          .filter((event) => !event.withdrawn)
          .map((event) => ({
            shipmentId: event.shipmentId,
            kind: event.kind,
            classifier: CLASSIFIERS[event.classifier] ?? ("actual" as const),
            occurredAt: iso(event.occurredAt),
            rawCode: event.code ?? event.word,
            package: event.package,
          })),
        shipments,
        acknowledgement: ack && {
          fileName: ack.fileName,
          contentType: ack.contentType,
          body: ack.body,
          accepted: ack.accepted,
        },
      };
    },
  }),
];
