import type { Json } from "@/core/shipments/attributes";
import type { ReferenceKind } from "@/core/shipments/references";
import type { Tx } from "@/db/client";

export type ComparedShipment = {
  shipmentId: string;
  createdAt: Date;
  updatedAt: Date;
  customer: string | null;
  address: Json;
  quantities: Json;
};

const compared = (
  tx: Tx,
) => tx`shipment_id as "shipmentId", created_at as "createdAt", updated_at as "updatedAt", customer,
  state->'attributes'->'address'->'value' as address, state->'attributes'->'quantities'->'value' as quantities`;

/** Shipments of the time window that changed after an instant, oldest change first, at most `limit` and all of the last instant. */
export async function listChangedShipments(
  tx: Tx,
  after: Date,
  createdSince: Date,
  limit: number,
): Promise<ComparedShipment[]> {
  return tx<ComparedShipment[]>`select ${compared(tx)} from shipment
    where head_id is null and updated_at > ${after} and updated_at <= coalesce((select max(updated_at) from
      (select updated_at from shipment where head_id is null and updated_at > ${after} order by updated_at limit ${limit}) first), ${after})
      and created_at > ${createdSince} and terminal is distinct from 'cancelled'
    order by updated_at`;
}

/** The same of shipments by id, as long as they are heads. */
export async function listComparedShipments(tx: Tx, ids: readonly string[]): Promise<ComparedShipment[]> {
  if (ids.length === 0) return [];
  return tx<
    ComparedShipment[]
  >`select ${compared(tx)} from shipment where shipment_id = any(${[...ids]}::uuid[]) and head_id is null`;
}

/** Remembers what shipments are like. A shipment whose goods or address changed has several; comparing looks at what holds now. */
export async function insertLikenesses(
  tx: Tx,
  rows: readonly { likeness: string; shipmentId: string; createdAt: Date }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into shipment_likeness (likeness, shipment_id, created_at)
    select l, s, c from unnest(${rows.map((r) => r.likeness)}::uuid[], ${rows.map((r) => r.shipmentId)}::uuid[],
      ${rows.map((r) => r.createdAt.toISOString())}::timestamptz[]) t(l, s, c) on conflict do nothing`;
}

/** Other shipments with the same likeness; none where more than `most` share it, because goods that everybody orders tell nothing. */
export async function listLikeOnes(
  tx: Tx,
  likenesses: readonly string[],
  most: number,
): Promise<{ likeness: string; shipmentIds: string[] }[]> {
  if (likenesses.length === 0) return [];
  const rows = await tx<{ likeness: string; ids: string[] }[]>`
    select l as likeness, m.ids from unnest(${[...likenesses]}::uuid[]) t(l), lateral (select array_agg(shipment_id::text) as ids from
      (select shipment_id from shipment_likeness where likeness = l order by shipment_id limit ${most + 1}) s) m
    where cardinality(m.ids) between 2 and ${most}`;
  return rows.map(({ likeness, ids }) => ({ likeness, shipmentIds: ids }));
}

/** Forgets likenesses that are too old to be compared. */
export async function forgetLikenesses(tx: Tx, before: Date): Promise<void> {
  await tx`delete from shipment_likeness where (likeness, shipment_id) in
    (select likeness, shipment_id from shipment_likeness where created_at < ${before} limit 5000)`;
}

export type PairDecision = {
  kind: "linked" | "kept_apart" | "unlinked" | "reconsidered";
  why: string;
  byName: string | null;
  at: Date;
  /** The one that became a member, where they were linked. */
  memberId: string;
};

/** The newest decision about each of these pairs; the order of the two does not matter. */
export async function listPairDecisions(
  tx: Tx,
  pairs: readonly (readonly [string, string])[],
): Promise<Map<string, PairDecision>> {
  if (pairs.length === 0) return new Map();
  const one = pairs.map(([a]) => a);
  const other = pairs.map(([, b]) => b);
  const rows = await tx<(PairDecision & { a: string; b: string })[]>`
    select distinct on (t.a, t.b) t.a, t.b, l.kind, l.why, p.name as "byName", l.at, l.shipment_id as "memberId"
    from unnest(${[...one, ...other]}::uuid[], ${[...other, ...one]}::uuid[]) t(a, b)
    join shipment_link l on l.shipment_id = t.a and l.other_id = t.b left join person p on p.id = l.by_person
    order by t.a, t.b, l.at desc, l.id desc`;
  const newest = new Map<string, PairDecision>();
  for (const { a, b, ...decision } of rows) {
    const name = pairName(a, b);
    const known = newest.get(name);
    if (!known || decision.at > known.at) newest.set(name, decision);
  }
  return newest;
}

/** Names a pair of shipments, whatever their order. */
export function pairName(a: string, b: string): string {
  return a < b ? `${a},${b}` : `${b},${a}`;
}

/** Anchors and order numbers of shipments and their members, by head. */
export async function listNumbersOf(
  tx: Tx,
  heads: readonly string[],
): Promise<{ headId: string; kind: ReferenceKind; value: string }[]> {
  if (heads.length === 0) return [];
  return tx<{ headId: string; kind: ReferenceKind; value: string }[]>`
    select coalesce(s.head_id, s.shipment_id) as "headId", r.kind, r.value from shipment s join reference r on r.shipment_id = s.shipment_id
    where s.shipment_id = any(${[...heads]}::uuid[]) or s.head_id = any(${[...heads]}::uuid[])`;
}

/** The exception about a pair that was closed last, or null. */
export async function findClosedPair(tx: Tx, first: string, second: string): Promise<string | null> {
  const [row] = await tx<
    { id: string }[]
  >`select id from exception where home_id = ${first} and kind = 'duplicate_shipment'
    and subject = ${`pair:${second}`} and state = 'resolved' order by resolved_at desc limit 1`;
  return row?.id ?? null;
}
