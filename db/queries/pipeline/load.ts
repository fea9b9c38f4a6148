import { type FeedClass, PEOPLE } from "@/core/feeds/feed";
import type { RouteDecision } from "@/core/routing/decide";
import type { Attribute, Json, StoredClaim } from "@/core/shipments/attributes";
import { CLASSIFIERS, type Party, PRECISIONS, type StoredEvent, TIME_BASES } from "@/core/shipments/event";
import type { EventKind } from "@/core/shipments/milestones";
import type { ReferenceKind } from "@/core/shipments/references";
import type { Tx } from "@/db/client";
import { list } from "./list";

export type ReferenceRow = {
  value: string;
  kind: ReferenceKind;
  issuer: string;
  shipmentId: string;
  said: string;
  feedId: number;
  package: boolean;
  master: boolean;
  liveUntilMs: number | null;
};

type RawReference = {
  value: string;
  kind: ReferenceKind;
  issuer: string;
  shipment_id: string;
  said: string;
  feed_id: number;
  package: boolean;
  master: boolean;
  live_until: Date | null;
};

function toReference(row: RawReference): ReferenceRow {
  return {
    value: row.value,
    kind: row.kind,
    issuer: row.issuer,
    shipmentId: row.shipment_id,
    said: row.said,
    feedId: row.feed_id,
    package: row.package,
    master: row.master,
    liveUntilMs: row.live_until?.getTime() ?? null,
  };
}

/** Stored references with one of these values, of any kind; a value that names very many shipments is cut at 10,000 rows a batch. */
export async function findReferences(tx: Tx, values: readonly string[]): Promise<ReferenceRow[]> {
  if (values.length === 0) return [];
  const rows = await tx<RawReference[]>`
    select value, kind, issuer, shipment_id, said, feed_id, package, master, live_until
    from reference where value = any(${list(values)}::text[]) limit 10000`;
  return rows.map(toReference);
}

export type ShipmentRow = {
  shipmentId: string;
  headId: string | null;
  provisional: boolean;
  milestone: string | null;
  terminal: string | null;
  warehouse: string | null;
  firstFeedId: number;
  createdAtMs: number;
  openExceptions: number;
  route: RouteDecision | null;
};

/** The shipments, their heads and all members of those heads. */
export async function loadFamilies(tx: Tx, ids: readonly string[]): Promise<ShipmentRow[]> {
  if (ids.length === 0) return [];
  const first = await selectShipments(tx, ids, ids);
  const known = new Set(first.map((row) => row.shipmentId));
  const heads = [
    ...new Set(first.map((row) => row.headId).filter((id): id is string => id !== null && !known.has(id))),
  ];
  if (heads.length === 0) return first;
  const more = await selectShipments(tx, heads, heads);
  return [...first, ...more.filter((row) => !known.has(row.shipmentId))];
}

async function selectShipments(tx: Tx, ids: readonly string[], heads: readonly string[]): Promise<ShipmentRow[]> {
  const rows = await tx<
    {
      shipment_id: string;
      head_id: string | null;
      provisional: boolean;
      milestone: string | null;
      terminal: string | null;
      warehouse: string | null;
      first_feed_id: number;
      created_at: Date;
      open_exceptions: number;
      route: RouteDecision | null;
    }[]
  >`select shipment_id, head_id, provisional, milestone, terminal, warehouse, first_feed_id, created_at, open_exceptions, route from shipment
    where shipment_id = any(${list(ids)}::uuid[])
    union
    select shipment_id, head_id, provisional, milestone, terminal, warehouse, first_feed_id, created_at, open_exceptions, route from shipment
    where head_id = any(${list(heads)}::uuid[])`;
  return rows.map((row) => ({
    shipmentId: row.shipment_id,
    headId: row.head_id,
    provisional: row.provisional,
    milestone: row.milestone,
    terminal: row.terminal,
    warehouse: row.warehouse,
    firstFeedId: row.first_feed_id,
    createdAtMs: row.created_at.getTime(),
    openExceptions: row.open_exceptions,
    route: row.route,
  }));
}

