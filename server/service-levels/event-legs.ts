import { type EventMoments, type LegSplit, splitLegs } from "@/core/service-levels/event-legs";
import { currentEvents } from "@/core/shipments/current";
import type { StoredEvent } from "@/core/shipments/event";
import { listPostingTimes, listReadingTimes, type PostingTimes } from "@/db/queries/event-legs";
import { findShipmentHead, listEvents, listFeedNames, listMembers } from "@/db/queries/shipment-page";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { inScope, shipmentScope } from "../shipments/scope";

export type EventLegs = LegSplit & {
  key: string;
  kind: string;
  feed: string;
  location: string | null;
  messageId: string;
  /** The posting that carried it into Odoo; null where it asked for none. */
  posting: { key: string; kind: string; state: string } | null;
};

const EVENTS_READ = 500;
const MOST = 40;
/** Held for these reasons it goes on only when a person acts; the others end by themselves. */
const FOR_PERSON = new Set(["observe", "kind_off", "paused", "before_connection"]);

/** Splits the time of a shipment's newest events by who had them, from when each happened until Odoo held it. Throws `not_found` outside of the scope. */
export async function eventLegs(
  ctx: Pick<Context, "sql" | "now">,
  actor: Actor,
  input: { shipmentId: string; messageId?: string },
): Promise<EventLegs[]> {
  const [scope, head] = await Promise.all([shipmentScope(ctx, actor), findShipmentHead(ctx.sql, input.shipmentId)]);
  if (head === null || !inScope(scope, head)) throw new AppError("not_found", "There is no shipment of this number.");
  const [members, feeds] = await Promise.all([listMembers(ctx.sql, head.id), listFeedNames(ctx.sql)]);
  const ids = [head.id, ...members.map((member) => member.id)];
  const classes = new Map(feeds.map((feed) => [feed.id, feed.class]));
  const names = new Map(feeds.map((feed) => [feed.id, feed.name]));
  const stored = await listEvents(ctx.sql, ids, (feedId) => classes.get(feedId) ?? "carrier", EVENTS_READ);
  const events = currentEvents(stored)
    .filter((event) => event.classifier === "actual" && !event.inferred && !event.overall)
    .filter((event) => input.messageId === undefined || event.messageId === input.messageId)
    .toSorted((a, b) => b.receivedAtMs - a.receivedAtMs || (a.key < b.key ? -1 : 1))
    .slice(0, MOST);
  const [readings, postings] = await Promise.all([
    listReadingTimes(ctx.sql, [...new Set(events.map((event) => event.messageId))]),
    may(actor, "postings:read") ? listPostingTimes(ctx.sql, ids) : [],
  ]);
  const nowMs = ctx.now().getTime();
  return events.map((event) => {
    const posting = carrierOf(event, postings);
    return {
      ...splitLegs(momentsOf(event, readings, posting), nowMs),
      key: event.key,
      kind: event.kind,
      feed: names.get(event.feedId) ?? `feed ${event.feedId}`,
      location: event.location,
      messageId: event.messageId,
      posting: posting && { key: posting.key, kind: posting.kind, state: posting.state },
    };
  });
}

/** The posting that carries an event: the note of its milestone, else the last one that its message asked for. */
function carrierOf(event: StoredEvent, postings: readonly PostingTimes[]): PostingTimes | null {
  const note = postings.find((posting) => posting.kind === "status_note" && posting.key.endsWith(`-${event.kind}`));
  if (note) return note;
  return (
    postings.filter((posting) => posting.messageId === event.messageId && posting.kind !== "status_note").at(-1) ?? null
  );
}

function momentsOf(
  event: StoredEvent,
  readings: readonly { messageId: string; generation: number; at: Date }[],
  posting: PostingTimes | null,
): EventMoments {
  const mine = readings.filter((reading) => reading.messageId === event.messageId);
  const first = mine[0];
  const made = mine.find((reading) => reading.generation === event.generation) ?? first;
  return {
    occurredAtMs: event.time?.occurredAtMs ?? null,
    receivedAtMs: event.receivedAtMs,
    firstReadAtMs: first?.at.getTime() ?? null,
    readAtMs: made?.at.getTime() ?? null,
    posting: posting && {
      plannedAtMs: posting.plannedAt.getTime(),
      calls: posting.calls.map((call) => ({
        startedAtMs: Date.parse(call.startedAt),
        durationMs: call.durationMs,
        stuck: call.outcome === "rejected",
      })),
      doneAtMs: posting.postedAt?.getTime() ?? null,
      waitsForPerson:
        posting.state === "rejected" ||
        posting.state === "dead" ||
        (posting.state === "held" && FOR_PERSON.has(posting.heldBecause ?? "")),
    },
  };
}
