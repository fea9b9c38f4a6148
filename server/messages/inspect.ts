import {
  type EventOfMessage,
  findMessage,
  type InspectedMessage,
  listEventsOfMessage,
  listReadings,
  listShipmentsOfMessage,
  type Reading,
  readBody,
  type ShipmentOfMessage,
} from "@/db/queries/message-log";
import { listRevisions, type Revision } from "@/db/queries/revisions";
import { type FeedName, listFeedNames } from "@/db/queries/shipment-page";
import type { Context } from "../context";
import { AppError } from "../errors";

export type Inspection = {
  message: InspectedMessage;
  feed: FeedName | null;
  readings: Reading[];
  events: EventOfMessage[];
  shipments: ShipmentOfMessage[];
  /** Corrected texts, the newest first. */
  revisions: Revision[];
};

/** A message with its readings, events and shipments; throws `not_found`. */
export async function inspectMessage(ctx: Pick<Context, "sql">, id: string): Promise<Inspection> {
  const [message, readings, feeds, revisions] = await Promise.all([
    findMessage(ctx.sql, id),
    listReadings(ctx.sql, id),
    listFeedNames(ctx.sql),
    listRevisions(ctx.sql, id),
  ]);
  if (!message) throw new AppError("not_found", "There is no message of this receipt.");
  const ids = [...new Set(readings.flatMap((reading) => reading.shipmentIds))].slice(0, 500);
  const [events, shipments] = await Promise.all([
    listEventsOfMessage(ctx.sql, id, ids),
    listShipmentsOfMessage(ctx.sql, ids),
  ]);
  return {
    message,
    feed: feeds.find((feed) => feed.id === message.feedId) ?? null,
    readings,
    events,
    shipments,
    revisions,
  };
}

/** A stretch of raw bytes. `text` is null where they are no text; `encoding` says how it was told. */
export type BodyPart = {
  offset: number;
  base64: string;
  text: string | null;
  encoding: "utf-8" | "latin-1" | null;
};

/** Reads a stretch of a message's bytes; throws `not_found` where there is no message or retention has taken them. */
export async function readBodyPart(
  ctx: Pick<Context, "sql">,
  input: { id: string; offset: number; length: number },
): Promise<BodyPart> {
  const bytes = await readBody(ctx.sql, input.id, input.offset, input.length);
  if (!bytes)
    throw new AppError("not_found", "The bytes of this message are not kept any more; its hash and readings are.");
  return { offset: input.offset, base64: bytes.toString("base64"), ...asText(bytes, input.offset) };
}

export function asText(bytes: Buffer, offset: number): { text: string | null; encoding: BodyPart["encoding"] } {
  if (bytes.includes(0)) return { text: null, encoding: null };
  // a stretch may begin or end inside of a character: up to three bytes at either end are no sign of another encoding
  for (const head of offset > 0 ? [0, 1, 2, 3] : [0])
    for (const tail of [0, 1, 2, 3]) {
      try {
        const inner = bytes.subarray(head, bytes.length - tail);
        return { text: new TextDecoder("utf-8", { fatal: true }).decode(inner), encoding: "utf-8" };
      } catch {}
    }
  return { text: bytes.toString("latin1"), encoding: "latin-1" };
}
