import type { RouteDecision } from "@/core/routing/decide";
import { CLASSIFIERS, PRECISIONS, TIME_BASES } from "@/core/shipments/event";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { list } from "./list";
import type { ClaimCell, EventRest, EventRow, ReferenceRow } from "./load";

const iso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

export type NewReference = ReferenceRow & { messageId: string };

/** Inserts references; one that is known stays, but learns that it names a package. */
export async function insertReferences(tx: Tx, rows: readonly NewReference[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, master, first_message)
    select v, k, i, s, d, f, p = 1, m = 1, g from unnest(
      ${list(rows.map((r) => r.value))}::text[], ${list(rows.map((r) => r.kind))}::text[], ${list(rows.map((r) => r.issuer))}::text[],
      ${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.said))}::text[], ${list(rows.map((r) => r.feedId))}::int[],
      ${list(rows.map((r) => (r.package ? 1 : 0)))}::int[], ${list(rows.map((r) => (r.master ? 1 : 0)))}::int[], ${list(rows.map((r) => r.messageId))}::uuid[])
      t(v, k, i, s, d, f, p, m, g)
    on conflict (value, kind, issuer, shipment_id) do update set package = reference.package or excluded.package, master = reference.master or excluded.master
      where (excluded.package and not reference.package) or (excluded.master and not reference.master)`;
}

/** Ends the window of the strong numbers of shipments that reached their end, or opens it again. */
export async function updateWindows(
  tx: Tx,
  rows: readonly { shipmentId: string; liveUntilMs: number | null }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update reference r set live_until = t.u from unnest(
      ${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => iso(r.liveUntilMs)))}::timestamptz[]) t(s, u)
    where r.shipment_id = t.s and r.kind in ('tracking_number', 'pro_number', 'container', 'booking') and r.live_until is distinct from t.u`;
}

function restOf(event: EventRow): string | null {
  const rest: EventRest = {};
  if (event.raw.eventId !== null) rest.id = event.raw.eventId;
  if (event.raw.time !== null) rest.time = event.raw.time;
  if (event.raw.place !== null) rest.place = event.raw.place;
  if (event.reason?.code) rest.reason = event.reason.code;
  if (event.reason?.party) rest.party = event.reason.party;
  for (const _ in rest) return JSON.stringify(rest);
  return null;
}

/** Inserts events; the caller has looked and holds the lock, a conflict can only be an equal row. */
export async function insertEvents(tx: Tx, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into event (shipment_id, key, generation, withdrawn, kind, classifier, occurred_at, offset_minutes, precision, basis, received_at,
      feed_id, message_id, package, inferred, overall, retracts, word, code, description, location, rest)
    select s, k, g, w = 1, kd, c, o, om, pr, b, rc, f, m, p, i = 1, ov = 1, rt, wd, cd, ds, lo, rs::jsonb from unnest(
      ${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.key))}::uuid[], ${list(rows.map((r) => r.generation))}::int[],
      ${list(rows.map((r) => (r.withdrawn ? 1 : 0)))}::int[], ${list(rows.map((r) => r.kind))}::text[],
      ${list(rows.map((r) => CLASSIFIERS.indexOf(r.classifier)))}::int[],
      ${list(rows.map((r) => iso(r.time?.occurredAtMs)))}::timestamptz[], ${list(rows.map((r) => r.time?.offsetMinutes ?? null))}::int[],
      ${list(rows.map((r) => (r.time ? PRECISIONS.indexOf(r.time.precision) : null)))}::int[],
      ${list(rows.map((r) => (r.time ? TIME_BASES.indexOf(r.time.basis) : null)))}::int[],
      ${list(rows.map((r) => iso(r.receivedAtMs)))}::timestamptz[], ${list(rows.map((r) => r.feedId))}::int[], ${list(rows.map((r) => r.messageId))}::uuid[],
      ${list(rows.map((r) => r.package))}::text[], ${list(rows.map((r) => (r.inferred ? 1 : 0)))}::int[], ${list(rows.map((r) => (r.overall ? 1 : 0)))}::int[],
      ${list(rows.map((r) => r.retracts))}::text[], ${list(rows.map((r) => r.raw.word))}::text[], ${list(rows.map((r) => r.raw.code))}::text[],
      ${list(rows.map((r) => r.raw.description))}::text[], ${list(rows.map((r) => r.location))}::text[], ${list(rows.map(restOf))}::text[])
      t(s, k, g, w, kd, c, o, om, pr, b, rc, f, m, p, i, ov, rt, wd, cd, ds, lo, rs)
    on conflict (shipment_id, key, generation) do update set withdrawn = excluded.withdrawn, kind = excluded.kind, classifier = excluded.classifier,
      occurred_at = excluded.occurred_at, offset_minutes = excluded.offset_minutes, precision = excluded.precision, basis = excluded.basis,
      inferred = excluded.inferred, retracts = excluded.retracts, rest = excluded.rest, received_at = least(event.received_at, excluded.received_at)`;
}

export type ClaimsRow = { shipmentId: string; feedId: number; subject: string; values: Record<string, ClaimCell> };

/** Writes the claims of one feed about one subject, whole. */
export async function upsertClaims(tx: Tx, rows: readonly ClaimsRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into claim (shipment_id, feed_id, subject, "values")
    select s, f, u, v::jsonb from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.feedId))}::int[],
      ${list(rows.map((r) => r.subject))}::text[], ${list(rows.map((r) => JSON.stringify(r.values)))}::text[]) t(s, f, u, v)
    on conflict (shipment_id, feed_id, subject) do update set "values" = excluded."values"`;
}

