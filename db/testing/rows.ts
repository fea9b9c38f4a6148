import { v7 } from "uuid";
import type { Role } from "@/core/access/roles";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/** Rows for tests that need tables filled and not the pipeline; each takes only what the test is about. */

let clock = Date.parse("2026-11-20T08:00:00Z");

/** An instant one second after the one before. */
export function tick(seconds = 1): Date {
  clock += seconds * 1000;
  return new Date(clock);
}

export async function insertFeed(
  sql: Tx,
  row: { slug: string; adapter?: string; class?: string; wayIn?: string; verify?: string; zone?: string | null } = {
    slug: "parcel",
  },
): Promise<number> {
  const [made] = await sql<{ id: number }[]>`insert into feed (slug, name, adapter, class, way_in, verify, zone)
    values (${row.slug}, ${row.slug}, ${row.adapter ?? "easypost"}, ${row.class ?? "aggregator"}, ${row.wayIn ?? "push"},
      ${row.verify ?? "easypost"}, ${row.zone ?? null}) returning id`;
  return Number(made?.id);
}

export type ShipmentSeed = {
  id?: string;
  headId?: string | null;
  name?: string;
  stage?: string | null;
  summary?: string;
  milestone?: string | null;
  terminal?: string | null;
  carrier?: string | null;
  warehouse?: string | null;
  promisedAt?: Date | null;
  openExceptions?: number;
  updatedAt?: Date;
  connectionId?: number | null;
  pickingId?: number | null;
  feedId?: number;
  state?: Record<string, unknown>;
};

export async function insertShipment(sql: Tx, seed: ShipmentSeed = {}): Promise<string> {
  const id = seed.id ?? v7();
  const at = seed.updatedAt ?? tick();
  await sql`insert into shipment (shipment_id, head_id, provisional, milestone, stage, summary, terminal, carrier, warehouse, name,
      promised_at, first_feed_id, created_at, open_exceptions, state, updated_at, connection_id, picking_id)
    values (${id}, ${seed.headId ?? null}, false, ${seed.milestone ?? null}, ${seed.stage ?? null}, ${seed.summary ?? "unknown"},
      ${seed.terminal ?? null}, ${seed.carrier ?? null}, ${seed.warehouse ?? null}, ${seed.name ?? `S-${id.slice(-6)}`},
      ${seed.promisedAt ?? null}, ${seed.feedId ?? 1}, ${at}, ${seed.openExceptions ?? 0}, ${sql.json((seed.state ?? {}) as never)}, ${at},
      ${seed.connectionId ?? null}, ${seed.pickingId ?? null})`;
  return id;
}

export async function insertReference(
  sql: Tx,
  row: { shipmentId: string; value: string; kind?: string; issuer?: string; said?: string; feedId?: number },
): Promise<void> {
  await sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, first_message)
    values (${row.value}, ${row.kind ?? "tracking_number"}, ${row.issuer ?? ""}, ${row.shipmentId}, ${row.said ?? row.value},
      ${row.feedId ?? 1}, ${v7()})`;
}

export async function insertPosting(
  sql: Tx,
  row: {
    shipmentId?: string;
    key?: string;
    kind?: string;
    level?: boolean;
    state?: string;
    heldBecause?: string | null;
    connectionId?: number;
    recordId?: number;
    recordName?: string;
    desired?: Json;
    updatedAt?: Date;
    receivedAt?: Date | null;
  } = {},
): Promise<{ id: string; key: string; shipmentId: string }> {
  const id = v7();
  const at = row.updatedAt ?? tick();
  const shipmentId = row.shipmentId ?? v7();
  const key = row.key ?? `k-${id}`;
  await sql`insert into posting (shipment_id, key, id, connection_id, kind, level, state, record_model, record_id, record_name, lane,
      sequence, desired, before, after, held_because, due_at, received_at, created_at, updated_at)
    values (${shipmentId}, ${key}, ${id}, ${row.connectionId ?? 1}, ${row.kind ?? "tracking_number"}, ${row.level ?? true},
      ${row.state ?? "planned"}, 'stock.picking', ${row.recordId ?? 42}, ${row.recordName ?? "WH/OUT/00042"}, 0, 10,
      ${sql.json(row.desired ?? { kind: row.kind ?? "tracking_number" })}, ${sql.json({ carrier_tracking_ref: null })},
      ${sql.json({ carrier_tracking_ref: "1Z1" })}, ${row.heldBecause ?? null}, ${at}, ${row.receivedAt ?? null}, ${at}, ${at})`;
  return { id, key, shipmentId };
}

export async function insertConnection(
  sql: Tx,
  row: { name?: string; url?: string; observing?: boolean; sealedKey?: Buffer } = {},
): Promise<number> {
  const [made] = await sql<
    { id: number }[]
  >`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing)
    values (${row.name ?? "main"}, ${row.url ?? "http://127.0.0.1:9"}, 'db', 'waypost', ${row.sealedKey ?? Buffer.from([1])}, 'abcd',
      ${row.observing ?? true}) returning id`;
  return Number(made?.id);
}

export async function insertMessage(
  sql: Tx,
  row: {
    feedId: number;
    body?: string | Buffer;
    at?: Date;
    deliveryId?: string | null;
    altered?: boolean;
    status?: "interpreted" | "failed" | "ignored";
    problems?: unknown[];
    shipmentIds?: string[];
    waiting?: boolean;
    correlationId?: string;
  },
): Promise<string> {
  const at = row.at ?? tick();
  const id = v7({ msecs: at.getTime() });
  const body = Buffer.from(row.body ?? "{}");
  await sql`insert into message (id, received_at, lane, feed_id, delivery_id, correlation_id, content_type, headers, name, verdict,
      digest, size, body, altered)
    values (${id}, ${at}, 0, ${row.feedId}, ${row.deliveryId ?? null}, ${row.correlationId ?? `c-${id}`}, 'application/json',
      ${sql.json({ "content-type": "application/json" })}, null, 'verified', sha256(${body}), ${body.length}, ${body},
      ${row.altered ? 1 : 0})`;
  if (row.waiting) await sql`insert into inbox (lane, urgency, message_id, size) values (0, 1, ${id}, ${body.length})`;
  if (row.status)
    await sql`insert into interpretation (message_id, received_at, number, feed_id, status, adapter_version, mapping_version, generation,
        problems, events, repeated, shipment_ids, at)
      values (${id}, ${at}, 1, ${row.feedId}, ${row.status}, 1, 1, 1, ${row.problems ? sql.json(row.problems as never) : null}, 1, 0,
        ${row.shipmentIds ?? []}::uuid[], ${at})`;
  return id;
}

/** A person of a role, as an actor; `settings` may hold a partner's scope. */
export async function insertActor(sql: Tx, role: Role, settings: Record<string, unknown> = {}) {
  const id = v7();
  await sql`insert into person (id, email, name, role, state, settings)
    values (${id}, ${`${id}@example.com`}, ${`The ${role}`}, ${role}, 'active', ${sql.json(settings as never)})`;
  return { kind: "person" as const, id, name: `The ${role}`, role };
}