/** All references of shipments. */
export async function loadReferences(tx: Tx, ids: readonly string[]): Promise<ReferenceRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx<RawReference[]>`
    select value, kind, issuer, shipment_id, said, feed_id, package, master, live_until
    from reference where shipment_id = any(${list(ids)}::uuid[])`;
  return rows.map(toReference);
}

export type EventRow = StoredEvent & { shipmentId: string };

export type RawEvent = {
  shipment_id: string;
  key: string;
  generation: number;
  withdrawn: boolean;
  kind: EventKind;
  classifier: number;
  occurred_at: Date | null;
  offset_minutes: number | null;
  precision: number | null;
  basis: number | null;
  received_at: Date;
  feed_id: number;
  message_id: string;
  package: string | null;
  inferred: boolean;
  overall: boolean;
  retracts: string | null;
  word: string | null;
  code: string | null;
  description: string | null;
  location: string | null;
  rest: EventRest | null;
};

/** What `eventOf` reads of an event. */
export const EVENT_COLUMNS = `shipment_id, key, generation, withdrawn, kind, classifier, occurred_at, offset_minutes, precision, basis, received_at,
  feed_id, message_id, package, inferred, overall, retracts, word, code, description, location, rest`;

/** A stored event as the core knows it. */
export function eventOf(row: RawEvent, classOf: (feedId: number) => FeedClass): EventRow {
  return {
    shipmentId: row.shipment_id,
    key: row.key,
    generation: row.generation,
    withdrawn: row.withdrawn,
    kind: row.kind,
    classifier: CLASSIFIERS[row.classifier] ?? "actual",
    time:
      row.occurred_at === null
        ? null
        : {
            occurredAtMs: row.occurred_at.getTime(),
            offsetMinutes: row.offset_minutes,
            precision: PRECISIONS[row.precision ?? 0] ?? "second",
            basis: TIME_BASES[row.basis ?? 0] ?? "assumed",
          },
    package: row.package,
    inferred: row.inferred,
    overall: row.overall,
    retracts: row.retracts,
    reason:
      row.rest?.reason || row.rest?.party ? { code: row.rest.reason ?? null, party: row.rest.party ?? null } : null,
    location: row.location,
    raw: {
      eventId: row.rest?.id ?? null,
      word: row.word,
      code: row.code,
      description: row.description,
      time: row.rest?.time ?? null,
      place: row.rest?.place ?? null,
    },
    feedId: row.feed_id,
    feedClass: classOf(row.feed_id),
    messageId: row.message_id,
    receivedAtMs: row.received_at.getTime(),
  };
}

/** All events of shipments, every generation. */
export async function loadEvents(
  tx: Tx,
  ids: readonly string[],
  classOf: (feedId: number) => FeedClass,
): Promise<EventRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx<
    RawEvent[]
  >`select ${tx.unsafe(EVENT_COLUMNS)} from event where shipment_id = any(${list(ids)}::uuid[])`;
  return rows.map((row) => eventOf(row, classOf));
}

/** What `event.rest` holds. */
export type EventRest = { id?: string; time?: string; place?: string; reason?: string; party?: Party };

/** What one attribute holds inside `claim.values`. */
export type ClaimCell = { v: Json; at: number; h: string; g: number; m: string };

export type ClaimRow = StoredClaim & { shipmentId: string };

/** All claims of shipments, unpacked. */
export async function loadClaims(
  tx: Tx,
  ids: readonly string[],
  classOf: (feedId: number) => FeedClass,
): Promise<ClaimRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx<{ shipment_id: string; feed_id: number; subject: string; values: Record<string, ClaimCell> }[]>`
    select shipment_id, feed_id, subject, "values" from claim where shipment_id = any(${list(ids)}::uuid[])`;
  const claims: ClaimRow[] = [];
  for (const row of rows) {
    for (const [attribute, cell] of Object.entries(row.values)) {
      claims.push({
        shipmentId: row.shipment_id,
        attribute: attribute as Attribute,
        value: cell.v,
        occurredAtMs: cell.at,
        hash: cell.h,
        generation: cell.g,
        messageId: cell.m,
        subject: row.subject,
        feedId: row.feed_id,
        feedClass: row.feed_id === PEOPLE.feedId ? PEOPLE.class : classOf(row.feed_id),
      });
    }
  }
  return claims;
}