export type SavedShipment = {
  shipmentId: string;
  provisional: boolean;
  name: string;
  trackingNumber: string | null;
  carrier: string | null;
  service: string | null;
  warehouse: string | null;
  customer: string | null;
  channel: string | null;
  connectionId: number | null;
  pickingId: number | null;
  firstFeedId: number;
  createdAtMs: number;
  reviewAtMs: number | null;
  openExceptions: number;
  route: RouteDecision | null;
  shipment: Shipment;
};

/** Writes the folded state of heads; unnest keeps it one statement whatever the batch. */
export async function upsertShipments(tx: Tx, rows: readonly SavedShipment[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into shipment (shipment_id, provisional, milestone, stage, summary, terminal, carrier, service, warehouse, customer, channel, name,
      tracking_number, connection_id, picking_id, promised_at, eta_at, first_feed_id, created_at, last_event_at, review_at, open_exceptions, route, state, updated_at)
    select s, pv = 1, ms, sg, su, te, ca, se, wa, cu, ch, na, tr, cn, pk, pr, et, ff, cr, le, rv, oe, ro::jsonb, st::jsonb, ${now} from unnest(
      ${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => (r.provisional ? 1 : 0)))}::int[], ${list(rows.map((r) => r.shipment.milestone))}::text[],
      ${list(rows.map((r) => r.shipment.stage))}::text[], ${list(rows.map((r) => r.shipment.summary))}::text[], ${list(rows.map((r) => r.shipment.terminal))}::text[],
      ${list(rows.map((r) => r.carrier))}::text[], ${list(rows.map((r) => r.service))}::text[], ${list(rows.map((r) => r.warehouse))}::text[],
      ${list(rows.map((r) => r.customer))}::text[], ${list(rows.map((r) => r.channel))}::text[], ${list(rows.map((r) => r.name))}::text[],
      ${list(rows.map((r) => r.trackingNumber))}::text[], ${list(rows.map((r) => r.connectionId))}::int[], ${list(rows.map((r) => r.pickingId))}::int[],
      ${list(rows.map((r) => iso(r.shipment.promisedDeliveryAtMs)))}::timestamptz[], ${list(rows.map((r) => iso(r.shipment.etaMs)))}::timestamptz[],
      ${list(rows.map((r) => r.firstFeedId))}::int[], ${list(rows.map((r) => iso(r.createdAtMs)))}::timestamptz[],
      ${list(rows.map((r) => iso(r.shipment.lastEventAtMs)))}::timestamptz[], ${list(rows.map((r) => iso(r.reviewAtMs)))}::timestamptz[],
      ${list(rows.map((r) => r.openExceptions))}::int[], ${list(rows.map((r) => r.route && JSON.stringify(r.route)))}::text[],
      ${list(rows.map((r) => JSON.stringify(r.shipment)))}::text[])
      t(s, pv, ms, sg, su, te, ca, se, wa, cu, ch, na, tr, cn, pk, pr, et, ff, cr, le, rv, oe, ro, st)
    on conflict (shipment_id) do update set provisional = excluded.provisional, milestone = excluded.milestone, stage = excluded.stage,
      summary = excluded.summary, terminal = excluded.terminal, carrier = excluded.carrier, service = excluded.service, warehouse = excluded.warehouse,
      customer = excluded.customer, channel = excluded.channel, name = excluded.name, tracking_number = excluded.tracking_number,
      connection_id = excluded.connection_id, picking_id = excluded.picking_id, promised_at = excluded.promised_at, eta_at = excluded.eta_at,
      last_event_at = excluded.last_event_at, review_at = excluded.review_at, open_exceptions = excluded.open_exceptions, route = excluded.route, state = excluded.state,
      updated_at = excluded.updated_at`;
}

/** Makes shipments members of a head, or heads again (headId null). */
export async function updateHeads(
  tx: Tx,
  rows: readonly { shipmentId: string; headId: string | null }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update shipment s set head_id = t.h, review_at = case when t.h is null then ${now} end, open_exceptions = 0, updated_at = ${now}
    from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.headId))}::uuid[]) t(i, h) where s.shipment_id = t.i`;
}

export type LinkRow = {
  shipmentId: string;
  id: string;
  otherId: string;
  kind: "linked" | "kept_apart" | "unlinked" | "reconsidered";
  why: string;
  byPerson: string | null;
};

/** Appends the record of links and decisions to keep apart. */
export async function insertLinks(tx: Tx, rows: readonly LinkRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into shipment_link (shipment_id, id, other_id, kind, why, by_person, at)
    select s, i, o, k, w, p, ${now} from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.id))}::uuid[],
      ${list(rows.map((r) => r.otherId))}::uuid[], ${list(rows.map((r) => r.kind))}::text[], ${list(rows.map((r) => r.why))}::text[],
      ${list(rows.map((r) => r.byPerson))}::uuid[]) t(s, i, o, k, w, p)`;
}
